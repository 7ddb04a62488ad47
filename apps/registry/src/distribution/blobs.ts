import type { Digest } from '@holdfast/oci/digest';
import { registryScope } from '../access/scope-path.ts';
import { requireUnlocked } from '../content/locks.ts';
import { blobQuarantined, isBlobClosed } from '../content/quarantine.ts';
import { isBlobDeleted } from '../content/soft-delete.ts';
import { blobDamaged } from '../integrity/damage-errors.ts';
import type { BlobLink, RepositoryId, RepositoryRow } from '../metadata/metadata-store.ts';
import { type Awaitable, andThen } from '../platform/awaitable.ts';
import { DomainError } from '../platform/domain-error.ts';
import { blobUnknown } from '../storage/storage-errors.ts';
import { auditEntry, type Caller, type Distribution, readsQuarantined, requireRepository } from './context.ts';
import type { Download } from './download-address.ts';

/** A blob that the caller may pull. */
export interface FoundBlob extends BlobLink {
  readonly repositoryId: RepositoryId;
  /** In quarantine, and the caller may read what is. */
  readonly quarantined: boolean;
}

/**
 * The blob, if the repository links it and its bytes are not known to be damaged. Throws `name.unknown`, `blob.unknown`,
 * `blob.damaged`, `content.locked`, `content.quarantined`.
 */
export function findBlob(
  d: Distribution,
  caller: Caller,
  digest: Digest,
  purpose: 'pull' | 'probe' = 'pull',
): Awaitable<FoundBlob> {
  return andThen(requireRepository(d, caller), (repository) =>
    andThen(requireSound(d, caller, repository, digest), (link) =>
      andThen(isBlobClosed(d.metadata.read, caller.registry, repository.id, digest), (quarantined) => {
        const found = { ...link, repositoryId: repository.id, quarantined };
        return quarantined ? requireBlobReader(d, caller, found, purpose) : found;
      }),
    ),
  );
}

/** The blob in quarantine, for who may read what is. */
async function requireBlobReader(
  d: Distribution,
  caller: Caller,
  blob: FoundBlob,
  purpose: 'pull' | 'probe',
): Promise<FoundBlob> {
  if (await readsQuarantined(d, caller)) return blob;
  // Clients that push ask whether each layer is there, and give up at any answer but yes and no. No is safe: they send it.
  if (purpose === 'probe' && (await maySend(d, caller))) throw unknownBlob(caller.repository, blob.digest);
  throw blobQuarantined(caller.repository, blob.digest);
}

/** The blob that an address opens, as long as whoever was given the address could still be given it. Throws like `findBlob`. */
export async function findDownload(d: Distribution, caller: Caller, opened: Download): Promise<BlobLink> {
  const { repositoryId, repository: name, digest, quarantined } = opened;
  const repository = await requireRepository(d, caller);
  if (repository.id !== repositoryId) throw unknownBlob(name, digest);
  const link = await requireSound(d, caller, repository, digest);
  if (quarantined || !(await isBlobClosed(d.metadata.read, caller.registry, repository.id, digest))) return link;
  throw blobQuarantined(name, digest);
}

async function maySend(d: Distribution, { principal, registry, repository }: Caller): Promise<boolean> {
  const resource = registryScope(registry, repository);
  return (await d.authorizer.check({ principal, action: 'push', resource })).allow;
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

function requireSound(
  d: Distribution,
  { registry }: Caller,
  repository: RepositoryRow,
  digest: Digest,
): Awaitable<BlobLink> {
  return andThen(requireUnlocked(d.metadata.read.locks, registry.name, repository, 'pull-blob'), () =>
    andThen(d.metadata.read.blobs.linked(repository.id, digest), (link) => {
      if (!link || isBlobDeleted(registry, link)) throw unknownBlob(repository.name, digest);
      if (link.damage) throw blobDamaged(digest, link.damage);
      return link;
    }),
  );
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
