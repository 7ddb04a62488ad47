/**
 * A path of the portal itself, or `/`: where to go on after signing in must never be another site (A34). Judged by what a
 * browser makes of it, which takes `/\evil.example` and tabs in between for the same as `//evil.example`.
 *
 * @param base below which the portal is reached, for example `https://portal.site/`
 */
export function ownPath(to: string | null | undefined, base: URL): string {
  if (!to?.startsWith('/') || to.startsWith('//') || /\\|%5c|%0d|%0a|%2f%2f/i.test(to)) return '/';
  if ([...to].some((character) => character < ' ' || character === '\x7f')) return '/';
  const url = URL.canParse(to, base) ? new URL(to, base) : undefined;
  if (url?.origin !== base.origin) return '/';
  return `${url.pathname}${url.search}${url.hash}`;
}
