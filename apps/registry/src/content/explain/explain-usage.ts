import type { RepositoryName } from '@holdfast/oci/reference';
import type { ByteCount } from '../../metadata/garbage.ts';
import type { MetadataReader } from '../../metadata/metadata-store.ts';
import type { StorageState } from '../../metadata/quotas.ts';

/** What a registry stores, and where. */
export interface UsageExplanation {
  readonly registry: string;
  readonly storage: StorageState;
  /** The largest repositories: everything in each, however many others have it, too. */
  readonly largest: readonly { readonly name: RepositoryName; readonly bytes: number }[];
  /** What repositories have together beyond `used`, since it is in several of them and counts once. Only among the largest. */
  readonly shared: number;
  /** Bytes of the whole site that count for nobody any more, and are freed now or after their grace period. */
  readonly garbage: ByteCount;
  /** The kept figure and the one that follows from the rows differ by this; anything but 0 is an error. */
  readonly drift: number;
}

const LARGEST = 20;

/** Undefined when there is no such registry. */
export async function explainUsage(
  read: MetadataReader,
  registry: { readonly id: string; readonly name: string },
  now: Date,
): Promise<UsageExplanation | undefined> {
  const storage = await read.quotas.storage(registry.id, now);
  if (!storage) return undefined;
  const largest = await read.usage.largest(registry.id, LARGEST);
  const together = largest.reduce((sum, { bytes }) => sum + bytes, 0);
  const soon = new Date(now.getTime() + 1);
  const [unlinked, unneeded] = [await read.garbage.unlinked(soon), await read.garbage.unneeded(soon)];
  return {
    registry: registry.name,
    storage,
    largest,
    shared: Math.max(0, together - storage.used),
    garbage: { count: unlinked.count + unneeded.count, bytes: unlinked.bytes + unneeded.bytes },
    drift: (await read.usage.bytes(registry.id)) - (await read.usage.recount(registry.id)),
  };
}
