import { randomUUID } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { HashThreads } from '../../apps/registry/src/storage/filesystem/hash-threads.ts';
import type { RunningHash } from '../../apps/registry/src/storage/filesystem/running-hash.ts';
import type { Rows } from './rows.ts';

/** What is hashed and written at a time, while as much again is received. */
const BATCH_BYTES = 1024 * 1024;

interface Upload {
  readonly file: FileHandle;
  readonly path: string;
  readonly hash: RunningHash;
  bytes: number;
}

interface Asked {
  readonly path: string;
  readonly repository: string;
  readonly id: string;
  readonly query: string;
}

/** Received, hashed in a thread, written by another one, synced once, without which a 201 promises nothing, and renamed. */
export class Push {
  readonly #folder: string;
  readonly #rows: Rows;
  readonly #threads = new HashThreads();
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
    await receive(request, upload);
    const digest = asked.get('digest');
    if (digest === null) {
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
    this.#uploads.set(id, { path: staged, file: await open(staged, 'w'), hash: this.#threads.newHash(), bytes: 0 });
    response.writeHead(202, { Location: `${path}${id}`, 'Content-Length': 0 }).end();
  }

  async #publish({ file, path, hash }: Upload, digest: string): Promise<void> {
    await file.datasync();
    await file.close();
    if (`sha256:${await hash.digest()}` !== digest) throw new Error(`not ${digest}`);
    hash.drop();
    const blob = this.pathOf(digest);
    mkdirSync(dirname(blob), { recursive: true });
    await rename(path, blob);
  }
}

async function receive(request: IncomingMessage, upload: Upload): Promise<void> {
  const { file, hash } = upload;
  let batch: Buffer[] = [];
  let bytes = 0;
  let before: Promise<void> = Promise.resolve();
  const flush = async (chunks: Buffer[]) => {
    const hashed = await hash.update(chunks, { take: true, full: true });
    await file.writev(hashed);
    for (const { buffer } of hashed) if (buffer instanceof ArrayBuffer) buffer.transfer(0); // gives the memory back at once
  };
  for await (const chunk of request as AsyncIterable<Buffer>) {
    batch.push(chunk);
    bytes += chunk.length;
    upload.bytes += chunk.length;
    if (bytes < BATCH_BYTES) continue;
    await before;
    before = flush(batch);
    batch = [];
    bytes = 0;
  }
  await before;
  if (bytes > 0) await flush(batch);
}
