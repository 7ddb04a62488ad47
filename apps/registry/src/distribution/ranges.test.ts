import { digestOf } from '@holdfast/oci/digest';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { expectError, newBytes, pushBlob } from './test-content.ts';

let registry: TestRegistry;
const SIZE = 2048;
const bytes = newBytes(SIZE);
const digest = digestOf(bytes);
const target = `/v2/ranges/blobs/${digest}`;

beforeAll(async () => {
  registry = await startRegistry();
  await pushBlob(registry, 'ranges', bytes);
});
afterAll(async () => {
  expect(registry.problems).toEqual([]);
  await registry.stop();
});

const get = (range: string, more: Record<string, string> = {}) =>
  registry.ask('GET', target, { headers: { Range: range, ...more } });

describe('a range of a blob (RFC 9110, section 14)', () => {
  it.each([
    ['bytes=0-0', 0, 0],
    ['bytes=500-1499', 500, 1499],
    ['bytes=500-', 500, SIZE - 1],
    ['bytes=-500', SIZE - 500, SIZE - 1],
    ['bytes=-999999', 0, SIZE - 1],
    ['bytes=2000-5000', 2000, SIZE - 1],
    ['bytes=0-', 0, SIZE - 1],
    [`bytes=${SIZE - 1}-`, SIZE - 1, SIZE - 1],
  ])('%s is 206 with bytes %i to %i', async (range, first, last) => {
    const answer = await get(range);
    expect(answer.status).toBe(206);
    expect(answer.header('Content-Range')).toBe(`bytes ${first}-${last}/${SIZE}`);
    expect(answer.header('Content-Length')).toBe(String(last - first + 1));
    expect(answer.header('Docker-Content-Digest')).toBe(digest);
    expect(answer.body.equals(bytes.subarray(first, last + 1))).toBe(true);
  });

  it.each(['bytes=2048-', 'bytes=5000-10000', 'bytes=500-0', 'bytes=-0', 'bytes=99999999999999999999-'])(
    '%s is 416 and tells the length',
    async (range) => {
      const answer = await get(range);
      expectError(answer, 416, 'SIZE_INVALID');
      expect(answer.header('Content-Range')).toBe(`bytes */${SIZE}`);
    },
  );

  it.each(['bytes=0-1,5-6', 'items=0-1', 'bytes=a-b', 'bytes', 'bytes=-'])('%s is ignored', async (range) => {
    const answer = await get(range);
    expect([answer.status, answer.body.length, answer.header('Content-Range')]).toEqual([200, SIZE, undefined]);
  });

  it('is not for HEAD', async () => {
    const answer = await registry.ask('HEAD', target, { headers: { Range: 'bytes=0-9' } });
    expect([answer.status, answer.header('Content-Length')]).toEqual([200, String(SIZE)]);
  });

  it('counts with If-Range only while the blob is the same', async () => {
    expect((await get('bytes=0-9', { 'If-Range': `"${digest}"` })).status).toBe(206);
    expect((await get('bytes=0-9', { 'If-Range': '"other"' })).status).toBe(200);
    expect((await get('bytes=0-9', { 'If-Range': 'Wed, 21 Oct 2015 07:28:00 GMT' })).status).toBe(200);
  });

  it('is not looked at when the client has the blob already', async () => {
    expect((await get('bytes=9999-', { 'If-None-Match': `"${digest}"` })).status).toBe(304);
  });

  it('of an empty blob is the empty blob, or 416', async () => {
    const empty = await pushBlob(registry, 'ranges', '');
    const ask = (range: string) =>
      registry.ask('GET', `/v2/ranges/blobs/${empty.digest}`, { headers: { Range: range } });
    expect((await ask('bytes=-5')).status).toBe(200);
    const answer = await ask('bytes=0-');
    expectError(answer, 416, 'SIZE_INVALID');
    expect(answer.header('Content-Range')).toBe('bytes */0');
  });

  it('is any slice, and slices put together are the blob', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: SIZE - 1 }), { maxLength: 6 }), async (cuts) => {
        const edges = [0, ...new Set(cuts.toSorted((a, b) => a - b)), SIZE];
        const pieces = edges.slice(1).map((end, i) => get(`bytes=${edges[i]}-${end - 1}`));
        const answers = await Promise.all(pieces);
        expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 206));
        expect(Buffer.concat(answers.map((answer) => answer.body)).equals(bytes)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
