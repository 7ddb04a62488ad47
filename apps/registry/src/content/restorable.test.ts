import { Readable } from 'node:stream';
import { type Digest, digestOf } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { purgeDeleted } from '../jobs/purge-deleted.ts';
import { purgeSoftDeleted } from '../jobs/purge-soft-deleted.ts';
import { sweepBlobs } from '../jobs/sweep-blobs.ts';
import type { ManifestReference, MetadataStore, MetadataTx } from '../metadata/metadata-store.ts';
import { openMemoryMetadataStore } from '../metadata/sqlite/open.ts';
import { registryRow } from '../metadata/test-rows.ts';
import { FakeClock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';
import { systemIds } from '../platform/ids.ts';
import type { UploadId } from '../storage/blob-store.ts';
import { MemoryBlobStore } from '../storage/memory/memory-blob-store.ts';
import { deleteRepository } from './delete-repository.ts';
import { restoreDeleted } from './restore-deleted.ts';

// No sequence of pushes, deletions, restorations, collections and days that pass loses a byte of what is there or can be restored.

const DAYS = 3;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const REPOSITORIES = ['app', 'base/app'] as const;
const BLOBS = ['one', 'two', 'three'].map((text) => ({ text, digest: digestOf(text), size: text.length }));

interface Content {
  readonly digest: Digest;
  readonly bytes: Buffer;
  readonly mediaType: string;
  readonly blobs: readonly number[];
  /** Places in `MANIFESTS`, of an index. */
  readonly children: readonly number[];
}
const content = (name: string, blobs: readonly number[], children: readonly number[] = []): Content => {
  const bytes = Buffer.from(name);
  return { digest: digestOf(bytes), bytes, mediaType: children.length > 0 ? INDEX : IMAGE, blobs, children };
};
const MANIFESTS = [content('a', [0]), content('b', [0, 1]), content('c', [1, 2]), content('index', [], [0, 1])];

const repository = fc.constantFrom(...REPOSITORIES);
const manifest = fc.nat(MANIFESTS.length - 1);
const tag = fc.constantFrom('v1', 'v2');
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('push' as const), repository, manifest, tag: fc.option(tag) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), repository, manifest }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('untag' as const), repository, tag }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete-repository' as const), repository }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('restore' as const),
      repository,
      manifest,
      tag: fc.option(tag),
      force: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('collect' as const), hours: fc.integer({ min: 1, max: 60 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('policy' as const), on: fc.boolean() }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

class Site {
  readonly clock = new FakeClock();
  readonly metadata: MetadataStore = openMemoryMetadataStore();
  readonly blobs = new MemoryBlobStore({ clock: this.clock });
  registry = registryRow({ id: 'r1', name: 'registry' });

  async open(): Promise<this> {
    await this.metadata.migrate();
    await this.metadata.transaction((tx) => tx.registries.create(this.registry));
    await this.policy(true);
    return this;
  }

  async policy(on: boolean): Promise<void> {
    const softDelete = { status: on ? 'enabled' : 'disabled', retentionDays: DAYS };
    this.registry = { ...this.registry, policies: JSON.stringify({ softDelete }) };
    await this.metadata.transaction((tx) => tx.registries.update(this.registry));
  }

  async take(next: Step): Promise<void> {
    const now = this.clock.now();
    switch (next.do) {
      case 'push':
        return this.#push(next.repository, next.manifest, next.tag ?? undefined);
      case 'delete':
        return this.#in(next.repository, async (tx, id) => {
          await tx.manifests.delete(id, digestAt(next.manifest), now);
        });
      case 'untag':
        return this.#in(next.repository, async (tx, id) => {
          await tx.tags.delete(id, next.tag as TagName, now);
        });
      case 'delete-repository':
        await deleteRepository(
          { metadata: this.metadata, clock: this.clock, ids: systemIds },
          {
            registry: this.registry,
            repository: next.repository as RepositoryName,
            origin: { principal: 'me', correlationId: 'c' },
            audit: { time: now, principal: 'me', action: 'x', outcome: 'done', correlationId: 'c' },
          },
        );
        return;
      case 'restore':
        return this.restore(next.repository, digestAt(next.manifest), next.tag ?? undefined, next.force);
      case 'collect':
        return this.collect(next.hours);
      case 'policy':
        return this.policy(next.on);
    }
  }

  async restore(name: string, digest: Digest, tagText: string | undefined, force: boolean): Promise<void> {
    const request = { registry: this.registry, repository: name as RepositoryName, digest, force, by: 'me' };
    await this.metadata
      .transaction((tx) => restoreDeleted(tx, { ...request, tag: tagText as TagName, now: this.clock.now() }))
      .catch((error: unknown) => {
        if (!(error instanceof DomainError)) throw error;
      });
  }

  async collect(hours: number): Promise<void> {
    this.clock.advance(hours * HOUR);
    const { metadata, clock, blobs } = this;
    const context = { signal: new AbortController().signal, stillMine: async () => true };
    await purgeDeleted({ metadata, clock, ids: systemIds, tokenLifetimeSeconds: 60 }).run(context);
    await purgeSoftDeleted({ metadata, clock, ids: systemIds }).run(context);
    await sweepBlobs({ metadata, blobs, clock, graceHours: 1 }).run(context);
  }

  async #in(name: string, work: (tx: MetadataTx, id: number) => Promise<void>): Promise<void> {
    await this.metadata.transaction(async (tx) => {
      const row = await tx.repositories.find('r1', name as RepositoryName);
      if (row) await work(tx, row.id);
    });
  }

  async #push(name: string, place: number, tagText: string | undefined): Promise<void> {
    const { digest, bytes, mediaType, blobs, children } = contentAt(place);
    for (const child of children) await this.#push(name, child, undefined);
    const now = this.clock.now();
    for (const blob of blobs.map(blobAt)) await this.#store(blob.text);
    await this.metadata.transaction(async (tx) => {
      const { id } = await tx.repositories.findOrCreate('r1', name as RepositoryName, now);
      for (const blob of blobs.map(blobAt)) await tx.blobs.link(id, { digest: blob.digest, size: blob.size }, now);
      const named: ManifestReference[] = [
        ...blobs.map(blobAt).map((blob) => ({ ...blob, kind: 'layer' as const, mediaType: 'layer' })),
        ...children.map((child) => ({ digest: digestAt(child), kind: 'manifest' as const, mediaType: IMAGE, size: 1 })),
      ];
      const row = { repositoryId: id, digest, mediaType, size: bytes.length, pushedBy: 'me', pushedAt: now };
      await tx.manifests.insert(row, bytes, named);
      if (tagText) await tx.tags.put(id, tagText as TagName, digest, now);
    });
  }

  async #store(text: string): Promise<void> {
    const upload = await this.blobs.uploads.begin(systemIds.uuid() as UploadId);
    await upload.append(Readable.from([Buffer.from(text)]));
    await upload.commit(digestOf(text));
    await upload.abort();
  }

  /** What is deleted and can be restored, with the time of its deletion. */
  async restorable(): Promise<{ repository: RepositoryName; digest: Digest; deletedAt: Date }[]> {
    const { softDeletions } = this.metadata.read;
    const all: { repository: RepositoryName; digest: Digest; deletedAt: Date }[] = [];
    for (const name of await softDeletions.repositories('r1', {})) {
      const at = { registryId: 'r1', repository: name };
      for (const { digest, deletedAt } of await softDeletions.manifests(at, {})) {
        all.push({ repository: name, digest, deletedAt });
      }
    }
    return all;
  }

  /** The bytes of every blob that what is there, or can be restored, names; and the kept figures. */
  async check(): Promise<void> {
    const { read } = this.metadata;
    const needed = new Set<Digest>();
    for (const { digest } of await this.restorable()) for (const blob of blobsOf(digest)) needed.add(blob);
    for (const name of REPOSITORIES) {
      const row = await read.repositories.find('r1', name as RepositoryName);
      for (const { digest } of MANIFESTS) {
        if (!row || !(await read.manifests.find(row.id, digest))) continue;
        for (const blob of blobsOf(digest)) {
          needed.add(blob);
          expect(await read.blobs.linked(row.id, blob), `${name} has ${digest}`).toBeDefined();
        }
      }
    }
    for (const blob of needed) expect(await this.blobs.stat(blob), `the bytes of ${blob}`).toBeDefined();
    const used = await read.usage.bytes('r1');
    expect(used).toBe(await read.usage.recount('r1'));
    // What can be restored counts like what is there.
    const least = BLOBS.filter(({ digest }) => needed.has(digest)).reduce((sum, { size }) => sum + size, 0);
    expect(used).toBeGreaterThanOrEqual(least);
    for (const blob of await read.consistency.blobs({})) expect(blob.kept).toBe(blob.counted);
  }
}

const contentAt = (place: number) => MANIFESTS[place] as Content;
const digestAt = (place: number) => contentAt(place).digest;
const blobAt = (place: number) => BLOBS[place] as (typeof BLOBS)[number];
const blobsOf = (digest: Digest) =>
  (MANIFESTS.find((each) => each.digest === digest)?.blobs ?? []).map((place) => blobAt(place).digest);

describe('whatever happens, in any order', () => {
  it('no byte is lost of what is there or can be restored, and the figures are those of the rows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const site = await new Site().open();
        try {
          for (const next of steps) {
            await site.take(next);
            await site.check();
          }
          await expectRestored(site);
        } finally {
          await site.metadata.close();
        }
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  it('what was deleted while the policy was on is there until its days are over, and not longer', async () => {
    const site = await new Site().open();
    await site.take({ do: 'push', repository: 'app', manifest: 2, tag: 'v1' });
    await site.take({ do: 'delete', repository: 'app', manifest: 2 });
    await site.collect(DAYS * 24 - 1);
    expect(await site.restorable()).toHaveLength(1);
    await site.collect(2);
    expect(await site.restorable()).toEqual([]);
    await site.collect(2);
    for (const blob of blobsOf(digestAt(2))) expect(await site.blobs.stat(blob)).toBeUndefined();
    const entries = await site.metadata.read.auditLog.list({ from: new Date(0), until: site.clock.now() }, 9);
    expect(entries.map(({ action }) => action).sort()).toEqual(['manifest.purge', 'tag.purge']);
    await site.metadata.close();
  });
});

/** All that can be restored comes back whole, unless an index lacks a manifest that nobody kept. */
async function expectRestored(site: Site): Promise<void> {
  const late = new Date(site.clock.now().getTime() - DAYS * DAY);
  for (const { repository: name, digest, deletedAt } of await site.restorable()) {
    await site.restore(name, digest, undefined, false);
    if (deletedAt < late || MANIFESTS.find((each) => each.digest === digest)?.mediaType === INDEX) continue;
    const row = await site.metadata.read.repositories.find('r1', name);
    const back = row && (await site.metadata.read.manifests.content(row.id, digest));
    expect(back && digestOf(back.bytes), `${name} has ${digest} again`).toBe(digest);
  }
  await site.check();
}
