import { Readable } from 'node:stream';
import type { Digest, DigestAlgorithm } from '@holdfast/oci/digest';
import { digestOf } from '@holdfast/oci/digest';
import type { FakeClock } from '../platform/clock.ts';
import type { BlobInfo, BlobStore, UploadId } from './blob-store.ts';

export interface StoreUnderTest {
  readonly store: BlobStore;
  readonly clock: FakeClock;
  /** The same bytes after a restart of the process: nothing that was only in memory is left. */
  restart(): Promise<BlobStore>;
  /** What a failing disk does: other bytes, or none, in the place of those that are stored. */
  tamper(digest: Digest, bytes: Buffer | undefined): Promise<void>;
  remove(): Promise<void>;
}

let lastId = 0;

export function nextUploadId(): UploadId {
  lastId += 1;
  return `00000000-0000-4000-8000-${lastId.toString(16).padStart(12, '0')}` as UploadId;
}

/** Bytes that differ everywhere, the same ones for the same seed. */
export function someBytes(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed * 2654435761;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

export function bodyOf(...chunks: Uint8Array[]): Readable {
  return Readable.from(
    chunks.map((chunk) => Buffer.from(chunk)),
    { objectMode: false },
  );
}

export async function contentOf(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function push(store: BlobStore, bytes: Uint8Array, algorithm?: DigestAlgorithm): Promise<Digest> {
  const upload = await store.uploads.begin(nextUploadId());
  await upload.append(bodyOf(bytes));
  const digest = digestOf(bytes, algorithm);
  await upload.commit(digest);
  await upload.abort();
  return digest;
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

export async function listed(store: BlobStore, options?: { olderThan?: Date }): Promise<BlobInfo[]> {
  const found = await all(store.list(options));
  return found.sort((a, b) => (a.digest < b.digest ? -1 : 1));
}

export async function staged(store: BlobStore): Promise<UploadId[]> {
  return (await all(store.uploads.list())).map(({ id }) => id).sort();
}
