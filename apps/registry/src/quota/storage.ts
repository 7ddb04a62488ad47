import type { MetadataReader, MetadataTx, RegistryRow } from '../metadata/metadata-store.ts';
import type { StorageState } from '../metadata/quotas.ts';
import { DomainError } from '../platform/domain-error.ts';
import { formatBytes } from './format-bytes.ts';

type Registry = Pick<RegistryRow, 'id' | 'name'>;
type At = Pick<MetadataReader, 'quotas' | 'usage'>;

/** How many repositories a refusal names. */
const NAMED = 3;

/**
 * Refuses unless `bytes` more fit, beside what is stored and what other uploads have reserved. Throws `quota.storage-full`,
 * `quota.site-full`.
 */
export async function requireRoom(at: At, registry: Registry, bytes: number, now: Date): Promise<void> {
  const state = await at.quotas.storage(registry.id, now);
  if (state) await refuseBeyond(at, registry, state, bytes, 'Largest repositories');
}

/**
 * Runs a change inside its transaction and refuses it when the registry has grown by it beyond what it may have. What does
 * not grow is never refused: a layer that is here already, a tag, a deletion, however full the registry is.
 * The figures are those of the transaction, so no number of pushes at once comes past a limit together.
 */
export async function withinQuota<T>(
  tx: MetadataTx,
  registry: Registry,
  now: Date,
  change: () => Promise<T>,
): Promise<T> {
  const before = await tx.usage.bytes(registry.id);
  const result = await change();
  const state = await tx.quotas.storage(registry.id, now);
  if (!state || state.used <= before) return result;
  const grown = state.used - before;
  const { site } = state;
  const earlier = { ...state, used: before, site: { ...site, used: site.used - grown } };
  // The transaction sees what is about to be rolled back.
  await refuseBeyond(tx, registry, earlier, grown, 'Largest repositories, with this in them');
  return result;
}

/** Bytes that may still come, as far as nobody else comes first; undefined registries have no limit. */
export async function roomLeft(at: At, registry: Registry, now: Date): Promise<number> {
  const state = await at.quotas.storage(registry.id, now);
  if (!state) return Number.POSITIVE_INFINITY;
  const { site } = state;
  const left = state.limit - state.used - state.reserved;
  return site.limit === undefined ? left : Math.min(left, site.limit - site.used - site.reserved);
}

/** What `requireRoom` would say of it. Of the site only whether there is room, since its figures are the operator's. */
export interface Room {
  /** Bytes that the registry may still have, below 0 when its quota was lowered. */
  readonly left: number;
  readonly fits: boolean;
  readonly siteFits: boolean;
}

/** Undefined when there is no such registry. */
export async function planRoom(
  at: Pick<At, 'quotas'>,
  registry: Registry,
  bytes: number,
  now: Date,
): Promise<Room | undefined> {
  const state = await at.quotas.storage(registry.id, now);
  if (!state) return undefined;
  const left = state.limit - state.used - state.reserved;
  return { left, fits: bytes <= left, siteFits: siteHasRoom(state.site, bytes) };
}

/** Whether pushes are allowed, as far as the site's capacity goes. */
export function siteHasRoom({ limit, used, reserved }: StorageState['site'], bytes = 1): boolean {
  return limit === undefined || used + reserved + bytes <= limit;
}

async function refuseBeyond(
  at: At,
  registry: Registry,
  state: StorageState,
  bytes: number,
  heading: string,
): Promise<void> {
  if (!siteHasRoom(state.site, bytes)) throw siteFull(bytes);
  if (state.used + state.reserved + bytes > state.limit) throw await registryFull(at, registry, state, bytes, heading);
}

/** The first words are those that people and scripts look for ("The operation is disallowed"). */
async function registryFull(
  at: At,
  registry: Registry,
  state: StorageState,
  bytes: number,
  heading: string,
): Promise<DomainError> {
  const { quota, limit, used, reserved } = state;
  const largest = await at.usage.largest(registry.id, NAMED);
  const named = largest.map(({ name, bytes }) => `${name} (${formatBytes(bytes)})`).join(', ');
  return new DomainError(
    'disallowed',
    'quota.storage-full',
    `The operation is disallowed on this registry, repository or image: the storage quota of the registry "${registry.name}" would be exceeded. ` +
      `It may have ${formatBytes(limit)} (quota "${quota}") and has ${formatBytes(used)}${reserved > 0 ? `, uploads under way need ${formatBytes(reserved)}` : ''}; ` +
      `this needs ${formatBytes(bytes)} more. ${named ? `${heading}: ${named}. ` : ''}` +
      'Delete what is not needed any more, which counts at once, or ask the operator to raise the quota.',
    {
      detail: {
        reason: 'StorageQuotaExceeded',
        quota,
        limitBytes: limit,
        usedBytes: used,
        reservedBytes: reserved,
        neededBytes: bytes,
        largestRepositories: largest,
      },
    },
  );
}

/** Without the figures of the site, which are the operator's. */
function siteFull(bytes: number): DomainError {
  return new DomainError(
    'disallowed',
    'quota.site-full',
    'The operation is disallowed on this registry, repository or image: the capacity of this site is used up, so nothing can be pushed to any of its registries. ' +
      'Ask the operator to free or to add capacity; to delete what is not needed any more helps, too.',
    { detail: { reason: 'SiteCapacityExceeded', neededBytes: bytes } },
  );
}
