import * as fs from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import type { Digest } from '@holdfast/oci/digest';
import { digestOf } from '@holdfast/oci/digest';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeClock } from '../../platform/clock.ts';
import { diskPace } from '../../platform/disk-pace.ts';
import { blobStoreSuite } from '../blob-store.suite.ts';
import { all, bodyOf, contentOf, nextUploadId, push, someBytes } from '../test-blobs.ts';
import type { FileSystem } from './file-system.ts';
import { nodeFileSystem } from './file-system.ts';
import type { FilesystemBlobStore } from './filesystem-blob-store.ts';
import { openFilesystemBlobStore } from './filesystem-blob-store.ts';

const newRoot = (): Promise<string> => mkdtemp(join(tmpdir(), 'hf-storage-'));

blobStoreSuite('filesystem', async () => {
  const root = await newRoot();
  const clock = new FakeClock();
  const store = await openFilesystemBlobStore({ root, clock });
  return {
    store,
    clock,
    restart: () => openFilesystemBlobStore({ root, clock }),
    tamper: (digest, bytes) => (bytes ? writeFile(store.localPath(digest), bytes) : rm(store.localPath(digest))),
    remove: async () => {
      await store.close();
      await rm(root, { recursive: true });
    },
  };
});

describe('on the disk', () => {
  let root: string;
  let store: FilesystemBlobStore;

  beforeEach(async () => {
    root = await newRoot();
    store = await openFilesystemBlobStore({ root });
  });
  afterEach(async () => {
    await store.close();
    await rm(root, { recursive: true });
  });

  /** Descriptors of this process that point below the root. */
  function openDescriptors(): string[] {
    const links = fs.readdirSync('/proc/self/fd').map((fd) => {
      try {
        return fs.readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return '';
      }
    });
    return links.filter((link) => link.startsWith(root));
  }

  test('a blob lies where the layout says, readable by its owner only', async () => {
    const digest = await push(store, Buffer.from('abc'));
    const hex = digest.slice('sha256:'.length);
    const file = join(root, 'blobs', 'sha256', hex.slice(0, 2), hex);
    expect(store.localPath(digest)).toBe(file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    for (let folder = dirname(file); folder !== root; folder = dirname(folder)) {
      expect((await stat(folder)).mode & 0o777).toBe(0o700);
    }
    expect(await readdir(join(root, 'uploads'))).toEqual([]);
  });

  test('a root that is several folders deep is made, and opens again', async () => {
    const deep = join(root, 'a', 'b', 'c');
    const first = await openFilesystemBlobStore({ root: deep });
    const digest = await push(first, Buffer.from('deep'));
    await first.close();
    const second = await openFilesystemBlobStore({ root: deep });
    expect(await second.stat(digest)).toMatchObject({ size: 4 });
  });

  test('stray files, folders and links are no blobs and no uploads', async () => {
    const digest = await push(store, Buffer.from('real'));
    const hex = digest.slice('sha256:'.length);
    const folder = join(root, 'blobs', 'sha256', hex.slice(0, 2));
    await writeFile(join(root, 'blobs', 'README'), '');
    await mkdir(join(root, 'blobs', 'md5', 'aa'), { recursive: true });
    await writeFile(join(root, 'blobs', 'sha256', 'zz'), '');
    await writeFile(join(folder, 'core.123'), '');
    await writeFile(
      join(folder, `${'0'.repeat(64)}`.replace(/^00/, hex.startsWith('00') ? '11' : '00')),
      'wrong folder',
    );
    await mkdir(join(folder, hex.slice(0, 2) + 'f'.repeat(62)));
    await symlink('/etc/hostname', join(folder, hex.slice(0, 2) + 'e'.repeat(62)));
    await writeFile(join(root, 'uploads', 'lost+found'), '');
    await mkdir(join(root, 'uploads', nextUploadId()));
    expect((await all(store.list())).map((blob) => blob.digest)).toEqual([digest]);
    expect(await all(store.uploads.list())).toEqual([]);
    const linked = `sha256:${hex.slice(0, 2)}${'e'.repeat(62)}` as Digest;
    expect(await store.stat(linked)).toBeUndefined();
    await expect(store.read(linked)).rejects.toThrow();
    await expect(store.read(`sha256:${hex.slice(0, 2)}${'f'.repeat(62)}` as Digest)).rejects.toThrow();
    expect(openDescriptors()).toEqual([]);
  });

  test.each([[true], [false]])(
    'what is not there is looked up in vain, also below a file, and what cannot be looked at fails (quick: %s)',
    async (quick) => {
      const digest = await push(store, Buffer.from('there'));
      const other = digestOf('not there');
      const folder = dirname(store.localPath(other));
      const pace = vi.spyOn(diskPace, 'quick', 'get').mockReturnValue(quick);
      try {
        expect(await store.stat(digest)).toMatchObject({ size: 5 });
        expect(await store.stat(other)).toBeUndefined();
        await rm(folder, { recursive: true, force: true });
        await writeFile(folder, '');
        expect(await store.stat(other)).toBeUndefined();
        // What cannot be looked at is not what is not there.
        const failing = (async () => nodeFileSystem.stat(join(root, 'x'.repeat(300))))();
        await expect(failing).rejects.toMatchObject({ code: 'ENAMETOOLONG' });
      } finally {
        pace.mockRestore();
      }
    },
  );

  test('an equal push heals a damaged blob', async () => {
    const bytes = someBytes(5_000);
    const digest = await push(store, bytes);
    await writeFile(store.localPath(digest), 'rotten');
    await push(store, bytes);
    expect((await contentOf(await store.read(digest))).equals(bytes)).toBe(true);
  });

  test('a file that becomes shorter while it is read is an error, not a short blob', async () => {
    const digest = await push(store, someBytes(3_000_000));
    const body = await store.read(digest);
    await truncate(store.localPath(digest), 1_500_000);
    await expect(contentOf(body)).rejects.toMatchObject({ code: 'blob.corrupt' });
    expect(openDescriptors()).toEqual([]);
  });

  test('a folder that somebody removed comes back', async () => {
    const digest = await push(store, Buffer.from('first'));
    await rm(join(root, 'blobs', 'sha256'), { recursive: true });
    await push(store, Buffer.from('first')).catch(() => {});
    await push(store, Buffer.from('first'));
    expect(await store.stat(digest)).toMatchObject({ size: 5 });
  });

  test('every path closes its descriptors', async () => {
    const bytes = someBytes(2_000_000);
    const digest = await push(store, bytes);
    expect(openDescriptors()).toEqual([]);

    const upload = await store.uploads.begin(nextUploadId());
    expect(openDescriptors()).toHaveLength(1);
    const broken = new PassThrough();
    setTimeout(() => broken.destroy(new Error('cut off')), 5);
    await upload.append(broken).catch(() => {});
    await upload.commit(digest).catch(() => {});
    await upload.release();
    expect(openDescriptors()).toEqual([]);
    await (await store.uploads.begin(nextUploadId())).abort();
    await store.uploads.resume(nextUploadId(), { offset: 0 }).catch(() => {});
    const id = nextUploadId();
    await (await store.uploads.begin(id)).release();
    await store.uploads.resume(id, { offset: 10 }).catch(() => {});
    await store.read(digest, { range: { start: 0, end: bytes.length } }).catch(() => {});
    for await (const _ of store.list()) break;
    expect(openDescriptors()).toEqual([]);

    const left = await store.read(digest);
    left.destroy();
    const midway = await store.read(digest);
    for await (const _ of midway) break;
    await vi.waitFor(() => expect(openDescriptors()).toEqual([])); // a stream closes in the background
  });

  test('looks at chunks only, and takes their memory only when it is given away', async () => {
    const bytes = someBytes(1_500_000, 4);
    for (const ownsChunks of [false, true]) {
      const chunk = Buffer.alloc(bytes.length); // owns its whole memory, so that it could be taken
      bytes.copy(chunk);
      const upload = await store.uploads.begin(nextUploadId());
      await upload.append(Readable.from([chunk, Buffer.from('x'), Buffer.alloc(0)]), undefined, { ownsChunks });
      await upload.commit(digestOf(Buffer.concat([bytes, Buffer.from('x')])));
      expect(chunk.byteLength).toBe(ownsChunks ? 0 : bytes.length);
    }
  });

  test('an upload whose hashing thread died is hashed again from the disk', async () => {
    const bytes = someBytes(1_500_000, 4);
    const upload = await store.uploads.begin(nextUploadId());
    await upload.append(bodyOf(bytes));
    await store.close(); // stops the threads
    await upload.append(bodyOf(Buffer.from('end')));
    expect(await upload.commit(digestOf(Buffer.concat([bytes, Buffer.from('end')])))).toEqual({ size: 1_500_003 });

    const id = nextUploadId();
    const cut = await store.uploads.begin(id);
    const body = new PassThrough();
    const appending = cut.append(body);
    body.write(bytes);
    await vi.waitFor(() => expect(fs.statSync(join(root, 'uploads', id)).size).toBe(bytes.length));
    await store.close();
    body.end(bytes);
    await expect(appending).rejects.toMatchObject({ code: 'server.unavailable' });
    expect(cut.offset).toBe(0);
    await cut.append(bodyOf(bytes));
    await cut.commit(digestOf(bytes));
  });

  test.each(['a restart', 'sha512', 'a small first chunk'])('bytes that are read again after %s', async (why) => {
    const buffers: Uint8Array[] = [];
    const files: FileSystem = {
      ...nodeFileSystem,
      read: (descriptor, into, position) => {
        buffers.push(into);
        return nodeFileSystem.read(descriptor, into, position);
      },
    };
    const watched = await openFilesystemBlobStore({ root, files });
    const bytes = someBytes(3_000_000, 6);
    const first = why === 'a small first chunk' ? 100 : 2_000_000;
    const id = nextUploadId();
    let upload = await watched.uploads.begin(id);
    await upload.append(bodyOf(bytes.subarray(0, first)));
    await upload.append(bodyOf(bytes.subarray(first)));
    if (why === 'a restart') {
      await upload.release();
      await watched.close();
      upload = await watched.uploads.resume(id, { offset: bytes.length });
    }
    const digest = digestOf(bytes, why === 'sha512' ? 'sha512' : 'sha256');
    if (why !== 'a small first chunk') {
      const stop = new AbortController();
      const verifying = upload.verify(digest, stop.signal);
      stop.abort(new Error('the server stops'));
      await expect(verifying).rejects.toThrow('the server stops');
    }
    buffers.length = why === 'a small first chunk' ? buffers.length : 0;
    await upload.verify(digest);
    const reads = buffers.length;
    expect(reads).toBe(why === 'a small first chunk' ? 1 : 3);
    // Their memory went to the hashing thread; only the last, shorter window is copied, and the few bytes of a small chunk.
    expect(buffers.filter(({ byteLength }) => byteLength === 0)).toHaveLength(why === 'a small first chunk' ? 0 : 2);
    expect(await upload.commit(digest)).toEqual({ size: bytes.length });
    expect(buffers).toHaveLength(reads); // verified once
    await watched.close();
  });

  test('many uploads at once stay within the memory for batches', async () => {
    const gathered = await Promise.all(
      Array.from({ length: 64 }, async (_, seed) => {
        const upload = await store.uploads.begin(nextUploadId());
        const bytes = someBytes(300_000, seed + 1);
        await upload.append(
          bodyOf(...Array.from({ length: 30 }, (_, i) => bytes.subarray(i * 10_000, (i + 1) * 10_000))),
        );
        return upload.commit(digestOf(bytes));
      }),
    );
    expect(gathered.every(({ size }) => size === 300_000)).toBe(true);
  });
});
