import { afterEach, expect, it, vi } from 'vitest';
import { Pace } from './pace.ts';

const PIECE = 64 * 1024;
afterEach(() => vi.restoreAllMocks());

/** Takes a body of 32 pieces; the n-th of them when the clock shows `at(n)`. */
async function take(at: (piece: number) => number): Promise<Pace> {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const pace = new Pace(Buffer.alloc(32 * PIECE));
  let piece = 0;
  pace.body.on('data', () => {
    piece += 1;
    now = at(piece);
  });
  await new Promise((resolve) => pace.body.once('end', resolve));
  return pace;
}

it('knows how long what a socket took at once is on its way', async () => {
  // Eight pieces disappear into buffers; then one goes every 10 ms.
  const pace = await take((piece) => Math.max(0, piece - 8) * 10);
  expect(pace.drainAfter(0, 240)).toBeGreaterThan(60);
  expect(pace.drainAfter(0, 240)).toBeLessThan(120);
});

it('knows of nothing on its way where every piece takes as long as the others', async () => {
  const pace = await take((piece) => piece * 10);
  expect(pace.drainAfter(0, 320)).toBeLessThan(30); // two pieces are read ahead
});
