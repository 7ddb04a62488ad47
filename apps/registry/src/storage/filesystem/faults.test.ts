import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { digestOf } from '@holdfast/oci/digest';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BlobStore, BlobUpload, UploadId } from '../blob-store.ts';
import { all, bodyOf, contentOf, nextUploadId, push, someBytes } from '../test-blobs.ts';
import { FaultFileSystem } from './fault-file-system.ts';
import type { FileSystem } from './file-system.ts';
import { nodeFileSystem } from './file-system.ts';
import { openFilesystemBlobStore } from './filesystem-blob-store.ts';

const FIRST = someBytes(1_500_000, 1);
const SECOND = someBytes(700_000, 2);
const WHOLE = Buffer.concat([FIRST, SECOND]);
const DIGEST = digestOf(WHOLE);

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hf-storage-'));
});
afterEach(() => rm(root, { recursive: true }));

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

/** begin → append → append → commit → abort, as a caller does it: whatever happens, it lets go in the end. */
async function pushInTwo(store: BlobStore, id: UploadId): Promise<boolean> {
  let upload: BlobUpload | undefined;
  try {
    upload = await store.uploads.begin(id);
    await upload.append(bodyOf(FIRST));
    await upload.append(bodyOf(SECOND));
    await upload.commit(DIGEST);
    await upload.abort().catch(() => {});
    return true;
  } catch {
    return false;
  } finally {
    await upload?.release();
  }
}

describe('when the n-th operation fails', () => {
  /** Returns how many operations a push takes when nothing fails. */
  async function operationsOfAPush(): Promise<number> {
    const faulty = new FaultFileSystem();
    const store = await openFilesystemBlobStore({ root: join(root, 'dry'), files: faulty.files });
    const before = faulty.done.length;
    expect(await pushInTwo(store, nextUploadId())).toBe(true);
    return faulty.done.length - before;
  }

  test.each([
    ['once with EIO', 'EIO', false],
    ['once with ENOSPC', 'ENOSPC', false],
    ['and every later one, too', 'EIO', true],
  ])('%s: nothing is visible unless the commit resolved, nothing leaks, a retry succeeds', async (_how, code, dead) => {
    const total = await operationsOfAPush();
    expect(total).toBeGreaterThan(15);
    for (let n = 1; n <= total; n++) {
      const home = join(root, `${n}`);
      const faulty = new FaultFileSystem();
      const store = await openFilesystemBlobStore({ root: home, files: faulty.files });
      const start = faulty.done.length;
      faulty.fault = (_operation, count) => (count - start === n || (dead && count - start > n) ? code : undefined);
      const id = nextUploadId();
      const resolved = await pushInTwo(store, id);
      const failed = `operation ${n}, ${faulty.done[start + n - 1]}`;
      faulty.fault = () => undefined;
      expect(faulty.open, failed).toEqual(new Set());

      const visible = await store.stat(DIGEST);
      const stray = await filesBelow(join(home, 'blobs'));
      if (resolved) expect(visible, failed).toMatchObject({ size: WHOLE.length });
      // A disk that died between rename and fsync cannot even take the name back: the bytes are the verified ones then.
      else if (!dead) expect(visible, failed).toBeUndefined();
      expect(stray, failed).toEqual(visible ? [DIGEST.slice('sha256:'.length)] : []);
      if (visible) expect((await contentOf(await store.read(DIGEST))).equals(WHOLE), failed).toBe(true);
      expect((await readdir(home)).sort(), failed).toEqual(['blobs', 'uploads']);

      await store.uploads.discard(id);
      expect(await pushInTwo(store, nextUploadId()), failed).toBe(true);
      expect((await contentOf(await store.read(DIGEST))).equals(WHOLE), failed).toBe(true);
      expect(await all(store.uploads.list()), failed).toEqual([]);
      expect(faulty.open, failed).toEqual(new Set());
    }
  });

  test.each([
    ['EIO', false],
    ['ENOSPC', false],
    ['EIO', true],
  ])(
    '%s (again and again: %s): a blob that is there stays there, whole, while an equal one is pushed',
    async (code, dead) => {
      const total = await operationsOfAPush();
      for (let n = 1; n <= total + 3; n++) {
        const home = join(root, `${n}`);
        const faulty = new FaultFileSystem();
        const store = await openFilesystemBlobStore({ root: home, files: faulty.files });
        await push(store, WHOLE);
        const start = faulty.done.length;
        faulty.fault = (_operation, count) => (count - start === n || (dead && count - start > n) ? code : undefined);
        const id = nextUploadId();
        await pushInTwo(store, id);
        const failed = `operation ${n}, ${faulty.done[start + n - 1]}`;
        faulty.fault = () => undefined;
        expect((await contentOf(await store.read(DIGEST))).equals(WHOLE), failed).toBe(true);
        expect(await filesBelow(join(home, 'blobs')), failed).toEqual([DIGEST.slice('sha256:'.length)]);
        expect(faulty.open, failed).toEqual(new Set());
        await store.uploads.discard(id);
        expect(await readdir(join(home, 'uploads')), failed).toEqual([]);
      }
    },
  );

  test('taking a published upload up again fails whole: its bytes and the blob are as they were', async () => {
    for (let n = 1; ; n++) {
      const faulty = new FaultFileSystem();
      const store = await openFilesystemBlobStore({ root: join(root, `${n}`), files: faulty.files });
      const id = nextUploadId();
      const upload = await store.uploads.begin(id);
      await upload.append(bodyOf(FIRST));
      await upload.append(bodyOf(SECOND));
      await upload.commit(DIGEST);
      await upload.release();
      const start = faulty.done.length;
      faulty.fault = (_operation, count) => (count - start === n ? 'EIO' : undefined);
      const again = await store.uploads.resume(id, { offset: FIRST.length }).catch(() => undefined);
      const reached = faulty.done.length - start >= n;
      faulty.fault = () => undefined;
      const second = again ?? (await store.uploads.resume(id, { offset: FIRST.length }));
      await second.append(bodyOf(FIRST));
      expect(await second.commit(digestOf(Buffer.concat([FIRST, FIRST])))).toEqual({ size: FIRST.length * 2 });
      expect((await contentOf(await store.read(DIGEST))).equals(WHOLE), `operation ${n}`).toBe(true);
      await second.abort();
      await store.uploads.discard(id);
      expect(await readdir(join(root, `${n}`, 'uploads')), `operation ${n}`).toEqual([]);
      expect(faulty.open, `operation ${n}`).toEqual(new Set());
      if (!reached) break;
    }
  });

  test('opening the store says so, leaks nothing and works the next time', async () => {
    for (let n = 1; ; n++) {
      const faulty = new FaultFileSystem();
      faulty.fault = (operation, count) => (operation !== 'close' && count === n ? 'EIO' : undefined);
      const opening = openFilesystemBlobStore({ root: join(root, `deep/${n}`), files: faulty.files });
      const error: unknown = await opening.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(faulty.open).toEqual(new Set());
      faulty.fault = () => undefined;
      await openFilesystemBlobStore({ root: join(root, `deep/${n}`), files: faulty.files });
      if (faulty.done.length < n) break;
      if (error !== undefined) expect(error).toMatchObject({ code: 'server.unavailable' });
    }
  });
});

describe('a disk that fills up', () => {
  test('gives storage.full, and the upload goes on from its former offset when space is back', async () => {
    const faulty = new FaultFileSystem();
    const store = await openFilesystemBlobStore({ root, files: faulty.files });
    const upload = await store.uploads.begin(nextUploadId());
    await upload.append(bodyOf(FIRST));
    for (const code of ['ENOSPC', 'EDQUOT']) {
      faulty.fault = (operation) => (operation === 'writev' ? code : undefined);
      await expect(upload.append(bodyOf(SECOND))).rejects.toMatchObject({ code: 'storage.full', kind: 'storage-full' });
      expect(upload.offset).toBe(FIRST.length);
    }
    faulty.fault = () => undefined;
    await upload.append(bodyOf(SECOND));
    await upload.commit(DIGEST);
    expect((await contentOf(await store.read(DIGEST))).equals(WHOLE)).toBe(true);
  });

  test('in the middle of a write loses nothing, and a short write is gone on with', async () => {
    let room = 2_000_000;
    const tight: FileSystem = {
      ...nodeFileSystem,
      writableInThread: () => undefined,
      writev: async (descriptor, buffers, position) => {
        if (room === 0) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
        const part = Buffer.concat(buffers).subarray(0, Math.min(room, 333_333));
        const written = await nodeFileSystem.writev(descriptor, [part], position);
        room -= written;
        return written;
      },
    };
    const store = await openFilesystemBlobStore({ root, files: tight });
    const upload = await store.uploads.begin(nextUploadId());
    await upload.append(bodyOf(FIRST));
    await expect(upload.append(bodyOf(SECOND))).rejects.toMatchObject({ code: 'storage.full' });
    room = 10_000_000;
    await upload.append(bodyOf(SECOND));
    await upload.commit(DIGEST);
    expect((await contentOf(await store.read(DIGEST))).equals(WHOLE)).toBe(true);
  });

  test('that cannot even truncate refuses to go on until it can', async () => {
    const faulty = new FaultFileSystem();
    const store = await openFilesystemBlobStore({ root, files: faulty.files });
    const upload = await store.uploads.begin(nextUploadId());
    await upload.append(bodyOf(FIRST));
    const broken = bodyOf(someBytes(1_200_000, 9), someBytes(1_200_000, 9), someBytes(1_200_000, 9));
    let writes = 0;
    faulty.fault = (operation) =>
      operation === 'truncate' || (operation === 'writev' && ++writes > 1) ? 'ENOSPC' : undefined;
    await expect(upload.append(broken)).rejects.toMatchObject({ code: 'storage.full' });
    await expect(upload.commit(digestOf(FIRST))).rejects.toMatchObject({ code: 'storage.full' });
    faulty.fault = () => undefined;
    expect(await upload.commit(digestOf(FIRST))).toEqual({ size: FIRST.length });
    expect(await store.stat(digestOf(FIRST))).toMatchObject({ size: FIRST.length });
  });
});

async function* brokenOff(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
  throw new Error('the client is gone');
}

describe('a failed fsync', () => {
  test.each(['fdatasync', 'fsync'] as const)('of the data (%s) is believed: the upload is over', async (kind) => {
    const faulty = new FaultFileSystem();
    const store = await openFilesystemBlobStore({ root, files: faulty.files });
    const id = nextUploadId();
    const upload = await store.uploads.begin(id);
    faulty.fault = (operation) => (operation === kind ? 'EIO' : undefined);
    if (kind === 'fdatasync')
      await expect(upload.append(bodyOf(FIRST))).rejects.toMatchObject({ code: 'server.unavailable' });
    else await expect(upload.commit(digestOf(Buffer.alloc(0)))).rejects.toMatchObject({ code: 'server.unavailable' });
    faulty.fault = () => undefined;
    await expect(upload.append(bodyOf(FIRST))).rejects.toMatchObject({ code: 'upload.unknown' });
    await expect(upload.commit(digestOf(FIRST))).rejects.toMatchObject({ code: 'upload.unknown' });
    await upload.release();
    await expect(store.uploads.resume(id, { offset: 0 })).rejects.toMatchObject({ code: 'upload.unknown' });
    expect(faulty.open).toEqual(new Set());
    expect(await filesBelow(root)).toEqual([]);
  });

  test.each(['whole', 'broken off'])('of the name of a new file is believed, and its body %s', async (body) => {
    const faulty = new FaultFileSystem();
    const store = await openFilesystemBlobStore({ root, files: faulty.files });
    const id = nextUploadId();
    const upload = await store.uploads.begin(id);
    faulty.fault = (operation) => (operation === 'fsync' ? 'EIO' : undefined); // the data's is fdatasync
    const sent = body === 'whole' ? bodyOf(FIRST) : Readable.from(brokenOff(FIRST));
    await expect(upload.append(sent)).rejects.toMatchObject({ code: 'server.unavailable' });
    faulty.fault = () => undefined;
    await expect(upload.append(bodyOf(FIRST))).rejects.toMatchObject({ code: 'upload.unknown' });
    await expect(store.uploads.resume(id, { offset: 0 })).rejects.toMatchObject({ code: 'upload.unknown' });
    expect(faulty.open).toEqual(new Set());
    expect(await filesBelow(root)).toEqual([]);
  });

  test('while a large body still arrives is believed, too', async () => {
    const faulty = new FaultFileSystem();
    const store = await openFilesystemBlobStore({ root, files: faulty.files });
    const upload = await store.uploads.begin(nextUploadId());
    let syncs = 0;
    faulty.fault = (operation) => (operation === 'fdatasync' && ++syncs === 1 ? 'EIO' : undefined);
    const piece = someBytes(1024 * 1024);
    const body = bodyOf(...Array.from({ length: 70 }, () => piece));
    await expect(upload.append(body)).rejects.toMatchObject({ code: 'server.unavailable' });
    expect(syncs).toBe(1);
    await expect(upload.commit(digestOf(Buffer.alloc(0)))).rejects.toMatchObject({ code: 'upload.unknown' });
    expect(faulty.open).toEqual(new Set());
    expect(await filesBelow(root)).toEqual([]);
  });

  test('is believed even when the bytes cannot be removed', async () => {
    const faulty = new FaultFileSystem();
    const store = await openFilesystemBlobStore({ root, files: faulty.files });
    const id = nextUploadId();
    const upload = await store.uploads.begin(id);
    faulty.fault = (operation) => (operation === 'fdatasync' || operation === 'unlink' ? 'EIO' : undefined);
    await expect(upload.append(bodyOf(FIRST))).rejects.toThrow();
    faulty.fault = () => undefined;
    await expect(store.uploads.resume(id, { offset: 0 })).rejects.toMatchObject({ code: 'upload.unknown' });
    await store.uploads.discard(id);
    expect(await filesBelow(root)).toEqual([]);
  });

  test('of the folder takes a new name back, but never a blob that was there before', async () => {
    const faulty = new FaultFileSystem();
    const store = await openFilesystemBlobStore({ root, files: faulty.files });
    const attempt = async (): Promise<BlobUpload> => {
      const upload = await store.uploads.begin(nextUploadId());
      await upload.append(bodyOf(WHOLE));
      const before = faulty.done.length;
      faulty.fault = (operation) =>
        operation === 'fsync' && faulty.done.slice(before).includes('link') ? 'EIO' : undefined;
      await expect(upload.commit(DIGEST)).rejects.toMatchObject({ code: 'server.unavailable' });
      faulty.fault = () => undefined;
      return upload;
    };
    const upload = await attempt();
    expect(await store.stat(DIGEST)).toBeUndefined();
    expect(await upload.commit(DIGEST)).toEqual({ size: WHOLE.length }); // its own bytes are durable: it goes on
    await upload.abort();
    await (await attempt()).abort();
    expect((await contentOf(await store.read(DIGEST))).equals(WHOLE)).toBe(true);
    expect(faulty.open).toEqual(new Set());
  });

  test('of the folder above a new folder removes it, so that the next try writes its name anew', async () => {
    for (const removable of [true, false]) {
      const faulty = new FaultFileSystem();
      const home = join(root, `${removable}`);
      const store = await openFilesystemBlobStore({ root: home, files: faulty.files });
      const stage = async (): Promise<BlobUpload> => {
        const upload = await store.uploads.begin(nextUploadId());
        await upload.append(bodyOf(WHOLE));
        return upload;
      };
      const upload = await stage();
      const refused = { code: 'server.unavailable' };
      faulty.fault = (operation) =>
        operation === 'fsync' || (!removable && operation === 'removeFolder') ? 'EIO' : undefined;
      await expect(upload.commit(DIGEST)).rejects.toMatchObject(refused);
      expect(await readdir(join(home, 'blobs'))).toEqual(removable ? [] : ['sha256']);
      faulty.fault = (operation) => (!removable && operation === 'removeFolder' ? 'EIO' : undefined);
      if (!removable) await expect(upload.commit(DIGEST)).rejects.toMatchObject(refused);
      faulty.fault = () => undefined;
      faulty.done.length = 0;
      expect(await upload.commit(DIGEST)).toEqual({ size: WHOLE.length });
      const names = faulty.done.filter((operation) => operation.endsWith('Folder'));
      expect(names).toEqual(removable ? ['makeFolder', 'makeFolder'] : ['removeFolder', 'makeFolder', 'makeFolder']);
    }
  });

  test('of one publication does not take away what another one published meanwhile', async () => {
    const faulty = new FaultFileSystem();
    const store = await openFilesystemBlobStore({ root, files: faulty.files });
    await push(store, someBytes(10)); // the folders are there and durable, so only the new name's own fsync is left
    await push(store, WHOLE);
    await store.delete(DIGEST);
    const uploads = await Promise.all(
      [1, 2].map(async () => {
        const upload = await store.uploads.begin(nextUploadId());
        await upload.append(bodyOf(WHOLE));
        return upload;
      }),
    );
    let fsyncs = 0;
    faulty.fault = (operation) => (operation === 'fsync' && ++fsyncs === 1 ? 'EIO' : undefined);
    const outcomes = await Promise.allSettled(uploads.map((upload) => upload.commit(DIGEST)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await contentOf(await store.read(DIGEST))).equals(WHOLE)).toBe(true);
  });
});

test('a commit makes data and names durable in this order', async () => {
  const faulty = new FaultFileSystem();
  const store = await openFilesystemBlobStore({ root, files: faulty.files });
  const upload = await store.uploads.begin(nextUploadId());
  faulty.done.length = 0;
  await upload.append(bodyOf(Buffer.from('abc')));
  expect(faulty.done.filter((operation) => operation !== 'setModified')).toEqual(
    expect.arrayContaining(['writev', 'fdatasync', 'open', 'fsync', 'close']),
  );
  faulty.done.length = 0;
  await upload.commit(digestOf(Buffer.from('abc')));
  const names = faulty.done.filter((operation) => ['makeFolder', 'fsync', 'link', 'rename'].includes(operation));
  expect(names).toEqual(['makeFolder', 'fsync', 'makeFolder', 'fsync', 'link', 'fsync']);
});
