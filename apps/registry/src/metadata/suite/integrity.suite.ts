import { expect, it } from 'vitest';
import { at, bytes, digest, type Fixture, layer, manifestRow, repositoryName, tagName, walk } from './fixture.ts';

/** What is known of damage, and whom it hurts. */
export function integrity(f: Fixture): void {
  const blob = { digest: digest(7), size: 70 };
  const damage = { kind: 'wrong-bytes', since: at(5) } as const;
  const link = (repository = f.one, what = blob) => f.store.transaction((tx) => tx.blobs.link(repository, what, at(1)));
  const mark = (since = damage) => f.store.transaction((tx) => tx.integrity.markBlob(blob.digest, since));

  it('shows the damage of a blob in every repository that links it, as it was found first', async () => {
    expect(await mark()).toBe(false);
    await link();
    await link(f.two);
    expect(await mark()).toBe(true);
    expect(await mark({ ...damage, since: at(9) })).toBe(false);
    for (const id of [f.one, f.two]) {
      expect(await f.store.read.blobs.linked(id, blob.digest)).toEqual({ ...blob, damage });
    }
    expect(await f.store.read.integrity.blob(blob.digest)).toEqual({ ...blob, damage });
    expect(await f.store.read.integrity.blob(digest(8))).toBeUndefined();
  });

  it.each(['missing', 'wrong-size', 'wrong-bytes', 'unreadable'] as const)('knows the damage %s', async (kind) => {
    await link();
    await f.store.transaction((tx) => tx.integrity.markBlob(blob.digest, { kind, since: at(5) }));
    expect((await f.store.read.integrity.blob(blob.digest))?.damage?.kind).toBe(kind);
  });

  it('is not healed by another link, only by whoever has verified the bytes', async () => {
    await link();
    await mark();
    await link(f.two);
    await link(f.one);
    expect(await f.store.read.blobs.linked(f.two, blob.digest)).toMatchObject({ damage });
    const heal = (size: number) => f.store.transaction((tx) => tx.integrity.healBlob(blob.digest, size));
    expect(await heal(70)).toBe(true);
    expect(await heal(70)).toBe(false);
    expect(await f.store.read.blobs.linked(f.one, blob.digest)).toEqual(blob);
    expect(await heal(71)).toBe(true);
    expect(await f.store.read.blobs.linked(f.one, blob.digest)).toEqual({ ...blob, size: 71 });
    expect(await mark()).toBe(true);
  });

  it('forgets the damage with the blob', async () => {
    await link();
    await mark();
    await f.store.transaction(async (tx) => {
      await tx.blobs.unlink(f.one, blob.digest, at(6));
      await tx.blobs.forget(blob.digest);
    });
    await link();
    expect(await f.store.read.integrity.blob(blob.digest)).toEqual(blob);
  });

  it('lists every blob and every manifest in digest order, in pages', async () => {
    for (const n of [5, 3, 255, 16]) await link(f.one, { digest: digest(n), size: n });
    await f.store.transaction((tx) => tx.blobs.unlink(f.one, digest(16), at(6)));
    for (const n of [30, 10, 20, 40]) await f.push(manifestRow(f.one, n));
    await f.push(manifestRow(f.two, 10));
    const read = f.store.read.integrity;
    expect((await read.blobs({})).map((row) => row.size)).toEqual([3, 5, 16, 255]);
    expect(await walk(async (page) => (await read.blobs(page)).map((row) => row.digest))).toEqual(
      [3, 5, 16, 255].map(digest),
    );
    expect(await walk((page) => read.manifests(page))).toEqual([10, 20, 30, 40].map(digest));
  });

  it('shows the damage of a manifest wherever it is, and heals it by a push in any repository', async () => {
    const stored = () => f.store.read.integrity.manifest(digest(16));
    expect(await stored()).toBeUndefined();
    await f.push(manifestRow(f.one, 16));
    expect(await stored()).toEqual({ bytes: new Uint8Array(bytes(16)) });
    const markManifest = () => f.store.transaction((tx) => tx.integrity.markManifest(digest(16), at(5)));
    expect(await markManifest()).toBe(true);
    expect(await markManifest()).toBe(false);
    expect((await stored())?.damagedAt).toEqual(at(5));
    expect((await f.store.read.manifests.find(f.one, digest(16)))?.damagedAt).toEqual(at(5));
    expect((await f.store.read.manifests.content(f.one, digest(16)))?.damagedAt).toEqual(at(5));
    await f.store.transaction((tx) => tx.manifests.insert(manifestRow(f.two, 16), Buffer.from('right'), []));
    for (const id of [f.one, f.two]) {
      const content = await f.store.read.manifests.content(id, digest(16));
      expect([Buffer.from(content?.bytes ?? []).toString(), content?.damagedAt]).toEqual(['right', undefined]);
    }
  });

  it('puts right bytes in the place of damaged ones, and touches no others', async () => {
    await f.push(manifestRow(f.one, 16));
    const heal = () => f.store.transaction((tx) => tx.integrity.healManifest(digest(16), Buffer.from('right')));
    expect(await heal()).toBe(false);
    expect(Buffer.from((await f.store.read.integrity.manifest(digest(16)))?.bytes ?? [])).toEqual(bytes(16));
    await f.store.transaction((tx) => tx.integrity.markManifest(digest(16), at(5)));
    expect(await heal()).toBe(true);
    expect(await f.store.read.integrity.manifest(digest(16))).toEqual({ bytes: new Uint8Array(Buffer.from('right')) });
  });

  it('names the repositories that hold something, with their registry', async () => {
    await link();
    await link(await f.repository('a/first'));
    await f.push(manifestRow(f.two, 16));
    const read = f.store.read.integrity;
    const names = (rows: { repository: string }[]) => rows.map((row) => row.repository);
    expect(names(await read.holders('blob', blob.digest, 9))).toEqual(['a/first', 'team/one']);
    expect(names(await read.holders('blob', blob.digest, 1))).toEqual(['a/first']);
    expect(await read.holders('manifest', digest(16), 9)).toEqual([
      { repositoryId: f.two, repository: repositoryName('team/two'), registryId: 'r1', registry: 'Contoso' },
    ]);
    expect(await read.holders('manifest', blob.digest, 9)).toEqual([]);
  });

  it('names the tags of a manifest and of all indexes above it, in its repository only', async () => {
    const child = (n: number) => ({ ...layer(n), kind: 'manifest' as const });
    await f.push(manifestRow(f.one, 16));
    await f.push(manifestRow(f.one, 17), [child(16)]);
    await f.push(manifestRow(f.one, 18), [child(17), child(16)]);
    await f.push(manifestRow(f.one, 19));
    await f.push(manifestRow(f.two, 16));
    await f.store.transaction(async (tx) => {
      const tags = [
        [16, 'own'],
        [18, 'top'],
        [18, 'latest'],
        [19, 'other'],
      ] as const;
      for (const [n, name] of tags) await tx.tags.put(f.one, tagName(name), digest(n), at(1));
      await tx.tags.put(f.two, tagName('elsewhere'), digest(16), at(1));
    });
    const over = async (n: number, limit = 9) =>
      [...(await f.store.read.integrity.tagsOver(f.one, digest(n), limit))].sort();
    expect(await over(16)).toEqual(['latest', 'own', 'top']);
    expect(await over(17)).toEqual(['latest', 'top']);
    expect(await over(19)).toEqual(['other']);
    expect(await over(20)).toEqual([]);
    expect(await over(16, 2)).toHaveLength(2);
  });
}
