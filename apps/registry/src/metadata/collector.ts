import type { Digest } from '@holdfast/oci/digest';
import type { Awaitable } from '../platform/awaitable.ts';

export interface UnlinkedBlobs {
  /** Links that were taken away. */
  readonly links: number;
  /** Blobs that lost their last link with them; sizes in bytes. */
  readonly unlinked: readonly { readonly digest: Digest; readonly size: number }[];
}

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
  /** Before the first slice: what has to be started for a sweep is started, while nobody waits for it. */
  start(): Promise<void>;
  take(slice: GarbageSlice): Promise<CollectedSlice>;
  close(): Promise<void>;
}

/** Of a `BlobWriter`. */
interface Garbage {
  forget(digest: Digest): Awaitable<boolean>;
  unlinkUnreferenced(before: Date, limit: number, since: Date): Awaitable<UnlinkedBlobs>;
}

/** The work of one slice, in one transaction. */
export async function collectSlice(
  blobs: Garbage,
  { forget, links, before, since }: GarbageSlice,
): Promise<CollectedSlice> {
  const forgotten: Digest[] = [];
  for (const digest of forget) if (await blobs.forget(digest)) forgotten.push(digest);
  const taken = links > 0 ? await blobs.unlinkUnreferenced(before, links, since) : { links: 0, unlinked: [] };
  return { forgotten, ...taken };
}
