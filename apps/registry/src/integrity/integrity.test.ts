import { type Digest, digestOf } from '@holdfast/oci/digest';
import { beforeEach, describe, expect, it } from 'vitest';
import { interrupted, Stock } from './test-stock.ts';

const HOUR = 3_600_000;
let stock: Stock;
beforeEach(async () => {
  stock = await Stock.open();
});

const damageOf = async (digest: Digest) => (await stock.metadata.read.integrity.blob(digest))?.damage;

describe('examining a blob', () => {
  it('that is sound records nothing', async () => {
    const digest = await stock.push('sound');
    expect(await stock.integrity().examineBlob(digest)).toMatchObject({ state: 'sound', healed: false });
    expect(await damageOf(digest)).toBeUndefined();
    expect([stock.findings, await stock.audit()]).toEqual([[], []]);
  });

  it.each([
    ['wrong-bytes', Buffer.from('damaged')],
    ['wrong-size', Buffer.from('short')],
    ['missing', undefined],
  ] as const)('that is damaged records it: %s', async (kind, bytes) => {
    for (const algorithm of ['sha256', 'sha512'] as const) {
      const digest = await stock.push('perfect', 'app', algorithm);
      stock.blobs.tamper(digest, bytes);
      const damage = { kind, since: stock.clock.now() };
      expect(await stock.integrity().examineBlob(digest)).toEqual({ state: 'damaged', damage, news: true });
      expect(await damageOf(digest)).toEqual(damage);
    }
  });

  it('of which nothing can be read records that', async () => {
    const digest = await stock.push('perfect');
    const { version = '' } = (await stock.blobs.stat(digest)) ?? {};
    const blobs = Object.assign(Object.create(stock.blobs) as typeof stock.blobs, {
      stat: stock.blobs.stat.bind(stock.blobs),
      examine: async () => ({ size: 7, version, actual: undefined }),
    });
    await stock.integrity({ blobs }).examineBlob(digest);
    expect(await damageOf(digest)).toMatchObject({ kind: 'unreadable' });
  });

  it('tells whom it hurts, once, and writes it into the audit log of each repository', async () => {
    const digest = await stock.push('layer', 'app');
    await stock.push('layer', 'other');
    const image = await stock.pushManifest(digest, { tag: 'v1' });
    const index = await stock.pushManifest(image, { tag: 'multi', kind: 'manifest' });
    expect(index).not.toBe(image);
    stock.blobs.tamper(digest, Buffer.from('LAYER'));
    const integrity = stock.integrity();
    await integrity.examineBlob(digest);
    stock.clock.advance(HOUR);
    const again = await integrity.examineBlob(digest);
    const since = new Date(stock.clock.now().getTime() - HOUR);
    expect(again).toEqual({ state: 'damaged', damage: { kind: 'wrong-bytes', since }, news: false });
    expect(stock.findings).toEqual([
      {
        what: 'blob',
        digest,
        damage: { kind: 'wrong-bytes', since },
        hurts: [
          { registry: 'contoso', repository: 'app', manifests: [{ digest: image, tags: ['multi', 'v1'] }] },
          { registry: 'contoso', repository: 'other', manifests: [] },
        ],
      },
    ]);
    const entries = (await stock.audit()).map(({ action, repository, target, reason, principal }) => [
      action,
      repository,
      target,
      reason,
      principal,
    ]);
    expect(entries.sort()).toEqual([
      ['blob.damage', 'app', digest, 'wrong-bytes', 'system'],
      ['blob.damage', 'other', digest, 'wrong-bytes', 'system'],
    ]);
  });

  it('takes the mark away when the right bytes are back', async () => {
    const digest = await stock.push('perfect');
    stock.blobs.tamper(digest, Buffer.from('damaged'));
    const integrity = stock.integrity();
    await integrity.examineBlob(digest);
    stock.blobs.tamper(digest, Buffer.from('perfect'));
    expect(await integrity.examineBlob(digest)).toMatchObject({ state: 'sound', healed: true });
    expect(await damageOf(digest)).toBeUndefined();
    expect((await stock.audit())[0]).toMatchObject({ action: 'blob.heal', target: digest });
  });

  it('mends a row whose size is wrong when the bytes are right', async () => {
    const digest = await stock.push('perfect');
    await stock.metadata.transaction((tx) => tx.integrity.healBlob(digest, 99));
    expect(await stock.integrity().examineBlob(digest)).toMatchObject({ state: 'sound', healed: true });
    expect((await stock.metadata.read.integrity.blob(digest))?.size).toBe(7);
  });

  it('that is not known is nothing', async () => {
    expect(await stock.integrity().examineBlob(digestOf('never'))).toEqual({ state: 'gone' });
  });
});

describe('while a blob is examined', () => {
  it.each(['before', 'after'] as const)('its deletion is no damage, %s its bytes are read', async (when) => {
    const digest = await stock.push('deleted');
    stock.blobs.tamper(digest, Buffer.from('DELETED'));
    const blobs = interrupted(stock.blobs, () => stock.free(digest), when);
    expect(await stock.integrity({ blobs }).examineBlob(digest)).toEqual({ state: 'gone' });
    expect(stock.findings).toEqual([]);
  });

  it('and found missing, a push is no damage', async () => {
    const digest = await stock.push('pushed');
    stock.blobs.tamper(digest, undefined);
    const blobs = interrupted(stock.blobs, async () => void (await stock.push('pushed')));
    expect(await stock.integrity({ blobs }).examineBlob(digest)).toMatchObject({ state: 'sound' });
    expect(await damageOf(digest)).toBeUndefined();
  });

  it('and found wrong, a push that replaces the bytes is no damage', async () => {
    const digest = await stock.push('pushed');
    stock.blobs.tamper(digest, Buffer.from('PUSHED'));
    const blobs = interrupted(stock.blobs, async () => void (await stock.push('pushed', 'other')));
    expect(await stock.integrity({ blobs }).examineBlob(digest)).toMatchObject({ state: 'sound' });
    expect([await damageOf(digest), stock.findings]).toEqual([undefined, []]);
  });

  it('and found sound, damage that comes then is not taken for healed', async () => {
    const digest = await stock.push('marked');
    await stock.metadata.transaction((tx) =>
      tx.integrity.markBlob(digest, { kind: 'missing', since: stock.clock.now() }),
    );
    const blobs = interrupted(stock.blobs, async () => stock.blobs.tamper(digest, Buffer.from('MARKED')));
    expect(await stock.integrity({ blobs }).examineBlob(digest)).toMatchObject({ state: 'damaged' });
  });

  it('waits with its verdict for a push that is between publishing and linking', async () => {
    const digest = await stock.push('held');
    stock.blobs.tamper(digest, Buffer.from('HELD'));
    const { promise, resolve } = Promise.withResolvers<void>();
    const held = stock.metadata.exclusive(`blob:${digest}`, () => promise);
    let verdict: unknown;
    const examining = stock
      .integrity()
      .examineBlob(digest)
      .then((value) => {
        verdict = value;
      });
    await new Promise((wake) => setTimeout(wake, 20));
    expect(verdict).toBeUndefined();
    resolve();
    await Promise.all([held, examining]);
    expect(verdict).toMatchObject({ state: 'damaged' });
  });
});

describe('examining a manifest', () => {
  it('that is sound records nothing, and one that is damaged names its tags', async () => {
    const layer = await stock.push('layer');
    const sound = await stock.pushManifest(layer, { tag: 'good' });
    const bad = await stock.pushManifest(layer, { tag: 'bad', stored: '{}' });
    const integrity = stock.integrity();
    expect(await integrity.examineManifest(sound)).toMatchObject({ state: 'sound', healed: false });
    expect(await integrity.examineManifest(bad)).toMatchObject({ state: 'damaged', news: true });
    expect(await integrity.examineManifest(bad)).toMatchObject({ state: 'damaged', news: false });
    expect(stock.findings.map(({ what, hurts }) => [what, hurts[0]?.manifests])).toEqual([
      ['manifest', [{ digest: bad, tags: ['bad'] }]],
    ]);
    expect((await stock.metadata.read.integrity.manifest(bad))?.damagedAt).toEqual(stock.clock.now());
    expect(await integrity.examineManifest(digestOf('never'))).toEqual({ state: 'gone' });
  });

  it('takes the mark away when the bytes are right', async () => {
    const digest = await stock.pushManifest(await stock.push('layer'));
    await stock.metadata.transaction((tx) => tx.integrity.markManifest(digest, stock.clock.now()));
    expect(await stock.integrity().examineManifest(digest)).toMatchObject({ state: 'sound', healed: true });
    expect((await stock.metadata.read.integrity.manifest(digest))?.damagedAt).toBeUndefined();
  });
});

describe('a suspicion of whoever wanted to read', () => {
  it('is recorded when bytes are missing or of another length, without reading any', async () => {
    const blobs = Object.assign(Object.create(stock.blobs) as typeof stock.blobs, {
      stat: stock.blobs.stat.bind(stock.blobs),
      examine: () => Promise.reject(new Error('nobody may read here')),
    });
    const integrity = stock.integrity({ blobs });
    const [gone, short, sound] = [await stock.push('gone'), await stock.push('short'), await stock.push('sound')];
    stock.blobs.tamper(gone, undefined);
    stock.blobs.tamper(short, Buffer.from('s'));
    expect(await integrity.suspect(gone)).toMatchObject({ kind: 'missing' });
    expect(await integrity.suspect(short)).toMatchObject({ kind: 'wrong-size' });
    expect(await integrity.suspect(sound)).toBeUndefined();
    expect(await integrity.suspect(digestOf('never'))).toBeUndefined();
    expect(stock.findings.map((finding) => finding.digest)).toEqual([gone, short]);
  });
});

describe('verifying before serving', () => {
  /** Counts the readings. */
  function counted() {
    let readings = 0;
    const blobs = Object.assign(Object.create(stock.blobs) as typeof stock.blobs, {
      stat: stock.blobs.stat.bind(stock.blobs),
      examine: async (digest: Digest) => {
        readings += 1;
        await new Promise((resolve) => setTimeout(resolve, 5));
        return stock.blobs.examine(digest);
      },
    });
    return { blobs, readings: () => readings };
  }
  const versionOf = async (digest: Digest) => (await stock.blobs.stat(digest))?.version ?? '';

  it('when it is off, reads nothing', async () => {
    const { blobs, readings } = counted();
    const digest = await stock.push('perfect');
    stock.blobs.tamper(digest, Buffer.from('damaged'));
    expect(await stock.integrity({ blobs }).admit(digest, await versionOf(digest))).toBe(true);
    expect(readings()).toBe(0);
  });

  it('reads once for all who ask, and again after its hours', async () => {
    const { blobs, readings } = counted();
    const integrity = stock.integrity({ blobs, hours: 2 });
    const digest = await stock.push('perfect');
    const ask = async () => integrity.admit(digest, await versionOf(digest));
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([true, true, true]);
    expect(await ask()).toBe(true);
    expect(readings()).toBe(1);
    stock.clock.advance(2 * HOUR - 1);
    await ask();
    expect(readings()).toBe(1);
    stock.clock.advance(1);
    expect(await ask()).toBe(true);
    expect(readings()).toBe(2);
  });

  it('reads again what was changed, and refuses it', async () => {
    const integrity = stock.integrity({ hours: 2 });
    const digest = await stock.push('perfect');
    await integrity.admit(digest, await versionOf(digest));
    stock.blobs.tamper(digest, Buffer.from('damaged'));
    await expect(integrity.admit(digest, await versionOf(digest))).rejects.toMatchObject({ code: 'blob.damaged' });
    expect(await damageOf(digest)).toMatchObject({ kind: 'wrong-bytes' });
  });

  it('does not take the word for bytes that were opened before those that are stored now', async () => {
    const integrity = stock.integrity({ hours: 2 });
    const digest = await stock.push('perfect');
    const opened = await versionOf(digest);
    await stock.push('perfect');
    expect(await integrity.admit(digest, opened)).toBe(false);
    expect(await integrity.admit(digest, await versionOf(digest))).toBe(true);
  });

  it('trusts what a scrub has read', async () => {
    const { blobs, readings } = counted();
    const integrity = stock.integrity({ blobs, hours: 2 });
    const digest = await stock.push('perfect');
    await integrity.examineBlob(digest);
    await integrity.admit(digest, await versionOf(digest));
    expect(readings()).toBe(1);
  });

  it('refuses a damaged manifest, and lets a sound one through', async () => {
    const integrity = stock.integrity({ hours: 2 });
    const layer = await stock.push('layer');
    const id = await stock.repository('app');
    const content = async (digest: Digest) => {
      const found = await stock.metadata.read.manifests.content(id, digest);
      if (!found) throw new Error('no such manifest');
      return found;
    };
    expect(await integrity.admitManifest(await content(await stock.pushManifest(layer, { tag: 'good' })))).toBe(true);
    const bad = await content(await stock.pushManifest(layer, { tag: 'bad', stored: '{}' }));
    await expect((async () => integrity.admitManifest(bad))()).rejects.toMatchObject({ code: 'manifest.damaged' });
    expect(await stock.integrity().admitManifest(bad)).toBe(true);
    expect(stock.findings.map((finding) => finding.digest)).toEqual([bad.digest]);
  });

  it('ends when the server stops', async () => {
    const integrity = stock.integrity({ hours: 2 });
    const digest = await stock.push('perfect');
    integrity.close();
    await expect(integrity.admit(digest, await versionOf(digest))).rejects.toThrow('the server stops');
  });
});
