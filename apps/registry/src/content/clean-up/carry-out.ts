import type { Digest } from '@holdfast/oci/digest';
import type { CleanUpRepository } from '../../metadata/clean-up.ts';
import type { AuditEntry, MetadataStore, MetadataTx, RegistryRow, TagRow } from '../../metadata/metadata-store.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Ids } from '../../platform/ids.ts';
import type { LastPulls } from '../last-pulls.ts';
import { removeManifest, untagManifest } from '../remove.ts';
import { findTagStay, findUntaggedStay, judgeTags, judgeUntagged, type TagVerdict, type Verdict } from './judge.ts';
import { Gone, type Place, placeOf } from './place.ts';
import { type CleanUpPolicy, cleanUpPolicies, policiesFor } from './policy.ts';
import { type Removal, removalOfManifest, removalOfTag } from './removal.ts';

/** Things that one transaction decides on and takes. */
const BATCH = 20;
const PAGE = 500;
/** Things that are found before the first of them is taken. */
const LOOK = 5000;

export interface CleanUpDependencies {
  readonly metadata: MetadataStore;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Pulls that are not written down yet; undefined where nobody pulls. */
  readonly pulls?: Pick<LastPulls, 'flush'> | undefined;
}

export interface CleanUpCounts {
  readonly tags: number;
  readonly manifests: number;
}

type Candidate = TagVerdict | Verdict<Digest>;
const isTag = (verdict: Candidate): verdict is TagVerdict => 'latest' in verdict;

/**
 * Takes what the registry's policies take. What is found by a look at what is there is decided on again, from the beginning, in the
 * transaction that takes it: a tag that was put, a lock that was set or a policy that was changed in between holds.
 */
export async function cleanUpRegistry(
  d: CleanUpDependencies,
  registry: RegistryRow,
  go: () => Promise<boolean>,
): Promise<CleanUpCounts> {
  const { read } = d.metadata;
  const counts = { tags: 0, manifests: 0 };
  const policies = await cleanUpPolicies(read, registry);
  if (policies.length === 0) return counts;
  const run = { registry, correlationId: d.ids.uuid() };
  for (let last: string | undefined; ; ) {
    const page: CleanUpRepository[] = await read.cleanUp.repositories(registry.id, { last, limit: PAGE });
    for (const repository of page) {
      const own = policiesFor(policies, repository.name);
      if (own.length === 0) continue;
      // First the tags, then what had none before.
      for (const judge of [judgeTags, judgeUntagged]) {
        const taken = await cleanUpRepository(d, { ...run, repository }, own, judge, go);
        counts.tags += taken.tags;
        counts.manifests += taken.manifests;
      }
    }
    last = page.at(-1)?.name;
    if (page.length < PAGE || !(await go())) return counts;
  }
}

interface Run {
  readonly registry: RegistryRow;
  readonly repository: CleanUpRepository;
  readonly correlationId: string;
}

/** Looks, then takes what it found, and looks again where there was more than one look takes in. */
async function cleanUpRepository(
  d: CleanUpDependencies,
  run: Run,
  policies: readonly CleanUpPolicy[],
  judge: (place: Place, policies: readonly CleanUpPolicy[]) => AsyncGenerator<Candidate>,
  go: () => Promise<boolean>,
): Promise<CleanUpCounts> {
  const counts = { tags: 0, manifests: 0 };
  for (;;) {
    const place = await placeOf(d.metadata.read, run.registry, run.repository, d.clock.now());
    const found: Candidate[] = [];
    for await (const verdict of judge(place, policies)) {
      if (verdict.goes !== undefined && found.push(verdict) === LOOK) break;
    }
    const before = counts.tags + counts.manifests;
    for (let start = 0; start < found.length; start += BATCH) {
      if (!(await go())) return counts;
      await d.pulls?.flush();
      const batch = found.slice(start, start + BATCH);
      const taken = await d.metadata.transaction((tx) => takeBatch(d, tx, run, batch));
      counts.tags += taken.tags;
      counts.manifests += taken.manifests;
    }
    if (found.length < LOOK || counts.tags + counts.manifests === before) return counts;
  }
}

async function takeBatch(
  d: CleanUpDependencies,
  tx: MetadataTx,
  run: Run,
  batch: readonly Candidate[],
): Promise<CleanUpCounts> {
  const counts = { tags: 0, manifests: 0 };
  const registry = await tx.registries.byId(run.registry.id);
  const repository = registry && (await tx.repositories.find(registry.id, run.repository.name));
  if (!registry || repository?.id !== run.repository.id) return counts;
  const place = await placeOf(tx, registry, repository, d.clock.now());
  const policies = policiesFor(await cleanUpPolicies(tx, registry), repository.name);
  for (const candidate of batch) {
    const policy = policies.find(({ name }) => name === candidate.policy.name);
    if (!policy || JSON.stringify(policy) !== JSON.stringify(candidate.policy)) continue;
    const removal = await decideAgain(place, policy, candidate);
    if (!removal) continue;
    await carryOut(d, tx, run, removal, `${policy.name}: ${candidate.goes}`);
    counts.tags += removal.tags.length;
    counts.manifests += removal.manifests.length;
  }
  return counts;
}

/** By what is so inside the transaction. Undefined when it stays after all. */
async function decideAgain(place: Place, policy: CleanUpPolicy, candidate: Candidate): Promise<Removal | undefined> {
  const { at, repository } = place;
  if (isTag(candidate)) {
    const { of: seen, latest } = candidate;
    const tag = await at.tags.find(repository.id, seen.name);
    if (!tag || !isSame(tag, seen) || !(await areThere(place, latest, tag))) return undefined;
    return (await findTagStay(place, policy, tag)) ? undefined : removalOfTag(place, policy, tag, new Gone());
  }
  const manifest = await at.cleanUp.manifest(repository.id, candidate.of);
  if (!manifest || (await findUntaggedStay(place, policy, candidate.of))) return undefined;
  return removalOfManifest(place, policy, manifest, new Gone());
}

const isSame = (a: TagRow, b: TagRow) => a.digest === b.digest && a.updatedAt.getTime() === b.updatedAt.getTime();

/** Whether those that are kept as the latest are all there still, and still later than the tag. */
async function areThere({ at, repository }: Place, latest: readonly TagRow[], tag: TagRow): Promise<boolean> {
  for (const { name } of latest) {
    const row = await at.tags.find(repository.id, name);
    if (!row || row.updatedAt < tag.updatedAt) return false;
  }
  return true;
}

/** As if somebody had deleted it: with an audit row and an event for each. */
async function carryOut(
  d: CleanUpDependencies,
  tx: MetadataTx,
  { registry, repository, correlationId }: Run,
  { tags, manifests }: Removal,
  reason: string,
): Promise<void> {
  const origin = { principal: 'system', correlationId };
  const audit = (action: string, target: string, why: string): AuditEntry => ({
    time: d.clock.now(),
    registryId: registry.id,
    principal: 'system',
    action,
    repository: repository.name,
    target,
    outcome: 'done',
    reason: `clean-up policy ${why}`,
    correlationId,
  });
  const going = new Set(manifests.map(({ digest }) => digest));
  for (const tag of tags) {
    if (going.has(tag.digest)) continue;
    await untagManifest(d, tx, { registry, repository, origin }, tag, audit('tag.delete', tag.name, reason));
  }
  for (const manifest of manifests) {
    const why = manifest.with === undefined ? reason : `${reason}, with ${manifest.with}`;
    await removeManifest(
      d,
      tx,
      { registry, repository, origin },
      manifest,
      audit('manifest.delete', manifest.digest, why),
    );
  }
}
