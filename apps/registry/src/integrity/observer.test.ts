import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Digest } from '@holdfast/oci/digest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../platform/clock.ts';
import { examineBlob, examineManifest } from './examine.ts';
import { Observer } from './observer.ts';
import { Suspects } from './suspects.ts';
import { interrupted, Stock } from './test-stock.ts';

let stock: Stock;
let folder: string;
let suspects: Suspects;
/** What happens while an observer waits for its second look. */
let meanwhile: () => Promise<unknown>;
beforeEach(async () => {
  stock = await Stock.open();
  folder = await mkdtemp(join(tmpdir(), 'hf-suspects-'));
  suspects = new Suspects(folder);
  meanwhile = async () => undefined;
});
afterEach(() => rm(folder, { recursive: true }));

function observed(blobs = stock.blobs as ConstructorParameters<typeof Observer>[0]['blobs']) {
  const clock: Clock = {
    now: () => stock.clock.now(),
    monotonic: () => stock.clock.monotonic(),
    sleep: async () => void (await meanwhile()),
  };
  const { read } = stock.metadata;
  return { read, blobs, recorder: new Observer({ read, blobs, clock, suspects }) };
}
const marked = async (digest: Digest) => (await stock.metadata.read.integrity.blob(digest))?.damage !== undefined;

describe('an examination beside a server', () => {
  it('writes nothing, and names the suspects to the server', async () => {
    const sound = await stock.push('sound');
    const bad = await stock.push('perfect', 'app', 'sha512');
    stock.blobs.tamper(bad, Buffer.from('damaged'));
    const manifest = await stock.pushManifest(sound, { stored: '{}' });
    expect(await examineBlob(observed(), sound, {})).toMatchObject({ state: 'sound' });
    expect(await examineBlob(observed(), bad, {})).toMatchObject({ state: 'damaged', news: true });
    expect(await examineManifest(observed(), manifest, {})).toMatchObject({ state: 'damaged', news: true });
    expect(await marked(bad)).toBe(false);
    expect((await suspects.list()).sort((a, b) => (a.what < b.what ? -1 : 1))).toEqual([
      { what: 'blob', digest: bad },
      { what: 'manifest', digest: manifest },
    ]);
  });

  it('names what is marked and sound again, too', async () => {
    const digest = await stock.push('perfect');
    await stock.metadata.transaction((tx) =>
      tx.integrity.markBlob(digest, { kind: 'missing', since: stock.clock.now() }),
    );
    expect(await examineBlob(observed(), digest, {})).toMatchObject({ state: 'sound', healed: true });
    expect([await suspects.list(), await marked(digest)]).toEqual([[{ what: 'blob', digest }], true]);
  });

  it.each(['before the first look', 'between both looks'])('takes no sweep or push for damage: %s', async (when) => {
    const between = when.startsWith('between');
    const freed = await stock.push('freed');
    stock.blobs.tamper(freed, Buffer.from('FREED'));
    const pushed = await stock.push('pushed');
    stock.blobs.tamper(pushed, undefined);
    const examine = (digest: Digest, change: () => Promise<unknown>) => {
      meanwhile = between ? change : async () => undefined;
      return examineBlob(
        observed(interrupted(stock.blobs, async () => void (between || (await change())))),
        digest,
        {},
      );
    };
    expect(await examine(freed, () => stock.free(freed))).toEqual({ state: 'gone' });
    let done = false;
    const push = async () => {
      if (!done) await stock.push('pushed');
      done = true;
    };
    expect(await examine(pushed, push)).toMatchObject({ state: 'sound' });
    expect(await suspects.list()).toEqual([]);
  });
});

describe('the suspects', () => {
  it('are nobody when none was ever named, and leave when they were looked at', async () => {
    expect(await suspects.list()).toEqual([]);
    const suspect = { what: 'blob' as const, digest: await stock.push('x') };
    await suspects.put(suspect);
    await suspects.put(suspect);
    expect(await suspects.list()).toEqual([suspect]);
    await suspects.drop(suspect);
    await suspects.drop(suspect);
    expect(await suspects.list()).toEqual([]);
  });

  it('are only those whose names are digests', async () => {
    const suspect = { what: 'blob' as const, digest: await stock.push('x') };
    await suspects.put(suspect);
    const [inside = ''] = await readdir(folder);
    for (const name of ['blob-sha256-abc', 'blob-md5-00', `blob-sha512-${'a'.repeat(64)}`, '.x']) {
      await writeFile(join(folder, inside, name), '');
    }
    expect(await suspects.list()).toEqual([suspect]);
  });
});
