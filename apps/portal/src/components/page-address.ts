import { useRouter } from '@tanstack/react-router';
import type { MouseEvent } from 'react';

/** A pointer that rests so long on a link means it. */
const INTENT_MS = 50;
/** There is one pointer. */
let resting: ReturnType<typeof setTimeout> | undefined;

/**
 * What makes an `<a>` a link to a page of the portal. The router's own subscribes to where the browser is and computes its
 * address anew with each drawing: of the rows of a list and the entries of a menu that is most of the time there is.
 *
 * What the page shows first is asked for as soon as the link is meant: a pointer rests on it, or presses it.
 */
export function usePageAddress(to: string, search: Readonly<Record<string, string>> = {}) {
  const router = useRouter();
  const place = { to: to as '/', search: search as never };
  const expect = () => void router.preloadRoute(place);
  return {
    href: `${router.basepath.replace(/\/$/, '')}${encodeURI(to).replace(/[?#]/g, encodeURIComponent)}${router.options.stringifySearch(search)}`,
    onClick: (event: MouseEvent) => {
      if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      void router.navigate(place);
    },
    onPointerEnter: () => {
      clearTimeout(resting);
      resting = setTimeout(expect, INTENT_MS);
    },
    onPointerLeave: () => clearTimeout(resting),
    onPointerDown: expect,
  };
}
