import { mkdir, mkdtemp, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Digest } from '@holdfast/oci/digest';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { push, someBytes } from '../test-blobs.ts';
import { FaultFileSystem } from './fault-file-system.ts';
import { type FilesystemBlobStore, openFilesystemBlobStore } from './filesystem-blob-store.ts';

const BYTES = someBytes(3_000_000, 3);

describe('examining a file', () => {
  let root: string;
  let faulty: FaultFileSystem;
  let store: FilesystemBlobStore;
  let digest: Digest;
  let file: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'hf-examine-'));
    faulty = new FaultFileSystem();
    store = await openFilesystemBlobStore({ root, files: faulty.files });
    digest = await push(store, BYTES);
    file = store.localPath(digest);
  });
  afterEach(async () => {
    expect(faulty.open).toEqual(new Set());
    await store.close();
    await rm(root, { recursive: true });
  });

  test.each(['EIO', 'EBADMSG', 'EUCLEAN'])('that the disk cannot read any more (%s) tells no digest', async (code) => {
    let reads = 0;
    faulty.fault = (operation) => (operation === 'read' && ++reads === 2 ? code : undefined);
    expect(await store.examine(digest)).toMatchObject({ size: BYTES.length, actual: undefined });
  });

  test.each(['EMFILE', 'EACCES', 'ENOMEM'])('when the machine is at fault (%s) is no verdict', async (code) => {
    faulty.fault = (operation) => (operation === 'open' ? code : undefined);
    await expect(store.examine(digest)).rejects.toMatchObject({ code: 'server.unavailable' });
    faulty.fault = (operation) => (operation === 'read' ? code : undefined);
    await expect(store.examine(digest)).rejects.toMatchObject({ code: 'server.unavailable' });
  });

  test('that ends early tells no digest, and another version than before', async () => {
    const before = (await store.stat(digest))?.version;
    let cut = false;
    const found = await store.examine(digest, {
      pace: async () => {
        if (!cut) await writeFile(file, BYTES.subarray(0, 10));
        cut = true;
      },
    });
    expect(found).toEqual({ size: BYTES.length, version: before, actual: undefined });
    expect((await store.stat(digest))?.version).not.toBe(before);
  });

  test('knows nothing of a link or a folder in its place', async () => {
    await rename(file, `${file}.moved`);
    await symlink(`${file}.moved`, file);
    expect(await store.examine(digest)).toBeUndefined();
    await rm(file);
    await mkdir(file);
    expect(await store.examine(digest)).toBeUndefined();
    expect(await store.stat(digest)).toBeUndefined();
  });

  test('sees a change in place even when the time of the last write was put back', async () => {
    const before = await stat(file);
    const { version } = (await store.stat(digest)) ?? {};
    await writeFile(file, Buffer.from(BYTES).fill(0, 0, 1), { flag: 'r+' });
    await utimes(file, before.atime, before.mtime);
    expect((await stat(file)).mtimeMs).toBe(before.mtimeMs);
    expect((await store.stat(digest))?.version).not.toBe(version);
  });

  test('reads a file that is replaced meanwhile to its end', async () => {
    let replaced = false;
    const found = await store.examine(digest, {
      pace: async () => {
        if (!replaced) await push(store, BYTES);
        replaced = true;
      },
    });
    expect(found?.actual).toBe(digest);
    expect(found?.version).not.toBe((await store.stat(digest))?.version);
  });

  test('hashes a large one in a thread: the event loop is idle most of the time', async () => {
    const large = await push(store, Buffer.alloc(128 * 1024 * 1024, 7));
    await store.examine(digest); // the thread is started
    const before = performance.eventLoopUtilization();
    expect((await store.examine(large))?.actual).toBe(large);
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.4);
  });
});
