import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { someBytes } from '../test-blobs.ts';
import { HashThreads } from './hash-threads.ts';
import type { RunningHash } from './running-hash.ts';

const LARGE = 300_000;
const SMALL = 1_000;

function hexOf(...parts: Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

let threads: HashThreads;
beforeEach(() => {
  threads = new HashThreads(2);
});
afterEach(() => threads.close());

describe.each([
  ['in a thread', LARGE],
  ['in place', SMALL],
])('a running hash %s', (_where, size) => {
  const first = someBytes(size, 1);
  const second = someBytes(size, 2);

  test('gives the digest of everything so far, as often as asked', async () => {
    const hash = threads.newHash();
    expect(await hash.digest()).toBe(hexOf());
    const used = threads.newHash();
    await used.update([Buffer.from(first)]);
    expect(await used.digest()).toBe(hexOf(first));
    await used.update([Buffer.from(second)]);
    expect(await used.digest()).toBe(hexOf(first, second));
    expect(await used.digest()).toBe(hexOf(first, second));
  });

  test('goes back to its mark, or to the beginning', async () => {
    const hash = threads.newHash();
    hash.reset();
    await hash.update([Buffer.from(second)]);
    hash.reset();
    expect(await hash.digest()).toBe(hexOf());
    await hash.update([Buffer.from(first)]);
    hash.mark();
    await hash.update([Buffer.from(second)]);
    hash.reset();
    hash.reset();
    expect(await hash.digest()).toBe(hexOf(first));
    hash.drop();
  });

  test.each([false, true])('gives the bytes back to be written (memory given away: %s)', async (take) => {
    const hash = threads.newHash();
    const pool = Buffer.alloc(size + 10);
    first.copy(pool, 5);
    const chunks = [Buffer.from(first), pool.subarray(5, 5 + size), Buffer.from(second)];
    const back = await hash.update(chunks, { take });
    expect(Buffer.concat(back).equals(Buffer.concat([first, first, second]))).toBe(true);
    if (!take) expect(chunks.map((chunk) => chunk.byteLength)).toEqual([size, size, size]);
    expect(pool.byteLength).toBe(size + 10);
    expect(await hash.digest()).toBe(hexOf(first, first, second));
  });
});

describe('the place of a hash', () => {
  /** Owns its whole memory, so that it loses it on its way to a thread. */
  const chunkOf = (size: number, seed: number): Buffer => Buffer.from(someBytes(size, seed).buffer.slice(0, size));

  test('is a thread for a full batch, however small, and here for a body that ends small', async () => {
    for (const full of [true, false]) {
      const chunk = chunkOf(16_384, 1);
      const hash = threads.newHash();
      await hash.update([chunk], { take: true, full });
      expect(chunk.byteLength).toBe(full ? 0 : 16_384);
      expect(await hash.digest()).toBe(hexOf(someBytes(16_384, 1)));
    }
  });

  test('moves to a thread when a larger body follows, in the order of the batches', async () => {
    const small = someBytes(SMALL, 1);
    const hash = threads.newHash();
    await hash.update([Buffer.from(small)]);
    hash.mark();
    let replays = 0;
    const replay = async (into: RunningHash): Promise<void> => {
      replays += 1;
      await setImmediate();
      await into.update([Buffer.from(small)]);
    };
    const [second, third] = [chunkOf(16_384, 2), chunkOf(20_000, 3)];
    const options = { take: true, full: true, replay };
    await Promise.all([hash.update([second], options), hash.update([third], options)]);
    expect([second.byteLength, third.byteLength, replays]).toEqual([0, 0, 1]);
    expect(await hash.digest()).toBe(hexOf(small, someBytes(16_384, 2), someBytes(20_000, 3)));
    hash.reset();
    expect(await hash.digest()).toBe(hexOf(small));
  });

  test('stays when the bytes before cannot be read', async () => {
    const hash = threads.newHash();
    await hash.update([someBytes(SMALL)]);
    const replay = () => Promise.reject(new Error('unreadable'));
    await expect(hash.update([someBytes(LARGE)], { full: true, replay })).rejects.toThrow('unreadable');
    expect(await hash.digest()).toBe(hexOf(someBytes(SMALL)));
    await hash.update([someBytes(SMALL, 2)]);
    expect(await hash.digest()).toBe(hexOf(someBytes(SMALL), someBytes(SMALL, 2)));
  });
});

/** Owns its whole memory, so that it can be handed over. */
function ownCopy(bytes: Buffer): Buffer {
  return Buffer.from(new Uint8Array(bytes).buffer);
}

describe('what a thread hashes', () => {
  let folder: string;
  let descriptor: number;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hf-hash-'));
    descriptor = openSync(join(folder, 'staged'), 'w');
  });
  afterEach(() => {
    closeSync(descriptor);
    rmSync(folder, { recursive: true });
  });

  test.each([false, true])('it writes where it is told, in calls of any size (memory given away: %s)', async (take) => {
    // More than two windows, so that calls of both sizes are tried.
    const sizes = [1, 65_535, 65_536, 65_537, 200_000, 1_048_577, 40_000_000, 40_000_000];
    const parts = sizes.map((size, seed) => someBytes(size, seed));
    const whole = Buffer.concat(parts);
    const hash = threads.newHash();
    let position = 0;
    for (const part of parts) {
      const at = position;
      const to = () => ({ descriptor, position: at });
      const chunks = [part.subarray(0, part.byteLength / 3), part.subarray(part.byteLength / 3)];
      expect(await hash.update(chunks.map(ownCopy), { take, full: true, to })).toEqual([]);
      position += part.byteLength;
    }
    expect(await hash.digest()).toBe(hexOf(whole));
    expect(readFileSync(join(folder, 'staged')).equals(whole)).toBe(true);
  });

  test('is refused with the code of the system when it cannot be written, and goes back to its mark', async () => {
    const full = openSync('/dev/full', 'w');
    const hash = threads.newHash();
    const batch = (to: number) =>
      hash.update([someBytes(LARGE)], { take: true, to: () => ({ descriptor: to, position: 0 }) });
    await batch(descriptor);
    hash.mark();
    await expect(batch(full)).rejects.toMatchObject({ code: 'ENOSPC' });
    hash.reset();
    expect(await hash.digest()).toBe(hexOf(someBytes(LARGE)));
    closeSync(full);
  });

  test('is not sent when it may not be written', async () => {
    const hash = threads.newHash();
    const to = () => {
      throw new Error('no room');
    };
    await expect(hash.update([someBytes(LARGE)], { to })).rejects.toThrow('no room');
    expect(await hash.digest()).toBe(hexOf());
  });

  test('comes back when only another may write it; what is hashed here asks nobody', async () => {
    const hash = threads.newHash();
    const [back] = await hash.update([Buffer.from(someBytes(LARGE))], { take: true, to: () => undefined });
    expect(back?.byteLength).toBe(LARGE);
    const asked = vi.fn(() => undefined);
    expect(await threads.newHash().update([someBytes(SMALL)], { to: asked })).toHaveLength(1);
    expect(asked).not.toHaveBeenCalled();
  });
});

test('many hashes at once do not mix', async () => {
  const digests = await Promise.all(
    Array.from({ length: 20 }, async (_, seed) => {
      const hash = threads.newHash();
      for (let i = 0; i < 5; i++) await hash.update([someBytes(LARGE, seed)], { take: true });
      return hash.digest();
    }),
  );
  for (const [seed, digest] of digests.entries()) {
    const part = someBytes(LARGE, seed);
    expect(digest).toBe(hexOf(part, part, part, part, part));
  }
});

test('a hash whose thread has ended says that it is lost, and a new one works', async () => {
  const hash = threads.newHash();
  await hash.update([someBytes(LARGE)]);
  expect(hash.lost).toBe(false);
  const waiting = hash.update([someBytes(LARGE)]);
  await threads.close();
  await Promise.allSettled([waiting]); // answered or refused, according to who was faster; but never forgotten
  expect(hash.lost).toBe(true);
  await expect(hash.update([someBytes(LARGE)])).rejects.toThrow('ended');
  await expect(hash.digest()).rejects.toThrow('ended');
  hash.mark();
  hash.drop();
  const next = threads.newHash();
  await next.update([someBytes(LARGE)]);
  expect(await next.digest()).toBe(hexOf(someBytes(LARGE)));
});
