/**
 * How should an upload get from the socket to the disk? Each variant is a small HTTP server of its own process:
 * receive → hash → write → fsync → rename, then the first GET of the same blob. Interleaved, medians.
 *
 *   node bench/upload-path.ts [--rounds 3] [--variants main,main-release,…] [--loads 64x1,64x4,1024x1]
 *
 * `upload-path.md` keeps what came out.
 */
import type { ChildProcess } from 'node:child_process';
import { fork, spawn } from 'node:child_process';
import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Digest } from '@holdfast/oci/digest';
import type { UploadId } from '../apps/registry/src/storage/blob-store.ts';
import { openFilesystemBlobStore } from '../apps/registry/src/storage/filesystem/filesystem-blob-store.ts';

// The es2024 library of TypeScript knows no WebAssembly.
declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { initial: number; maximum: number; shared: boolean });
    readonly buffer: SharedArrayBuffer;
  }
}

const MIB = 1024 * 1024;
const SLOT = MIB;
const fdatasync = promisify(fs.fdatasync);
const write = promisify(fs.write);
const writev = promisify(fs.writev);

interface Sink {
  /** A promise holds the body back. */
  add(chunk: Buffer): Promise<void> | undefined;
  /** Writes the rest; returns the digest. The caller fsyncs. */
  finish(): Promise<string>;
}

interface Variant {
  readonly open?: number;
  sink(fd: number): Sink;
}

function release(chunk: Buffer): void {
  if (chunk.byteLength === chunk.buffer.byteLength) (chunk.buffer as ArrayBuffer).transfer(0);
}

// ── main thread hashes; threadpool writes the chunks uncopied ───────────────────────────────────────────────────────

class MainSink implements Sink {
  readonly #fd: number;
  readonly #hash: Hash = createHash('sha256');
  readonly #options: { release?: boolean; flushEvery?: number };
  #batch: Buffer[] = [];
  #bytes = 0;
  #position = 0;
  #writing: Promise<void> | undefined;
  #unflushed = 0;
  #flushing: Promise<void> | undefined;

  constructor(fd: number, options: { release?: boolean; flushEvery?: number }) {
    this.#fd = fd;
    this.#options = options;
  }

  add(chunk: Buffer): Promise<void> | undefined {
    this.#hash.update(chunk);
    this.#batch.push(chunk);
    this.#bytes += chunk.byteLength;
    if (this.#bytes < SLOT) return undefined;
    if (!this.#writing) return this.#start();
    return this.#writing.then(() => this.#start());
  }

  #start(): undefined {
    const batch = this.#batch;
    const position = this.#position;
    const bytes = this.#bytes;
    this.#position += bytes;
    this.#batch = [];
    this.#bytes = 0;
    this.#writing = new Promise((resolve, reject) => {
      fs.writev(this.#fd, batch, position, (error, written) => {
        this.#writing = undefined;
        if (error || written !== bytes) return reject(error ?? new Error('short write'));
        if (this.#options.release) for (const chunk of batch) release(chunk);
        this.#unflushed += bytes;
        const every = this.#options.flushEvery;
        if (every && this.#unflushed >= every && !this.#flushing) {
          this.#unflushed = 0;
          this.#flushing = fdatasync(this.#fd).then(() => {
            this.#flushing = undefined;
          });
        }
        resolve();
      });
    });
    return undefined;
  }

  async finish(): Promise<string> {
    await this.#writing;
    if (this.#bytes > 0) this.#start();
    await this.#writing;
    await this.#flushing;
    return this.#hash.digest('hex');
  }
}

// ── a worker hashes and writes chunks whose memory is transferred to it ─────────────────────────────────────────────

type Reply = (value: unknown) => void;

class Workers {
  readonly #workers: Worker[] = [];
  readonly #waiting = new Map<number, Reply>();
  #next = 0;
  #id = 0;

  constructor(count: number, memory?: WebAssembly.Memory) {
    for (let i = 0; i < count; i++) {
      const worker = new Worker(new URL(import.meta.url), { workerData: { memory } });
      worker.on('message', (message: { id: number; value: unknown }) => {
        this.#waiting.get(message.id)?.(message.value);
        this.#waiting.delete(message.id);
      });
      worker.unref();
      this.#workers.push(worker);
    }
  }

  pick(): Worker {
    this.#next = (this.#next + 1) % this.#workers.length;
    return this.#workers[this.#next] as Worker;
  }

  newSession(): number {
    return ++this.#id;
  }

  ask(worker: Worker, message: Record<string, unknown>, transfer: ArrayBuffer[] = []): Promise<unknown> {
    const id = ++this.#id;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      worker.postMessage({ ...message, id }, transfer);
    });
  }
}

function work(): void {
  const memory = (workerData as { memory?: { buffer: SharedArrayBuffer } }).memory;
  const sessions = new Map<number, Hash>();
  const hashOf = (session: number): Hash => {
    let hash = sessions.get(session);
    if (!hash) {
      hash = createHash('sha256');
      sessions.set(session, hash);
    }
    return hash;
  };
  parentPort?.on('message', (m: Record<string, number> & { chunks?: Uint8Array[] }) => {
    let value: unknown;
    const hash = hashOf(m.session as number);
    if (m.chunks) {
      for (const chunk of m.chunks) hash.update(chunk);
      if (m.back) {
        const transfer = m.chunks.map((chunk) => chunk.buffer as ArrayBuffer);
        parentPort?.postMessage({ id: m.id, value: m.chunks }, transfer);
        return;
      }
      fs.writevSync(m.fd as number, m.chunks, m.position);
      if (m.release) for (const chunk of m.chunks) release(chunk as Buffer);
    } else if (m.offset !== undefined && memory) {
      const bytes = new Uint8Array(memory.buffer, m.offset, m.length);
      hash.update(bytes);
      if (m.fd !== undefined) fs.writeSync(m.fd, bytes, 0, bytes.byteLength, m.position);
    } else {
      value = hash.digest('hex');
      sessions.delete(m.session as number);
    }
    parentPort?.postMessage({ id: m.id, value });
  });
}

interface TransferOptions {
  /** The worker frees the chunks at once when it has written them. */
  release?: boolean;
  /** The worker hashes only and gives the chunks back; the threadpool writes them. */
  back?: boolean;
}

class TransferSink implements Sink {
  readonly #fd: number;
  readonly #workers: Workers;
  readonly #worker: Worker;
  readonly #session: number;
  #batch: Buffer[] = [];
  #bytes = 0;
  #position = 0;
  #outstanding = 0;
  #last: Promise<unknown> = Promise.resolve();

  readonly #options: TransferOptions;

  constructor(fd: number, workers: Workers, options: TransferOptions) {
    this.#fd = fd;
    this.#options = options;
    this.#workers = workers;
    this.#worker = workers.pick();
    this.#session = workers.newSession();
  }

  add(chunk: Buffer): Promise<void> | undefined {
    this.#batch.push(chunk);
    this.#bytes += chunk.byteLength;
    if (this.#bytes < SLOT) return undefined;
    const previous = this.#last;
    this.#send();
    return this.#outstanding > 2 ? previous.then(() => {}) : undefined;
  }

  #send(): void {
    const transfer = this.#batch
      .filter((c) => c.byteLength === c.buffer.byteLength)
      .map((c) => c.buffer as ArrayBuffer);
    this.#outstanding += 1;
    const { fd, position, chunks } = { fd: this.#fd, position: this.#position, chunks: this.#batch };
    this.#position += this.#bytes;
    this.#batch = [];
    const bytes = this.#bytes;
    this.#bytes = 0;
    const message = { session: this.#session, fd, position, chunks, ...this.#options };
    const before = this.#last;
    this.#last = this.#workers.ask(this.#worker, message, transfer).then(async (back) => {
      if (this.#options.back) {
        const hashed = back as Uint8Array[];
        const written = await writev(fd, hashed, position);
        if (written.bytesWritten !== bytes) throw new Error('short write');
        for (const chunk of hashed) release(chunk as Buffer);
      }
      await before;
      this.#outstanding -= 1;
    });
  }

  async finish(): Promise<string> {
    if (this.#bytes > 0) this.#send();
    await this.#last;
    return (await this.#workers.ask(this.#worker, { session: this.#session })) as string;
  }
}

// ── slots of shared memory: a worker hashes them, the threadpool (or the worker) writes them ────────────────────────

class Slots {
  readonly memory: WebAssembly.Memory;
  readonly #free: number[] = [];
  readonly #waiting: ((offset: number) => void)[] = [];

  constructor(count: number) {
    const pages = (count * SLOT) / 65536;
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    for (let i = 0; i < count; i++) this.#free.push(i * SLOT);
  }

  take(): number | Promise<number> {
    return this.#free.pop() ?? new Promise((resolve) => this.#waiting.push(resolve));
  }

  give(offset: number): void {
    const next = this.#waiting.shift();
    if (next) next(offset);
    else this.#free.push(offset);
  }
}

interface SharedOptions {
  direct?: boolean;
  workerWrites?: boolean;
  flushEvery?: number;
  release?: boolean;
}

class SharedSink implements Sink {
  readonly #fd: number;
  readonly #slots: Slots;
  readonly #workers: Workers;
  readonly #worker: Worker;
  readonly #session: number;
  readonly #options: SharedOptions;
  readonly #all: Buffer;
  #slot: number | undefined;
  #filled = 0;
  #position = 0;
  #size = 0;
  #pending: Promise<void>[] = [];
  #unflushed = 0;
  #flushing: Promise<void> | undefined;

  constructor(fd: number, slots: Slots, workers: Workers, options: SharedOptions) {
    this.#fd = fd;
    this.#slots = slots;
    this.#workers = workers;
    this.#worker = workers.pick();
    this.#session = workers.newSession();
    this.#options = options;
    this.#all = Buffer.from(slots.memory.buffer);
  }

  add(chunk: Buffer): Promise<void> | undefined {
    let from = 0;
    while (from < chunk.byteLength) {
      if (this.#slot === undefined) {
        const slot = this.#slots.take();
        if (typeof slot !== 'number') {
          const rest = chunk.subarray(from);
          return slot.then((offset) => {
            this.#slot = offset;
            return this.add(rest);
          });
        }
        this.#slot = slot;
      }
      const count = Math.min(chunk.byteLength - from, SLOT - this.#filled);
      const part = count === chunk.byteLength ? chunk : chunk.subarray(from, from + count);
      // fill() is a memcpy of one whole pattern; set() and copy() into shared memory go byte by byte.
      this.#all.fill(part, this.#slot + this.#filled, this.#slot + this.#filled + count);
      this.#filled += count;
      from += count;
      if (this.#filled === SLOT) this.#send();
    }
    this.#size += chunk.byteLength;
    if (this.#options.release) release(chunk);
    return this.#pending.length > 2 ? this.#pending[0] : undefined;
  }

  #send(): void {
    const offset = this.#slot as number;
    const length = this.#filled;
    const position = this.#position;
    this.#slot = undefined;
    this.#filled = 0;
    this.#position += length;
    const { direct, workerWrites } = this.#options;
    const message = { session: this.#session, offset, length };
    const written = workerWrites
      ? this.#workers.ask(this.#worker, { ...message, fd: this.#fd, position })
      : Promise.all([
          this.#workers.ask(this.#worker, message),
          write(this.#fd, this.#all, offset, direct ? Math.ceil(length / 4096) * 4096 : length, position),
        ]);
    const done = written.then(() => {
      this.#slots.give(offset);
      void this.#pending.splice(this.#pending.indexOf(done), 1);
      this.#unflushed += length;
      const every = this.#options.flushEvery;
      if (every && this.#unflushed >= every && !this.#flushing) {
        this.#unflushed = 0;
        this.#flushing = fdatasync(this.#fd).then(() => {
          this.#flushing = undefined;
        });
      }
    });
    this.#pending.push(done);
  }

  async finish(): Promise<string> {
    if (this.#filled > 0) this.#send();
    const [digest] = await Promise.all([
      Promise.all(this.#pending).then(() => this.#workers.ask(this.#worker, { session: this.#session })),
      this.#flushing,
    ]);
    await this.#flushing;
    if (this.#options.direct) fs.ftruncateSync(this.#fd, this.#size);
    return digest as string;
  }
}

function transferred(count: number, options: TransferOptions): () => Variant {
  return () => {
    const workers = new Workers(count);
    return { sink: (fd) => new TransferSink(fd, workers, options) };
  };
}

function shared(workers: number, options: SharedOptions): () => Variant {
  return () => {
    const slots = new Slots(16);
    const pool = new Workers(workers, slots.memory);
    const open = fs.constants.O_CREAT | fs.constants.O_RDWR | (options.direct ? fs.constants.O_DIRECT : 0);
    return { open, sink: (fd) => new SharedSink(fd, slots, pool, { release: true, ...options }) };
  };
}

const VARIANTS: Record<string, () => Variant> = {
  main: () => ({ sink: (fd) => new MainSink(fd, {}) }),
  'main-release': () => ({ sink: (fd) => new MainSink(fd, { release: true }) }),
  'main-release-flush': () => ({ sink: (fd) => new MainSink(fd, { release: true, flushEvery: 8 * MIB }) }),
  'main-release-flush32': () => ({ sink: (fd) => new MainSink(fd, { release: true, flushEvery: 32 * MIB }) }),
  transfer: transferred(1, {}),
  'transfer-release': transferred(1, { release: true }),
  'transfer-release-2': transferred(2, { release: true }),
  'round-trip': transferred(1, { back: true }),
  'round-trip-2': transferred(2, { back: true }),
  shared: shared(1, {}),
  'shared-flush': shared(1, { flushEvery: 8 * MIB }),
  'shared-flush-2': shared(2, { flushEvery: 8 * MIB }),
  'shared-workerwrite': shared(1, { workerWrites: true }),
  'shared-workerwrite-2': shared(2, { workerWrites: true, flushEvery: 8 * MIB }),
  direct: shared(1, { direct: true }),
  'direct-2': shared(2, { direct: true }),
};

// ── the product's own store ─────────────────────────────────────────────────────────────────────────────────────────

async function productPut(root: string): Promise<(request: http.IncomingMessage, path: string) => Promise<void>> {
  const store = await openFilesystemBlobStore({ root: join(root, 'store') });
  let lastId = 0;
  return async (request, path) => {
    const id = `00000000-0000-4000-8000-${String(++lastId).padStart(12, '0')}` as UploadId;
    const upload = await store.uploads.begin(id);
    await upload.append(request, undefined, { ownsChunks: true });
    const digest = `sha256:${request.headers['x-digest']}` as Digest;
    await upload.commit(digest);
    fs.rmSync(path, { force: true });
    fs.linkSync(store.localPath(digest), path);
  };
}

// ── server ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function receive(body: http.IncomingMessage, sink: Sink): Promise<void> {
  return new Promise((resolve, reject) => {
    let waiting = 0;
    let ended = false;
    const check = (): void => {
      if (ended && waiting === 0) resolve();
    };
    body.on('data', (chunk: Buffer) => {
      const hold = sink.add(chunk);
      if (!hold) return;
      waiting += 1;
      body.pause();
      hold.then(() => {
        waiting -= 1;
        if (ended) check();
        else body.resume();
      }, reject);
    });
    body.on('end', () => {
      ended = true;
      check();
    });
    body.on('error', reject);
  });
}

async function serve(name: string, root: string): Promise<void> {
  const product = name === 'product' ? await productPut(root) : undefined;
  const variant = (VARIANTS[name] ?? VARIANTS.main)?.() as Variant;
  let lastId = 0;
  const put = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const path = join(root, (request.url as string).slice(1));
    if (product) {
      await product(request, path);
      response.writeHead(201).end();
      return;
    }
    const temporary = join(root, `u${++lastId}`);
    const fd = fs.openSync(temporary, variant.open ?? fs.constants.O_CREAT | fs.constants.O_RDWR);
    const sink = variant.sink(fd);
    await receive(request, sink);
    const digest = await sink.finish();
    await fdatasync(fd);
    fs.closeSync(fd);
    if (digest !== request.headers['x-digest']) throw new Error(`digest ${digest}`);
    fs.renameSync(temporary, path);
    const folder = fs.openSync(root, 'r');
    fs.fsyncSync(folder);
    fs.closeSync(folder);
    response.writeHead(201).end();
  };
  const get = (path: string, response: http.ServerResponse): void => {
    const fd = fs.openSync(path, 'r');
    const { size } = fs.fstatSync(fd);
    response.writeHead(200, { 'content-length': size });
    const buffer = Buffer.allocUnsafeSlow(MIB);
    const next = (position: number): void => {
      fs.read(fd, buffer, 0, MIB, position, (_error, read) => {
        if (read === 0) {
          fs.closeSync(fd);
          response.end();
          return;
        }
        response.write(buffer.subarray(0, read), () => next(position + read));
      });
    };
    next(0);
  };
  const server = http.createServer((request, response) => {
    if (request.method === 'PUT') {
      put(request, response).catch((error: unknown) => {
        console.error(name, error);
        process.exit(1);
      });
    } else get(join(root, (request.url as string).slice(1)), response);
  });
  server.requestTimeout = 0;
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as net.AddressInfo).port));
}

// ── client: raw sockets, so that it costs as little of the two cores as it can ──────────────────────────────────────

function exchange(port: number, head: string, body: Buffer[] = [], onData?: (bytes: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1', onread: { buffer: Buffer.allocUnsafeSlow(MIB), callback } });
    let index = 0;
    let answer = '';
    let expected = -1;
    let got = 0;
    function callback(bytes: number, buffer: Uint8Array): boolean {
      if (expected < 0) {
        answer += Buffer.from(buffer.buffer, buffer.byteOffset, bytes).toString('latin1');
        const end = answer.indexOf('\r\n\r\n');
        if (end < 0) return true;
        if (!/^HTTP\/1.1 20[01]/.test(answer)) reject(new Error(answer.slice(0, 200)));
        expected = Number(/content-length: (\d+)/i.exec(answer)?.[1] ?? 0);
        got = answer.length - end - 4;
      } else got += bytes;
      onData?.(bytes);
      if (got >= expected) {
        socket.destroy();
        resolve();
      }
      return true;
    }
    socket.on('error', reject);
    const pump = (): void => {
      while (index < body.length) {
        const piece = body[index++] as Buffer;
        if (!socket.write(piece)) {
          socket.once('drain', pump);
          return;
        }
      }
    };
    socket.write(head);
    pump();
  });
}

interface Stats {
  readonly cpu: number;
  readonly rss: number;
  /** CPU seconds by thread id. */
  readonly threads: Record<string, number>;
}

/** From outside, so that every server is measured alike. */
function statsOf(pid: number): Stats {
  const threads: Record<string, number> = {};
  for (const id of fs.readdirSync(`/proc/${pid}/task`)) {
    const fields = fs.readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'latin1').split(' ');
    threads[id] = Number(fields[0]) / 1e9;
  }
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
  const rss = Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) * 1024;
  return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, rss, threads };
}

/** Waits, for three seconds at most, for a moment in which nobody else uses the cores. */
async function quiet(): Promise<void> {
  const idleAndAll = (): [number, number] => {
    const ticks = (fs.readFileSync('/proc/stat', 'latin1').split('\n')[0] as string)
      .split(/ +/)
      .slice(1, 9)
      .map(Number);
    return [ticks[3] as number, ticks.reduce((a, b) => a + b)];
  };
  for (let i = 0; i < 9; i++) {
    const [idle, all] = idleAndAll();
    await new Promise((resolve) => setTimeout(resolve, 330));
    const [idle2, all2] = idleAndAll();
    if ((idle2 - idle) / (all2 - all) > 0.85) return;
  }
}

interface Figures {
  push: number;
  cpu: number;
  /** CPU of the thread that works most: its reciprocal bounds the throughput, however many cores there are. */
  busiest: number;
  pull: number;
  sum: number;
  rss: number;
}

interface Server {
  readonly child: ChildProcess;
  readonly port: number;
  /** Head of the PUT that pushes a whole blob. */
  target(path: string, digest: string): Promise<string>;
  read(path: string, digest: string): string;
}

async function startOurs(name: string, root: string): Promise<Server> {
  const child = fork(new URL(import.meta.url), ['--serve', name, '--root', root], { stdio: 'inherit' });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(message as number));
    child.once('exit', reject);
  });
  return {
    child,
    port,
    target: async (path, digest) => `${path} HTTP/1.1\r\nX-Digest: ${digest}`,
    read: (path) => path,
  };
}

/** PEER names the binary of CNCF Distribution, in its fastest form: no sign-in, no access log. */
async function startPeer(root: string): Promise<Server> {
  const port = 20_000 + (process.pid % 20_000);
  const storage = `storage:\n  cache:\n    blobdescriptor: inmemory\n  filesystem:\n    rootdirectory: ${root}\n`;
  const log = 'log:\n  level: error\n  accesslog:\n    disabled: true\n';
  const config = join(root, 'config.yml');
  fs.writeFileSync(config, `version: 0.1\n${log}${storage}http:\n  addr: 127.0.0.1:${port}\n`);
  const child = spawn(process.env.PEER as string, ['serve', config], { stdio: 'ignore' });
  const base = `http://127.0.0.1:${port}`;
  for (let i = 0; i < 100; i++) {
    const up = await fetch(`${base}/v2/`).catch(() => undefined);
    if (up) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    child,
    port,
    target: async (path, digest) => {
      const begun = await fetch(`${base}/v2/r${path}/blobs/uploads/`, { method: 'POST' });
      const { pathname, search } = new URL(begun.headers.get('location') as string, base);
      return `${pathname}${search}&digest=sha256:${digest} HTTP/1.1\r\nContent-Type: application/octet-stream`;
    },
    read: (path, digest) => `/v2/r${path}/blobs/sha256:${digest}`,
  };
}

async function measure(name: string, mebibytes: number, connections: number, content: Content): Promise<Figures> {
  const root = fs.mkdtempSync(join(process.env.BENCH_ROOT ?? tmpdir(), 'hf-storage-'));
  const server = await (name === 'peer' ? startPeer(root) : startOurs(name, root));
  const { child, port } = server;
  try {
    const body = Array.from({ length: mebibytes }, (_, i) => content.pieces[i % content.pieces.length] as Buffer);
    const digest = content.digest(mebibytes);
    const put = async (path: string, size: number): Promise<void> => {
      const target = await server.target(path, content.digest(size));
      await exchange(port, `PUT ${target}\r\nHost: x\r\nContent-Length: ${size * MIB}\r\n\r\n`, body.slice(0, size));
    };
    const push = (path: string): Promise<void> => put(path, mebibytes);
    await put('/warm', 16);
    const perConnection = mebibytes * connections >= 1024 ? 1 : 4;
    const gibibytes = (mebibytes * connections * perConnection) / 1024;
    const gigabytes = (mebibytes * MIB * connections * perConnection) / 1e9;
    await quiet();
    const before = statsOf(child.pid as number);
    const lane = async (lane: number, use: (path: string) => Promise<void>): Promise<void> => {
      for (let i = 0; i < perConnection; i++) await use(`/b${lane}-${i}`);
    };
    const lanes = (use: (path: string) => Promise<void>): Promise<unknown> =>
      Promise.all(Array.from({ length: connections }, (_, i) => lane(i, use)));
    let start = performance.now();
    await lanes(push);
    const pushed = (performance.now() - start) / 1000;
    const after = statsOf(child.pid as number);
    start = performance.now();
    await lanes((path) => exchange(port, `GET ${server.read(path, digest)} HTTP/1.1\r\nHost: x\r\n\r\n`));
    const pulled = (performance.now() - start) / 1000;
    return {
      push: gigabytes / pushed,
      cpu: (after.cpu - before.cpu) / gibibytes,
      busiest:
        Math.max(...Object.keys(after.threads).map((id) => (after.threads[id] ?? 0) - (before.threads[id] ?? 0))) /
        gibibytes,
      pull: gigabytes / pulled,
      sum: gigabytes / (pushed + pulled),
      rss: after.rss / MIB,
    };
  } finally {
    child.removeAllListeners('exit');
    child.kill();
    fs.rmSync(root, { recursive: true });
  }
}

interface Content {
  readonly pieces: Buffer[];
  digest(mebibytes: number): string;
}

function newContent(): Content {
  const pieces = Array.from({ length: 16 }, (_, seed) => {
    const piece = Buffer.allocUnsafeSlow(MIB);
    for (let i = 0; i < MIB; i += 4) piece.writeUInt32LE(Math.imul(i + 1 + seed * MIB, 2654435761) >>> 0, i);
    return piece;
  });
  const known = new Map<number, string>();
  return {
    pieces,
    digest: (mebibytes) => {
      const hash = createHash('sha256');
      const found = known.get(mebibytes);
      if (found) return found;
      for (let i = 0; i < mebibytes; i++) hash.update(pieces[i % pieces.length] as Buffer);
      const digest = hash.digest('hex');
      known.set(mebibytes, digest);
      return digest;
    },
  };
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] as number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      serve: { type: 'string' },
      root: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      variants: { type: 'string', default: Object.keys(VARIANTS).join() },
      loads: { type: 'string', default: '64x1,64x4,1024x1' },
    },
  });
  if (values.serve && values.root) return await serve(values.serve, values.root);
  const content = newContent();
  const names = values.variants.split(',');
  console.log(
    'load      variant               push GB/s  CPU s/GiB  busiest thread  first GET GB/s  both GB/s  peak RSS MiB',
  );
  for (const load of values.loads.split(',')) {
    const [mebibytes, connections] = load.split('x').map(Number) as [number, number];
    const found = new Map<string, Figures[]>(names.map((name) => [name, []]));
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const name of names) found.get(name)?.push(await measure(name, mebibytes, connections, content));
    }
    for (const [name, figures] of found) {
      const of = (key: keyof Figures): string =>
        median(figures.map((f) => f[key]))
          .toFixed(2)
          .padStart(10);
      console.log(
        load.padEnd(9),
        name.padEnd(20),
        of('push'),
        of('cpu'),
        of('busiest'),
        of('pull'),
        ' '.repeat(4),
        of('sum'),
        of('rss'),
      );
    }
  }
}

if (isMainThread) await main();
else work();
