import { statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DigestAlgorithm, digestOf } from '@holdfast/oci/digest';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { bytesOf, Random } from '../fault/random.ts';
import type { Answer } from '../support/http-client.ts';
import { newFolder, type ServerProcess, startProcess } from './support/process.ts';
import { until } from './support/raw.ts';

// A 202 for a PATCH means that its bytes and its offset are durable: kill -9 of the real server at the worst moments. That
// an fdatasync stands before each promise, which no kill can show, is the business of test/fault and of
// apps/registry/src/distribution/chunk-durability.test.ts.

vi.setConfig({ testTimeout: 120_000 }); // eight starts of a server on a busy machine

const REPOSITORY = 'resumed/app';
const CHUNK = 300_000;
/** More than the server gathers before it writes. */
const LONG_CHUNK = 3_000_000;
const KILLS = 8;

const folder = newFolder();
const running = new Set<ServerProcess>();
afterAll(() => {
  for (const { child } of running) child.kill('SIGKILL');
  folder.remove();
});

/** One server after the other on the same data. */
class Lives {
  readonly #dataDir: string;
  #server: ServerProcess | undefined;

  constructor(name: string) {
    this.#dataDir = join(folder.path, name);
  }

  get server(): ServerProcess {
    if (!this.#server) throw new Error('no server runs');
    return this.#server;
  }

  async start(): Promise<void> {
    const server = await startProcess({ dataDir: this.#dataDir });
    this.#server = server;
    running.add(server);
    void server.exited.then(() => running.delete(server));
  }

  async kill(): Promise<void> {
    const { server } = this;
    server.child.kill('SIGKILL');
    await server.exited;
    await server.client.close();
    this.#server = undefined;
  }

  /** Stops it as an operator would: what it still has to say would be said. */
  async stop(): Promise<void> {
    const { server } = this;
    server.child.kill('SIGTERM');
    expect((await server.exited).code).toBe(0);
    await server.client.close();
  }

  ask(method: string, target: string, body?: Buffer, headers: Record<string, string> = {}): Promise<Answer> {
    return this.server.client.request(method, target, { ...(body ? { body } : {}), headers });
  }

  patch(session: string, bytes: Buffer, first: number, end: number): Promise<Answer> {
    return this.ask('PATCH', session, bytes.subarray(first, end), { 'Content-Range': `${first}-${end - 1}` });
  }

  async open(query: string): Promise<string> {
    const answer = await this.ask('POST', `/v2/${REPOSITORY}/blobs/uploads/${query}`);
    expect(answer.status, answer.text).toBe(202);
    return answer.header('Location') ?? '';
  }

  /** Bytes in the staged file: acknowledged or not. */
  staged(session: string): number {
    return statSync(join(this.#dataDir, 'uploads', session.slice(-36))).size;
  }

  /** Sends the head of a chunk and some of its bytes. */
  async beginChunk(session: string, bytes: Buffer, first: number, end: number, sent: number): Promise<Socket> {
    const { hostname, port } = new URL(this.server.http);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on('error', () => undefined);
    const head = [
      `PATCH ${session} HTTP/1.1`,
      'Host: localhost',
      `Authorization: ${this.server.basic}`,
      `Content-Range: ${first}-${end - 1}`,
      `Content-Length: ${end - first}`,
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    socket.write(bytes.subarray(first, first + sent));
    return socket;
  }
}

/** The session says itself where it is. */
function expectSession(answer: Answer, status: number, session: string, offset: number): void {
  expect([answer.status, answer.header('Location')], answer.text).toEqual([status, session]);
  expect(answer.header('Range')).toBe(`0-${Math.max(0, offset - 1)}`);
  expect(answer.header('Holdfast-Upload-Offset')).toBe(String(offset));
}

/** Repeated and overlapping chunks, and those with a gap: none is taken, and nothing moves. */
async function expectOnlyTheNextChunk(lives: Lives, session: string, bytes: Buffer, offset: number): Promise<void> {
  expectSession(await lives.ask('GET', session), 204, session, offset);
  const wrong: [first: number, end: number][] = [
    [offset + 1, offset + 1000], // a gap
    [offset + CHUNK, offset + CHUNK + 1000],
  ];
  if (offset > 0) {
    wrong.push(
      [0, CHUNK], // the first chunk again
      [Math.max(0, offset - CHUNK), offset], // the last one again
      [offset - 1, offset + 1000], // overlaps by a byte
      [Math.floor(offset / 2), offset + CHUNK], // and by half
      [0, bytes.length],
    );
  }
  for (const [first, end] of wrong) {
    const answer = await lives.patch(session, bytes, first, Math.min(end, bytes.length));
    expectSession(answer, 416, session, offset);
    expect(answer.json<{ errors: { code: string }[] }>().errors[0]?.code).toBe('BLOB_UPLOAD_INVALID');
  }
  expectSession(await lives.ask('GET', session), 204, session, offset);
}

async function expectBlob(lives: Lives, digest: string, bytes: Buffer): Promise<void> {
  const answer = await lives.ask('GET', `/v2/${REPOSITORY}/blobs/${digest}`);
  expect([answer.status, answer.body.equals(bytes)]).toEqual([200, true]);
}

const cases: readonly [digest: DigestAlgorithm, query: string][] = [
  ['sha256', ''],
  ['sha256', '?digest-algorithm=sha256'],
  ['sha512', ''],
  ['sha512', '?digest-algorithm=sha512'],
];

describe.each(cases)('an upload that ends with %s, its session opened with "%s"', (algorithm, query) => {
  it('goes on at the acknowledged offset after each kill -9', async () => {
    const lives = new Lives(`case-${algorithm}-${query.length}`);
    const bytes = bytesOf(query.length + algorithm.length, 4 * CHUNK);
    await lives.start();
    const session = await lives.open(query);
    await lives.kill(); // right after the session was promised
    await lives.start();
    await expectOnlyTheNextChunk(lives, session, bytes, 0);
    expectSession(await lives.patch(session, bytes, 0, CHUNK), 202, session, CHUNK);
    await lives.kill(); // right after the chunk was
    await lives.start();
    await expectOnlyTheNextChunk(lives, session, bytes, CHUNK);
    expectSession(await lives.patch(session, bytes, CHUNK, 2 * CHUNK), 202, session, 2 * CHUNK);

    // In the middle of a chunk: its bytes lie behind the offset, and must not count. They are others, and more, than those
    // that will be sent, as when a client builds its layer anew.
    const others = Buffer.alloc(2 * CHUNK + LONG_CHUNK, 0xee);
    const broken = await lives.beginChunk(session, others, 2 * CHUNK, others.length, LONG_CHUNK - 1000);
    expect(await until(() => lives.staged(session) > bytes.length)).toBe(true);
    await lives.kill();
    broken.destroy();
    expect(lives.staged(session)).toBeGreaterThan(bytes.length);
    await lives.start();
    await expectOnlyTheNextChunk(lives, session, bytes, 2 * CHUNK);
    expectSession(await lives.patch(session, bytes, 2 * CHUNK, 3 * CHUNK), 202, session, 3 * CHUNK);
    await lives.kill();
    await lives.start();

    const digest = digestOf(bytes, algorithm);
    const range = { 'Content-Range': `${3 * CHUNK}-${bytes.length - 1}` };
    const closed = await lives.ask('PUT', `${session}?digest=${digest}`, bytes.subarray(3 * CHUNK), range);
    expect([closed.status, closed.header('Docker-Content-Digest')], closed.text).toEqual([201, digest]);
    await lives.kill(); // right after the blob was
    await lives.start();
    await expectBlob(lives, digest, bytes);
    expect((await lives.ask('PUT', `${session}?digest=${digest}`)).status).toBe(201); // its client heard nothing
    expect((await lives.ask('GET', session)).status).toBe(404);
    await lives.stop();
  });
});

describe('kill -9 at random moments of a chunk', () => {
  it('leaves the session before the chunk or behind it, and behind it if that was acknowledged', async () => {
    const seed = Date.now() % 1_000_000;
    const random = new Random(seed);
    const lives = new Lives('random');
    // More than every kill can leave behind it: each is followed by chunks that lie beyond the offset.
    const bytes = bytesOf(seed, 2 * (KILLS + 1) * CHUNK);
    await lives.start();
    const session = await lives.open('');
    let offset = 0;
    const ends = { before: 0, behind: 0 };
    for (let kill = 0; kill < KILLS; kill++) {
      // The first chunk of a life is slow, so the second one is killed, at a moment of the time that it would take.
      await lives.patch(session, bytes, offset, offset + 1000);
      const begun = performance.now();
      expect((await lives.patch(session, bytes, offset + 1000, offset + CHUNK)).status).toBe(202);
      const ms = performance.now() - begun;
      offset += CHUNK;
      const end = offset + CHUNK;
      const chunk = lives.patch(session, bytes, offset, end).catch(() => undefined);
      await Promise.race([chunk, sleep(random.next() * 1.2 * ms)]);
      await lives.kill();
      const acknowledged = (await chunk)?.status === 202;
      await lives.start();
      const answer = await lives.ask('GET', session);
      const now = Number(answer.header('Holdfast-Upload-Offset'));
      expect(acknowledged ? [end] : [offset, end], `seed ${seed}, kill ${kill}`).toContain(now);
      ends[now === end ? 'behind' : 'before'] += 1;
      await expectOnlyTheNextChunk(lives, session, bytes, now);
      offset = now;
    }
    console.log(`seed ${seed}: ${KILLS} kills, ${ends.before} before the chunk, ${ends.behind} behind it`);
    const digest = digestOf(bytes, 'sha512');
    const range = { 'Content-Range': `${offset}-${bytes.length - 1}` };
    const closed = await lives.ask('PUT', `${session}?digest=${digest}`, bytes.subarray(offset), range);
    expect(closed.status, `seed ${seed}: ${closed.text}`).toBe(201);
    await expectBlob(lives, digest, bytes);
    await lives.stop();
  });
});
