import { Readable } from 'node:stream';
import { digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import { beforeEach, describe, expect, it } from 'vitest';
import { testAuthorizer } from '../access/test-authorizer.ts';
import { deleteRepository } from '../content/delete-repository.ts';
import { Integrity } from '../integrity/integrity.ts';
import type { LockFlag } from '../metadata/locks.ts';
import type { MetadataStore, MetadataTx } from '../metadata/metadata-store.ts';
import { openMemoryMetadataStore } from '../metadata/sqlite/open.ts';
import { registryRow } from '../metadata/test-rows.ts';
import { updateManifest } from '../metadata-api/manifests.ts';
import { updateTag } from '../metadata-api/tags.ts';
import { FakeClock } from '../platform/clock.ts';
import { systemIds } from '../platform/ids.ts';
import { MemoryBlobStore } from '../storage/memory/memory-blob-store.ts';
import { deleteBlob } from './blobs.ts';
import { auditEntry, type Caller, type Distribution, originOf } from './context.ts';
import { deleteManifest, untag } from './delete-manifest.ts';
import { putManifest } from './manifests.ts';
import { UploadSessions } from './upload-sessions.ts';
import { completeUpload, mountBlob, startUpload, uploadMonolithic } from './uploads.ts';

// A lock that was answered for holds. The worst moment for it to come is between a request's last look at the facts and its
// own transaction: so each change below meets it just there. Whoever asks for locks earlier only finds none.

const tag = 'v1' as TagName;
const bytes = (text: string) => Buffer.from(JSON.stringify({ schemaVersion: 2, text }));
const first = bytes('first');
const registry = registryRow({ id: 'r1', name: 'contoso' });
const caller = (repository: string): Caller => ({
  principal: { kind: 'admin-user', id: 'admin-user:contoso', registry: 'r1' },
  registry,
  repository: repository as RepositoryName,
  correlationId: 'c1',
});
const app = caller('app');

let d: Distribution;
/** What another request commits before the next transaction begins. */
let intruder: ((tx: MetadataTx) => Promise<unknown>) | undefined;

beforeEach(async () => {
  const clock = new FakeClock();
  const store = openMemoryMetadataStore();
  await store.migrate();
  await store.transaction((tx) => tx.registries.create(registry));
  const metadata: MetadataStore = new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (name !== 'transaction') return typeof value === 'function' ? value.bind(target) : value;
      return async (work: (tx: MetadataTx) => Promise<unknown>) => {
        const comesFirst = intruder;
        intruder = undefined;
        if (comesFirst) await store.transaction(comesFirst);
        return store.transaction(work);
      };
    },
  });
  const blobs = new MemoryBlobStore({ clock });
  d = {
    metadata,
    blobs,
    integrity: new Integrity({ metadata, blobs, clock, ids: systemIds, tell: () => undefined }),
    authorizer: testAuthorizer(),
    sessions: new UploadSessions(blobs, clock),
    pulls: { note: () => undefined },
    clock,
    ids: systemIds,
    policy: { sparseManifests: false, uploadsPerPrincipal: 10, uploadExpireHours: 24, graceHours: 24 },
  };
  intruder = undefined;
  await push(first);
  await upload(app, 'a blob');
  await upload(caller('other'), 'a blob of another');
});

const chunk = (text: string) => ({ body: Readable.from([Buffer.from(text)]), signal: new AbortController().signal });
const upload = (who: Caller, text: string) => uploadMonolithic(d, who, digestOf(text), chunk(text));
const push = (
  content: Buffer,
  reference: Parameters<typeof putManifest>[2]['reference'] = { tag },
  tags: TagName[] = [],
) => putManifest(d, app, { reference, contentType: 'application/vnd.x+json', bytes: content, tags });

function lockComes(kind: 'repository' | 'manifest' | 'tag', name: string, flag: LockFlag): void {
  intruder = async (tx) => {
    const row = await tx.repositories.find('r1', app.repository);
    if (!row) throw new Error('no repository');
    await tx.locks.set({ repositoryId: row.id, kind, name, flag, setBy: 'alice', setAt: d.clock.now() });
  };
}

const changes: readonly [string, () => Promise<unknown>, Parameters<typeof lockComes>][] = [
  ['a push over a tag', () => push(bytes('second')), ['tag', tag, 'write']],
  [
    'a push by digest with a tag',
    () => push(bytes('2'), { digest: digestOf(bytes('2')) }, [tag]),
    ['tag', tag, 'write'],
  ],
  ['a push of a manifest', () => push(bytes('2'), { digest: digestOf(bytes('2')) }), ['repository', '', 'write']],
  ['untagging', () => untag(d, app, tag), ['tag', tag, 'delete']],
  ['deleting a manifest', () => deleteManifest(d, app, digestOf(first)), ['manifest', digestOf(first), 'delete']],
  ['deleting a manifest with a tag', () => deleteManifest(d, app, digestOf(first)), ['tag', tag, 'write']],
  ['deleting a blob', () => deleteBlob(d, app, digestOf('a blob')), ['repository', '', 'write']],
  [
    'deleting a repository',
    () => deleteRepository(d, { ...app, origin: originOf(app), audit: auditEntry(d, app, 'x', 'app') }),
    ['tag', tag, 'delete'],
  ],
  ['a blob in one request', () => upload(app, 'more'), ['repository', '', 'write']],
  ['the beginning of an upload', () => startUpload(d, app), ['repository', '', 'write']],
  [
    'a mount',
    () => mountBlob(d, app, digestOf('a blob of another'), 'other' as RepositoryName),
    ['repository', '', 'write'],
  ],
  ['changing a tag', () => updateTag(d, app, tag, { read: false }), ['repository', '', 'write']],
  [
    'changing a manifest',
    () => updateManifest(d, app, digestOf(first), { locks: { read: false } }),
    ['repository', '', 'write'],
  ],
];

describe('a lock that comes at the last moment', () => {
  it.each(changes)('stops %s, and nothing is changed', async (_, change, lock) => {
    lockComes(...lock);
    await expect(change()).rejects.toMatchObject({ code: 'content.locked' });
    expect(intruder).toBeUndefined(); // it did come
    const row = await d.metadata.read.repositories.find('r1', app.repository);
    expect([row?.manifestCount, row?.tagCount, row?.lockCount]).toEqual([1, 1, 1]);
    const { read } = d.metadata;
    expect((await read.tags.find(row?.id ?? 0, tag))?.digest).toBe(digestOf(first));
    expect(await read.blobs.linked(row?.id ?? 0, digestOf('a blob'))).toBeDefined();
    for (const text of ['more', 'a blob of another']) {
      expect(await read.blobs.linked(row?.id ?? 0, digestOf(text))).toBeUndefined();
    }
  });

  it.each(changes)('is what stopped it: without the lock, %s goes through', async (_, change) => {
    await expect(change()).resolves.not.toBe(false);
  });

  it('stops the end of an upload, which can be ended once it is unlocked', async () => {
    const { id } = await startUpload(d, app);
    lockComes('repository', '', 'write');
    // The first transaction of a closing PUT is the one that links.
    const end = () => completeUpload(d, app, id, digestOf('late'), chunk('late'));
    await expect(end()).rejects.toMatchObject({ code: 'content.locked' });
    const row = await d.metadata.read.repositories.find('r1', app.repository);
    const repositoryId = row?.id ?? 0;
    expect(await d.metadata.read.blobs.linked(repositoryId, digestOf('late'))).toBeUndefined();
    await d.metadata.transaction((tx) => tx.locks.clear({ repositoryId, kind: 'repository', name: '' }, 'write'));
    await end();
    expect(await d.metadata.read.blobs.linked(repositoryId, digestOf('late'))).toBeDefined();
  });

  it('makes a repository that may not be read no source of mounts', async () => {
    const mount = () => mountBlob(d, caller('third'), digestOf('a blob'), app.repository);
    lockComes('repository', '', 'read');
    expect(await mount()).toBe(false);
    expect(await mount()).toBe(false); // nor when it is known before
    expect(await mountBlob(d, caller('third'), digestOf('a blob of another'), 'other' as RepositoryName)).toBe(true);
  });
});

describe('a repository that is deleted at the last moment', () => {
  const deleted = (again = false) => {
    intruder = async (tx) => {
      const row = await tx.repositories.find('r1', app.repository);
      await tx.deletions.deleteRepository(row?.id ?? 0, '{}', d.clock.now());
      if (again) await tx.repositories.findOrCreate('r1', app.repository, d.clock.now());
    };
  };

  it.each([false, true])('takes no blob of an upload that began before; made again: %s', async (again) => {
    const { id } = await startUpload(d, app);
    deleted(again);
    const end = () => completeUpload(d, app, id, digestOf('late'), chunk('late'));
    await expect(end()).rejects.toMatchObject({ code: 'upload.unknown' });
    expect(intruder).toBeUndefined();
    await push(first);
    await expect(end()).rejects.toMatchObject({ code: 'upload.unknown' });
    expect(await d.metadata.read.blobs.exists(digestOf('late'))).toBe(false);
  });

  it('is no source of mounts, and loses no manifest twice', async () => {
    deleted();
    expect(await mountBlob(d, caller('third'), digestOf('a blob'), app.repository)).toBe(false);
    await push(first);
    deleted();
    expect(await deleteManifest(d, app, digestOf(first))).toBe(false);
    const ends = (await d.metadata.transaction((tx) => tx.outbox.pending(99))).filter(({ kind }) => kind === 'delete');
    expect(ends).toEqual([]); // the purge will tell of it
  });
});

it('knows for what an image was made, by a config that is in the repository', async () => {
  const config = JSON.stringify({ architecture: 'riscv64', os: 'linux' });
  const image = (of: string) =>
    Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: MEDIA_TYPE.ociImage,
        config: { mediaType: MEDIA_TYPE.ociConfig, digest: digestOf(of), size: of.length },
        layers: [],
      }),
    );
  const made = async (content: Buffer, who = app) => {
    const contentType = MEDIA_TYPE.ociImage;
    const { digest } = await putManifest(d, who, { reference: { tag }, contentType, bytes: content, tags: [] });
    const row = await d.metadata.read.repositories.find('r1', who.repository);
    const summary = await d.metadata.read.listings.manifest(row?.id ?? 0, digest);
    return [summary?.architecture, summary?.os];
  };
  await upload(app, config);
  expect(await made(image(config))).toEqual(['riscv64', 'linux']);
  await upload(app, 'no config');
  expect(await made(image('no config'))).toEqual([undefined, undefined]);
  // Sparse manifests may name what is not here: that tells nothing of a blob that somebody else has.
  d = { ...d, policy: { ...d.policy, sparseManifests: true } };
  expect(await made(image(config), caller('other'))).toEqual([undefined, undefined]);
});
