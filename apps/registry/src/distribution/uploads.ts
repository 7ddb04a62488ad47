import type { Digest } from '@holdfast/oci/digest';
import { type Principal, principalId } from '../access/principal.ts';
import { registryScope } from '../access/scope-path.ts';
import { findBlockingLock, requireUnlocked } from '../content/locks.ts';
import { isBlobClosed } from '../content/quarantine.ts';
import { isBlobDeleted } from '../content/soft-delete.ts';
import type { MetadataReader, RepositoryRow, UploadRow } from '../metadata/metadata-store.ts';
import { DomainError } from '../platform/domain-error.ts';
import { Reservation } from '../quota/reservation.ts';
import { requireRoom, withinQuota } from '../quota/storage.ts';
import type { BlobUpload, UploadId, UploadState } from '../storage/blob-store.ts';
import { append, type Chunk, endOf, isHere, owned, requireNext, type UploadStatus } from './chunk.ts';
import { auditEntry, type Caller, type Distribution, findRepository } from './context.ts';
import type { Use } from './upload-sessions.ts';

/** A session counts against its principal's limit while it was touched within this time. */
const ACTIVE_MS = 10 * 60_000;
/** How often a session is touched while a chunk of it is being received; less than `ACTIVE_MS`. */
const TOUCH_MS = 5 * 60_000;
/** A blob that is sent in one request keeps its room so long, and renews it while it is being received. */
const RESERVED_MS = 15 * 60_000;
/** How long a question for the state of a session waits for a chunk that is still on its way to the disk. */
const SETTLE_MS = 1000;

/** `POST …/blobs/uploads/`: opens a session. Throws `upload.too-many`, `content.locked`, `quota.storage-full`, `quota.site-full`. */
export async function startUpload(d: Distribution, caller: Caller): Promise<UploadStatus> {
  const principal = principalId(caller.principal);
  const now = d.clock.now();
  requirePlace(d, principal, await openSessions(d, d.metadata.read, principal, now)); // early and cheap
  await requireRoom(d.metadata.read, caller.registry, 1, now);
  const id = d.ids.uuid() as UploadId;
  const upload = await d.blobs.uploads.begin(id);
  try {
    await d.metadata.transaction(async (tx) => {
      requirePlace(d, principal, await openSessions(d, tx, principal, now)); // here nobody comes in between
      const repository = await tx.repositories.findOrCreate(caller.registry.id, caller.repository, now);
      await requireUnlocked(tx.locks, caller.registry.name, repository, 'push-blob');
      await tx.uploads.insert({
        id,
        repositoryId: repository.id,
        principal,
        state: { offset: 0 },
        startedAt: now,
        updatedAt: now,
      });
    });
  } catch (error) {
    await upload.abort();
    throw error;
  }
  d.sessions.add(id, upload);
  return { id, offset: 0 };
}

/** Counted up to the limit only, so that asking costs the same however many there are. */
async function openSessions(d: Distribution, at: MetadataReader, principal: string, now: Date): Promise<number> {
  return at.uploads.countOpen(principal, new Date(now.getTime() - ACTIVE_MS), d.policy.uploadsPerPrincipal);
}

/**
 * A session that was idle for so long that it does not count any more counts again with its next chunk. Else a principal
 * could wait, open as many as before, and then send to all of them at once. Throws `upload.too-many`.
 */
async function takePlaceAgain(d: Distribution, row: UploadRow): Promise<void> {
  const now = d.clock.now();
  if (row.updatedAt.getTime() >= now.getTime() - ACTIVE_MS) return;
  await d.metadata.transaction(async (tx) => {
    requirePlace(d, row.principal, await openSessions(d, tx, row.principal, now));
    await tx.uploads.touch(row.id, now);
  });
}

function requirePlace(d: Distribution, principal: string, sessions: number): void {
  const limit = d.policy.uploadsPerPrincipal;
  const open = sessions + d.sessions.whole(principal);
  if (open < limit) return;
  throw new DomainError(
    'too-many',
    'upload.too-many',
    `Too many uploads at once: ${principal} has ${open} open uploads and may have ${limit}. ` +
      'Wait for some to end, or cancel them; an operator can raise uploads.perPrincipal.',
    { detail: { open, limit }, retryAfter: 5 },
  );
}

/**
 * `GET <session>`. Throws `upload.unknown`.
 *
 * Who asks has most likely lost the answer to a chunk. If that one arrived whole and is still being made durable, an
 * answer at once would name the offset before it, and the client would send the same bytes again behind it. If the disk
 * takes longer than anybody should wait, the repetition is refused, and told where the session is by then.
 */
export async function uploadStatus(d: Distribution, caller: Caller, id: string): Promise<UploadStatus> {
  const { id: own } = await requireUpload(d, caller, id);
  const waited = new AbortController();
  await Promise.race([d.sessions.free(own), d.clock.sleep(SETTLE_MS, waited.signal).catch(() => undefined)]);
  waited.abort();
  const row = await requireUpload(d, caller, id);
  d.sessions.tell(own, row.state.offset);
  return { id: row.id, offset: row.state.offset };
}

/**
 * `PATCH <session>`: when it resolves, the bytes and the offset are durable. A chunk that breaks off leaves the session
 * at the offset before it. Throws `upload.unknown`, `upload.range` (with the valid offset in `detail`), `upload.size`,
 * `upload.too-many`.
 */
export async function appendChunk(d: Distribution, caller: Caller, id: string, chunk: Chunk): Promise<UploadStatus> {
  const row = await requireUpload(d, caller, id);
  await takePlaceAgain(d, row);
  const known = d.sessions.known(row.id, row.state.offset);
  return inSession(d, caller, row, chunk, async (upload, signal, before) => {
    const from = upload.offset;
    if (isHere(upload, chunk, known, before)) return { id: row.id, offset: from };
    requireNext(upload, chunk, known);
    const { state, reservation } = await receive(d, caller, upload, chunk, signal, row);
    // Who sends chunks sends equal ones, but for the last; without a length it is a stream, and nothing comes behind it.
    const next = endOf(chunk, from) === undefined ? 0 : state.offset - from;
    await d.metadata.transaction(async (tx) => {
      if (!(await tx.uploads.advance(row.id, state, d.clock.now()))) throw unknownUpload(id);
      await reservation.settle(tx, state.offset, next);
    });
    return { id: row.id, offset: state.offset };
  });
}

/**
 * `PUT <session>?digest=`: takes a last chunk if there is one, verifies, publishes, links. A repeated PUT of a session
 * that was closed with the same digest succeeds again. Throws `digest.invalid` and ends the session with it.
 */
export async function completeUpload(
  d: Distribution,
  caller: Caller,
  id: string,
  digest: Digest,
  chunk: Chunk | undefined,
): Promise<void> {
  const row = await requireUpload(d, caller, id, digest);
  if (await wasCompleted(d, row, digest)) return;
  if (chunk) await takePlaceAgain(d, row);
  const known = chunk && d.sessions.known(row.id, row.state.offset);
  try {
    await inSession(d, caller, row, chunk, async (upload, signal) => {
      if (chunk && known) {
        requireNext(upload, chunk, known);
        await receive(d, caller, upload, chunk, signal, row);
      }
      try {
        await publish(d, caller, upload, digest, row.id, row);
        await discardStaged(upload);
      } finally {
        await upload.release(); // published or not, as long as its row says so the session can be taken up again
        d.sessions.drop(row.id);
      }
    });
  } catch (error) {
    // Its first attempt may have ended the session just now, while this repetition waited for it.
    if (!(error instanceof DomainError) || error.code !== 'upload.unknown') throw error;
    if (!(await wasCompleted(d, await d.metadata.read.uploads.find(row.id), digest))) throw error;
  }
}

/** A session that was closed with this digest; its blob may have been deleted or damaged since. */
async function wasCompleted(d: Distribution, row: UploadRow | undefined, digest: Digest): Promise<boolean> {
  if (!row?.completed) return false;
  const link = row.completed === digest ? await d.metadata.read.blobs.linked(row.repositoryId, digest) : undefined;
  if (link && !link.damage) return true;
  throw unknownUpload(row.id);
}

/** `POST …/blobs/uploads/?digest=`: the whole blob in one request. */
export async function uploadMonolithic(d: Distribution, caller: Caller, digest: Digest, chunk: Chunk): Promise<void> {
  const principal = principalId(caller.principal);
  requirePlace(d, principal, await openSessions(d, d.metadata.read, principal, d.clock.now()));
  const repository = await findRepository(d, caller);
  // Before the bytes are received, and once more when they are linked.
  if (repository) await requireUnlocked(d.metadata.read.locks, caller.registry.name, repository, 'push-blob');
  const end = d.sessions.beginWhole(principal);
  const id = d.ids.uuid() as UploadId;
  const reservation = new Reservation({ ...d, lastsMs: RESERVED_MS }, caller.registry, id);
  try {
    await reservation.begin(0, chunk.length);
    const upload = await d.blobs.uploads.begin(id);
    try {
      const admit = (received: number) => reservation.extend(received);
      await keepingAlive(
        d,
        () => reservation.renew(),
        () => upload.append(chunk.body, chunk.signal, { ...owned(chunk), admit }),
      );
      await publish(d, caller, upload, digest, id, undefined);
    } finally {
      await discardStaged(upload);
    }
  } finally {
    end();
    // The room is free again, or taken by the blob itself. Else it would be free after some time.
    await reservation.release().catch(() => undefined);
  }
}

/** `DELETE <session>`. Throws `upload.unknown`. */
export async function cancelUpload(d: Distribution, caller: Caller, id: string): Promise<void> {
  const row = await requireUpload(d, caller, id);
  const work = async (upload: BlobUpload) => {
    await d.metadata.transaction((tx) => tx.uploads.delete(row.id));
    await upload.abort();
    d.sessions.drop(row.id);
  };
  await d.sessions.use({ id: row.id, acknowledged: acknowledged(d, caller, row), work, endsOthers: true });
}

/**
 * `POST …?mount=&from=`: links a blob that the caller may already pull in this registry, from `from` or, without it,
 * from wherever it is. False when there is no such blob, or its bytes are damaged; why is not told apart, since that would tell what exists.
 */
export async function mountBlob(
  d: Distribution,
  caller: Caller,
  digest: Digest,
  from: Caller['repository'] | undefined,
): Promise<boolean> {
  const source = await mountSource(d, caller, digest, from);
  if (!source) return false;
  return d.metadata.transaction(async (tx) => {
    // Asked again: the blob, its repository or the leave to read it may be gone since.
    if (!(await isReadable(tx, caller, source, digest))) return false;
    const blob = await tx.blobs.linked(source.id, digest);
    if (!blob || blob.damage) return false;
    const now = d.clock.now();
    const target = await tx.repositories.findOrCreate(caller.registry.id, caller.repository, now);
    await requireUnlocked(tx.locks, caller.registry.name, target, 'push-blob');
    await withinQuota(tx, caller.registry, now, async () => tx.blobs.link(target.id, blob, now));
    await tx.audit.append(auditEntry(d, caller, 'blob.mount', digest));
    return true;
  });
}

async function mountSource(
  d: Distribution,
  caller: Caller,
  digest: Digest,
  from: Caller['repository'] | undefined,
): Promise<RepositoryRow | undefined> {
  const registryId = caller.registry.id;
  const principal = await beyondScope(d, caller);
  const names = from ? [from] : await possibleSources(d, principal, caller.registry, digest);
  for (const name of names) {
    const resource = registryScope(caller.registry, name);
    const decision = await d.authorizer.check({ principal, action: 'pull', resource });
    if (!decision.allow) continue;
    const row = await d.metadata.read.repositories.find(registryId, name);
    const link = row && (await d.metadata.read.blobs.linked(row.id, digest));
    if (link && !link.damage && (await isReadable(d.metadata.read, caller, row, digest))) return row;
  }
  return undefined;
}

/** A repository that a lock closes to pulls is no source either, nor is one in which the blob is in quarantine or soft-deleted. */
async function isReadable(
  at: MetadataReader,
  { registry }: Caller,
  source: RepositoryRow,
  digest: Digest,
): Promise<boolean> {
  const row = await at.repositories.find(registry.id, source.name);
  if (row?.id !== source.id) return false;
  if (row.lockCount > 0 && (await findBlockingLock(at.locks, row, 'pull-blob', {}))) return false;
  const link = await at.blobs.linked(row.id, digest);
  if (!link || isBlobDeleted(registry, link)) return false;
  return !(await isBlobClosed(at, registry, row.id, digest));
}

/**
 * Without a source: where a token, or the caller's rights, are limited to some repositories, those, whatever links the
 * digest. To ask for each repository that links it whether the caller may pull there would take the longer the more of
 * them there are, and tell by that what is hidden. Who sees the whole registry is hidden nothing.
 */
async function possibleSources(
  d: Distribution,
  principal: Principal,
  registry: Caller['registry'],
  digest: Digest,
): Promise<readonly Caller['repository'][]> {
  if (principal.kind === 'anonymous') return [];
  const { grants } = principal;
  if (!grants) {
    const view = await d.authorizer.repositoriesVisible(principal, registryScope(registry));
    if (view === 'all') return d.metadata.read.blobs.repositoriesLinking(registry.id, digest, { limit: 100 });
    return view.filter((name) => !name.endsWith('*')) as Caller['repository'][];
  }
  const pullable = grants.filter(({ type, actions }) => type === 'repository' && actions.includes('pull'));
  return pullable.map(({ name }) => name as Caller['repository']);
}

/** With the grant to mount, a token's list of repositories does not limit where from: the identity's own rights do. */
async function beyondScope(d: Distribution, caller: Caller): Promise<Principal> {
  const { principal, registry } = caller;
  const decision = await d.authorizer.check({ principal, action: 'mount', resource: registryScope(registry) });
  if (!decision.allow || principal.kind === 'anonymous') return principal;
  const { grants, ...identity } = principal;
  return identity;
}

// ── shared steps ────────────────────────────────────────────────────────────────────────────────────────────────────

/** The session, if it is this principal's, in this repository and open, or closed with just this digest. */
async function requireUpload(d: Distribution, caller: Caller, id: string, closedWith?: Digest): Promise<UploadRow> {
  const row = await d.metadata.read.uploads.find(id as UploadId);
  const repository = row && (await findRepository(d, caller));
  const own = row && row.repositoryId === repository?.id && row.principal === principalId(caller.principal);
  if (own && (row.completed === undefined || row.completed === closedWith)) return row;
  if (row && !own) {
    const refusal = auditEntry(d, caller, 'upload.use', id, 'the session belongs to another repository or principal');
    await d.metadata.transaction((tx) => tx.audit.append(refusal));
  }
  throw unknownUpload(id);
}

function unknownUpload(id: string): DomainError {
  return new DomainError(
    'not-found',
    'upload.unknown',
    'blob upload unknown to registry: the session was closed, cancelled, expired or never opened here. Start a new upload.',
    { detail: { id: id.slice(0, 64) } },
  );
}

function acknowledged(d: Distribution, caller: Caller, row: UploadRow): Use<unknown>['acknowledged'] {
  return async () => (await requireUpload(d, caller, row.id)).state;
}

async function inSession<T>(
  d: Distribution,
  caller: Caller,
  row: UploadRow,
  chunk: Chunk | undefined,
  work: Use<T>['work'],
): Promise<T> {
  return d.sessions.use({ id: row.id, acknowledged: acknowledged(d, caller, row), work, chunk });
}

/**
 * A chunk of a session, as far as there is room for it. What was announced and did not come is not kept reserved. Throws
 * `quota.storage-full`, `quota.site-full`.
 */
async function receive(
  d: Distribution,
  caller: Caller,
  upload: BlobUpload,
  chunk: Chunk,
  signal: AbortSignal,
  row: UploadRow,
): Promise<{ state: UploadState; reservation: Reservation }> {
  const lastsMs = d.policy.uploadExpireHours * 3_600_000;
  const reservation = new Reservation({ ...d, lastsMs }, caller.registry, row.id);
  const { offset } = upload; // the row was read before the session was free
  await reservation.begin(offset, endOf(chunk, offset));
  const admit = (received: number) => reservation.extend(offset + received);
  const touch = async () => {
    await d.metadata.transaction((tx) => tx.uploads.touch(row.id, d.clock.now()));
  };
  try {
    return { state: await keepingAlive(d, touch, () => append(upload, chunk, signal, admit)), reservation };
  } catch (error) {
    await d.metadata.transaction((tx) => reservation.settle(tx, offset)).catch(() => undefined);
    throw error;
  }
}

/** One chunk may take longer than a session may be idle: `touch` says from time to time that it is not. */
async function keepingAlive<T>(d: Distribution, touch: () => Promise<void>, work: () => Promise<T>): Promise<T> {
  const ended = new AbortController();
  const keep = async () => {
    for (;;) {
      await d.clock.sleep(TOUCH_MS, ended.signal);
      await touch();
    }
  };
  void keep().catch(() => undefined); // ends by the signal, or with a store whose refusal the chunk meets itself
  try {
    return await work();
  } finally {
    ended.abort();
  }
}

/** Verify → publish → link, quota, audit in one transaction; nobody frees the digest meanwhile. */
async function publish(
  d: Distribution,
  caller: Caller,
  upload: BlobUpload,
  digest: Digest,
  id: UploadId,
  row: UploadRow | undefined,
): Promise<void> {
  // Before the lock: it may read all bytes again. Not ended by the client's repetition, which would begin it anew.
  await upload.verify(digest, d.sessions.closing).catch(async (error: unknown) => {
    if (row && error instanceof DomainError && error.code === 'digest.invalid') await endSession(d, upload, row);
    throw error;
  });
  await d.metadata.exclusive(`blob:${digest}`, async () => {
    const { size } = await upload.commit(digest);
    await d.metadata.transaction(async (tx) => {
      const now = d.clock.now();
      const { id: registryId, name: registry } = caller.registry;
      const repository = row
        ? await tx.repositories.find(registryId, caller.repository)
        : await tx.repositories.findOrCreate(registryId, caller.repository, now);
      // The repository of the session may have been deleted since, and another one be there of its name.
      if (!repository || (row && row.repositoryId !== repository.id)) throw unknownUpload(row?.id ?? '');
      await requireUnlocked(tx.locks, registry, repository, 'push-blob');
      if (row && !(await tx.uploads.complete(row.id, digest, now))) throw unknownUpload(row.id);
      await tx.reservations.release(id); // from here on the blob counts itself
      await withinQuota(tx, caller.registry, now, async () => tx.blobs.link(repository.id, { digest, size }, now));
      await tx.audit.append(auditEntry(d, caller, 'blob.push', digest));
      // The bytes that were just published are verified, whatever was known of those before.
      if (await tx.integrity.healBlob(digest, size)) await tx.audit.append(auditEntry(d, caller, 'blob.heal', digest));
    });
  });
}

/** Of no use any more; what cannot be removed is found by `expire-uploads`. */
async function discardStaged(upload: BlobUpload): Promise<void> {
  await upload.abort().catch(() => undefined);
}

async function endSession(d: Distribution, upload: BlobUpload, row: UploadRow): Promise<void> {
  await d.metadata.transaction((tx) => tx.uploads.delete(row.id));
  await upload.abort();
  d.sessions.drop(row.id);
}
