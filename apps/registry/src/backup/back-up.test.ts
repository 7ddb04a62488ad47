import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type Digest, digestOf } from '@holdfast/oci/digest';
import type { RepositoryName } from '@holdfast/oci/reference';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MetadataStore } from '../metadata/metadata-store.ts';
import { copyDatabase, openDatabaseCopy } from '../metadata/sqlite/copy.ts';
import { openSqliteMetadataStore } from '../metadata/sqlite/open.ts';
import { registryRow } from '../metadata/test-rows.ts';
import { FakeClock } from '../platform/clock.ts';
import { systemIds } from '../platform/ids.ts';
import type { BlobStore, UploadId } from '../storage/blob-store.ts';
import { openFilesystemBlobStore } from '../storage/filesystem/filesystem-blob-store.ts';
import { type BackupDependencies, backUp } from './back-up.ts';
import { readManifest } from './manifest.ts';
import { restore } from './restore.ts';

let folder: string;
let store: MetadataStore;
let from: BlobStore;
let to: BlobStore;
const at = (name: string) => join(folder, name);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-back-up-'));
  from = await openFilesystemBlobStore({ root: at('data') });
  to = await openFilesystemBlobStore({ root: at('backup') });
  store = openSqliteMetadataStore({ path: at('data/metadata.db') });
  await store.migrate();
  await store.transaction((tx) => tx.registries.create(registryRow({ id: 'r1', name: 'contoso' })));
});
afterEach(async () => {
  await store.close();
  await from.close();
  await to.close();
  await rm(folder, { recursive: true });
});

async function store1(text: string): Promise<Digest> {
  const digest = digestOf(text);
  const upload = await from.uploads.begin(systemIds.uuid() as UploadId);
  await upload.append(Readable.from([Buffer.from(text)]));
  const { size } = await upload.commit(digest);
  await upload.abort();
  await store.transaction(async (tx) => {
    const repository = await tx.repositories.findOrCreate('r1', 'app' as RepositoryName, new Date(0));
    await tx.blobs.link(repository.id, { digest, size }, new Date(0));
  });
  return digest;
}

/** Stops the work at its step of the number, as a crash does: nothing after it happens. */
class Steps {
  left = Number.POSITIVE_INFINITY;
  readonly step = (): void => {
    if (this.left-- <= 0) throw new Error('the power failed');
  };

  around(target: BlobStore): BlobStore {
    const uploads = new Proxy(target.uploads, { get: (of, name) => this.#method(of, name) });
    return new Proxy(target, { get: (of, name) => (name === 'uploads' ? uploads : this.#method(of, name)) });
  }

  #method<T extends object>(target: T, name: string | symbol): unknown {
    const value: unknown = Reflect.get(target, name);
    if (typeof value !== 'function') return value;
    return (...parameters: unknown[]) => {
      this.step();
      return value.apply(target, parameters) as unknown;
    };
  }
}

function dependencies(steps: Steps): BackupDependencies {
  const clock = new FakeClock();
  return {
    dataDir: at('data'),
    copyMetadata: (copy) => {
      steps.step();
      copyDatabase(at('data/metadata.db'), copy);
      steps.step();
    },
    openMetadata: (path) => {
      steps.step();
      return openDatabaseCopy(path);
    },
    from,
    to: steps.around(to),
    clock: {
      now: () => {
        steps.step();
        return clock.now();
      },
      monotonic: () => 0,
      sleep: async () => undefined,
    },
    ids: systemIds,
  };
}

const options = { secrets: true, verify: false, progress: () => undefined };

async function restoredBlobs(name: string): Promise<Digest[]> {
  const openBlobs = (root: string) => openFilesystemBlobStore({ root });
  await restore({ openMetadata: openDatabaseCopy, openBlobs, ids: systemIds }, at('backup'), at(name), () => undefined);
  const blobs = await openBlobs(at(name));
  const found: Digest[] = [];
  for await (const { digest } of blobs.list()) found.push(digest);
  await blobs.close();
  return found.sort();
}

it('a backup that ends at any of its steps leaves the former one, or is complete', async () => {
  const old = [await store1('one'), await store1('two')].sort();
  await backUp(dependencies(new Steps()), at('backup'), options);
  const former = await readManifest(at('backup'));
  const all = [...old, await store1('three'), await store1('four')].sort();
  let stopped = 0;
  for (let count = 0; ; count++) {
    const steps = new Steps();
    steps.left = count;
    const failed = await backUp(dependencies(steps), at('backup'), options).then(
      () => false,
      () => true,
    );
    const now = await readManifest(at('backup'));
    const isFormer = now?.snapshot === former?.snapshot;
    expect(await restoredBlobs(`restored-${count}`), `stopped at step ${count}`).toEqual(isFormer ? old : all);
    if (!failed) break;
    if (isFormer) stopped += 1;
  }
  expect(stopped).toBeGreaterThan(8);
  const last = await backUp(dependencies(new Steps()), at('backup'), options);
  expect(await readdir(at('backup/snapshots'))).toEqual([last.snapshot]);
  expect(await readdir(at('backup/uploads'))).toEqual([]);
});

it('a restore that fails leaves nothing behind', async () => {
  await store1('one');
  await backUp(dependencies(new Steps()), at('backup'), options);
  const before = await readdir(folder);
  for await (const { digest } of to.list()) await to.delete(digest);
  await expect(restoredBlobs('restored')).rejects.toThrow('is not there');
  expect(await readdir(folder)).toEqual(before);
});
