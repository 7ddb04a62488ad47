import type { Digest } from '@holdfast/oci/digest';
import type { MetadataTx, RepositoryId, RepositoryRow } from '../metadata/metadata-store.ts';
import type { QuarantinePolicy, QuarantineReader, QuarantineRow, QuarantineState } from '../metadata/quarantine.ts';
import { type Awaitable, andThen } from '../platform/awaitable.ts';
import { DomainError } from '../platform/domain-error.ts';

/**
 * The rule of the quarantine, for whichever way content is asked: by tag, by digest, as a blob, by a mount, as a referrer, by an
 * import, by the address of a download.
 *
 * - Where the registry's policy is on, a manifest is open once a scanner has said that it passed; an index, once it and every
 *   manifest below it have. Nothing else opens one: not its age, not where it came from.
 * - A blob is open while a manifest of the repository that has passed names it. One that nothing names (yet) is not: it may
 *   be all that is left of an image that was deleted before anybody looked at it.
 * - What is closed is there for nobody but holders of `quarantine/read`, and for them by digest only.
 *
 * Where the policy is off, nothing is asked: not even the database.
 */
export interface QuarantinedRegistry {
  /** JSON of its policies. */
  readonly policies: string;
}

interface At {
  readonly quarantine: QuarantineReader;
}

/** A registry in which nobody ever set a policy, as most are, costs one comparison. */
export function isQuarantineOn({ policies }: QuarantinedRegistry): boolean {
  return policies !== '{}' && (JSON.parse(policies) as QuarantinePolicy).quarantine === 'enabled';
}

/** The manifest that closes this one: itself, also when it is not there, or one below it. Undefined when it is open. */
export function closedBy(
  at: At,
  registry: QuarantinedRegistry,
  repositoryId: RepositoryId,
  manifest: Digest,
): Awaitable<Digest | undefined> {
  return isQuarantineOn(registry) ? at.quarantine.unreleased(repositoryId, manifest) : undefined;
}

export function isBlobClosed(
  at: At,
  registry: QuarantinedRegistry,
  repositoryId: RepositoryId,
  blob: Digest,
): Awaitable<boolean> {
  if (!isQuarantineOn(registry)) return false;
  return andThen(at.quarantine.blobReleased(repositoryId, blob), (released) => !released);
}

/** For a manifest that was just stored for the first time. One that was pushed again keeps what scanners said of it. */
export async function beginQuarantine(
  tx: MetadataTx,
  registry: QuarantinedRegistry,
  manifest: Pick<QuarantineRow, 'repositoryId' | 'digest' | 'changedBy' | 'changedAt'>,
): Promise<void> {
  if (isQuarantineOn(registry)) await tx.quarantine.put({ ...manifest, state: 'Quarantined' });
}

/** What clients are shown of a manifest's state; undefined where there is nothing to show. */
export function shownState(registry: QuarantinedRegistry, row: QuarantineRow | undefined): QuarantineState | undefined {
  return row?.state ?? (isQuarantineOn(registry) ? 'Quarantined' : undefined);
}

/** 405 for a manifest that was asked for by its digest. The first sentence is ACR's, which people and scripts look for. */
export async function manifestQuarantined(
  at: At,
  repository: Pick<RepositoryRow, 'id' | 'name'>,
  manifest: Digest,
  culprit: Digest,
): Promise<DomainError> {
  const state = (await at.quarantine.find(repository.id, culprit))?.state ?? 'Quarantined';
  const image = `"${repository.name}@${manifest}"`;
  const why =
    culprit === manifest
      ? `is in quarantine: ${SAID[state]}`
      : `contains ${culprit}, which is in quarantine: ${SAID[state]}`;
  return quarantined(`pulling ${image} is stopped, because it ${why}`, {
    repository: repository.name,
    digest: manifest,
    state,
    ...(culprit === manifest ? {} : { manifest: culprit }),
  });
}

/** 405 for a blob. */
export function blobQuarantined(repository: string, blob: Digest): DomainError {
  const why = `no manifest of "${repository}" that has passed the quarantine names ${blob}`;
  return quarantined(`pulling the blob is stopped, because ${why}`, { repository, digest: blob });
}

const SAID: Readonly<Record<QuarantineState, string>> = {
  Quarantined: 'no scanner has passed it yet',
  Failed: 'a scanner has failed it',
  Passed: 'it has just passed', // between two looks: the next one finds it open
};

function quarantined(what: string, detail: Record<string, unknown>): DomainError {
  return new DomainError(
    'disallowed',
    'content.quarantined',
    `The operation is disallowed on this registry, repository or image: ${what}. ` +
      'It opens as soon as a scanner, which has the role AcrQuarantineWriter, says that it passed.',
    { detail: { reason: 'Quarantined', ...detail } },
  );
}
