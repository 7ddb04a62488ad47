import type { Digest } from '@holdfast/oci/digest';
import { requireMutable } from '../content/immutable-tags.ts';
import { requireUnlocked } from '../content/locks.ts';
import { isQuarantineOn } from '../content/quarantine.ts';
import type { Distribution } from '../distribution/context.ts';
import type { RegistryRow } from '../metadata/metadata-store.ts';
import { DomainError } from '../platform/domain-error.ts';
import { planRoom, type Room } from '../quota/storage.ts';
import type { MovedTag, TagPlanRequest } from './tag-move.ts';

export interface PlannedTag extends MovedTag {
  readonly state: 'new' | 'same' | 'moves' | 'locked' | 'immutable';
  /** Where it is now. */
  readonly previous?: Digest;
  /** What a push would be told; of those that are locked or immutable. */
  readonly why?: string;
}

export interface TagPlan {
  readonly room: Room | undefined;
  /** Whether what comes stays closed until a scanner of this site has passed it. */
  readonly quarantine: boolean;
  readonly tags: readonly PlannedTag[];
}

/** What `moveTags`, and the pushes before it, would meet now: by the very rules that they ask. Changes nothing. */
export async function planTags(
  d: Pick<Distribution, 'metadata' | 'clock'>,
  registry: RegistryRow,
  { bytes, tags }: TagPlanRequest,
): Promise<TagPlan> {
  const planned: PlannedTag[] = [];
  for (const tag of tags) planned.push(await planTag(d, registry, tag));
  const room = await planRoom(d.metadata.read, registry, bytes, d.clock.now());
  return { room, quarantine: isQuarantineOn(registry), tags: planned };
}

async function planTag(
  { metadata: { read } }: Pick<Distribution, 'metadata'>,
  registry: RegistryRow,
  moved: MovedTag,
): Promise<PlannedTag> {
  const { repository, tag, digest } = moved;
  const row = await read.repositories.find(registry.id, repository);
  if (!row) return { ...moved, state: 'new' };
  const previous = (await read.tags.find(row.id, tag))?.digest;
  if (previous === digest) return { ...moved, state: 'same', previous };
  const found = { ...moved, ...(previous === undefined ? {} : { previous }) };
  try {
    await requireUnlocked(read.locks, registry.name, row, 'put-tag', { tag });
    await requireMutable(read, registry.name, row, { operation: 'put-tag', tag, digest });
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind !== 'disallowed') throw error;
    return { ...found, state: error.code === 'content.locked' ? 'locked' : 'immutable', why: error.message };
  }
  return { ...found, state: previous === undefined ? 'new' : 'moves' };
}
