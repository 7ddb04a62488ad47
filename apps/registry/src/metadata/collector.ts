import type { Digest } from '@holdfast/oci/digest';
import type { BlobWriter, UnlinkedBlobs } from './metadata-store.ts';

/** What the collector takes at a time. */
export interface GarbageSlice {
  /** Blobs without a link, to be forgotten if it is still so. */
  readonly forget: readonly Digest[];
  /** Links that no manifest names and that were made before `before`: at most so many go, as of `since`. */
  readonly links: number;
  readonly before: Date;
  readonly since: Date;
}

export interface CollectedSlice extends UnlinkedBlobs {
  /** Their rows are gone, and the bytes are the caller's to free. */
  readonly forgotten: readonly Digest[];
}

/** Takes slices of garbage; what it answers is durable. */
export interface Collector {
  take(slice: GarbageSlice): Promise<CollectedSlice>;
  close(): Promise<void>;
}

/** The work of one slice, in one transaction. */
export async function collectSlice(
  blobs: Pick<BlobWriter, 'forget' | 'unlinkUnreferenced'>,
  { forget, links, before, since }: GarbageSlice,
): Promise<CollectedSlice> {
  const forgotten: Digest[] = [];
  for (const digest of forget) if (await blobs.forget(digest)) forgotten.push(digest);
  const taken = links > 0 ? await blobs.unlinkUnreferenced(before, links, since) : { links: 0, unlinked: [] };
  return { forgotten, ...taken };
}
