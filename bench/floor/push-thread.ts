/** `new Worker('bench/floor/push-thread.ts')`: hashes what it is given, and writes it where it is told. Nothing of the registry's. */
import { createHash, type Hash } from 'node:crypto';
import { fdatasyncSync, writevSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';

export interface Batch {
  readonly upload: number;
  readonly file: number;
  readonly position: number;
  /** What one system call writes. */
  readonly callChunks: number;
  /** None at the end: synced, and answered with the digest. */
  readonly chunks?: readonly Uint8Array[];
}

export interface Told {
  readonly upload: number;
  readonly digest?: string;
  readonly microseconds?: number;
}

const hashes = new Map<number, Hash>();

parentPort?.on('message', ({ upload, file, position, callChunks, chunks }: Batch) => {
  const hash = hashes.get(upload) ?? createHash('sha256');
  hashes.set(upload, hash);
  if (!chunks) {
    hashes.delete(upload);
    fdatasyncSync(file);
    parentPort?.postMessage({ upload, digest: `sha256:${hash.digest('hex')}` } satisfies Told);
    return;
  }
  for (const chunk of chunks) hash.update(chunk);
  const { system } = process.threadCpuUsage();
  for (let first = 0, at = position; first < chunks.length; first += callChunks) {
    at += writevSync(file, chunks.slice(first, first + callChunks), at);
  }
  const microseconds = process.threadCpuUsage().system - system;
  for (const { buffer } of chunks) (buffer as ArrayBuffer).transfer(0); // gives the memory back at once
  parentPort?.postMessage({ upload, microseconds } satisfies Told);
});
