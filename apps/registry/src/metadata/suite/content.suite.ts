import type { Digest } from '@holdfast/oci/digest';
import { expect, it } from 'vitest';
import type { UploadId } from '../../storage/blob-store.ts';
import { collectSlice, type GarbageSlice } from '../collector.ts';
import type { ManifestReference, RepositoryId } from '../metadata-store.ts';
import {
  at,
  digest,
  type Fixture,
  inBinaryOrder,
  layer,
  manifestRow,
  manifestType,
  registry,
  repositoryName,
  shuffled,
  tagName,
  upload,
  walk,
} from './fixture.ts';

export function blobs(f: Fixture): void {
  const blob = { digest: digest(7), size: 5_000_000_000_000 };
  const link = (repositoryId: RepositoryId, when: Date, what = blob) =>
    f.store.transaction((tx) => tx.blobs.link(repositoryId, what, when));

  it('links a blob to one repository and not to another', async () => {
    await link(f.one, at(1));
    await link(f.one, at(2));
    expect(await f.store.read.blobs.linked(f.one, blob.digest)).toEqual(blob);
    expect(await f.store.read.blobs.linked(f.two, blob.digest)).toBeUndefined();
    expect(await f.store.read.blobs.exists(blob.digest)).toBe(true);
    expect(await f.store.read.blobs.exists(digest(8))).toBe(false);
  });

  it('names the repositories that link a blob, in pages', async () => {
    for (const path of shuffled) await link(await f.repository(path), at(1));
    expect(await f.store.read.blobs.repositoriesLinking('r1', blob.digest, {})).toEqual(inBinaryOrder);
    expect(await walk((page) => f.store.read.blobs.repositoriesLinking('r1', blob.digest, page))).toEqual(
      inBinaryOrder,
    );
    expect(await f.store.read.blobs.repositoriesLinking('r2', blob.digest, {})).toEqual([]);
  });

  it('tells since when a blob is unlinked, and forgets it only then', async () => {
    await link(f.one, at(1));
    await link(f.two, at(2));
    const unlink = (id: RepositoryId, when: Date) =>
      f.store.transaction((tx) => tx.blobs.unlink(id, blob.digest, when));
    const forget = () => f.store.transaction((tx) => tx.blobs.forget(blob.digest));
    expect(await unlink(f.one, at(10))).toBe(true);
    expect(await unlink(f.one, at(11))).toBe(false);
    expect(await f.store.read.blobs.unlinked(at(100), {})).toEqual([]);
    expect(await forget()).toBe(false);
    expect(await unlink(f.two, at(20))).toBe(true);
    expect(await f.store.read.blobs.unlinked(at(20), {})).toEqual([]);
    expect(await f.store.read.blobs.unlinked(at(21), {})).toEqual([blob]);
    await link(f.two, at(22));
    expect(await f.store.read.blobs.unlinked(at(100), {})).toEqual([]);
    expect(await forget()).toBe(false);
    await unlink(f.two, at(23));
    expect(await forget()).toBe(true);
    expect(await forget()).toBe(false);
    expect(await f.store.read.blobs.exists(blob.digest)).toBe(false);
  });

  it('pages over unlinked blobs in digest order', async () => {
    const numbers = [5, 3, 11, 255, 16];
    for (const n of numbers) {
      await link(f.one, at(1), { digest: digest(n), size: n });
      await f.store.transaction((tx) => tx.blobs.unlink(f.one, digest(n), at(n)));
    }
    const expected = [3, 5, 11, 16].map(digest);
    const digests = async (page: { last?: string | undefined; limit?: number | undefined }) =>
      (await f.store.read.blobs.unlinked(at(100), page)).map((row) => row.digest);
    expect(await digests({})).toEqual(expected);
    expect(await walk(digests)).toEqual(expected);
  });

  it('collects a slice: forgets what nothing links, unlinks what no manifest names; in a thread if it can, too', async () => {
    const collectors = [
      {
        start: async () => {},
        take: (slice: GarbageSlice) => f.store.transaction((tx) => collectSlice(tx.blobs, slice)),
        close: async () => {},
      },
      ...(f.store.openCollector ? [f.store.openCollector()] : []),
    ];
    for (const [n, collector] of collectors.entries()) {
      const [gone, named, pushed, young] = [4 * n + 1, 4 * n + 2, 4 * n + 3, 4 * n + 4].map(digest) as Digest[];
      if (!gone || !named || !pushed || !young) throw new Error('four of each');
      for (const one of [gone, named, pushed]) await link(f.one, at(n), { digest: one, size: 5 });
      await link(f.one, at(90), { digest: young, size: 5 });
      await f.push(manifestRow(f.one, 100 + n), [layer(4 * n + 2)]);
      await f.store.transaction((tx) => tx.blobs.unlink(f.one, gone, at(n)));
      const slice = { forget: [gone, named], links: 9, before: at(50), since: at(70) };
      const unlinked = [{ digest: pushed, size: 5 }];
      expect(await collector.take(slice)).toEqual({ forgotten: [gone], links: 1, unlinked });
      expect(await f.store.read.blobs.exists(gone)).toBe(false);
      expect(await f.store.read.blobs.linked(f.one, pushed)).toBeUndefined();
      for (const kept of [named, young]) expect(await f.store.read.blobs.linked(f.one, kept)).toBeDefined();
      expect(await collector.take({ ...slice, links: 0 })).toEqual({ forgotten: [], links: 0, unlinked: [] });
      expect(await f.store.read.usage.bytes(registry.id)).toBe(await f.store.read.usage.recount(registry.id));
      await collector.close();
    }
  });

  it('unlinks what no manifest names and nobody linked lately', async () => {
    await f.push(manifestRow(f.one, 100), [layer(1), layer(2), layer(2)]);
    for (const n of [1, 2, 3, 4, 5]) await link(f.one, at(n), { digest: digest(n), size: n });
    await link(f.two, at(1), { digest: digest(1), size: 1 });
    await f.push(manifestRow(f.one, 101), [layer(2), layer(4)]);
    await link(f.one, at(60), { digest: digest(3), size: 3 });
    const sweep = async (limit: number) =>
      (await f.store.transaction((tx) => tx.blobs.unlinkUnreferenced(at(50), limit, at(70)))).links;
    expect(await sweep(1)).toBe(1);
    expect(await f.store.read.blobs.linked(f.two, digest(1))).toBeUndefined();
    expect(await sweep(10)).toBe(1);
    expect(await f.store.read.blobs.linked(f.one, digest(5))).toBeUndefined();
    await f.store.transaction((tx) => tx.manifests.delete(f.one, digest(100), at(1)));
    expect(await sweep(10)).toBe(1);
    const left = [];
    for (const n of [1, 2, 3, 4, 5]) if (await f.store.read.blobs.linked(f.one, digest(n))) left.push(n);
    expect(left).toEqual([2, 3, 4]);
  });
}

export function manifests(f: Fixture): void {
  it('keeps every field, the exact bytes, and the references in their order', async () => {
    const row = manifestRow(f.one, 1, {
      artifactType: 'application/x',
      configMediaType: 'application/y',
      subject: digest(9),
      annotations: '{"ü":"\\u0000"}',
    });
    const references: ManifestReference[] = [
      { digest: digest(2), kind: 'config', mediaType: 'c', size: 1 },
      { digest: digest(3), kind: 'layer', mediaType: 'l', size: 2 ** 40 },
      { digest: digest(3), kind: 'layer', mediaType: 'l', size: 2 ** 40 },
      { digest: digest(1), kind: 'manifest', mediaType: 'm', size: 3, architecture: 'arm64', os: 'linux' },
      { digest: digest(0), kind: 'foreign-layer', mediaType: 'f', size: 4 },
      { digest: digest(4), kind: 'blob', mediaType: 'b', size: 5 },
    ];
    const content = new Uint8Array(4 * 1024 * 1024).map((_, i) => i);
    expect(await f.store.transaction((tx) => tx.manifests.insert(row, content, references))).toBe(true);
    expect(await f.store.read.manifests.find(f.one, row.digest)).toEqual(row);
    expect(await f.store.read.manifests.references(f.one, row.digest)).toEqual(references);
    const stored = await f.store.read.manifests.content(f.one, row.digest);
    expect(stored?.mediaType).toBe(row.mediaType);
    expect(Buffer.compare(stored?.bytes ?? new Uint8Array(), content)).toBe(0);
    expect(await f.store.read.manifests.content(f.two, row.digest)).toBeUndefined();
    expect(await f.store.read.manifests.find(f.two, row.digest)).toBeUndefined();
  });

  it.each([16 * 1024, 16 * 1024 + 1])('gives a content of %d bytes in the form in which it is sent', async (size) => {
    const content = Buffer.from(Array.from({ length: size }, (_, i) => i));
    await f.store.transaction((tx) => tx.manifests.insert(manifestRow(f.one, 0), content, []));
    const stored = await f.store.read.manifests.content(f.one, digest(0));
    expect(typeof stored?.body).toBe(size > 16 * 1024 ? 'object' : 'string');
    expect(Buffer.from(stored?.body as string, 'latin1').equals(content)).toBe(true);
    expect(stored?.bytes.equals(content)).toBe(true);
  });

  it('answers false for the same digest again and changes nothing', async () => {
    expect(await f.push(manifestRow(f.one, 1), [layer(2)])).toBe(true);
    expect(await f.push(manifestRow(f.one, 1, { mediaType: 'other', pushedBy: 'bob' }), [layer(3)])).toBe(false);
    expect(await f.store.read.manifests.find(f.one, digest(1))).toEqual(manifestRow(f.one, 1));
    expect(await f.store.read.manifests.references(f.one, digest(1))).toEqual([layer(2)]);
    expect((await f.store.read.repositories.find('r1', repositoryName('team/one')))?.manifestCount).toBe(1);
  });

  it('keeps the content until its last manifest goes', async () => {
    await f.push(manifestRow(f.one, 1));
    await f.push(manifestRow(f.two, 1, { mediaType: 'other' }));
    await f.store.transaction((tx) => tx.manifests.delete(f.one, digest(1), at(1)));
    expect(await f.store.read.manifests.content(f.one, digest(1))).toBeUndefined();
    expect(await f.store.read.manifests.content(f.two, digest(1))).toMatchObject({ mediaType: 'other' });
    await f.store.transaction((tx) => tx.manifests.delete(f.two, digest(1), at(1)));
    expect(await f.store.transaction((tx) => tx.manifests.insert(manifestRow(f.one, 1), Buffer.from('new'), []))).toBe(
      true,
    );
    expect(Buffer.from((await f.store.read.manifests.content(f.one, digest(1)))?.bytes ?? []).toString()).toBe('new');
  });

  it('deletes a manifest with its references and tags, and names the tags', async () => {
    await f.push(manifestRow(f.one, 1), [layer(2)]);
    await f.push(manifestRow(f.one, 3), [layer(2)]);
    await f.store.transaction(async (tx) => {
      for (const tag of ['v2', 'v1', 'latest']) await tx.tags.put(f.one, tagName(tag), digest(1), at(1));
      await tx.tags.put(f.one, tagName('other'), digest(3), at(1));
    });
    expect(await f.store.transaction((tx) => tx.manifests.delete(f.one, digest(1), at(1)))).toEqual({
      tags: ['latest', 'v1', 'v2'],
    });
    expect(await f.store.transaction((tx) => tx.manifests.delete(f.one, digest(1), at(1)))).toBeUndefined();
    expect(await f.store.read.tags.list(f.one, {})).toEqual(['other']);
    expect(await f.store.read.manifests.references(f.one, digest(1))).toEqual([]);
    expect(await f.store.read.manifests.referencing(f.one, digest(2), 10)).toEqual([digest(3)]);
  });

  it('names the manifests that reference a digest, once each, in the order of their pushes and up to a limit', async () => {
    for (const n of [30, 10, 20]) await f.push(manifestRow(f.one, n), [layer(1), layer(1), layer(2)]);
    await f.push(manifestRow(f.two, 5), [layer(1)]);
    expect(await f.store.read.manifests.referencing(f.one, digest(1), 10)).toEqual([30, 10, 20].map(digest));
    expect(await f.store.read.manifests.referencing(f.one, digest(1), 2)).toEqual([30, 10].map(digest));
    expect(await f.store.read.manifests.referencing(f.one, digest(9), 2)).toEqual([]);
  });

  it('finds a tagged ancestor over several indexes, in the repository only, and none that has no tag', async () => {
    const child = (n: number) => ({ ...layer(n), kind: 'manifest' as const });
    await f.push(manifestRow(f.one, 1), []);
    await f.push(manifestRow(f.one, 2), [child(1)]);
    await f.push(manifestRow(f.one, 3), [child(2)]);
    await f.push(manifestRow(f.one, 4), [child(1), child(2)]);
    const ancestor = (of: number) => f.store.read.manifests.taggedAncestor(f.one, digest(of));
    expect(await ancestor(1)).toBeUndefined();
    await f.store.transaction((tx) => tx.tags.put(f.one, tagName('top'), digest(3), at(1)));
    expect([await ancestor(1), await ancestor(2), await ancestor(3)]).toEqual([digest(3), digest(3), undefined]);
    expect(await f.store.read.manifests.taggedAncestor(f.two, digest(1))).toBeUndefined();
    await f.store.transaction((tx) => tx.tags.put(f.one, tagName('top'), digest(1), at(1)));
    expect(await ancestor(1)).toBeUndefined();
  });

  it('lists referrers in digest order, by type, by page and by the bytes of their annotations', async () => {
    const subject = digest(999);
    const annotations = JSON.stringify({ a: 'é'.repeat(46) });
    const size = Buffer.byteLength(annotations);
    for (const n of [4, 1, 3, 2, 5]) {
      await f.push(manifestRow(f.one, n, { subject, annotations, artifactType: n % 2 ? 'odd' : undefined }));
    }
    await f.push(manifestRow(f.two, 6, { subject }));
    await f.push(manifestRow(f.one, 7));
    const list = async (page: Parameters<typeof f.store.read.manifests.referrers>[2]) =>
      (await f.store.read.manifests.referrers(f.one, subject, page)).map((row) =>
        Number.parseInt(row.digest.slice(7), 16),
      );
    expect(await list({})).toEqual([1, 2, 3, 4, 5]);
    expect(await list({ artifactType: 'odd' })).toEqual([1, 3, 5]);
    expect(await list({ artifactType: 'even' })).toEqual([]);
    expect(await list({ last: digest(1), limit: 2 })).toEqual([2, 3]);
    expect(await list({ last: digest(1), limit: 1, artifactType: 'odd' })).toEqual([3]);
    expect(await list({ maxBytes: 0 })).toEqual([1]);
    expect(await list({ maxBytes: 2 * size - 1 })).toEqual([1]);
    expect(await list({ maxBytes: 2 * size })).toEqual([1, 2]);
    expect(await list({ maxBytes: 2 * size, last: digest(4) })).toEqual([5]);
    expect((await f.store.read.manifests.referrers(f.one, subject, { limit: 1 }))[0]).toEqual({
      digest: digest(1),
      mediaType: manifestType,
      size: 7,
      artifactType: 'odd',
      annotations,
    });
  });
}

export function tags(f: Fixture): void {
  it('creates, moves and deletes a tag, and names the manifest before', async () => {
    await f.push(manifestRow(f.one, 1));
    await f.push(manifestRow(f.one, 2));
    const put = (n: number, when: Date) =>
      f.store.transaction((tx) => tx.tags.put(f.one, tagName('v1'), digest(n), when));
    expect(await put(1, at(1))).toBeUndefined();
    expect(await put(2, at(2))).toBe(digest(1));
    expect(await put(2, at(3))).toBe(digest(2));
    expect(await f.store.read.tags.find(f.one, tagName('v1'))).toEqual({
      repositoryId: f.one,
      name: 'v1',
      digest: digest(2),
      createdAt: at(1),
      updatedAt: at(3),
    });
    expect(await f.store.read.tags.find(f.one, tagName('V1'))).toBeUndefined();
    expect(await f.store.read.tags.ofManifest(f.one, digest(1))).toEqual([]);
    expect(await f.store.read.tags.ofManifest(f.one, digest(2))).toEqual(['v1']);
    expect(await f.store.transaction((tx) => tx.tags.delete(f.one, tagName('v1'), at(4)))).toBe(digest(2));
    expect(await f.store.transaction((tx) => tx.tags.delete(f.one, tagName('v1'), at(4)))).toBeUndefined();
  });

  it('refuses a tag on a manifest that is not there', async () => {
    await f.push(manifestRow(f.two, 1));
    const put = f.store.transaction((tx) => tx.tags.put(f.one, tagName('v1'), digest(1), at(1)));
    await expect(put).rejects.toMatchObject({ kind: 'not-found', code: 'manifest.unknown' });
  });

  it('lists in binary order, page by page, and 10 000 of them quickly', async () => {
    await f.push(manifestRow(f.one, 1));
    await f.push(manifestRow(f.two, 1));
    const names = shuffled.filter((tag) => !tag.includes('/'));
    await f.store.transaction(async (tx) => {
      for (const tag of names) await tx.tags.put(f.one, tagName(tag), digest(1), at(1));
      for (let i = 0; i < 10_000; i++) await tx.tags.put(f.two, tagName(`t${i}`), digest(1), at(1));
    });
    const expected = inBinaryOrder.filter((tag) => names.includes(tag));
    expect(await f.store.read.tags.list(f.one, {})).toEqual(expected);
    expect(await walk((page) => f.store.read.tags.list(f.one, page))).toEqual(expected);
    expect(await f.store.read.tags.list(f.one, { limit: 0 })).toEqual([]);
    const start = performance.now();
    expect(await f.store.read.tags.list(f.two, {})).toHaveLength(10_000);
    expect(performance.now() - start).toBeLessThan(200);
  });
}

export function uploads(f: Fixture): void {
  const id = 'u1' as UploadId;

  it('goes on with an upload until it is completed', async () => {
    await f.store.transaction((tx) => tx.uploads.insert(upload({ repositoryId: f.one })));
    const advance = (offset: number, opaque?: string) =>
      f.store.transaction((tx) => tx.uploads.advance(id, { offset, opaque }, at(5)));
    expect(await advance(10, 'parts')).toBe(true);
    expect(await f.store.transaction((tx) => tx.uploads.touch(id, at(6)))).toBe(true);
    expect(await f.store.read.uploads.find(id)).toMatchObject({
      state: { offset: 10, opaque: 'parts' },
      updatedAt: at(6),
    });
    await advance(10, 'parts');
    expect(await f.store.read.uploads.find(id)).toEqual(
      upload({ repositoryId: f.one, state: { offset: 10, opaque: 'parts' }, updatedAt: at(5) }),
    );
    const complete = () => f.store.transaction((tx) => tx.uploads.complete(id, digest(1), at(6)));
    expect(await complete()).toBe(true);
    expect(await complete()).toBe(false);
    expect(await advance(11)).toBe(false);
    expect(await f.store.transaction((tx) => tx.uploads.touch(id, at(9)))).toBe(false);
    expect(await f.store.read.uploads.find(id)).toMatchObject({ completed: digest(1), updatedAt: at(6) });
    const remove = () => f.store.transaction((tx) => tx.uploads.delete(id));
    expect(await remove()).toBe(true);
    expect(await remove()).toBe(false);
    expect(await advance(12)).toBe(false);
    expect(await f.store.read.uploads.find(id)).toBeUndefined();
  });

  it('counts the open uploads of one principal that were touched since, and lists the idle ones oldest first', async () => {
    await f.store.transaction(async (tx) => {
      for (const n of [3, 1, 2]) {
        await tx.uploads.insert(upload({ repositoryId: f.one, id: `u${n}` as UploadId, updatedAt: at(n) }));
      }
      await tx.uploads.insert(
        upload({ repositoryId: f.one, id: 'u4' as UploadId, principal: 'bob', updatedAt: at(4) }),
      );
      await tx.uploads.complete('u2' as UploadId, digest(1), at(2));
    });
    expect(await f.store.read.uploads.countOpen('alice', at(0), 10)).toBe(2);
    expect(await f.store.read.uploads.countOpen('alice', at(3), 10)).toBe(1);
    expect(await f.store.read.uploads.countOpen('alice', at(4), 10)).toBe(0);
    expect(await f.store.read.uploads.countOpen('alice', at(0), 1)).toBe(1);
    expect(await f.store.read.uploads.countOpen('carol', at(0), 10)).toBe(0);
    expect((await f.store.read.uploads.idleSince(at(4), 10)).map((row) => row.id)).toEqual(['u1', 'u2', 'u3']);
    expect((await f.store.read.uploads.idleSince(at(9), 2)).map((row) => row.id)).toEqual(['u1', 'u2']);
  });
}
