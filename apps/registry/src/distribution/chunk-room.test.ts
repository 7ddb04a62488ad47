import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { openTestDistribution, type TestDistribution } from './test-distribution.ts';
import { appendChunk, startUpload } from './uploads.ts';

const MIB = 2 ** 20;

let test: TestDistribution;
let id: string;
beforeEach(async () => {
  test = await openTestDistribution();
  ({ id } = await startUpload(test.d, test.developer('rooms/app')));
});

/** A chunk of so many bytes; `announced` is its Content-Length, and a stream has none. */
async function chunk(bytes: number, announced?: number): Promise<void> {
  const body = Readable.from([Buffer.alloc(bytes)]);
  const length = announced === undefined ? {} : { length: announced };
  const { signal } = new AbortController();
  await appendChunk(test.d, test.developer('rooms/app'), id, { body, signal, ...length });
}

const reserved = async () => (await test.d.metadata.read.quotas.storage('r1', test.clock.now()))?.reserved;

describe('room for the chunks of a session', () => {
  it('is taken with the acknowledgement of the chunk before: one transaction for each but the first', async () => {
    const transaction = vi.spyOn(test.d.metadata, 'transaction');
    for (const [transactions, room] of [
      [2, 10],
      [1, 15],
      [1, 20],
    ] as const) {
      transaction.mockClear();
      await chunk(5 * MIB, 5 * MIB);
      expect(transaction).toHaveBeenCalledTimes(transactions);
      expect(await reserved()).toBe(room * MIB);
    }
  });

  it('is asked for where the next chunk is longer than the one before', async () => {
    await chunk(5 * MIB, 5 * MIB);
    const transaction = vi.spyOn(test.d.metadata, 'transaction');
    await chunk(6 * MIB, 6 * MIB);
    expect(transaction).toHaveBeenCalledTimes(2);
    expect(await reserved()).toBe(17 * MIB);
  });

  it('is not taken behind a stream, which nothing is expected to follow', async () => {
    await chunk(5 * MIB);
    expect(await reserved()).toBe(5 * MIB);
  });

  it('is given back when the next chunk breaks off', async () => {
    await chunk(5 * MIB, 5 * MIB);
    const body = Readable.from(
      (function* () {
        yield Buffer.alloc(MIB);
        throw new Error('cut');
      })(),
    );
    const cut = { body, length: 5 * MIB, signal: new AbortController().signal };
    await expect(appendChunk(test.d, test.developer('rooms/app'), id, cut)).rejects.toThrow('cut');
    expect(await reserved()).toBe(5 * MIB);
    const transaction = vi.spyOn(test.d.metadata, 'transaction');
    await chunk(5 * MIB, 5 * MIB);
    expect(transaction).toHaveBeenCalledTimes(2);
    expect(await reserved()).toBe(15 * MIB);
  });

  it('is as long as the last chunk, also where that came before the one before it was acknowledged', async () => {
    const { metadata } = test.d;
    const real = metadata.transaction.bind(metadata) as (work: unknown) => Promise<never>;
    const acknowledging = Promise.withResolvers<void>();
    const next = Promise.withResolvers<void>();
    const paused = async (work: unknown) => {
      acknowledging.resolve();
      await next.promise;
      return real(work);
    };
    vi.spyOn(metadata, 'transaction').mockImplementationOnce(real).mockImplementationOnce(paused);
    const first = chunk(5 * MIB, 5 * MIB);
    await acknowledging.promise;
    const body = Readable.from([Buffer.alloc(5 * MIB)]);
    const range = { start: 5 * MIB, end: 10 * MIB - 1 };
    const { signal } = new AbortController();
    const second = appendChunk(test.d, test.developer('rooms/app'), id, { body, length: 5 * MIB, range, signal });
    await nextTurn(); // it has read the session, which has no byte yet
    next.resolve();
    await Promise.all([first, second]);
    expect(await reserved()).toBe(15 * MIB);
  });
});
