import { CREDENTIALS } from '../acr/options.ts';
import type { Context, Options } from '../command.ts';
import { wrongUsage } from '../command-error.ts';
import { Progress } from '../output/progress.ts';
import { copyImage } from './copy-image.ts';
import { LayoutSource } from './layout-source.ts';
import { LayoutTarget } from './layout-target.ts';
import { type GivenCredentials, openRegistry, parseReference, RegistryStore } from './registry-store.ts';
import type { RepositorySource } from './repository-source.ts';
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

/** Of the source, where the target has credentials of its own. */
export const SOURCE_CREDENTIALS = {
  sourceUsername: {
    flags: ['--source-username'],
    value: 'NAME',
    text: 'Name to sign in to the source with; --username is for the target.',
  },
  sourcePassword: { flags: ['--source-password'], value: 'SECRET', text: 'The password to it.' },
} as const satisfies Options;

export interface Place<T extends ImageSource | ImageTarget> {
  readonly store: T;
  /** Of the image there; of a target undefined when only its digest names it. */
  readonly reference: string | undefined;
}

/** An image in a registry. */
export async function openImage(
  context: Context,
  text: string,
  given?: GivenCredentials,
): Promise<Place<RegistryStore>> {
  const { registry, repository, tag, digest } = parseReference(text);
  const store = new RegistryStore(await openRegistry(context, registry, given), repository);
  return { store, reference: digest ?? tag ?? 'latest' };
}

/** `oci:FOLDER:TAG` is a folder, anything else an image in a registry. */
export async function openSource(
  context: Context,
  text: string,
  given?: GivenCredentials,
): Promise<Place<RepositorySource>> {
  return text.startsWith(LAYOUT) ? openLayout(text.slice(LAYOUT.length)) : openImage(context, text, given);
}

/** Likewise. */
export async function openTarget(context: Context, text: string, given: GivenCredentials): Promise<Place<ImageTarget>> {
  return text.startsWith(LAYOUT) ? openLayoutTarget(text.slice(LAYOUT.length)) : openImage(context, text, given);
}

const LAYOUT = 'oci:';

/** An image of a layout; its only one when none is named. */
export async function openLayout(text: string): Promise<Place<LayoutSource>> {
  const { location, tag } = layoutAndTag(text);
  const store = await LayoutSource.open(location);
  return { store, reference: tag ?? store.onlyReference() };
}

export function openLayoutTarget(text: string): Place<LayoutTarget> {
  const { location, tag } = layoutAndTag(text);
  return { store: new LayoutTarget(location), reference: tag };
}

function layoutAndTag(text: string): { location: string; tag: string | undefined } {
  // A drive letter of Windows is no tag.
  const parts = /^(.[^:]*|[A-Za-z]:[\\/][^:]*)(?::([\w][\w.-]{0,127}))?$/.exec(text);
  if (!parts?.[1]) throw wrongUsage(`'${text}' is no folder: write FOLDER or FOLDER:TAG.`);
  return { location: parts[1], tag: parts[2] };
}

interface CopyValues {
  readonly noReferrers: boolean;
  readonly foreign: boolean;
}

/** From one place to the other, told on the way; the tag of the target is that of the source unless it has one. */
export async function copyBetween(
  context: Context,
  from: Place<RepositorySource>,
  to: Place<ImageTarget>,
  { noReferrers, foreign }: CopyValues,
) {
  const { reference = 'latest' } = from;
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
