import type { Digest } from '@holdfast/oci/digest';
import type { TagName } from '@holdfast/oci/reference';
import type { CleanUpRepository, ManifestAge, StayReason } from '../../metadata/clean-up.ts';
import type { MetadataReader, RegistryRow } from '../../metadata/metadata-store.ts';
import { type ImmutableTags, immutableTags, ruleFor } from '../immutable-tags.ts';
import { ATTRIBUTES, findBlockingLock } from '../locks.ts';
import { isQuarantineOn } from '../quarantine.ts';
import type { CleanUpPolicy } from './policy.ts';

/** A repository as somebody looks at it who decides what goes: a preview by a reader, the deletion itself by its transaction. */
export interface Place {
  readonly at: MetadataReader;
  readonly registry: Pick<RegistryRow, 'id' | 'name' | 'policies'>;
  readonly repository: CleanUpRepository;
  readonly immutable: readonly ImmutableTags[];
  readonly now: Date;
}

export async function placeOf(
  at: MetadataReader,
  registry: Place['registry'],
  repository: CleanUpRepository,
  now: Date,
): Promise<Place> {
  const immutable = await immutableTags(at, { ...repository, registryId: registry.id });
  return { at, registry, repository, immutable, now };
}

/** Why something stays that a policy is about. */
export interface Stay {
  readonly reason: StayReason;
  /** One clause, for people. */
  readonly text: string;
}

/** What was taken in the course of one look, beside what is gone in fact. */
export class Gone {
  readonly tags = new Set<TagName>();
  readonly manifests = new Set<Digest>();
}

/** What holds the manifest or forbids to take it, whatever the policy; undefined when nothing does. */
export async function findHold(
  place: Place,
  policy: CleanUpPolicy,
  manifest: ManifestAge,
  gone: Gone,
): Promise<Stay | undefined> {
  const { at, repository } = place;
  const { digest, subject } = manifest;
  const tags = await at.tags.ofManifest(repository.id, digest);
  const tag = tags.find((name) => !gone.tags.has(name));
  if (tag) return { reason: 'tagged', text: `the tag "${tag}" names it` };
  // One more than are gone: if all of them name it, the last is one that stays.
  const parents = await at.manifests.referencing(repository.id, digest, gone.manifests.size + 1);
  const parent = parents.find((name) => !gone.manifests.has(name));
  if (parent) return { reason: 'part-of', text: `it is part of ${parent}, which stays` };
  if (subject && !gone.manifests.has(subject) && (await at.cleanUp.manifest(repository.id, subject))) {
    return { reason: 'referrer-of', text: `it says something of ${subject}, which stays` };
  }
  return (await findManifestLock(place, digest)) ?? findQuarantine(place, policy, digest);
}

/** A lock on the manifest itself, or on what it is in. */
export async function findManifestLock({ at, repository }: Place, manifest: Digest): Promise<Stay | undefined> {
  if (repository.lockCount === 0) return undefined;
  const lock = await findBlockingLock(at.locks, repository, 'delete-manifest', { manifest });
  // One on another tag keeps that tag, and by it the manifest.
  if (!lock || lock.kind === 'tag') return undefined;
  return { reason: 'locked', text: `${ATTRIBUTES[lock.flag]}=false on the ${lock.kind}` };
}

/** What forbids to take the tag away, whatever the policy. */
export async function findTagHold({ at, repository, immutable }: Place, tag: TagName): Promise<Stay | undefined> {
  const rule = ruleFor(immutable, tag);
  if (rule && !rule.allowCleanUp) return { reason: 'immutable', text: `the policy "${rule.name}" makes it immutable` };
  if (repository.lockCount === 0) return undefined;
  const lock = await findBlockingLock(at.locks, repository, 'delete-tag', { tag });
  return lock && { reason: 'locked', text: `${ATTRIBUTES[lock.flag]}=false on the ${lock.kind}` };
}

/** Where the quarantine is on, what has not passed is evidence, or somebody's to look at. */
export async function findQuarantine(
  { at, registry, repository }: Place,
  { includeQuarantined }: CleanUpPolicy,
  digest: Digest,
): Promise<Stay | undefined> {
  if (includeQuarantined || !isQuarantineOn(registry)) return undefined;
  const state = (await at.quarantine.find(repository.id, digest))?.state ?? 'Quarantined';
  return state === 'Passed' ? undefined : { reason: 'quarantined', text: `its quarantineState is ${state}` };
}
