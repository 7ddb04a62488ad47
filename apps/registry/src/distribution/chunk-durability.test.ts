import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { RepositoryName } from '@holdfast/oci/reference';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testAuthorizer } from '../access/test-authorizer.ts';
import { Integrity } from '../integrity/integrity.ts';
import type { MetadataStore } from '../metadata/metadata-store.ts';
import { openMemoryMetadataStore } from '../metadata/sqlite/open.ts';
import { registryRow } from '../metadata/test-rows.ts';
import { FakeClock } from '../platform/clock.ts';
import { systemIds } from '../platform/ids.ts';
import { nodeFileSystem } from '../storage/filesystem/file-system.ts';
import { openFilesystemBlobStore } from '../storage/filesystem/filesystem-blob-store.ts';
import type { Chunk, UploadStatus } from './chunk.ts';
import type { Caller, Distribution } from './context.ts';
import { newBytes } from './test-content.ts';
import { UploadSessions } from './upload-sessions.ts';
import { appendChunk, startUpload, uploadStatus } from './uploads.ts';

// What a 202 for a chunk promises, on a disk that can be made to take its time.

let folder: string;
let d: Distribution;
let caller: Caller;
let metadata: MetadataStore;
const clock = new FakeClock();
/** Holds every fdatasync back until it resolves. */
let disk: Promise<void>;
let letDiskEnd: () => void;
/** Undefined while the disk is quick; else called when an fdatasync begins. */
let syncBegins: (() => void) | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-chunk-'));
  metadata = openMemoryMetadataStore();
  await metadata.migrate();
  const registry = registryRow({ id: 'r1', name: 'registry', createdAt: clock.now() });
  await metadata.transaction((tx) => tx.registries.create(registry));
  const fdatasync = async (descriptor: number) => {
    if (syncBegins) {
      syncBegins();
      await disk;
    }
    await nodeFileSystem.fdatasync(descriptor);
  };
  const blobs = await openFilesystemBlobStore({ root: folder, clock, files: { ...nodeFileSystem, fdatasync } });
  const policy = { sparseManifests: false, uploadsPerPrincipal: 10, uploadExpireHours: 24, graceHours: 24 };
  const sessions = new UploadSessions(blobs, clock);
  const ids = systemIds;
  const integrity = new Integrity({ metadata, blobs, clock, ids, tell: () => undefined });
  d = {
    metadata,
    blobs,
    integrity,
    authorizer: testAuthorizer(),
    sessions,
    pulls: { note: () => undefined },
    clock,
    ids,
    policy,
  };
  const principal = { kind: 'admin-user', id: 'admin-user:registry', registry: 'r1' } as const;
  caller = { principal, registry, repository: 'a' as RepositoryName, correlationId: 'c' };
});
afterEach(async () => {
  letDiskEnd();
  await d.sessions.close();
  await d.blobs.close();
  await metadata.close();
  await rm(folder, { recursive: true });
});

/** From here on an fdatasync does not end; answers when the next one begins. */
function slowDisk(): Promise<void> {
  ({ promise: disk, resolve: letDiskEnd } = Promise.withResolvers<void>());
  return new Promise((resolve) => {
    syncBegins = resolve;
  });
}

function quickDisk(): void {
  syncBegins = undefined;
  letDiskEnd();
}

const chunkOf = (bytes: Buffer, first?: number): Chunk => ({
  body: Readable.from([bytes]),
  signal: new AbortController().signal,
  ...(first === undefined ? {} : { range: { start: first, end: first + bytes.length - 1 }, length: bytes.length }),
});
const rowOffset = async (id: UploadStatus['id']) => (await metadata.read.uploads.find(id))?.state.offset;
/** What is so far known of a promise, once everything has happened that needs neither clock nor disk. */
async function soFar(promise: Promise<unknown>): Promise<'open' | 'settled'> {
  let state: 'open' | 'settled' = 'open';
  const settle = () => {
    state = 'settled';
  };
  promise.then(settle, settle);
  await new Promise((resolve) => setTimeout(resolve, 30));
  return state;
}

describe('a chunk whose bytes are not durable yet', () => {
  it('is not acknowledged, neither to its client nor in the row; then in both', async () => {
    const { id } = await startUpload(d, caller);
    const syncing = slowDisk();
    const chunk = appendChunk(d, caller, id, chunkOf(newBytes(5000), 0));
    await syncing;
    expect(await soFar(chunk)).toBe('open');
    expect(await rowOffset(id)).toBe(0);
    quickDisk();
    expect((await chunk).offset).toBe(5000);
    expect(await rowOffset(id)).toBe(5000);
  });

  it('is waited for by whoever asks where the session is: its client lost the answer', async () => {
    const { id } = await startUpload(d, caller);
    const syncing = slowDisk();
    const chunk = appendChunk(d, caller, id, chunkOf(newBytes(5000)));
    await syncing;
    const status = uploadStatus(d, caller, id);
    expect(await soFar(status)).toBe('open');
    quickDisk();
    expect((await status).offset).toBe(5000);
    await chunk;
  });

  it('is waited for a second at most, and goes on undisturbed', async () => {
    const { id } = await startUpload(d, caller);
    const syncing = slowDisk();
    const chunk = appendChunk(d, caller, id, chunkOf(newBytes(5000)));
    await syncing;
    const status = uploadStatus(d, caller, id);
    expect(await soFar(status)).toBe('open');
    clock.advance(1000);
    expect((await status).offset).toBe(0);
    quickDisk();
    expect((await chunk).offset).toBe(5000);
  });

  it.each(['without a range', 'with one'])(
    'that took longer than that is not put there a second time by whoever was told the offset before it, %s',
    async (how) => {
      const { id } = await startUpload(d, caller);
      const bytes = newBytes(5000);
      const again = () => appendChunk(d, caller, id, chunkOf(bytes, how === 'with one' ? 0 : undefined));
      const syncing = slowDisk();
      const first = appendChunk(d, caller, id, chunkOf(bytes));
      await syncing;
      const status = uploadStatus(d, caller, id);
      expect(await soFar(status)).toBe('open');
      clock.advance(1000);
      expect((await status).offset).toBe(0);
      quickDisk();
      await first;
      await expect(again()).rejects.toMatchObject({ code: 'upload.range', detail: { id, offset: 5000 } });
      // Whoever was refused knows it now.
      expect((await appendChunk(d, caller, id, chunkOf(newBytes(100)))).offset).toBe(5100);
      expect((await uploadStatus(d, caller, id)).offset).toBe(5100);
      expect((await appendChunk(d, caller, id, chunkOf(newBytes(100)))).offset).toBe(5200);
    },
  );

  it.each(['a range', 'a length', 'neither'])(
    'is not put there a second time by its repetition, with %s',
    async (how) => {
      const { id } = await startUpload(d, caller);
      const bytes = newBytes(5000);
      const send = () => {
        const chunk = chunkOf(bytes, how === 'a range' ? 0 : undefined);
        return appendChunk(d, caller, id, how === 'a length' ? { ...chunk, length: bytes.length } : chunk);
      };
      const syncing = slowDisk();
      const first = send();
      await syncing;
      const again = send().catch((error: unknown) => error);
      expect(await soFar(again)).toBe('open');
      clock.advance(1000);
      expect(await soFar(again)).toBe('open');
      quickDisk();
      expect((await first).offset).toBe(5000);
      // Of a stream nobody knows whether it is the same.
      const refused = { code: 'upload.range', detail: { id, offset: 5000 } };
      expect(await again).toMatchObject(how === 'neither' ? refused : { id, offset: 5000 });
      expect((await uploadStatus(d, caller, id)).offset).toBe(5000);
      expect((await appendChunk(d, caller, id, chunkOf(bytes))).offset).toBe(10_000);
    },
  );

  it('is not put there by who was told the offset before it, whatever another repetition learnt meanwhile', async () => {
    const { id } = await startUpload(d, caller);
    const bytes = newBytes(5000);
    const send = () => appendChunk(d, caller, id, { ...chunkOf(bytes), length: bytes.length });
    const syncing = slowDisk();
    const first = send();
    await syncing;
    const again = send();
    const status = uploadStatus(d, caller, id);
    expect(await soFar(status)).toBe('open');
    clock.advance(1000);
    expect((await status).offset).toBe(0);
    quickDisk();
    expect([(await first).offset, (await again).offset]).toEqual([5000, 5000]);
    await expect(send()).rejects.toMatchObject({ code: 'upload.range', detail: { id, offset: 5000 } });
  });

  it('is acknowledged to whoever sends it while it is on its way', async () => {
    const { id } = await startUpload(d, caller);
    const bytes = newBytes(5000);
    const syncing = slowDisk();
    const first = appendChunk(d, caller, id, chunkOf(bytes, 0));
    await syncing;
    const others = [1, 2, 3].map(() => appendChunk(d, caller, id, chunkOf(bytes, 0)));
    expect(await soFar(Promise.race(others))).toBe('open');
    quickDisk();
    for (const { offset } of await Promise.all([first, ...others])) expect(offset).toBe(5000);
  });

  /** Sends a chunk whose client is gone before it can be told that the bytes are here. */
  async function sendUnheard(id: UploadStatus['id'], bytes: Buffer, first?: number): Promise<void> {
    const client = new AbortController();
    const syncing = slowDisk();
    const sent = appendChunk(d, caller, id, { ...chunkOf(bytes, first), signal: client.signal });
    await syncing;
    client.abort();
    quickDisk();
    await sent;
  }

  it.each(['a range', 'a length', 'neither'])(
    'whose client was gone before it could be told is not put there twice by its repetition, with %s',
    async (how) => {
      const { id } = await startUpload(d, caller);
      await appendChunk(d, caller, id, chunkOf(newBytes(100)));
      const bytes = newBytes(5000);
      await sendUnheard(id, bytes);
      const chunk = chunkOf(bytes, how === 'a range' ? 100 : undefined);
      const again = appendChunk(d, caller, id, how === 'a length' ? { ...chunk, length: bytes.length } : chunk);
      if (how !== 'neither') expect((await again).offset).toBe(5100);
      // Of a stream nobody knows whether it is the same.
      else await expect(again).rejects.toMatchObject({ code: 'upload.range', detail: { id, offset: 5100 } });
      // Now its client knows.
      const next = { ...chunkOf(newBytes(5000)), length: 5000 };
      expect((await appendChunk(d, caller, id, next)).offset).toBe(10_100);
    },
  );

  it('is not put there twice by who was told the offset before it, or nothing, however often the answer is lost', async () => {
    const { id } = await startUpload(d, caller);
    const bytes = newBytes(5000);
    expect((await uploadStatus(d, caller, id)).offset).toBe(0); // and only then the chunk is seen
    await sendUnheard(id, bytes);
    const gone = AbortSignal.abort();
    expect((await appendChunk(d, caller, id, { ...chunkOf(bytes, 0), signal: gone })).offset).toBe(5000);
    expect((await appendChunk(d, caller, id, { ...chunkOf(bytes), length: 5000 })).offset).toBe(5000);
  });

  it('has another one behind it, from whoever was told where it ended, or knows', async () => {
    const { id } = await startUpload(d, caller);
    await sendUnheard(id, newBytes(5000));
    expect((await uploadStatus(d, caller, id)).offset).toBe(5000);
    expect((await appendChunk(d, caller, id, { ...chunkOf(newBytes(5000)), length: 5000 })).offset).toBe(10_000);
    await sendUnheard(id, newBytes(5000));
    expect((await appendChunk(d, caller, id, chunkOf(newBytes(5000), 15_000))).offset).toBe(20_000);
    await sendUnheard(id, newBytes(5000));
    const shorter = { ...chunkOf(newBytes(4000)), length: 4000 };
    await expect(appendChunk(d, caller, id, shorter)).rejects.toMatchObject({ detail: { offset: 25_000 } });
  });

  it('was heard of, though another sending of it was not', async () => {
    const { id } = await startUpload(d, caller);
    const bytes = newBytes(5000);
    const syncing = slowDisk();
    const first = appendChunk(d, caller, id, chunkOf(bytes, 0));
    await syncing;
    const client = new AbortController();
    const again = appendChunk(d, caller, id, { ...chunkOf(bytes, 0), signal: client.signal });
    expect(await soFar(again)).toBe('open');
    client.abort();
    quickDisk();
    await Promise.all([first, again]);
    expect((await appendChunk(d, caller, id, { ...chunkOf(bytes), length: 5000 })).offset).toBe(10_000);
  });

  it.each([
    ['begins before it', 4000, 5000],
    ['begins behind it', 9000, 1000],
    ['ends before it', 5000, 3000],
    ['ends behind it', 5000, 5000],
  ])('is not taken for another one that %s', async (_, start, length) => {
    const { id } = await startUpload(d, caller);
    await appendChunk(d, caller, id, chunkOf(newBytes(5000)));
    const syncing = slowDisk();
    const first = appendChunk(d, caller, id, chunkOf(newBytes(4000), 5000));
    await syncing;
    const other = appendChunk(d, caller, id, chunkOf(newBytes(length), start)).catch((error: unknown) => error);
    expect(await soFar(other)).toBe('open');
    quickDisk();
    expect((await first).offset).toBe(9000);
    expect(await other).toMatchObject(start === 9000 ? { offset: 10_000 } : { code: 'upload.range' });
  });
});
