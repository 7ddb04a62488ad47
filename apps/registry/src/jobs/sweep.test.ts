import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type Digest, digestOf } from '@holdfast/oci/digest';
import type { RepositoryName } from '@holdfast/oci/reference';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { MetadataStore } from '../metadata/metadata-store.ts';
import { openMemoryMetadataStore, openSqliteMetadataStore } from '../metadata/sqlite/open.ts';
import { registryRow } from '../metadata/test-rows.ts';
import { FakeClock } from '../platform/clock.ts';
import { systemIds } from '../platform/ids.ts';
import type { BlobStore, UploadId } from '../storage/blob-store.ts';
import { MemoryBlobStore } from '../storage/memory/memory-blob-store.ts';
import { expireUploads } from './expire-uploads.ts';
import { sweepBlobs, sweepOrphans } from './sweep-blobs.ts';

const HOUR = 3_600_000;
const REGISTRY = 'r1';
const always = { signal: new AbortController().signal, stillMine: async () => true };

let clock: FakeClock;
let metadata: MetadataStore;
let blobs: BlobStore;

beforeEach(async () => {
  clock = new FakeClock();
  metadata = openMemoryMetadataStore();
  await metadata.migrate();
  const createdAt = clock.now();
  await metadata.transaction((tx) => tx.registries.create(registryRow({ id: REGISTRY, name: 'registry', createdAt })));
  blobs = new MemoryBlobStore({ clock });
});

async function store(text: string): Promise<Digest> {
  const upload = await blobs.uploads.begin(systemIds.uuid() as UploadId);
  await upload.append(Readable.from([Buffer.from(text)]));
  const digest = digestOf(Buffer.from(text));
  await upload.commit(digest);
  await upload.abort();
  return digest;
}

async function push(text: string, repository = 'app'): Promise<{ digest: Digest; repositoryId: number }> {
  const digest = await store(text);
  const repositoryId = await metadata.transaction(async (tx) => {
    const row = await tx.repositories.findOrCreate(REGISTRY, repository as RepositoryName, clock.now());
    await tx.blobs.link(row.id, { digest, size: text.length }, clock.now());
    return row.id;
  });
  return { digest, repositoryId };
}

async function nameInManifest(repositoryId: number, layer: Digest): Promise<Digest> {
  const bytes = Buffer.from(`{"layer":"${layer}"}`);
  const digest = digestOf(bytes);
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  await metadata.transaction((tx) =>
    tx.manifests.insert(
      { repositoryId, digest, mediaType, size: bytes.length, pushedBy: 'me', pushedAt: clock.now() },
      bytes,
      [{ digest: layer, kind: 'layer', mediaType: 'application/octet-stream', size: 1 }],
    ),
  );
  return digest;
}

const sweep = () => sweepBlobs({ metadata, blobs, clock, graceHours: 24 }).run(always);

describe('sweep-blobs', () => {
  it('frees what nothing names, but only after the grace period', async () => {
    const { digest } = await push('abandoned');
    clock.advance(23 * HOUR);
    await sweep();
    expect(await blobs.stat(digest)).toBeDefined();
    clock.advance(2 * HOUR);
    await sweep();
    expect(await blobs.stat(digest)).toBeUndefined();
    expect(await metadata.read.blobs.exists(digest)).toBe(false);
  });

  it('keeps what a manifest names, and frees it when the manifest goes', async () => {
    const { digest, repositoryId } = await push('layer');
    const manifest = await nameInManifest(repositoryId, digest);
    clock.advance(100 * HOUR);
    await sweep();
    expect(await blobs.stat(digest)).toBeDefined();
    await metadata.transaction((tx) => tx.manifests.delete(repositoryId, manifest, clock.now()));
    await sweep();
    // The next image may be about to name the same base: its push was told that the layer is there.
    expect(await metadata.read.blobs.linked(repositoryId, digest)).toBeDefined();
    for (const _ of ['unlinked', 'freed']) {
      clock.advance(25 * HOUR);
      await sweep();
    }
    expect(await blobs.stat(digest)).toBeUndefined();
  });

  it('keeps bytes that another repository links', async () => {
    const one = await push('shared', 'one');
    const two = await push('shared', 'two');
    await nameInManifest(two.repositoryId, two.digest);
    clock.advance(100 * HOUR);
    await sweep();
    clock.advance(100 * HOUR);
    await sweep();
    expect(await metadata.read.blobs.linked(one.repositoryId, one.digest)).toBeUndefined();
    expect(await blobs.stat(two.digest)).toBeDefined();
  });

  it('does not free a digest that is pushed again while it sweeps', async () => {
    const { digest, repositoryId } = await push('again');
    await metadata.transaction((tx) => tx.blobs.unlink(repositoryId, digest, clock.now()));
    clock.advance(25 * HOUR);
    // The push holds the digest's lock from before it publishes until it is linked.
    const { promise: mayLink, resolve } = Promise.withResolvers<void>();
    const { promise: published, resolve: tellPublished } = Promise.withResolvers<void>();
    const pushing = metadata.exclusive(`blob:${digest}`, async () => {
      await store('again');
      tellPublished();
      await mayLink;
      await metadata.transaction((tx) => tx.blobs.link(repositoryId, { digest, size: 5 }, clock.now()));
    });
    await published;
    const sweeping = sweep();
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    resolve();
    await Promise.all([pushing, sweeping]);
    expect(await blobs.stat(digest)).toBeDefined();
    expect(await metadata.read.blobs.linked(repositoryId, digest)).toBeDefined();
  });

  it('removes repositories that hold nothing any more', async () => {
    const { digest, repositoryId } = await push('gone', 'empty');
    await metadata.transaction((tx) => tx.blobs.unlink(repositoryId, digest, clock.now()));
    clock.advance(25 * HOUR);
    await sweep();
    expect(await metadata.read.repositories.find(REGISTRY, 'empty' as RepositoryName)).toBeUndefined();
  });
});

describe('sweep-orphans', () => {
  it('frees stored bytes that no row knows, and no others', async () => {
    const orphan = await store('published, never committed');
    const { digest } = await push('known');
    const job = sweepOrphans({ metadata, blobs, clock, graceHours: 24 });
    await job.run(always);
    expect(await blobs.stat(orphan)).toBeDefined();
    clock.advance(25 * HOUR);
    expect(await job.run(always)).toEqual({ seen: 2, freed: 1 });
    expect(await blobs.stat(orphan)).toBeUndefined();
    expect(await blobs.stat(digest)).toBeDefined();
  });

  it('frees nothing when a sync failed: a restart may bring the row back', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-sweep-'));
    let broken = false;
    const sync = async () => {
      if (broken) throw new Error('EIO');
    };
    const failing = openSqliteMetadataStore({ path: join(folder, 'metadata.db'), sync });
    onTestFinished(async () => {
      await failing.close();
      await rm(folder, { recursive: true });
    });
    await failing.migrate();
    const digest = await store('published');
    const createdAt = clock.now();
    broken = true;
    const row = registryRow({ id: REGISTRY, name: 'registry', createdAt });
    const linked = failing.transaction(async (tx) => {
      await tx.registries.create(row);
      const { id } = await tx.repositories.findOrCreate(REGISTRY, 'app' as RepositoryName, createdAt);
      await tx.blobs.link(id, { digest, size: 9 }, createdAt);
    });
    await expect(linked).rejects.toMatchObject({ code: 'server.unavailable' });
    clock.advance(25 * HOUR);
    const job = sweepOrphans({ metadata: failing, blobs, clock, graceHours: 24 });
    await expect(job.run(always)).rejects.toMatchObject({ code: 'server.unavailable' });
    expect(await blobs.stat(digest)).toBeDefined();
  });
});

describe('expire-uploads', () => {
  it('removes sessions and staged bytes that nobody touched, and leaves live ones', async () => {
    const { repositoryId } = await push('x');
    const begin = async (withRow: boolean) => {
      const id = systemIds.uuid() as UploadId;
      await blobs.uploads.begin(id);
      const at = clock.now();
      const row = { id, repositoryId, principal: 'me', state: { offset: 0 }, startedAt: at, updatedAt: at };
      if (withRow) await metadata.transaction((tx) => tx.uploads.insert(row));
      return id;
    };
    const old = await begin(true);
    const stray = await begin(false);
    clock.advance(169 * HOUR);
    const young = await begin(true);
    const job = expireUploads({ metadata, blobs, clock, expireHours: 168 });
    expect(await job.run(always)).toEqual({ expired: 1, stray: 1 });
    const staged: string[] = [];
    for await (const { id } of blobs.uploads.list()) staged.push(id);
    expect(staged).toEqual([young]);
    expect(await metadata.read.uploads.find(old)).toBeUndefined();
    expect(staged).not.toContain(stray);
  });

  it('leaves a session whose chunk was acknowledged while the job looked for idle ones', async () => {
    const { repositoryId } = await push('x');
    const id = systemIds.uuid() as UploadId;
    await blobs.uploads.begin(id);
    const at = clock.now();
    await metadata.transaction((tx) =>
      tx.uploads.insert({ id, repositoryId, principal: 'me', state: { offset: 0 }, startedAt: at, updatedAt: at }),
    );
    clock.advance(169 * HOUR);
    const acknowledge = async () => {
      await metadata.transaction((tx) => tx.uploads.advance(id, { offset: 0 }, clock.now()));
      return true;
    };
    const job = expireUploads({ metadata, blobs, clock, expireHours: 168 });
    expect(await job.run({ ...always, stillMine: acknowledge })).toMatchObject({ expired: 0 });
    expect(await metadata.read.uploads.find(id)).toBeDefined();
  });

  it('removes files of bundles that were left unfinished, with the room that they keep, and none that is whole', async () => {
    const registryId = REGISTRY;
    const begin = async (state: 'receiving' | 'ready') => {
      const id = systemIds.uuid() as UploadId;
      const upload = await blobs.uploads.begin(id);
      await upload.release();
      const now = clock.now();
      const row = { id, registryId, kind: 'volume' as const, state, principal: 'me', name: 'v', size: 10 };
      await metadata.transaction(async (tx) => {
        await tx.bundles.putFile({ ...row, progress: { offset: 0 }, startedAt: now, updatedAt: now });
        await tx.reservations.put(id, registryId, 10, new Date(8.64e15));
      });
      return id;
    };
    const [abandoned, whole] = [await begin('receiving'), await begin('ready')];
    clock.advance(169 * HOUR);
    const young = await begin('receiving');
    expect(await expireUploads({ metadata, blobs, clock, expireHours: 168 }).run(always)).toEqual({
      expired: 1,
      stray: 0,
    });
    const staged: string[] = [];
    for await (const { id } of blobs.uploads.list()) staged.push(id);
    expect(staged.sort()).toEqual([whole, young].sort());
    expect(await metadata.read.bundles.file(abandoned)).toBeUndefined();
    expect((await metadata.read.quotas.site(clock.now())).reserved).toBe(20);
  });
});
