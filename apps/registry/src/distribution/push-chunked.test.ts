import { Readable } from 'node:stream';
import { digestOf } from '@holdfast/oci/digest';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../../../test/support/http-client.ts';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { expectError, newBytes, startUpload } from './test-content.ts';

let registry: TestRegistry;
const repository = 'chunked/app';
const octets = { 'Content-Type': 'application/octet-stream' };

beforeAll(async () => {
  registry = await startRegistry({ config: 'uploads: { perPrincipal: 2000 }' });
});
afterAll(async () => {
  expect(registry.problems).toEqual([]);
  await registry.stop();
});

function patch(location: string, bytes: Uint8Array, first?: number): Promise<Answer> {
  const range = first === undefined ? {} : { 'Content-Range': `${first}-${first + bytes.length - 1}` };
  return registry.ask('PATCH', location, { body: bytes, headers: { ...octets, ...range } });
}

/** What every answer about an open session says. */
function expectSession(answer: Answer, offset: number): string {
  const location = answer.header('Location') ?? '';
  expect(location).toMatch(/^\/v2\/chunked\/app\/blobs\/uploads\/[0-9a-f-]{36}$/);
  expect(answer.header('Range')).toBe(`0-${Math.max(0, offset - 1)}`);
  expect(answer.header('Docker-Upload-UUID')).toBe(location.slice(-36));
  expect(answer.header('Holdfast-Upload-Offset')).toBe(String(offset));
  return location;
}

async function expectBlob(bytes: Uint8Array, digest: string) {
  const answer = await registry.ask('GET', `/v2/${repository}/blobs/${digest}`);
  expect([answer.status, answer.body.equals(bytes)]).toEqual([200, true]);
}

describe.each(['sha256', 'sha512'] as const)('chunks of a blob whose digest is %s', (algorithm) => {
  // In a session opened without digest-algorithm as well: the spec only says SHOULD.
  it.each(['', `?digest-algorithm=${algorithm}`])('follow each other (session opened with "%s")', async (query) => {
    const bytes = newBytes(3000);
    const digest = digestOf(bytes, algorithm);
    let location = await startUpload(registry, repository, query);
    for (const first of [0, 1000, 2000]) {
      const answer = await patch(location, bytes.subarray(first, first + 1000), first);
      expect([answer.status, answer.header('Content-Length')]).toEqual([202, '0']);
      location = expectSession(answer, first + 1000);
    }
    const put = await registry.ask('PUT', `${location}?digest=${digest}`, { headers: { 'Content-Length': 0 } });
    expect(put.status).toBe(201);
    expect(put.header('Location')).toBe(`/v2/${repository}/blobs/${digest}`);
    expect(put.header('Docker-Content-Digest')).toBe(digest);
    await expectBlob(bytes, digest);
  });

  it('end in the closing PUT, with and without a range', async () => {
    for (const range of [{}, { 'Content-Range': '1000-1499' }]) {
      const bytes = newBytes(1500);
      const digest = digestOf(bytes, algorithm);
      const location = await startUpload(registry, repository);
      await patch(location, bytes.subarray(0, 1000), 0);
      const put = await registry.ask('PUT', `${location}?digest=${digest}`, {
        body: bytes.subarray(1000),
        headers: { ...octets, ...range },
      });
      expect(put.status, put.text).toBe(201);
      await expectBlob(bytes, digest);
    }
  });

  it('may be a stream without length and range', async () => {
    const bytes = newBytes(200_000);
    const digest = digestOf(bytes, algorithm);
    const location = await startUpload(registry, repository);
    const pieces = [bytes.subarray(0, 1), bytes.subarray(1, 100_000), bytes.subarray(100_000)];
    const answer = await registry.ask('PATCH', location, { body: Readable.from(pieces), headers: octets });
    expect(answer.status).toBe(202);
    expectSession(answer, bytes.length);
    expect((await registry.ask('PUT', `${location}?digest=${digest}`)).status).toBe(201);
    await expectBlob(bytes, digest);
  });
});

describe('a chunk out of order', () => {
  it.each([
    ['a gap', 2000],
    ['an overlap', 999],
    ['the first chunk again', 0],
  ])('(%s) is 416, tells where the session is, and the session goes on', async (_, first) => {
    const bytes = newBytes(2500);
    const location = await startUpload(registry, repository);
    expect((await patch(location, bytes.subarray(0, 1000), 0)).status).toBe(202);
    const refused = await patch(location, bytes.subarray(first, first + 500), first);
    expectError(refused, 416, 'BLOB_UPLOAD_INVALID');
    expectSession(refused, 1000);
    const status = await registry.ask('GET', location);
    expect(status.status).toBe(204);
    const next = expectSession(status, 1000);
    expect((await patch(next, bytes.subarray(1000), 1000)).status).toBe(202);
    expect((await registry.ask('PUT', `${next}?digest=${digestOf(bytes)}`)).status).toBe(201);
    await expectBlob(bytes, digestOf(bytes));
  });

  it('is 416 when it is the first one and does not begin with 0', async () => {
    const location = await startUpload(registry, repository);
    const refused = await patch(location, newBytes(10), 1);
    expectError(refused, 416, 'BLOB_UPLOAD_INVALID');
    expectSession(refused, 0);
  });

  it('is 416 in the closing PUT, which may then be repeated rightly', async () => {
    const bytes = newBytes(1500);
    const location = await startUpload(registry, repository);
    await patch(location, bytes.subarray(0, 1000), 0);
    const put = (first: number) =>
      registry.ask('PUT', `${location}?digest=${digestOf(bytes)}`, {
        body: bytes.subarray(1000),
        headers: { 'Content-Range': `${first}-${first + 499}` },
      });
    const refused = await put(1200);
    expectError(refused, 416, 'BLOB_UPLOAD_INVALID');
    expectSession(refused, 1000);
    expect((await put(1000)).status).toBe(201);
    await expectBlob(bytes, digestOf(bytes));
  });
});

describe('Content-Range', () => {
  it.each(['-5', '5-', 'a-b', '9-0', '0-9/5', 'bytes', ''])('"%s" is 400', async (range) => {
    const location = await startUpload(registry, repository);
    const headers = { 'Content-Range': range };
    expectError(await registry.ask('PATCH', location, { body: newBytes(10), headers }), 400, 'BLOB_UPLOAD_INVALID');
    expectSession(await registry.ask('GET', location), 0);
  });

  it.each(['bytes 0-9/*', 'bytes=0-9', 'bytes 0-9/10', '0-9'])('"%s" is understood', async (range) => {
    const location = await startUpload(registry, repository);
    const answer = await registry.ask('PATCH', location, { body: newBytes(10), headers: { 'Content-Range': range } });
    expect(answer.status).toBe(202);
    expectSession(answer, 10);
  });

  it.each([
    ['Content-Length', 0, 4],
    ['Content-Length', 0, 20],
    ['a stream', 0, 4],
    ['a stream', 0, 20],
  ])('that does not fit %s (%i-%i for 10 bytes) is SIZE_INVALID and nothing is kept', async (how, first, last) => {
    const location = await startUpload(registry, repository);
    const bytes = newBytes(10);
    const headers = { 'Content-Range': `${first}-${last}` };
    const body = how === 'a stream' ? Readable.from([bytes]) : bytes;
    expectError(await registry.ask('PATCH', location, { body, headers }), 400, 'SIZE_INVALID');
    expectSession(await registry.ask('GET', location), 0);
    expect((await registry.ask('PUT', `${location}?digest=${digestOf(bytes)}`, { body: bytes })).status).toBe(201);
  });
});

describe('any chunking', () => {
  it('ends in the same blob, whatever the sizes, ranges and lengths', async () => {
    const chunk = fc.record({ size: fc.integer({ min: 1, max: 3000 }), ranged: fc.boolean(), streamed: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(chunk, { maxLength: 6 }), fc.boolean(), fc.boolean(), async (chunks, inPut, long) => {
        const bytes = newBytes(chunks.reduce((sum, { size }) => sum + size, 0));
        const digest = digestOf(bytes, long ? 'sha512' : 'sha256');
        let location = await startUpload(registry, repository);
        let offset = 0;
        for (const [i, { size, ranged, streamed }] of chunks.entries()) {
          const part = bytes.subarray(offset, offset + size);
          const closes = inPut && i === chunks.length - 1;
          const answer = await registry.ask(
            closes ? 'PUT' : 'PATCH',
            closes ? `${location}?digest=${digest}` : location,
            {
              body: streamed ? Readable.from([part]) : part,
              headers: ranged ? { 'Content-Range': `${offset}-${offset + size - 1}` } : {},
            },
          );
          expect(answer.status).toBe(closes ? 201 : 202);
          offset += size;
          if (!closes) location = expectSession(answer, offset);
        }
        if (!inPut || chunks.length === 0) {
          expect((await registry.ask('PUT', `${location}?digest=${digest}`)).status).toBe(201);
        }
        await expectBlob(bytes, digest);
      }),
      { numRuns: 20 },
    );
  });
});
