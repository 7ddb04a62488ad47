/** How each job of the load client is done. Whatever can be prepared is prepared before the clock starts. */
import { createHash, randomBytes, randomFillSync, randomUUID } from 'node:crypto';
import { freemem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type Connection, header } from './connection.ts';
import type { FillJob, PushJob, PutManifestsJob, RequestsJob, Result, WalkJob } from './jobs.ts';
import type { Meter } from './meter.ts';

const MIB = 1024 * 1024;
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
/** Untimed, so that both servers have compiled and cached what they compile and cache. */
const WARM_MS = 200;

export async function repeat(meter: Meter, job: RequestsJob): Promise<Result> {
  const { method, accept, bodyBytes } = job;
  const headers = accept ? [`Accept: ${accept}`] : [];
  const requests = job.paths.map((path) => ({
    path,
    head: Buffer.from(meter.head(method, path, ...headers), 'latin1'),
  }));
  const options = { headOnly: method === 'HEAD' };
  const one = async (connection: Connection, n: number, begun = performance.now()) => {
    const request = requests[n % requests.length];
    if (!request) throw new Error('no path');
    const answer = await connection.send(request.head, options);
    if (meter.check(answer, 200, `${method} ${request.path}`, bodyBytes)) meter.done(begun, answer.bytes);
  };
  const until = async (connection: Connection, first: number, ms: number) => {
    for (let n = first, end = performance.now() + ms; performance.now() < end; n++) await one(connection, n);
  };
  // Every path once: what is to be read is in the page cache of both servers alike.
  for (const [i] of requests.entries()) await one(meter.connections[0] as Connection, i);
  const large = (bodyBytes ?? 0) > MIB;
  if (!large) await Promise.all(meter.connections.map((connection, i) => until(connection, i, WARM_MS)));
  const { perSecond, connections } = job;
  if (perSecond === undefined) return meter.run((connection, i) => until(connection, i, job.seconds * 1000));
  return meter.run((connection, i) =>
    paced(job.seconds * 1000, (connections * 1000) / perSecond, i / connections, (n, due) =>
      one(connection, i + n, due),
    ),
  );
}

/**
 * At an even pace, whoever is slow: what is sent late because the answer before it came late has waited since it was due
 * (https://groups.google.com/g/mechanical-sympathy/c/icNZJejUHfE calls leaving that out coordinated omission); not so what our own timer sends late.
 */
async function paced(
  ms: number,
  interval: number,
  phase: number,
  one: (n: number, due: number) => Promise<void>,
): Promise<void> {
  const first = performance.now() + phase * interval;
  for (let n = 0; n * interval < ms; n++) {
    const due = first + n * interval;
    const early = due - performance.now();
    if (early > 0) await sleep(early);
    await one(n, early > 0 ? performance.now() : due);
  }
}

export async function walk(meter: Meter, job: WalkJob): Promise<Result> {
  const once = async (connection: Connection) => {
    const begun = performance.now();
    let bytes = 0;
    for (let path: string | undefined = job.path; path; ) {
      const answer: Answer = await connection.send(meter.head('GET', path));
      if (!meter.check(answer, 200, `GET ${path}`)) return;
      bytes += answer.bytes;
      path = pathOf(/<([^>]*)>/.exec(header(answer.head, 'link') ?? '')?.[1]);
    }
    meter.done(begun, bytes);
  };
  await once(meter.connections[0] as Connection);
  return meter.run(async (connection) => {
    const end = performance.now() + job.seconds * 1000;
    do await once(connection);
    while (performance.now() < end);
  });
}

export function putManifests(meter: Meter, job: PutManifestsJob): Promise<Result> {
  const requests = Array.from({ length: job.most }, () => {
    const unique = randomUUID();
    const manifest = { ...(JSON.parse(job.manifest) as object), annotations: { 'org.example.run': unique } };
    const body = JSON.stringify(manifest);
    const path = `/v2/${job.repository}/manifests/${unique}`;
    const head = meter.head('PUT', path, `Content-Type: ${MANIFEST}`, `Content-Length: ${body.length}`);
    return Buffer.from(head + body, 'latin1');
  });
  const end = () => performance.now() + job.seconds * 1000;
  return meter.run(async (connection) => {
    for (const until = end(); performance.now() < until; ) {
      const request = requests.pop();
      if (!request) return;
      const begun = performance.now();
      const answer = await connection.send(request);
      if (meter.check(answer, 201, 'PUT manifest')) meter.done(begun, request.length);
    }
  });
}

/** Distinct random content that takes no more memory than one pool: a head of its own, then the pool over and over. */
class Blob {
  static readonly #pool = randomFillSync(Buffer.allocUnsafeSlow(64 * MIB));
  readonly digest: string;
  readonly #head = randomBytes(64);
  readonly #bytes: number;

  constructor(bytes: number) {
    this.#bytes = bytes;
    const hash = createHash('sha256');
    for (const piece of this.pieces(0, bytes)) hash.update(piece);
    this.digest = `sha256:${hash.digest('hex')}`;
  }

  *pieces(from: number, to: number): Generator<Uint8Array> {
    for (let at = from; at < Math.min(to, this.#bytes); ) {
      const source = at < this.#head.length ? this.#head : Blob.#pool;
      const start = at % source.length;
      const piece = source.subarray(start, Math.min(start + MIB, source.length, start + to - at));
      yield piece;
      at += piece.length;
    }
  }
}

/** Times what is pushed: what was used comes free again and is given back after the same two seconds, a part at a time, and large pushes last longer. */
const WARMED = 3;

/**
 * A virtual machine may give memory that is free back to its host (free page reporting), two seconds after it came free, and the first to use it
 * again waits for it: up to three times as long for a write, billed to whoever pushes after a pause. So the pages that a push will need are
 * used once, right before the clock starts.
 */
function warmMemory(bytes: number): void {
  const held: ArrayBuffer[] = [];
  for (let left = Math.min(WARMED * bytes, freemem() / 2); left > 0; left -= 64 * MIB) {
    const pages = new ArrayBuffer(64 * MIB);
    new Uint8Array(pages).fill(1);
    held.push(pages);
  }
  for (const pages of held) pages.transfer(0); // given up at once, and not when it is collected
}

export async function push(meter: Meter, job: PushJob): Promise<Result> {
  const blobs = Array.from({ length: job.count }, () => new Blob(job.bytes));
  meter.digests.push(...blobs.map((blob) => blob.digest));
  warmMemory(job.bytes * job.count);
  await meter.open(job.connections);
  return meter.run(async (connection) => {
    for (let blob = blobs.pop(); blob; blob = blobs.pop()) {
      const begun = performance.now();
      const pushed = await pushOne(meter, connection, job, blob);
      const pulled = pushed && (!job.thenPull || (await pullOne(meter, connection, job, blob.digest)));
      if (pulled) meter.done(begun, job.bytes);
    }
  });
}

/** POST, then either one PUT with everything, or PATCHes and an empty PUT. The answers say where to go on. */
async function pushOne(meter: Meter, connection: Connection, job: PushJob, blob: Blob): Promise<boolean> {
  const uploads = `/v2/${job.repository}/blobs/uploads/`;
  const opened = await connection.send(meter.head('POST', uploads, 'Content-Length: 0'));
  if (!meter.check(opened, 202, 'POST upload')) return false;
  let session = locationOf(opened);
  const type = 'Content-Type: application/octet-stream';
  const closing = () => `${session}${session.includes('?') ? '&' : '?'}digest=${blob.digest}`;
  if (!job.chunkBytes) {
    const head = meter.head('PUT', closing(), type, `Content-Length: ${job.bytes}`);
    const answer = await connection.sendWithBody(head, blob.pieces(0, job.bytes));
    return meter.check(answer, 201, 'PUT blob');
  }
  for (let from = 0; from < job.bytes; from += job.chunkBytes) {
    const to = Math.min(from + job.chunkBytes, job.bytes);
    const range = [`Content-Range: ${from}-${to - 1}`, `Content-Length: ${to - from}`];
    const answer = await connection.sendWithBody(meter.head('PATCH', session, type, ...range), blob.pieces(from, to));
    if (!meter.check(answer, 202, 'PATCH upload')) return false;
    session = locationOf(answer);
  }
  const closed = await connection.send(meter.head('PUT', closing(), 'Content-Length: 0'));
  return meter.check(closed, 201, 'PUT upload');
}

async function pullOne(meter: Meter, connection: Connection, job: PushJob, digest: string): Promise<boolean> {
  const answer = await connection.send(meter.head('GET', `/v2/${job.repository}/blobs/${digest}`));
  return meter.check(answer, 200, 'GET blob', job.bytes);
}

export function fill(meter: Meter, job: FillJob): Promise<Result> {
  return meter.run(async (connection, index) => {
    for (const { method, path, body = '', type, count, status } of job.series) {
      for (let n = index; n < count; n += meter.connections.length) {
        const number = String(n).padStart(5, '0');
        const content = body.replaceAll('{i}', number);
        const headers = [`Content-Length: ${content.length}`, ...(type ? [`Content-Type: ${type}`] : [])];
        const at = path.replaceAll('{i}', number);
        const begun = performance.now();
        const answer = await connection.send(meter.head(method, at, ...headers) + content);
        if (meter.check(answer, status, `${method} ${at}`)) meter.done(begun, content.length);
      }
    }
  });
}

function locationOf(answer: Answer): string {
  const path = pathOf(header(answer.head, 'location'));
  if (!path) throw new Error('the answer has no Location');
  return path;
}

function pathOf(url: string | undefined): string | undefined {
  return url?.replace(/^https?:\/\/[^/]+/, '');
}
