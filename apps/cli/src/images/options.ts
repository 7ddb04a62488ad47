import { CREDENTIALS } from '../acr/options.ts';
import type { Context, Options } from '../command.ts';
import { wrongUsage } from '../command-error.ts';
import { Progress } from '../output/progress.ts';
import { copyImage } from './copy-image.ts';
import { LayoutStore } from './layout-store.ts';
import { type GivenCredentials, openRegistry, parseReference, RegistryStore } from './registry-store.ts';
import type { ImageSource, ImageTarget } from './store.ts';

export const IMAGE_TEXT =
  'REGISTRY/REPOSITORY[:TAG|@DIGEST]; the registry by its login server or, at the site, by its name.';
export const LAYOUT_TEXT = 'FOLDER[:TAG] of an OCI image layout.';

export const COPY_OPTIONS = {
  ...CREDENTIALS,
  noReferrers: { flags: ['--no-referrers'], text: 'Leave signatures and other things that refer to the image behind.' },
  foreign: {
    flags: ['--allow-nondistributable-artifacts'],
    text: 'Copy layers, too, that are to be had from their makers only.',
  },
} as const satisfies Options;

export interface Place<T extends ImageSource | ImageTarget> {
  readonly store: T;
  /** Of the image there; of a target undefined when only its digest names it. */
  readonly reference: string | undefined;
}

/** `oci:FOLDER:TAG` is a folder, anything else an image in a registry. */
export async function openPlace(
  context: Context,
  text: string,
  given?: GivenCredentials,
): Promise<Place<RegistryStore | LayoutStore>> {
  if (text.startsWith('oci:')) return openLayout(text.slice('oci:'.length));
  const { registry, repository, tag, digest } = parseReference(text);
  const store = new RegistryStore(await openRegistry(context, registry, given), repository);
  return { store, reference: digest ?? tag ?? 'latest' };
}

export function openLayout(text: string): Place<LayoutStore> {
  // A drive letter of Windows is no tag.
  const parts = /^(.[^:]*|[A-Za-z]:[\\/][^:]*)(?::([\w][\w.-]{0,127}))?$/.exec(text);
  if (!parts?.[1]) throw wrongUsage(`'${text}' is no folder: write FOLDER or FOLDER:TAG.`);
  return { store: new LayoutStore(parts[1]), reference: parts[2] };
}

interface CopyValues {
  readonly noReferrers: boolean;
  readonly foreign: boolean;
}

/** From one place to the other, told on the way; the tag of the target is that of the source unless it has one. */
export async function copyBetween(
  context: Context,
  from: Place<RegistryStore | LayoutStore>,
  to: Place<ImageTarget>,
  { noReferrers, foreign }: CopyValues,
) {
  const reference = from.reference ?? (from.store instanceof LayoutStore ? await from.store.onlyReference() : 'latest');
  const target = to.reference ?? reference;
  const progress = new Progress(context, `Copying ${from.store.name} to ${to.store.name}`);
  try {
    const report = await copyImage(reference, target.includes(':') ? undefined : target, {
      from: from.store,
      to: to.store,
      referrers: !noReferrers,
      foreignLayers: foreign,
      progress,
    });
    if (report.leftOut > 0) {
      context.say(
        `WARNING: ${report.leftOut} non-distributable layers were left out; --allow-nondistributable-artifacts takes them along.`,
      );
    }
    return { from: `${from.store.name}${suffix(reference)}`, to: `${to.store.name}${suffix(target)}`, ...report };
  } finally {
    progress.end();
  }
}

const suffix = (reference: string): string => (reference.includes(':') ? `@${reference}` : `:${reference}`);
