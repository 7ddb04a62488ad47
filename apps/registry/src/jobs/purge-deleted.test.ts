import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import { beforeEach, describe, expect, it } from 'vitest';
import { deleteRepository } from '../content/delete-repository.ts';
import type { MetadataStore } from '../metadata/metadata-store.ts';
import { openMemoryMetadataStore } from '../metadata/sqlite/open.ts';
import { registryRow } from '../metadata/test-rows.ts';
import { FakeClock } from '../platform/clock.ts';
import { systemIds } from '../platform/ids.ts';
import { purgeDeleted } from './purge-deleted.ts';

const name = 'team/large' as RepositoryName;
const registry = registryRow({ id: 'r1', name: 'registry' });
const digest = (n: number) => `sha256:${n.toString(16).padStart(64, '0')}` as Digest;
const always = { signal: new AbortController().signal, stillMine: async () => true };

let clock: FakeClock;
let metadata: MetadataStore;

beforeEach(async () => {
  clock = new FakeClock();
  metadata = openMemoryMetadataStore();
  await metadata.migrate();
  await metadata.transaction((tx) => tx.registries.create(registry));
});

async function fill(manifests: number, repository = name): Promise<number> {
  return metadata.transaction(async (tx) => {
    const { id } = await tx.repositories.findOrCreate('r1', repository, clock.now());
    await tx.blobs.link(id, { digest: digest(0), size: 10 }, clock.now());
    for (let n = 1; n <= manifests; n++) {
      const row = {
        repositoryId: id,
        digest: digest(n),
        mediaType: 'x/y',
        size: 1,
        pushedBy: 'me',
        pushedAt: clock.now(),
      };
      await tx.manifests.insert(row, Buffer.from(String(n)), [
        { digest: digest(0), kind: 'layer', mediaType: 'l', size: 10 },
      ]);
      await tx.tags.put(id, `v${n}` as TagName, digest(n), clock.now());
    }
    return id;
  });
}

const origin = { principal: 'alice', correlationId: 'c7' };
const waiting = async () => metadata.read.deletions.next(new Date(clock.now().getTime() + 1));
const remove = () =>
  deleteRepository(
    { metadata, clock, ids: systemIds },
    {
      registry,
      repository: name,
      origin,
      audit: {
        time: clock.now(),
        registryId: 'r1',
        principal: 'alice',
        action: 'repository.delete',
        outcome: 'done',
        correlationId: 'c7',
      },
    },
  );
const purge = (context = always) =>
  purgeDeleted({ metadata, clock, ids: systemIds, tokenLifetimeSeconds: 3600 }).run(context);
const events = async () =>
  (await metadata.transaction((tx) => tx.outbox.pending(10_000))).map(({ kind, payload, registryId }) => ({
    kind,
    registryId,
    ...(JSON.parse(payload) as { target: { digest: Digest } }),
  }));

describe('a repository that is deleted', () => {
  it('and small is purged with its deletion: there is nothing left for the job', async () => {
    const id = await fill(20);
    const deleted = await remove();
    expect([deleted?.manifests.length, deleted?.tags.length]).toEqual([20, 20]);
    expect(await waiting()).toBeUndefined();
    expect(await metadata.read.manifests.find(id, digest(1))).toBeUndefined();
    expect(await events()).toHaveLength(20);
    expect(await purge()).toEqual({ repositories: 0, registries: 0, forgotten: 0 });
  });

  it('and large is gone at once, and purged in pieces, each end told once with its cause', async () => {
    const id = await fill(700);
    const deleted = await remove();
    expect([deleted?.manifests.length, deleted?.tags.length]).toEqual([700, 700]);
    expect(await metadata.read.repositories.find('r1', name)).toBeUndefined();
    expect(await remove()).toBeUndefined();
    expect(await events()).toEqual([]);
    const next = await fill(1); // of the same name, while the old content is still there
    await purge();
    expect(await waiting()).toBeDefined(); // it may still be being told what was in it
    clock.advance(61_000);
    let steps = 0;
    await purge({ ...always, stillMine: async () => ++steps > 0 });
    expect(steps).toBeGreaterThan(3);
    expect(await waiting()).toBeUndefined();
    expect(await metadata.read.manifests.find(id, digest(700))).toBeUndefined();
    expect(await metadata.read.manifests.content(next, digest(1))).toBeDefined();
    const told = await events();
    expect(new Set(told.map(({ target }) => target.digest)).size).toBe(700);
    expect(told).toHaveLength(700);
    expect(told[0]).toEqual({
      kind: 'delete',
      registryId: 'r1',
      target: { mediaType: 'x/y', digest: digest(1), repository: name },
      ...origin,
    });
  });

  it('is purged on after a crash in the middle, or when another worker takes over', async () => {
    await fill(700);
    await remove();
    clock.advance(61_000);
    let calls = 0;
    await purge({ ...always, stillMine: async () => ++calls < 9 });
    expect((await events()).length).toBeGreaterThan(0);
    expect(await waiting()).toBeDefined();
    await purge();
    expect(await waiting()).toBeUndefined();
    expect(await events()).toHaveLength(700);
  });

  it('is remembered as long as tokens live', async () => {
    await fill(1);
    await remove();
    const deletedAt = clock.now();
    clock.advance(3_600_000);
    await purge();
    expect(await metadata.read.deletions.deletedAt('r1', name)).toEqual(deletedAt);
    clock.advance(61_000);
    expect(await purge()).toMatchObject({ forgotten: 1 });
    expect(await metadata.read.deletions.deletedAt('r1', name)).toBeUndefined();
  });
});

describe('a registry that is deleted', () => {
  it('is purged with all its repositories, without events, and its blobs have their grace', async () => {
    await fill(700);
    await fill(3, 'team/small' as RepositoryName);
    await metadata.transaction((tx) => tx.repositories.findOrCreate('r1', 'empty' as RepositoryName, clock.now()));
    await metadata.transaction((tx) => tx.registries.create(registryRow({ id: 'r2', name: 'neighbour' })));
    await metadata.transaction((tx) => tx.registries.delete('r1', clock.now()));
    expect(await purge()).toMatchObject({ registries: 1 });
    expect(await metadata.read.deletions.registries()).toEqual([]);
    expect(await metadata.read.deletions.repositoryOf('r1')).toBeUndefined();
    expect(await events()).toEqual([]);
    expect(await metadata.read.blobs.exists(digest(0))).toBe(true);
    expect(await metadata.read.blobs.unlinked(new Date(clock.now().getTime() + 1), {})).toHaveLength(1);
    expect(await metadata.read.integrity.manifest(digest(1))).toBeUndefined();
    expect(await metadata.read.registries.byId('r2')).toBeDefined();
  });

  it('stops when another worker takes over, and goes on', async () => {
    await fill(700);
    await metadata.transaction((tx) => tx.registries.delete('r1', clock.now()));
    let calls = 0;
    await purge({ ...always, stillMine: async () => ++calls < 3 });
    expect(await metadata.read.deletions.registries()).toEqual(['r1']);
    await purge();
    expect(await metadata.read.deletions.registries()).toEqual([]);
  });
});
