import { randomUUID } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { largeBodyOf, releasePiece } from '../../apps/registry/src/http/large-body.ts';
import type { Batch, Told } from './push-thread.ts';
import type { Rows } from './rows.ts';

/** What is hashed and written at a time, while as much again is received. */
const BATCH_BYTES = 1024 * 1024;

/** As the disk is told to begin, in its thread pool. */
const EARLY_SYNC = 4 * 1024 * 1024;

interface Upload {
  readonly file: FileHandle;
  readonly path: string;
  readonly number: number;
  bytes: number;
  unsynced: number;
  syncing: Promise<void> | undefined;
}

/** As many as there are cores; each upload has one. Nothing of the registry's but how a large body is read. */
class Threads {
  readonly #threads = Array.from({ length: availableParallelism() }, () => {
    const thread = new Worker(new URL('./push-thread.ts', import.meta.url));
    thread.on('message', (told: Told) => this.#told(told));
    return thread;
  });
  readonly #waiting = new Map<number, ((told: Told) => void)[]>();

  ask(batch: Batch): Promise<Told> {
    const { upload, chunks } = batch;
    const thread = this.#threads[upload % this.#threads.length] as Worker;
    const memory = (chunks ?? []).map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer);
    thread.postMessage(batch, memory);
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(upload) ?? [];
      this.#waiting.set(upload, waiting);
      waiting.push(resolve);
    });
  }

  #told(told: Told): void {
    this.#waiting.get(told.upload)?.shift()?.(told);
    if (told.digest) this.#waiting.delete(told.upload);
  }
}

interface Asked {
  readonly path: string;
  readonly repository: string;
  readonly id: string;
  readonly query: string;
}

/** Received, hashed and written by a thread, synced, without which a 201 promises nothing, and renamed. */
export class Push {
  readonly #folder: string;
  readonly #rows: Rows;
  readonly #threads = new Threads();
  #last = 0;
  readonly #uploads = new Map<string, Upload>();

  constructor(folder: string, rows: Rows) {
    this.#folder = folder;
    this.#rows = rows;
    mkdirSync(join(folder, 'uploads'), { recursive: true });
  }

  /** Where the benchmark looks for what it removes between rounds. */
  pathOf(digest: string): string {
    const hex = digest.slice('sha256:'.length);
    return join(this.#folder, 'docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex);
  }

  sizeOf(digest: string): number | undefined {
    return statSync(this.pathOf(digest), { throwIfNoEntry: false })?.size;
  }

  async answer(
    request: IncomingMessage,
    response: ServerResponse,
    { path, repository, id, query }: Asked,
  ): Promise<void> {
    const asked = new URLSearchParams(query);
    if (request.method === 'POST') return this.#open(response, { path, repository, mounted: asked.get('mount') });
    const upload = this.#uploads.get(id);
    if (!upload) throw new Error(`no upload ${id}`);
    await this.#receive(request, upload);
    const digest = asked.get('digest');
    if (digest === null) {
      await Promise.all([upload.syncing, upload.file.datasync()]); // a 202 promises what came until then
      response.writeHead(202, { Location: path, 'Content-Length': 0 }).end();
      return;
    }
    await this.#publish(upload, digest);
    await this.#rows.link(repository, digest, upload.bytes);
    this.#uploads.delete(id);
    response.writeHead(201, { Location: path, 'Content-Length': 0 }).end();
  }

  async #open(
    response: ServerResponse,
    { path, repository, mounted }: { path: string; repository: string; mounted: string | null },
  ): Promise<void> {
    if (mounted !== null) {
      await this.#rows.link(repository, mounted, undefined);
      response.writeHead(201, { Location: path, 'Content-Length': 0 }).end();
      return;
    }
    const id = randomUUID();
    const staged = join(this.#folder, 'uploads', id);
    this.#last += 1;
    const number = this.#last;
    const file = await open(staged, 'w');
    this.#uploads.set(id, { path: staged, file, number, bytes: 0, unsynced: 0, syncing: undefined });
    response.writeHead(202, { Location: `${path}${id}`, 'Content-Length': 0 }).end();
  }

  async #publish({ file, path, number, bytes, syncing }: Upload, digest: string): Promise<void> {
    await syncing;
    const told = await this.#threads.ask({ upload: number, file: file.fd, position: bytes });
    await file.close();
    if (told.digest !== digest) throw new Error(`not ${digest}`);
    const blob = this.pathOf(digest);
    mkdirSync(dirname(blob), { recursive: true });
    await rename(path, blob);
  }

  async #receive(request: IncomingMessage, upload: Upload): Promise<void> {
    let chunks: Buffer[] = [];
    let bytes = 0;
    let before: Promise<void> = Promise.resolve();
    for await (const chunk of (largeBodyOf(request) ?? request) as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes < BATCH_BYTES) continue;
      const [batch, size] = [chunks, bytes];
      [chunks, bytes] = [[], 0];
      await before;
      before = this.#write(batch, size, upload);
    }
    await before;
    if (bytes > 0) await this.#write(chunks, bytes, upload);
  }

  async #write(batch: Buffer[], size: number, upload: Upload): Promise<void> {
    const whole = ({ length, buffer }: Buffer) => buffer instanceof SharedArrayBuffer || length === buffer.byteLength;
    const chunks = batch.map((chunk) => (whole(chunk) ? chunk : new Uint8Array(chunk)));
    const position = upload.bytes;
    upload.bytes += size;
    await this.#threads.ask({ upload: upload.number, file: upload.file.fd, position, chunks });
    for (const chunk of batch) releasePiece(chunk);
    upload.unsynced += size;
    if (upload.unsynced < EARLY_SYNC || upload.syncing) return;
    upload.unsynced = 0;
    upload.syncing = upload.file.datasync().finally(() => {
      upload.syncing = undefined;
    });
  }
}
