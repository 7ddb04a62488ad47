/** `new Worker('bench/floor/push-thread.ts')`: hashes what it is given, and writes it where it is told. Nothing of the registry's. */
import { createHash, type Hash } from 'node:crypto';
import { fdatasyncSync, writeSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';

export interface Batch {
  readonly upload: number;
  readonly file: number;
  readonly position: number;
  /** None at the end: synced, and answered with the digest. */
  readonly chunks?: readonly Uint8Array[];
}

export interface Told {
  readonly upload: number;
  readonly digest?: string;
}

/** Bytes that one system call writes (ADR 0004). */
const CALL = 64 * 1024;
const hashes = new Map<number, Hash>();

parentPort?.on('message', ({ upload, file, position, chunks }: Batch) => {
  const hash = hashes.get(upload) ?? createHash('sha256');
  hashes.set(upload, hash);
  if (!chunks) {
    hashes.delete(upload);
    fdatasyncSync(file);
    parentPort?.postMessage({ upload, digest: `sha256:${hash.digest('hex')}` } satisfies Told);
    return;
  }
  for (const chunk of chunks) hash.update(chunk);
  let at = position;
  for (const chunk of chunks) {
    for (let from = 0; from < chunk.length; from += CALL)
      at += writeSync(file, chunk, from, Math.min(CALL, chunk.length - from), at);
    if (chunk.buffer instanceof ArrayBuffer) chunk.buffer.transfer(0); // gives the memory back at once
  }
  parentPort?.postMessage({ upload } satisfies Told);
});
