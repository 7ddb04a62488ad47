import { Readable } from 'node:stream';
import { openVolume, type Volume, VolumeRefused } from '@holdfast/bundle/volumes';
import type { ByteFile } from '@holdfast/oci/archive/file-tree';
import type { Digest } from '@holdfast/oci/digest';
import { principalId } from '../access/principal.ts';
import { append, type Chunk, isHere, requireNext } from '../distribution/chunk.ts';
import type { Use } from '../distribution/upload-sessions.ts';
import type { BundleFileRow } from '../metadata/bundles.ts';
import { DomainError } from '../platform/domain-error.ts';
import { requireRoom } from '../quota/storage.ts';
import type { BlobStore, UploadId } from '../storage/blob-store.ts';
import type { BundleCaller } from './caller.ts';
import { type Bundles, bundleAudit } from './context.ts';
import { logCustody } from './custody.ts';
import { documentRow } from './summary.ts';
import { trustedKeys } from './trust.ts';

/** Files of a registry that are not whole, at a time. */
const UNFINISHED = 200;
/** A file counts as long as it lies here. */
const NEVER = new Date(8.64e15);
const PIECE_BYTES = 1024 * 1024;

export interface FileOrder {
  readonly kind: BundleFileRow['kind'];
  readonly name: string;
  readonly size: number;
  readonly carriedBy?: string | undefined;
}

/** Opens a session. Room for all of the file is kept from then on. Throws `bundle.too-many`, `quota.storage-full`, `quota.site-full`. */
export async function startFile(d: Bundles, caller: BundleCaller, order: FileOrder): Promise<BundleFileRow> {
  const now = d.clock.now();
  const id = d.ids.uuid() as UploadId;
  const row: BundleFileRow = {
    ...order,
    id,
    registryId: caller.registry.id,
    state: 'receiving',
    principal: principalId(caller.principal),
    progress: { offset: 0 },
    startedAt: now,
    updatedAt: now,
  };
  const upload = await d.blobs.uploads.begin(id);
  try {
    await d.metadata.transaction(async (tx) => {
      await requireRoom(tx, caller.registry, order.size, now);
      const open = await tx.bundles.receiving(caller.registry.id);
      if (open >= UNFINISHED) throw tooMany(open);
      await tx.bundles.putFile(row);
      await tx.reservations.put(id, caller.registry.id, order.size, NEVER);
    });
  } catch (error) {
    await upload.abort();
    throw error;
  }
  d.sessions.add(id, upload);
  return row;
}

/**
 * When it resolves, bytes and offset are durable; a chunk that breaks off leaves the file at the offset before it. Throws
 * `upload.unknown`, `upload.range` (with the valid offset), `upload.size`.
 */
export async function appendToFile(d: Bundles, caller: BundleCaller, id: string, chunk: Chunk): Promise<BundleFileRow> {
  const { id: own, progress: there } = await requireReceiving(d, caller, id);
  const known = d.sessions.known(own, there.offset);
  const acknowledged = async () => (await requireReceiving(d, caller, id)).progress;
  const work: Use<BundleFileRow>['work'] = async (upload, signal, before) => {
    const row = await requireReceiving(d, caller, id);
    if (isHere(upload, chunk, known, before)) return row;
    requireNext(upload, chunk, known);
    const admit = (received: number) => {
      if (row.progress.offset + received > row.size) throw tooLong(row, row.progress.offset + received);
      return undefined;
    };
    const progress = await append(upload, chunk, signal, admit);
    const advanced = { ...row, progress, updatedAt: d.clock.now() };
    await d.metadata.transaction(async (tx) => {
      if ((await tx.bundles.file(own))?.state !== 'receiving') throw unknownFile(id);
      await tx.bundles.putFile(advanced);
    });
    return advanced;
  };
  return d.sessions.use({ id: own, acknowledged, work, chunk });
}

/**
 * All bytes are here: looks what they are. A volume that no trusted key signed is kept as refused, and may be completed
 * again once its signer is trusted. With a digest the bytes must have it. Throws `bundle.incomplete`, `digest.invalid`.
 */
export async function completeFile(
  d: Bundles,
  caller: BundleCaller,
  id: string,
  digest: Digest | undefined,
): Promise<BundleFileRow> {
  const { id: own } = await requireFile(d, caller, id);
  return d.metadata.exclusive(`bundle-file:${own}`, async () => {
    const row = await requireFile(d, caller, id);
    if (row.state === 'ready') return row;
    if (row.progress.offset !== row.size) throw incomplete(row);
    if (digest !== undefined) await verifyDigest(d, row, digest);
    return settleFile(d, caller, { ...row, digest: digest ?? row.digest });
  });
}

async function verifyDigest(d: Bundles, row: BundleFileRow, digest: Digest): Promise<void> {
  await d.sessions.use({
    id: row.id,
    acknowledged: async () => row.progress,
    work: async (upload, signal) => {
      await upload.verify(digest, signal);
      await upload.release();
      d.sessions.drop(row.id);
    },
  });
}

async function settleFile(d: Bundles, caller: BundleCaller, row: BundleFileRow): Promise<BundleFileRow> {
  const updatedAt = d.clock.now();
  if (row.kind === 'archive') {
    const ready: BundleFileRow = { ...row, state: 'ready', updatedAt };
    await d.metadata.transaction(async (tx) => {
      await tx.bundles.putFile(ready);
      await logCustody(d, tx, caller, { action: 'received', file: row.name, carriedBy: row.carriedBy });
    });
    return ready;
  }
  const found = await lookAt(d, row);
  if (found instanceof VolumeRefused) {
    const refused: BundleFileRow = { ...row, state: 'refused', reason: found.message, updatedAt };
    await d.metadata.transaction((tx) => tx.bundles.putFile(refused));
    return refused;
  }
  return keepVolume(d, caller, row, found);
}

async function keepVolume(
  d: Bundles,
  caller: BundleCaller,
  row: BundleFileRow,
  { document: { bundle, number, of }, signer, bundle: signed }: Volume,
): Promise<BundleFileRow> {
  const registryId = caller.registry.id;
  const ready: BundleFileRow = {
    ...row,
    state: 'ready',
    reason: undefined,
    volume: { bundle, number, of, signer },
    updatedAt: d.clock.now(),
  };
  const replaced = await d.metadata.transaction(async (tx) => {
    // The newer one stays: it was perhaps sent because the one before is damaged.
    const before = (await tx.bundles.volumesOf(registryId, bundle)).filter((one) => one.volume?.number === number);
    for (const one of before) await tx.bundles.deleteFile(one.id);
    await tx.bundles.putFile(ready);
    if (signed) {
      const kept = documentRow(registryId, signed.document, signed.bytes, false, d.clock.now());
      await tx.bundles.putDocument(kept, signed.bytes);
    }
    const facts = { bundle, signer, carriedBy: row.carriedBy, volumes: [number], of, file: row.name };
    await logCustody(d, tx, caller, { action: 'received', ...facts });
    await tx.audit.append(bundleAudit(d, caller, 'bundle.receive', `volume ${number} of ${of} of ${bundle}`));
    return before;
  });
  for (const one of replaced) await d.blobs.uploads.discard(one.id);
  return ready;
}

async function lookAt(d: Bundles, row: BundleFileRow): Promise<Volume | VolumeRefused> {
  try {
    return await openVolume(byteFile(d.blobs, row), await trustedKeys(d, row.registryId));
  } catch (error) {
    if (error instanceof VolumeRefused) return error;
    throw error;
  }
}

/** Its sender's, as long as it is not whole: ends the session. Throws `upload.unknown`. */
export async function deleteFile(d: Bundles, caller: BundleCaller, id: string): Promise<void> {
  const row = await requireFile(d, caller, id);
  await discardFiles(d, [row]);
}

/** Row first: from then on nobody finds the bytes. */
export async function discardFiles(
  d: Pick<Bundles, 'metadata' | 'blobs' | 'sessions'>,
  rows: readonly BundleFileRow[],
) {
  await d.metadata.transaction(async (tx) => {
    for (const { id } of rows) await tx.bundles.deleteFile(id);
  });
  for (const { id } of rows) {
    d.sessions.drop(id);
    await d.blobs.uploads.discard(id);
  }
}

/** A file that the caller sent. Throws `upload.unknown`, whether it is somebody else's or none. */
export async function requireFile(d: Bundles, caller: BundleCaller, id: string): Promise<BundleFileRow> {
  const row = await d.metadata.read.bundles.file(id as UploadId);
  const own = row?.registryId === caller.registry.id && row.principal === principalId(caller.principal);
  if (row && own && row.state !== 'making') return row;
  throw unknownFile(id);
}

async function requireReceiving(d: Bundles, caller: BundleCaller, id: string): Promise<BundleFileRow> {
  const row = await requireFile(d, caller, id);
  if (row.state === 'receiving') return row;
  throw unknownFile(id);
}

/** Its bytes, where they lie staged. Opened anew for each reading, so that hundreds of volumes take no descriptors. */
export function byteFile(blobs: BlobStore, { id, name, size }: BundleFileRow): ByteFile {
  const opened = async () => {
    const reader = await blobs.uploads.open(id);
    if (!reader) throw new VolumeRefused(name, 'its bytes are not here any more');
    return reader;
  };
  return {
    location: name,
    size,
    at: async (offset, length) => {
      const reader = await opened();
      try {
        const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - offset)));
        return bytes.subarray(0, await fill(reader, bytes, offset));
      } finally {
        await reader.close();
      }
    },
    read: (start, end) => Readable.from(pieces(opened, start, end), { objectMode: false, highWaterMark: PIECE_BYTES }),
  };
}

type Opened = NonNullable<Awaited<ReturnType<BlobStore['uploads']['open']>>>;

async function* pieces(opened: () => Promise<Opened>, start: number, end: number): AsyncGenerator<Buffer> {
  const reader = await opened();
  try {
    for (let at = start; at < end; ) {
      const bytes = Buffer.allocUnsafe(Math.min(PIECE_BYTES, end - at));
      const count = await reader.read(bytes, at);
      if (count === 0) throw new Error('a file of a bundle is shorter than it was');
      yield bytes.subarray(0, count);
      at += count;
    }
  } finally {
    await reader.close();
  }
}

/** A read may bring less than was asked for. */
async function fill(reader: Opened, into: Buffer, position: number): Promise<number> {
  let filled = 0;
  while (filled < into.length) {
    const count = await reader.read(into.subarray(filled), position + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

function unknownFile(id: string): DomainError {
  return new DomainError(
    'not-found',
    'upload.unknown',
    `There is no unfinished file ${id.slice(0, 64)} of yours here: it was completed, deleted, has expired or never was. List the files, or begin a new one.`,
    { detail: { id: id.slice(0, 64) } },
  );
}

function incomplete({ progress: { offset }, size }: BundleFileRow): DomainError {
  return new DomainError(
    'conflict',
    'bundle.incomplete',
    `Of the file's ${size} bytes ${offset} are here. Send those from ${offset} on, then complete it.`,
    { detail: { offset, size } },
  );
}

function tooLong({ size }: BundleFileRow, end: number): DomainError {
  return new DomainError(
    'invalid',
    'upload.size',
    `The file was announced with ${size} bytes, and this chunk would bring it to ${end}. Nothing of the chunk was kept; send the file that was announced, or begin a new one.`,
    { detail: { size } },
  );
}

function tooMany(open: number): DomainError {
  return new DomainError(
    'too-many',
    'bundle.too-many',
    `${open} files of this registry are unfinished, as many as it may have. Complete or delete some of them.`,
    { retryAfter: 60 },
  );
}
