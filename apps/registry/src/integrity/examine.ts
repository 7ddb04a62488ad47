import { type Digest, digestAlgorithm, digestOf } from '@holdfast/oci/digest';
import type { BlobLink, MetadataReader } from '../metadata/metadata-store.ts';
import type { BlobStore, ExamineOptions } from '../storage/blob-store.ts';
import type { Recorder, Seen, Verdict } from './recorder.ts';

export interface ExamineDependencies {
  readonly read: MetadataReader;
  readonly blobs: BlobStore;
  readonly recorder: Recorder;
}

/**
 * Hashes a blob's stored bytes and has the verdict recorded. Pushes and deletes go on meanwhile: nothing is locked while
 * bytes are read, and what was replaced or freed since is looked at again. Throws the signal's reason, and what the store throws.
 */
export async function examineBlob(d: ExamineDependencies, digest: Digest, options: ExamineOptions): Promise<Verdict> {
  for (;;) {
    const row = await d.read.integrity.blob(digest);
    if (!row) return { state: 'gone' };
    const seen = await look(d.blobs, row, options);
    const unsuspected = !row.damage && row.size === seen.size;
    if (seen.kind === undefined && seen.version !== undefined && unsuspected) {
      return { state: 'sound', version: seen.version, healed: false };
    }
    const verdict = await d.recorder.settleBlob(digest, seen);
    if (verdict) return verdict;
  }
}

async function look(blobs: BlobStore, row: BlobLink, options: ExamineOptions): Promise<Seen> {
  const found = await blobs.examine(row.digest, options);
  if (!found) return { kind: 'missing', size: 0, version: undefined };
  const { size, version, actual } = found;
  if (actual === row.digest) return { kind: undefined, size, version };
  if (size !== row.size) return { kind: 'wrong-size', size, version };
  return { kind: actual === undefined ? 'unreadable' : 'wrong-bytes', size, version };
}

/** The same for a manifest's bytes, which are in the database. */
export async function examineManifest(
  { read, recorder }: Omit<ExamineDependencies, 'blobs'>,
  digest: Digest,
  { pace }: ExamineOptions,
): Promise<Verdict> {
  const stored = await read.integrity.manifest(digest);
  if (stored) await pace?.(stored.bytes.byteLength);
  const unsuspected = stored && !stored.damagedAt && hasDigest(stored.bytes, digest);
  return unsuspected ? { state: 'sound', version: '', healed: false } : recorder.settleManifest(digest);
}

export function hasDigest(bytes: Uint8Array, digest: Digest): boolean {
  return digestOf(bytes, digestAlgorithm(digest)) === digest;
}
