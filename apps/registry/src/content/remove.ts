import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type { AuditEntry, MetadataTx, RepositoryId } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import { contentEvent, type EventOrigin } from './events.ts';

interface Dependencies {
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Where something is taken away, and who does it. */
export interface RemovalPlace {
  readonly registry: { readonly id: string };
  readonly repository: { readonly id: RepositoryId; readonly name: RepositoryName };
  readonly origin: EventOrigin;
}

/**
 * Takes a tag off its manifest, in the caller's transaction, with its event and the audit row: whoever takes one away, takes it away like
 * this. What forbids it, the caller has asked.
 */
export async function untagManifest(
  d: Dependencies,
  tx: MetadataTx,
  { registry, repository, origin }: RemovalPlace,
  { name: tag, digest }: { readonly name: TagName; readonly digest: Digest },
  audit: AuditEntry,
): Promise<void> {
  await tx.tags.delete(repository.id, tag, d.clock.now());
  await tx.audit.append(audit);
  const mediaType = (await tx.manifests.find(repository.id, digest))?.mediaType ?? '';
  const target = { mediaType, digest, repository: repository.name, tag };
  await tx.outbox.append(contentEvent(d, registry.id, 'untag', target, origin));
}

/** Takes a manifest away with its tags, likewise. */
export async function removeManifest(
  d: Dependencies,
  tx: MetadataTx,
  { registry, repository, origin }: RemovalPlace,
  { digest, mediaType }: { readonly digest: Digest; readonly mediaType: string },
  audit: AuditEntry,
): Promise<void> {
  const deleted = await tx.manifests.delete(repository.id, digest, d.clock.now());
  await tx.audit.append(audit);
  const target = { mediaType, digest, repository: repository.name };
  await tx.outbox.append(contentEvent(d, registry.id, 'delete', target, origin, deleted?.tags));
}
