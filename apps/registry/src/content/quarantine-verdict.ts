import type { Digest } from '@holdfast/oci/digest';
import type { MetadataTx, RegistryRow, RepositoryRow } from '../metadata/metadata-store.ts';
import type { QuarantineState } from '../metadata/quarantine.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import { contentEvent, type EventOrigin } from './events.ts';
import { closedBy, isQuarantineOn } from './quarantine.ts';

/** What a scanner says of a manifest. */
export interface Verdict {
  readonly state: Exclude<QuarantineState, 'Quarantined'>;
  readonly details?: string | undefined;
}

/** Indexes that are told about when what they waited for has passed; an image is in a handful. */
const TOLD_INDEXES = 1000;

/**
 * Records a scanner's verdict. What opens by it is told as a push, in the same transaction: the manifest itself, and indexes that
 * had passed and waited for it only. Said again, it tells nothing again.
 */
export async function recordVerdict(
  d: { readonly clock: Clock; readonly ids: Ids },
  tx: MetadataTx,
  about: {
    readonly registry: Pick<RegistryRow, 'id' | 'policies'>;
    readonly repository: Pick<RepositoryRow, 'id' | 'name'>;
    readonly digest: Digest;
  },
  verdict: Verdict,
  origin: EventOrigin,
): Promise<void> {
  const { registry, repository, digest } = about;
  const before = await tx.quarantine.find(repository.id, digest);
  const changedAt = d.clock.now();
  await tx.quarantine.put({ repositoryId: repository.id, digest, ...verdict, changedBy: origin.principal, changedAt });
  if (verdict.state !== 'Passed' || before?.state === 'Passed' || !isQuarantineOn(registry)) return;
  const above = await tx.quarantine.passedAncestors(repository.id, digest, TOLD_INDEXES);
  for (const opened of [digest, ...above]) {
    if ((await closedBy(tx, registry, repository.id, opened)) !== undefined) continue;
    await tellOpened(d, tx, about, opened, origin);
  }
}

async function tellOpened(
  d: { readonly clock: Clock; readonly ids: Ids },
  tx: MetadataTx,
  { registry, repository }: Parameters<typeof recordVerdict>[2],
  digest: Digest,
  origin: EventOrigin,
): Promise<void> {
  const row = await tx.manifests.find(repository.id, digest);
  if (!row) return;
  const tags = await tx.tags.ofManifest(repository.id, digest);
  for (const tag of tags.length > 0 ? tags : [undefined]) {
    const target = { mediaType: row.mediaType, size: row.size, digest, tag, repository: repository.name };
    await tx.outbox.append(contentEvent(d, registry.id, 'push', target, origin));
  }
}
