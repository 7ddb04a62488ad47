import type { ManifestAttributes } from '@holdfast/contracts/acr';
import type { Digest } from '@holdfast/oci/digest';
import { isQuarantineOn, type QuarantinedRegistry, shownState } from '../content/quarantine.ts';
import type { Verdict } from '../content/quarantine-verdict.ts';
import type { MetadataReader, RepositoryId } from '../metadata/metadata-store.ts';
import { DomainError } from '../platform/domain-error.ts';
import { type AttributeChange, parseAttributeObject, readFlags } from './attributes.ts';

/** A PATCH of a manifest asks for locks, for what a scanner says, or for both. */
export interface ManifestChange {
  readonly locks: AttributeChange;
  readonly verdict?: Verdict | undefined;
}

/** A list shows those of a thousand manifests. */
const DETAILS_LIMIT = 8192;

/** `{"quarantineState":"Passed","quarantineDetails":"{…}"}` beside the locks of any object. Throws `request.invalid`. */
export function parseManifestAttributes(body: Uint8Array): ManifestChange {
  const { quarantineState, quarantineDetails, ...flags } = parseAttributeObject(body);
  return {
    locks: readFlags(flags),
    verdict: readVerdict(quarantineState ?? undefined, quarantineDetails ?? undefined),
  };
}

function readVerdict(state: unknown, details: unknown): Verdict | undefined {
  if (state === undefined && details === undefined) return undefined;
  if (state !== 'Passed' && state !== 'Failed') throw wrong('quarantineState must be "Passed" or "Failed"');
  if (details === undefined) return { state };
  if (typeof details !== 'string') throw wrong('quarantineDetails must be a string, most often of JSON');
  if (details.length > DETAILS_LIMIT) {
    throw wrong(
      `quarantineDetails has ${details.length} characters and may have ${DETAILS_LIMIT}: name where the whole report is`,
    );
  }
  return { state, details };
}

function wrong(why: string): DomainError {
  return new DomainError(
    'invalid',
    'request.invalid',
    `The quarantine of the manifest cannot be changed: ${why}. Send for example {"quarantineState":"Passed","quarantineDetails":"{}"}.`,
  );
}

type Shown = Pick<ManifestAttributes, 'quarantineState' | 'quarantineDetails'>;

/** What each of some manifests shows of its quarantine. */
export async function quarantineOf(
  at: MetadataReader,
  registry: QuarantinedRegistry,
  repositoryId: RepositoryId,
  digests: readonly Digest[],
): Promise<(digest: Digest) => Shown> {
  const rows = await at.quarantine.of(repositoryId, digests);
  if (rows.size === 0 && !isQuarantineOn(registry)) return () => ({});
  return (digest) => {
    const row = rows.get(digest);
    return { quarantineState: shownState(registry, row), quarantineDetails: row?.details };
  };
}
