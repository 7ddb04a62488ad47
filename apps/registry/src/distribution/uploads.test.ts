import { readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { digestOf } from '@holdfast/oci/digest';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { SqliteUploadWriter } from '../metadata/sqlite/uploads.ts';
import { FakeClock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';
import { expectError, newBytes, startUpload } from './test-content.ts';

let registry: TestRegistry;
const clock = new FakeClock(new Date());
const repository = 'sessions/app';

beforeAll(async () => {
  registry = await startRegistry({ config: 'uploads: { perPrincipal: 2000, expireHours: 3 }', clock });
});
afterEach(() => expect(registry.problems).toEqual([]));
afterAll(() => registry.stop());

const offsetOf = async (location: string) =>
  Number((await registry.ask('GET', location)).header('Holdfast-Upload-Offset'));
const patch = (location: string, body: Uint8Array, first: number) =>
  registry.ask('PATCH', location, { body, headers: { 'Content-Range': `${first}-${first + body.length - 1}` } });
const close = (location: string, bytes: Uint8Array, body?: Uint8Array) =>
  registry.ask('PUT', `${location}?digest=${digestOf(bytes)}`, body ? { body } : {});
const staged = () => readdir(join(registry.dataDir, 'uploads'));

async function expectBlob(bytes: Uint8Array) {
  const answer = await registry.ask('GET', `/v2/${repository}/blobs/${digestOf(bytes)}`);
  expect([answer.status, answer.body.equals(bytes)]).toEqual([200, true]);
}

/** Sends the head and `sent` bytes of a chunk that should have more, then breaks the connection. */
async function cutChunk(location: string, chunk: Buffer, sent: number, first?: number): Promise<void> {
  const { hostname, port } = new URL(registry.http);
  const range = first === undefined ? {} : { 'Content-Range': `${first}-${first + chunk.length - 1}` };
  const headers = { Authorization: registry.basic, 'Content-Length': chunk.length, ...range };
  const cut = request({ hostname, port, method: 'PATCH', path: location, headers });
  cut.on('error', () => undefined);
  await new Promise((resolve) => cut.write(chunk.subarray(0, sent), resolve));
  await new Promise((resolve) => {
    cut.on('close', resolve);
    cut.destroy();
  });
}

describe('GET of a session', () => {
  it('is 204 with Location and Range, before, between and after chunks', async () => {
    const location = await startUpload(registry, repository);
    for (const [offset, range] of [
      [0, '0-0'],
      [1, '0-0'],
      [700, '0-699'],
    ] as const) {
      const before = await offsetOf(location);
      if (offset > before) await patch(location, newBytes(offset - before), before);
      const answer = await registry.ask('GET', location);
      expect([answer.status, answer.body.length]).toEqual([204, 0]);
      expect(answer.header('Location')).toBe(location);
      expect(answer.header('Range')).toBe(range);
      expect(answer.header('Holdfast-Upload-Offset')).toBe(String(offset));
    }
  });

  it.each(['GET', 'PATCH', 'PUT', 'DELETE'])('or %s of none is 404', async (method) => {
    const query = method === 'PUT' ? `?digest=${digestOf('')}` : '';
    for (const id of ['11111111-2222-4333-8444-555555555555', '..%2f..%2fmetadata.db', 'x']) {
      const answer = await registry.ask(method, `/v2/${repository}/blobs/uploads/${id}${query}`);
      expectError(answer, 404, 'BLOB_UPLOAD_UNKNOWN');
    }
  });

  it.each(['GET', 'PATCH', 'PUT', 'DELETE'])('or %s in another repository than its own is 404', async (method) => {
    const location = await startUpload(registry, repository);
    await startUpload(registry, 'sessions/other');
    const query = method === 'PUT' ? `?digest=${digestOf('')}` : '';
    for (const other of ['sessions/other', 'sessions/nothing']) {
      const answer = await registry.ask(method, `${location.replace(repository, other)}${query}`);
      expectError(answer, 404, 'BLOB_UPLOAD_UNKNOWN');
    }
    expect((await registry.ask('GET', location)).status).toBe(204);
  });
});

describe('DELETE of a session', () => {
  it('is 204, and the session and its bytes are gone', async () => {
    const location = await startUpload(registry, repository);
    await patch(location, newBytes(), 0);
    expect(await staged()).toContain(location.slice(-36));
    const answer = await registry.ask('DELETE', location, { headers: { 'Content-Length': 0 } });
    expect([answer.status, answer.body.length]).toEqual([204, 0]);
    expect(await staged()).not.toContain(location.slice(-36));
    for (const method of ['GET', 'PATCH', 'DELETE'])
      expectError(await registry.ask(method, location), 404, 'BLOB_UPLOAD_UNKNOWN');
    expectError(await close(location, newBytes()), 404, 'BLOB_UPLOAD_UNKNOWN');
  });

  it('after it was closed is 404, and the blob stays', async () => {
    const bytes = newBytes();
    const location = await startUpload(registry, repository);
    expect((await close(location, bytes, bytes)).status).toBe(201);
    for (const method of ['GET', 'PATCH', 'DELETE'])
      expectError(await registry.ask(method, location), 404, 'BLOB_UPLOAD_UNKNOWN');
    await expectBlob(bytes);
  });
});

describe('a closing PUT', () => {
  it('that is repeated succeeds again, with and without its body', async () => {
    const bytes = newBytes();
    const location = await startUpload(registry, repository);
    for (const body of [bytes, bytes, undefined]) {
      const answer = await close(location, bytes, body);
      expect(answer.status).toBe(201);
      expect(answer.header('Location')).toBe(`/v2/${repository}/blobs/${digestOf(bytes)}`);
    }
    expectError(await close(location, newBytes()), 404, 'BLOB_UPLOAD_UNKNOWN');
  });

  it('that is repeated while the first one still runs succeeds, too', async () => {
    const bytes = newBytes(100_000);
    const location = await startUpload(registry, repository);
    await patch(location, bytes, 0);
    const answers = await Promise.all([1, 2, 3].map(() => close(location, bytes)));
    expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201]);
    await expectBlob(bytes);
  });
});

describe('a chunk that breaks off', () => {
  it('at any byte leaves the session where it was, and repeated it ends the same', async () => {
    const sizes = fc.record({
      before: fc.nat(5000),
      chunk: fc.integer({ min: 2, max: 200_000 }),
      share: fc.double({ min: 0, max: 0.999, noNaN: true }),
      ranged: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(sizes, async ({ before, chunk, share, ranged }) => {
        const bytes = newBytes(before + chunk);
        const location = await startUpload(registry, repository);
        if (before > 0) await patch(location, bytes.subarray(0, before), 0);
        await cutChunk(location, bytes.subarray(before), Math.floor(chunk * share), ranged ? before : undefined);
        expect(await offsetOf(location)).toBe(before);
        expect((await patch(location, bytes.subarray(before), before)).status).toBe(202);
        expect((await close(location, bytes)).status).toBe(201);
        await expectBlob(bytes);
      }),
      { numRuns: 15 },
    );
  });

  it.each([50_000, 5_000_000])(
    'is taken over by its repetition when nothing more of it comes for a second, of %d bytes',
    async (size) => {
      const bytes = newBytes(size);
      const part = size * 0.7;
      const location = await startUpload(registry, repository);
      const hanging = new PassThrough();
      hanging.write(bytes.subarray(0, part));
      const first = registry.ask('PATCH', location, { body: hanging, headers: { 'Content-Length': bytes.length } });
      await sleep(50);
      const second = patch(location, bytes, 0);
      await sleep(50);
      clock.advance(1000);
      expect((await second).status).toBe(202);
      hanging.end(bytes.subarray(part));
      expectError(await first, 409, 'BLOB_UPLOAD_INVALID');
      expect(await offsetOf(location)).toBe(bytes.length);
      expect((await close(location, bytes)).status).toBe(201);
      await expectBlob(bytes);
    },
  );
});

describe('a request of which an earlier sending is still being received', () => {
  it.each([
    ['PATCH', 50_000],
    ['PATCH', 2_500_000],
    ['PUT', 50_000],
    ['PUT', 2_500_000],
  ] as const)('is answered as that one is, for its bytes are here then: %s of %d bytes', async (method, size) => {
    const bytes = newBytes(size);
    const location = await startUpload(registry, repository);
    const target = method === 'PUT' ? `${location}?digest=${digestOf(bytes)}` : location;
    const headers = { 'Content-Length': size, ...(method === 'PATCH' && { 'Content-Range': `0-${size - 1}` }) };
    const early = new PassThrough();
    early.write(bytes.subarray(0, 20_000));
    const first = registry.ask(method, target, { body: early, headers });
    await sleep(50);
    const second = registry.ask(method, target, { body: bytes, headers });
    await sleep(50);
    early.write(bytes.subarray(20_000, 30_000));
    await sleep(50);
    clock.advance(1000); // looks whether more has come, and it has
    await sleep(50);
    early.end(bytes.subarray(30_000));
    const done = method === 'PUT' ? 201 : 202;
    expect([(await first).status, (await second).status]).toEqual([done, done]);
    if (method === 'PATCH') {
      expect(await offsetOf(location)).toBe(size);
      expect((await close(location, bytes)).status).toBe(201);
    }
    await expectBlob(bytes);
  });

  it.each(['PATCH', 'PUT'])(
    '(%s) gets its answer although its body is not needed and the connection closes',
    async (method) => {
      const bytes = newBytes(12_000_000);
      const location = await startUpload(registry, repository);
      const target = method === 'PUT' ? `${location}?digest=${digestOf(bytes)}` : location;
      const range = `0-${bytes.length - 1}`;
      const early = new PassThrough();
      early.write(bytes.subarray(0, 20_000));
      const first = registry.ask(method, target, {
        body: early,
        headers: { 'Content-Length': bytes.length, 'Content-Range': range },
      });
      await sleep(50);
      const second = await registry.raw();
      await second.write(
        `${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ${registry.basic}\r\n` +
          `Content-Range: ${range}\r\nContent-Length: ${bytes.length}\r\n\r\n`,
      );
      const sent = second.write(bytes);
      await sleep(50);
      early.end(bytes.subarray(20_000));
      const done = method === 'PUT' ? 201 : 202;
      expect((await first).status).toBe(done);
      await sent; // who reads no answer before is not reset
      expect((await second.answer()).status).toBe(done);
      await second.closed();
    },
  );

  it.each(['closed', 'reset'])('goes ahead as soon as that one is %s', async (how) => {
    const bytes = newBytes(50_000);
    const location = await startUpload(registry, repository);
    const early = await registry.raw();
    await early.write(
      `PATCH ${location} HTTP/1.1\r\nHost: x\r\nAuthorization: ${registry.basic}\r\nContent-Length: 50000\r\n\r\n`,
    );
    await early.write(bytes.subarray(0, 20_000));
    await sleep(50);
    const second = patch(location, bytes, 0);
    await sleep(50);
    if (how === 'closed') early.close();
    else early.socket.resetAndDestroy();
    expect((await second).status).toBe(202);
    expect((await close(location, bytes)).status).toBe(201);
  });

  it('is no reason for a DELETE to wait', async () => {
    const location = await startUpload(registry, repository);
    const hanging = new PassThrough();
    hanging.write(newBytes(20_000));
    const first = registry.ask('PATCH', location, { body: hanging, headers: { 'Content-Length': 50_000 } });
    await sleep(50);
    expect((await registry.ask('DELETE', location)).status).toBe(204);
    hanging.end(newBytes(30_000));
    expectError(await first, 409, 'BLOB_UPLOAD_INVALID');
  });
});

describe('an upload', () => {
  it('goes on at the acknowledged offset after the server was stopped and started again', async () => {
    const bytes = newBytes(6000);
    const location = await startUpload(registry, repository);
    const untouched = await startUpload(registry, repository);
    await patch(location, bytes.subarray(0, 2500), 0);
    await cutChunk(location, bytes.subarray(2500), 1000, 2500);
    await registry.restart();
    expect(await offsetOf(location)).toBe(2500);
    expect((await patch(location, bytes.subarray(2500, 4000), 2500)).status).toBe(202);
    await registry.restart();
    expect((await close(location, bytes, bytes.subarray(4000))).status).toBe(201);
    await expectBlob(bytes);
    const other = newBytes();
    expect((await close(untouched, other, other)).status).toBe(201);
    await registry.restart();
    expect((await close(location, bytes)).status).toBe(201);
    await expectBlob(bytes);
    await expectBlob(other);
  });

  it('that was only opened goes on after a power loss took its staged file, whose name nothing had made durable', async () => {
    const bytes = newBytes();
    const location = await startUpload(registry, repository);
    await registry.restart();
    await rm(join(registry.dataDir, 'uploads', location.split('/').at(-1) ?? ''));
    expect(await offsetOf(location)).toBe(0);
    expect((await patch(location, bytes.subarray(0, 400), 0)).status).toBe(202);
    expect((await close(location, bytes, bytes.subarray(400))).status).toBe(201);
    await expectBlob(bytes);
  });

  it('outlives its token: the chunk under way ends, a new token goes on', async () => {
    const scope = `repository:${repository}:pull,push`;
    const token = await registry.token(scope);
    const start = await registry.ask('POST', `/v2/${repository}/blobs/uploads/`, { as: token });
    const location = start.header('Location') ?? '';
    const bytes = newBytes(40_000);
    const body = new PassThrough();
    body.write(bytes.subarray(0, 10_000));
    const chunk = registry.ask('PATCH', location, { as: token, body });
    await sleep(50);
    clock.advance(76 * 60_000);
    body.end(bytes.subarray(10_000));
    expect((await chunk).status).toBe(202);
    const closing = `${location}?digest=${digestOf(bytes)}`;
    const refused = await registry.ask('PUT', closing, { as: token });
    expectError(refused, 401, 'UNAUTHORIZED');
    expect(refused.header('WWW-Authenticate')).toContain(`scope="${scope}",error="invalid_token"`);
    expect((await registry.ask('PUT', closing, { as: await registry.token(scope) })).status).toBe(201);
    await expectBlob(bytes);
  });

  it('that nobody touches any more expires, in the end', async () => {
    const location = await startUpload(registry, repository);
    await patch(location, newBytes(), 0);
    await vi.waitFor(
      async () => {
        clock.advance(3 * 61 * 60_000);
        expectError(await registry.ask('GET', location), 404, 'BLOB_UPLOAD_UNKNOWN');
        expect(await staged()).not.toContain(location.slice(-36));
      },
      { timeout: 5000, interval: 20 },
    );
  });
});

describe('a closing request whose transaction is refused', () => {
  it.each([false, true])('leaves the session at its offset; it goes on, with a last chunk: %s', async (withChunk) => {
    const bytes = newBytes(5_000);
    const location = await startUpload(registry, repository);
    await patch(location, bytes.subarray(0, 3_000), 0);
    if (!withChunk) await patch(location, bytes.subarray(3_000), 3_000);
    const last = withChunk ? bytes.subarray(3_000) : undefined;
    const refused = vi.spyOn(SqliteUploadWriter.prototype, 'complete').mockImplementation(() => {
      throw new DomainError('too-many', 'upload.too-many', 'Refused by the test.');
    });
    expect((await close(location, bytes, last)).status).toBe(429);
    refused.mockRestore();
    expect(await offsetOf(location)).toBe(withChunk ? 3_000 : 5_000);
    if (withChunk) {
      // Other bytes than those that were published: both blobs must be right.
      const other = newBytes(100);
      expect((await patch(location, other, 3_000)).status).toBe(202);
      const whole = Buffer.concat([bytes.subarray(0, 3_000), other]);
      expect((await close(location, whole)).status).toBe(201);
      await expectBlob(whole);
      expect(
        (await registry.ask('POST', `/v2/${repository}/blobs/uploads/?digest=${digestOf(bytes)}`, { body: bytes }))
          .status,
      ).toBe(201);
    } else expect((await close(location, bytes)).status).toBe(201);
    await expectBlob(bytes);
    expect(await staged()).not.toContain(location.split('/').pop());
  });
});
