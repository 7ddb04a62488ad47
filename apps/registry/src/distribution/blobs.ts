import type { Digest } from '@holdfast/oci/digest';
import { requireUnlocked } from '../content/locks.ts';
import { blobDamaged } from '../integrity/damage-errors.ts';
import type { BlobLink, RepositoryRow } from '../metadata/metadata-store.ts';
import { DomainError } from '../platform/domain-error.ts';
import { blobUnknown } from '../storage/storage-errors.ts';
import { auditEntry, type Caller, type Distribution, requireRepository } from './context.ts';

/** The blob, if the repository links it and its bytes are not known to be damaged. Throws `name.unknown`, `blob.unknown`, `blob.damaged`, `content.locked`. */
export async function findBlob(d: Distribution, caller: Caller, digest: Digest): Promise<BlobLink> {
  const repository = await requireRepository(d, caller);
  await requireUnlocked(d.metadata.read.locks, caller.registry.name, repository, 'pull-blob');
  const link = await requireLink(d, repository, digest);
  if (link.damage) throw blobDamaged(digest, link.damage);
  return link;
}

/** How often bytes are opened anew that were replaced just when they were to be sent. */
const TRIES = 3;

/**
 * Sends the blob's bytes if they may be sent. What `send` finds missing or of another length is recorded, and refused like what
 * was known to be damaged. `send` begins its answer only after `admit` allowed the bytes that it has opened.
 */
export async function sendSound(
  d: Distribution,
  digest: Digest,
  send: (admit: (version: string) => Promise<boolean>) => Promise<'sent' | 'replaced'>,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      if ((await send((version) => d.integrity.admit(digest, version))) === 'sent') return;
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'blob.corrupt') throw error;
      const damage = await d.integrity.suspect(digest);
      if (damage) throw blobDamaged(digest, damage);
      if (!(await d.metadata.read.blobs.exists(digest))) throw blobUnknown(digest); // it was freed just now
      if (tries === TRIES) throw error;
    }
    if (tries < TRIES) continue;
    throw new DomainError(
      'unavailable',
      'server.unavailable',
      `The stored bytes of ${digest} are being replaced again and again. Ask for them later.`,
      { retryAfter: 1 },
    );
  }
}

async function requireLink(d: Distribution, repository: RepositoryRow, digest: Digest): Promise<BlobLink> {
  const link = await d.metadata.read.blobs.linked(repository.id, digest);
  if (!link) throw unknownBlob(repository.name, digest);
  return link;
}

export function unknownBlob(repository: string, digest: Digest): DomainError {
  return new DomainError(
    'not-found',
    'blob.unknown',
    `blob unknown to registry: ${digest} is not in "${repository}". Push it, or mount it from a repository that has it.`,
    { detail: { digest } },
  );
}

/** `DELETE blob`: unlinks at once; a job frees the bytes. Throws `blob.in-use` while a manifest names it, `content.locked`. */
export async function deleteBlob(d: Distribution, caller: Caller, digest: Digest): Promise<void> {
  const { registry, repository: name } = caller;
  await d.metadata.transaction(async (tx) => {
    const repository = await tx.repositories.find(registry.id, name);
    const link = repository && (await tx.blobs.linked(repository.id, digest));
    if (!repository || !link) throw unknownBlob(name, digest);
    await requireUnlocked(tx.locks, registry.name, repository, 'delete-blob');
    const [holder] = await tx.manifests.referencing(repository.id, digest, 1);
    if (holder) {
      throw new DomainError(
        'disallowed',
        'blob.in-use',
        `The operation is disallowed: ${digest} is part of the manifest ${holder} in "${repository.name}". Delete that manifest first.`,
        { detail: { reason: 'BlobInUse', digest, manifest: holder } },
      );
    }
    await tx.blobs.unlink(repository.id, digest, d.clock.now());
    await tx.audit.append(auditEntry(d, caller, 'blob.delete', digest));
  });
}
