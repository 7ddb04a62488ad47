import { formatTime, shortDigest } from '../format.ts';
import type { Translate } from '../language/language.tsx';

interface Locks {
  readonly deleteEnabled: boolean;
  readonly writeEnabled: boolean;
}

/** Undefined for what is not locked. */
export function lockText(
  { changeableAttributes: locks }: { readonly changeableAttributes: Locks },
  t: Translate,
): string | undefined {
  const texts = [
    ...(locks.deleteEnabled ? [] : [t('lockedDelete')]),
    ...(locks.writeEnabled ? [] : [t('lockedWrite')]),
  ];
  return texts.length === 0 ? undefined : `🔒 ${texts.join(', ')}`;
}

/** Of which thing the lock is that holds here, and who set it. */
export function lockSourceText(
  { kind, name, setBy }: { readonly kind: string; readonly name: string; readonly setBy: string },
  t: Translate,
): string {
  const of = kind === 'repository' || kind === 'manifest' ? t(kind) : t('tag');
  return t('lockFrom', { kind: of, name, by: setBy });
}

/** Who brought it into that state, when, and because of which manifest. */
export function quarantineSourceText(
  digest: string,
  { manifest, setBy, since }: { readonly manifest: string; readonly setBy?: string; readonly since?: string },
  t: Translate,
): string {
  const who =
    setBy === undefined || since === undefined
      ? t('quarantineOlder')
      : t('quarantineBy', { by: setBy, time: formatTime(since) });
  return manifest === digest ? who : t('quarantineBelow', { digest: shortDigest(manifest), who });
}

/** Undefined where no scanner was asked. */
export function quarantineText(
  { quarantineState }: { readonly quarantineState?: string | undefined },
  t: Translate,
): string | undefined {
  switch (quarantineState) {
    case undefined:
      return undefined;
    case 'Passed':
      return `✔ ${t('quarantinePassed')}`;
    case 'Failed':
      return `✕ ${t('quarantineFailed')}`;
    default:
      return `◌ ${t('quarantined')}`;
  }
}
