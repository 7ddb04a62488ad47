import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSecretBox, type SecretBox } from '../identity/sealed-secrets.ts';
import type { MetadataStore } from '../metadata/metadata-store.ts';
import { openMemoryMetadataStore } from '../metadata/sqlite/open.ts';
import { FakeClock } from '../platform/clock.ts';
import { systemIds as ids } from '../platform/ids.ts';
import { DownloadKeys } from './download-keys.ts';

const HOUR = 3_600_000;
let store: MetadataStore;
let box: SecretBox;
let clock: FakeClock;
beforeEach(async () => {
  store = openMemoryMetadataStore();
  await store.migrate();
  box = createSecretBox(ids.bytes(32), ids);
  clock = new FakeClock();
});
afterEach(() => store.close());

const open = () => new DownloadKeys({ store, box, clock, ids });

describe('the keys of download addresses', () => {
  it('are one for everybody who asks at once, here and on another node, and after a restart', async () => {
    const [here, there] = [open(), open()];
    const all = await Promise.all([here.current(), there.current(), here.current(), there.current()]);
    expect(new Set(all.map(({ kid }) => kid)).size).toBe(1);
    expect((await open().find(all[0]?.kid ?? ''))?.key).toEqual(Buffer.from(all[0]?.key ?? []));
  });

  it('are renewed after a day; the one before verifies for as long as what it signed may live', async () => {
    const keys = open();
    const first = await keys.current();
    clock.advance(24 * HOUR - 1);
    expect((await keys.current()).kid).toBe(first.kid);
    clock.advance(1);
    const second = await keys.current();
    expect(second.kid).not.toBe(first.kid);
    expect(second.key).not.toEqual(first.key);
    clock.advance(HOUR);
    expect(await keys.find(first.kid)).toBeDefined();
    expect(await open().find(first.kid)).toBeDefined();
    clock.advance(6 * 60_000);
    expect([await keys.find(first.kid), await open().find(first.kid)]).toEqual([undefined, undefined]);
    expect((await keys.find(second.kid))?.key).toEqual(second.key);
  });

  it('forget those that verify nothing any more', async () => {
    const keys = open();
    for (let day = 0; day < 5; day++) {
      await keys.current();
      clock.advance(24 * HOUR);
    }
    await keys.current();
    const sealed = Buffer.from((await store.read.settings.get('downloadKeys')) ?? '', 'base64url');
    expect(JSON.parse(box.open(sealed, 'downloadKeys'))).toHaveLength(2);
  });

  it('lie sealed in the database', async () => {
    const { key } = await open().current();
    const stored = (await store.read.settings.get('downloadKeys')) ?? '';
    const plain = Buffer.from(stored, 'base64url').toString('latin1');
    for (const secret of [Buffer.from(key).toString('base64url'), Buffer.from(key).toString('latin1'), '"kid"']) {
      expect(stored).not.toContain(secret);
      expect(plain).not.toContain(secret);
    }
  });

  it('of ids that nobody gave out are none, and a flood of them reads the store once a second', async () => {
    const keys = open();
    await keys.current();
    let reads = 0;
    const get = (name: string) => {
      reads += 1;
      return store.read.settings.get(name);
    };
    const counted = { ...store, read: { ...store.read, settings: { get } } } as MetadataStore;
    const flooded = new DownloadKeys({ store: counted, box, clock, ids });
    for (let n = 0; n < 50; n++) expect(await flooded.find(ids.bytes(9).toString('base64url'))).toBeUndefined();
    for (const kid of ['', '../../x', 'a'.repeat(13), "' OR 1=1 --"]) expect(await flooded.find(kid)).toBeUndefined();
    expect(reads).toBe(1);
    clock.advance(1000);
    await flooded.find('aaaaaaaaaaaa');
    expect(reads).toBe(2);
  });
});
