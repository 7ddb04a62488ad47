import type { Digest } from '@holdfast/oci/digest';
import { expect, it } from 'vitest';
import type { UploadId } from '../../storage/blob-store.ts';
import type { ListRequest } from '../listings.ts';
import type { LockedObject, LockFlag, LockRow } from '../locks.ts';
import type { ManifestReference, RepositoryRow } from '../metadata-store.ts';
import { namesOn } from '../name-page.ts';
import { at, digest, type Fixture, layer, manifestRow, repositoryName, tagName, upload, walk } from './fixture.ts';

const row = async (f: Fixture, name = 'team/one'): Promise<RepositoryRow> => {
  const found = await f.store.read.repositories.find('r1', repositoryName(name));
  if (!found) throw new Error(`no repository ${name}`);
  return found;
};
const child = (n: number, more: Partial<ManifestReference> = {}): ManifestReference => ({
  ...layer(n),
  kind: 'manifest',
  ...more,
});
const putTag = (f: Fixture, tag: string, n: number, when: Date) =>
  f.store.transaction((tx) => tx.tags.put(f.one, tagName(tag), digest(n), when));

export function locks(f: Fixture): void {
  const repository = (): LockedObject => ({ repositoryId: f.one, kind: 'repository', name: '' });
  const tag = (name: string): LockedObject => ({ repositoryId: f.one, kind: 'tag', name });
  const manifest = (n: number): LockedObject => ({ repositoryId: f.one, kind: 'manifest', name: digest(n) });
  const lock = (object: LockedObject, flag: LockFlag, more: Partial<LockRow> = {}): LockRow => ({
    ...object,
    flag,
    setBy: 'alice',
    setByName: 'Alice',
    setAt: at(5),
    ...more,
  });
  const set = (object: LockedObject, flag: LockFlag, more: Partial<LockRow> = {}) =>
    f.store.transaction((tx) => tx.locks.set(lock(object, flag, more)));
  const clear = (object: LockedObject, flag: LockFlag) => f.store.transaction((tx) => tx.locks.clear(object, flag));

  it('keeps who locked first, counts what is locked, and forgets what is unlocked', async () => {
    await f.push(manifestRow(f.one, 1));
    expect(await set(repository(), 'write')).toBe(true);
    expect(await set(repository(), 'write', { setBy: 'bob', setByName: undefined })).toBe(false);
    expect(await set(tag('v1'), 'write', { setByName: undefined })).toBe(true);
    expect(await set(manifest(1), 'write')).toBe(true);
    expect((await row(f)).lockCount).toBe(3);
    expect((await row(f, 'team/two')).lockCount).toBe(0);
    const { read } = f.store;
    expect(await read.locks.find(repository(), 'write')).toEqual(lock(repository(), 'write'));
    expect(await read.locks.find(tag('v1'), 'write')).toEqual(lock(tag('v1'), 'write', { setByName: undefined }));
    for (const [object, flag] of [
      [repository(), 'read'],
      [tag('v2'), 'write'],
      [manifest(2), 'write'],
      [{ ...tag('v1'), kind: 'manifest' }, 'write'],
      [{ ...repository(), repositoryId: f.two }, 'write'],
    ] as const) {
      expect(await read.locks.find(object, flag)).toBeUndefined();
    }
    expect(await clear(tag('v1'), 'delete')).toBe(false);
    expect(await clear(tag('v1'), 'write')).toBe(true);
    expect(await clear(tag('v1'), 'write')).toBe(false);
    expect((await row(f)).lockCount).toBe(2);
  });

  it('tells the locks of several objects of a kind, of the tags on a manifest, and of anything', async () => {
    for (const n of [1, 2]) await f.push(manifestRow(f.one, n));
    for (const name of ['v1', 'v2']) await putTag(f, name, 1, at(1));
    await putTag(f, 'v3', 2, at(1));
    await set(tag('v1'), 'list');
    await set(tag('v2'), 'delete');
    await set(manifest(1), 'read');
    const { locks: read } = f.store.read;
    const found = await read.of(f.one, 'tag', ['v1', 'v2', 'v3']);
    expect(found.map((l) => [l.name, l.flag]).sort()).toEqual([
      ['v1', 'list'],
      ['v2', 'delete'],
    ]);
    expect(await read.of(f.one, 'manifest', ['v1'])).toEqual([]);
    expect(await read.onTagsOf(f.one, digest(1), ['delete', 'write'])).toMatchObject({ name: 'v2', flag: 'delete' });
    expect(await read.onTagsOf(f.one, digest(1), ['write'])).toBeUndefined();
    expect(await read.onTagsOf(f.one, digest(2), ['delete', 'write', 'list'])).toBeUndefined();
    expect(await read.within(f.one, ['read'])).toMatchObject({ kind: 'manifest', name: digest(1) });
    expect(await read.within(f.one, ['write'])).toBeUndefined();
    expect(await read.within(f.two, ['read', 'delete', 'list'])).toBeUndefined();
  });

  it('go with their tag, with their manifest and its tags, and with the last manifest all of them', async () => {
    for (const n of [1, 2]) await f.push(manifestRow(f.one, n));
    for (const name of ['v1', 'v2']) await putTag(f, name, 1, at(1));
    await putTag(f, 'keep', 2, at(1));
    for (const object of [tag('v1'), tag('v2'), tag('keep'), manifest(1), manifest(2), repository()]) {
      await set(object, 'read');
      await set(object, 'list');
    }
    expect((await row(f)).lockCount).toBe(12);
    await f.store.transaction((tx) => tx.tags.delete(f.one, tagName('v1'), at(9)));
    expect((await row(f)).lockCount).toBe(10);
    await f.store.transaction((tx) => tx.manifests.delete(f.one, digest(1), at(9)));
    expect((await row(f)).lockCount).toBe(6);
    expect(await f.store.read.locks.find(tag('keep'), 'read')).toBeDefined();
    await f.store.transaction((tx) => tx.manifests.delete(f.one, digest(2), at(9)));
    expect((await row(f)).lockCount).toBe(0);
    expect(await f.store.read.locks.within(f.one, ['read', 'list'])).toBeUndefined();
    await f.push(manifestRow(f.one, 1));
    expect(namesOn(await f.store.read.repositories.page('r1', {}))).toEqual(['team/one']); // made again, and not hidden
  });

  it('stay on a tag that moves', async () => {
    for (const n of [1, 2]) await f.push(manifestRow(f.one, n));
    await putTag(f, 'v1', 1, at(1));
    await set(tag('v1'), 'delete');
    await putTag(f, 'v1', 2, at(2));
    expect(await f.store.read.locks.onTagsOf(f.one, digest(2), ['delete'])).toMatchObject({ name: 'v1' });
  });

  it('hide a repository from the catalog and a tag from the list of tags that asks for it', async () => {
    await f.push(manifestRow(f.one, 1));
    await f.push(manifestRow(f.two, 1));
    for (const name of ['v1', 'v2', 'v3']) await putTag(f, name, 1, at(1));
    await set(repository(), 'list');
    await set(tag('v2'), 'list');
    await set(tag('v3'), 'read');
    const { read } = f.store;
    expect(namesOn(await read.repositories.page('r1', {}))).toEqual(['team/two']);
    expect(await read.repositories.listAmong('r1', ['team/*'], {})).toEqual(['team/two']);
    expect(await read.tags.list(f.one, {})).toEqual(['v1', 'v2', 'v3']);
    expect(namesOn(await read.tags.page(f.one, { visibleOnly: true }))).toEqual(['v1', 'v3']);
    expect(namesOn(await read.tags.page(f.one, { visibleOnly: true, last: 'v1', limit: 1 }))).toEqual(['v3']);
    await clear(repository(), 'list');
    expect(namesOn(await read.repositories.page('r1', {}))).toEqual(['team/one', 'team/two']);
  });
}

export function listings(f: Fixture): void {
  const request = (more: Partial<ListRequest> = {}): ListRequest => ({
    order: 'name',
    limit: 99,
    visibleOnly: false,
    ...more,
  });
  const hide = (kind: 'tag' | 'manifest', name: string) =>
    f.store.transaction((tx) =>
      tx.locks.set({ repositoryId: f.one, kind, name, flag: 'list', setBy: 'alice', setAt: at(1) }),
    );
  const ORDERS = ['name', 'newest', 'oldest'] as const;

  it('pages over tags in each order, without doubling or losing those of one time', async () => {
    await f.push(manifestRow(f.one, 1));
    await f.push(manifestRow(f.one, 2));
    const times: Record<string, number> = { a: 3, b: 1, c: 3, d: 2, e: 3, f: 1, g: 9 };
    for (const [name, time] of Object.entries(times)) await putTag(f, name, name === 'g' ? 2 : 1, at(time));
    const expected = { name: 'abcdefg', newest: 'gecadfb', oldest: 'bfdaceg' };
    for (const order of ORDERS) {
      for (const digestOf of [undefined, digest(1)]) {
        for (const limit of [1, 2, 3, 99]) {
          let seen = '';
          for (let last: string | undefined; ; ) {
            const page = await f.store.read.listings.tags(f.one, {
              ...request({ order, limit, last }),
              digest: digestOf,
            });
            seen += page.map((tag) => tag.name).join('');
            last = page.at(-1)?.name;
            if (page.length < limit) break;
          }
          const all = digestOf ? expected[order].replace('g', '') : expected[order];
          expect([order, limit, seen]).toEqual([order, limit, all]);
        }
      }
    }
    expect((await f.store.read.listings.tags(f.one, request()))[0]).toEqual({
      sortedBy: 0,
      repositoryId: f.one,
      name: 'a',
      digest: digest(1),
      createdAt: at(3),
      updatedAt: at(3),
    });
    expect(await f.store.read.listings.tags(f.two, request())).toEqual([]);
  });

  it('goes on in an order of time behind an item that is gone, by its time, and else begins anew', async () => {
    await f.push(manifestRow(f.one, 1));
    for (const [n, name] of ['a', 'b', 'c'].entries()) await putTag(f, name, 1, at(n));
    await f.store.transaction((tx) => tx.tags.delete(f.one, tagName('b'), at(9)));
    const names = async (more: Partial<ListRequest>, digestOf?: Digest) =>
      (await f.store.read.listings.tags(f.one, { ...request(more), digest: digestOf })).map((tag) => tag.name).join('');
    for (const digestOf of [undefined, digest(1)]) {
      expect(await names({ order: 'newest', last: 'b', lastKey: at(1).getTime() }, digestOf)).toBe('a');
      expect(await names({ order: 'oldest', last: 'b', lastKey: at(1).getTime() }, digestOf)).toBe('c');
      expect(await names({ order: 'oldest', last: 'b' }, digestOf)).toBe('ac');
      expect(await names({ order: 'newest', last: 'b' }, digestOf)).toBe('ca');
      expect(await names({ order: 'name', last: 'b' }, digestOf)).toBe('c');
    }
  });

  it('leaves out what is hidden, where that is asked for', async () => {
    for (const n of [1, 2, 3]) await f.push(manifestRow(f.one, n));
    for (const name of ['a', 'b', 'c']) await putTag(f, name, 1, at(1));
    await hide('tag', 'b');
    await hide('manifest', digest(2));
    for (const order of ORDERS) {
      const seen = async (visibleOnly: boolean, digestOf?: Digest) =>
        (await f.store.read.listings.tags(f.one, { ...request({ order, visibleOnly }), digest: digestOf })).length;
      expect([await seen(true), await seen(true, digest(1)), await seen(false)]).toEqual([2, 2, 3]);
      const manifests = await f.store.read.listings.manifests(f.one, request({ order, visibleOnly: true }));
      expect(manifests.map((m) => m.digest).sort()).toEqual([digest(1), digest(3)]);
      expect(await f.store.read.listings.manifests(f.one, request({ order }))).toHaveLength(3);
    }
  });

  it('tells of a manifest what it is made for, how large it is, and when it changed', async () => {
    const image = manifestRow(f.one, 1, { configMediaType: 'application/c', pushedAt: at(7) });
    const named = [{ ...layer(8), kind: 'config' as const, size: 5 }, layer(9), layer(9), layer(10)];
    await f.store.transaction((tx) =>
      tx.manifests.insert(image, Buffer.from('x'), named, { platform: { architecture: 'arm64', os: 'linux' } }),
    );
    const summary = {
      digest: digest(1),
      mediaType: image.mediaType,
      configMediaType: 'application/c',
      architecture: 'arm64',
      os: 'linux',
      imageSize: 25, // a layer that is named twice is there once
      childCount: 0,
      createdAt: at(7),
      updatedAt: at(7),
    };
    expect(await f.store.read.listings.manifest(f.one, digest(1))).toEqual(summary);
    expect(await f.store.read.listings.manifests(f.one, request())).toEqual([summary]);
    expect(await f.store.read.listings.manifest(f.two, digest(1))).toBeUndefined();
    await f.store.transaction((tx) => tx.manifests.touch(f.one, digest(1), at(8)));
    expect(await f.store.read.listings.manifest(f.one, digest(1))).toEqual({ ...summary, updatedAt: at(8) });
    await f.store.transaction((tx) => tx.manifests.delete(f.one, digest(1), at(9)));
    expect(await f.store.read.listings.manifest(f.one, digest(1))).toBeUndefined();
  });

  it('sums up the children of an index, and bears sizes of absent content that are beyond all numbers', async () => {
    await f.push(manifestRow(f.one, 1), [layer(8), layer(9)]);
    await f.push(manifestRow(f.one, 2), [layer(9)]);
    await f.push(manifestRow(f.one, 3), [
      child(1, { architecture: 'arm64', os: 'linux' }),
      child(2),
      child(2),
      child(77),
      { ...layer(5), size: 3 },
    ]);
    expect(await f.store.read.listings.manifest(f.one, digest(3))).toMatchObject({ imageSize: 33, childCount: 3 });
    const children = await f.store.read.listings.childrenOf(f.one, [digest(1), digest(3)]);
    expect([...children]).toEqual([
      [
        digest(3),
        [{ digest: digest(1), architecture: 'arm64', os: 'linux' }, ...[2, 2, 77].map((n) => ({ digest: digest(n) }))],
      ],
    ]);
    const huge = Array.from({ length: 5 }, (_, n) => ({ ...layer(20 + n), size: Number.MAX_SAFE_INTEGER }));
    await f.push(manifestRow(f.one, 4), huge);
    await f.push(manifestRow(f.one, 5), [child(4), child(3)]);
    for (const n of [4, 5]) {
      expect(await f.store.read.listings.manifest(f.one, digest(n))).toMatchObject({
        imageSize: Number.MAX_SAFE_INTEGER,
      });
    }
  });

  it('tells of several manifests at once what it tells of each, of those that are there and in this repository', async () => {
    for (const n of [1, 2]) await f.push(manifestRow(f.one, n), [layer(8 + n)]);
    await f.push(manifestRow(f.two, 3));
    const told = await f.store.read.listings.manifestsOf(f.one, [1, 2, 3, 4].map(digest));
    expect([...told.keys()].sort()).toEqual([digest(1), digest(2)].sort());
    for (const [of, summary] of told) expect(summary).toEqual(await f.store.read.listings.manifest(f.one, of));
    expect((await f.store.read.listings.manifestsOf(f.one, [])).size).toBe(0);
  });

  it('tells the tags of several manifests, in order', async () => {
    for (const n of [1, 2, 3]) await f.push(manifestRow(f.one, n));
    for (const [name, n] of [
      ['b', 1],
      ['a', 1],
      ['c', 3],
    ] as const)
      await putTag(f, name, n, at(1));
    expect([...(await f.store.read.listings.tagsOf(f.one, [1, 2, 3].map(digest)))].sort()).toEqual([
      [digest(1), ['a', 'b']],
      [digest(3), ['c']],
    ]);
  });

  it('moves the time of a repository with each change, and begins it anew with the first manifest', async () => {
    const times = async () => {
      const { createdAt, updatedAt, tagCount } = await row(f);
      return [createdAt, updatedAt, tagCount];
    };
    expect(await times()).toEqual([at(0), at(0), 0]);
    await f.push(manifestRow(f.one, 1, { pushedAt: at(10) }));
    expect(await times()).toEqual([at(10), at(10), 0]);
    await f.push(manifestRow(f.one, 2, { pushedAt: at(11) }));
    expect(await times()).toEqual([at(10), at(11), 0]);
    await putTag(f, 'a', 1, at(12));
    await putTag(f, 'a', 2, at(13));
    expect(await times()).toEqual([at(10), at(13), 1]);
    await f.store.transaction((tx) => tx.tags.delete(f.one, tagName('none'), at(14)));
    expect(await times()).toEqual([at(10), at(13), 1]);
    await putTag(f, 'b', 2, at(15));
    await f.store.transaction((tx) => tx.tags.delete(f.one, tagName('a'), at(16)));
    expect(await times()).toEqual([at(10), at(16), 1]);
    await f.store.transaction((tx) => tx.repositories.touch(f.one, at(17)));
    expect(await times()).toEqual([at(10), at(17), 1]);
    await f.store.transaction((tx) => tx.manifests.delete(f.one, digest(2), at(18)));
    expect(await times()).toEqual([at(10), at(18), 0]);
    await f.store.transaction((tx) => tx.manifests.delete(f.one, digest(1), at(19)));
    await f.push(manifestRow(f.one, 1, { pushedAt: at(20) }));
    expect(await times()).toEqual([at(20), at(20), 0]);
  });
}

export function deletions(f: Fixture): void {
  const remove = (when = at(50)) =>
    f.store.transaction((tx) => tx.deletions.deleteRepository(f.one, '{"principal":"alice"}', when));
  const purge = (id: number, limit: number) => f.store.transaction((tx) => tx.deletions.purge(id, limit, at(60)));

  async function fill(): Promise<void> {
    for (const n of [1, 2]) await f.push(manifestRow(f.one, n), [layer(8), layer(9)]);
    await f.push(manifestRow(f.one, 3), [child(1), child(2)]);
    await f.push(manifestRow(f.two, 1), [layer(8)]);
    for (const name of ['b', 'a']) await putTag(f, name, 1, at(1));
    await f.store.transaction(async (tx) => {
      for (const n of [8, 9]) await tx.blobs.link(f.one, { digest: digest(n), size: 10 }, at(1));
      await tx.blobs.link(f.two, { digest: digest(8), size: 10 }, at(1));
      await tx.uploads.insert(upload({ repositoryId: f.one, id: 'u9' as UploadId }));
      const lock = { repositoryId: f.one, flag: 'read', setBy: 'alice', setAt: at(1) } as const;
      await tx.locks.set({ ...lock, kind: 'tag', name: 'a' });
      await tx.locks.set({ ...lock, kind: 'repository', name: '' });
    });
  }

  it('takes a repository away at once and names what was in it; another one may have its name', async () => {
    await fill();
    expect(await remove()).toBe(true);
    expect(await remove()).toBe(false);
    expect(await f.store.read.deletions.manifestsOf(f.one, {})).toEqual([1, 2, 3].map(digest));
    expect(await walk((page) => f.store.read.deletions.manifestsOf(f.one, page))).toEqual([1, 2, 3].map(digest));
    expect(await f.store.read.tags.list(f.one, {})).toEqual(['a', 'b']);
    const name = repositoryName('team/one');
    expect(await f.store.read.repositories.find('r1', name)).toBeUndefined();
    expect(namesOn(await f.store.read.repositories.page('r1', {}))).toEqual(['team/two']);
    expect(await f.store.read.integrity.holders('manifest', digest(1), 9)).toHaveLength(1);
    expect(await f.store.read.integrity.holders('blob', digest(9), 9)).toEqual([]);
    const next = await f.repository('team/one', at(51));
    expect(next).not.toBe(f.one);
    expect(await f.store.read.manifests.find(next, digest(1))).toBeUndefined();
    expect(await f.store.read.blobs.linked(next, digest(8))).toBeUndefined();
    expect(await f.store.read.deletions.next(at(50))).toBeUndefined();
    expect(await f.store.read.deletions.next(at(51))).toEqual({
      repositoryId: f.one,
      registryId: 'r1',
      name,
      origin: '{"principal":"alice"}',
    });
  });

  it.each([1, 2, 3, 7, 1000])('purges it in steps of about %i rows, and nothing of anybody else', async (limit) => {
    await fill();
    await remove();
    expect(await f.store.transaction((tx) => tx.repositories.deleteEmpty(at(1000), 10))).toBe(0); // it is the purge's
    const seen: Digest[] = [];
    let steps = 0;
    for (let done = false; !done; steps++) {
      const step = await purge(f.one, limit);
      seen.push(...step.manifests.map((m) => m.digest));
      for (const { mediaType } of step.manifests) expect(mediaType).toBe(manifestRow(f.one, 1).mediaType);
      expect(step.manifests.length).toBeLessThanOrEqual(limit);
      done = step.done;
      expect(steps).toBeLessThan(60);
    }
    if (limit < 7) expect(steps).toBeGreaterThan(3);
    expect(seen).toEqual([1, 2, 3].map(digest));
    expect(await f.store.read.deletions.next(at(99))).toBeUndefined();
    const { read } = f.store;
    expect(await read.manifests.find(f.one, digest(1))).toBeUndefined();
    expect(await read.uploads.find('u9' as UploadId)).toBeUndefined();
    expect(await read.blobs.unlinked(at(60), {})).toEqual([]); // its grace begins when it was unlinked
    expect((await read.blobs.unlinked(at(61), {})).map((blob) => blob.digest)).toEqual([digest(9)]);
    expect(await read.manifests.content(f.two, digest(1))).toBeDefined();
    expect(await read.integrity.manifest(digest(2))).toBeUndefined();
    expect((await row(f, 'team/two')).manifestCount).toBe(1);
  });

  it('remembers when a repository was deleted, as a whole or with its last manifest', async () => {
    const deletedAt = () => f.store.read.deletions.deletedAt('r1', 'team/one');
    for (const n of [1, 2]) await f.push(manifestRow(f.one, n));
    await f.store.transaction((tx) => tx.manifests.delete(f.one, digest(1), at(30)));
    expect(await deletedAt()).toBeUndefined();
    await f.store.transaction((tx) => tx.manifests.delete(f.one, digest(2), at(31)));
    expect(await deletedAt()).toEqual(at(31));
    await f.push(manifestRow(f.one, 1));
    await remove(at(40));
    expect(await deletedAt()).toEqual(at(40));
    expect(await f.store.read.deletions.deletedAt('r2', 'team/one')).toBeUndefined();
    expect(await f.store.read.deletions.deletedAt('r1', 'team/two')).toBeUndefined();
    expect(await f.store.transaction((tx) => tx.deletions.forget(at(40), 9))).toBe(0);
    expect(await f.store.transaction((tx) => tx.deletions.forget(at(41), 9))).toBe(1);
    expect(await deletedAt()).toBeUndefined();
  });

  it('takes the row of a deleted registry away when nothing is in it any more', async () => {
    await fill();
    const { deletions: read } = f.store.read;
    const purgeRegistry = () => f.store.transaction((tx) => tx.deletions.purgeRegistry('r1'));
    expect(await read.registries()).toEqual([]);
    expect(await purgeRegistry()).toBe(false); // it lives
    await f.store.transaction((tx) => tx.registries.delete('r1', at(70)));
    expect(await read.registries()).toEqual(['r1']);
    await expect(purgeRegistry()).rejects.toThrow();
    for (let id = await read.repositoryOf('r1'); id !== undefined; id = await read.repositoryOf('r1')) {
      await purge(id, 1000);
    }
    expect(await purgeRegistry()).toBe(true);
    expect(await read.registries()).toEqual([]);
  });
}
