import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Digest } from '@holdfast/oci/digest';
import type { TagName } from '@holdfast/oci/reference';
import type { UntaggedManifest } from '../../metadata/clean-up.ts';
import type { TagRow } from '../../metadata/metadata-store.ts';
import type { TagRule } from '../../metadata/policies.ts';
import { isInScope } from '../tag-scope.ts';
import { findHold, findManifestLock, findQuarantine, findTagHold, Gone, type Place, type Stay } from './place.ts';
import type { CleanUpPolicy } from './policy.ts';
import { JUST_NOW_MS, subjectOfTag } from './removal.ts';

/** What the policies say of one tag or one manifest without a tag. */
export interface Verdict<T> {
  readonly of: T;
  /** Of the policies that are about it, the first that takes it, or the first of all. */
  readonly policy: CleanUpPolicy;
  /** Why it goes: a clause for people. Undefined when it stays. */
  readonly goes?: string | undefined;
  readonly stays?: Stay | undefined;
}

export interface TagVerdict extends Verdict<TagRow> {
  /** The tags that are kept as the latest: while all of them are there, and newer, this one is none of them. */
  readonly latest: readonly TagRow[];
}

const PAGE = 500;
/** Things that are looked at before others are served: some milliseconds. */
const AT_ONCE = 25;
const DAY_MS = 86_400_000;

/** All tags of a repository that a policy is about, the latest first. */
export async function* judgeTags(place: Place, policies: readonly CleanUpPolicy[]): AsyncGenerator<TagVerdict> {
  const ranked = policies.flatMap((policy) =>
    policy.tags ? [{ policy, rule: policy.tags, latest: [] as TagRow[] }] : [],
  );
  if (ranked.length === 0) return;
  for await (const tag of tagsOf(place)) {
    let verdict: TagVerdict | undefined;
    for (const { policy, rule, latest } of ranked) {
      if (!isInScope(rule, tag.name)) continue;
      const stays =
        (await findCompanionHold(place, tag.name)) ??
        keepAsLatest(rule, latest, tag) ??
        (await findTagStay(place, policy, tag));
      if (!stays) verdict = { of: tag, policy, latest, goes: becauseOf(rule) };
      else verdict ??= { of: tag, policy, latest, stays };
      if (!stays) break;
    }
    // What one policy takes is none of those that another one keeps.
    if (verdict?.goes !== undefined) for (const { latest } of ranked) if (latest.at(-1) === tag) latest.pop();
    if (verdict) yield verdict;
  }
}

async function* tagsOf({ at, repository }: Place): AsyncGenerator<TagRow> {
  for (let last: TagRow | undefined; ; ) {
    const request = { order: 'newest', limit: PAGE, visibleOnly: false } as const;
    const page: TagRow[] = await at.listings.tags(repository.id, {
      ...request,
      ...(last ? { last: last.name, lastTime: last.updatedAt } : {}),
    });
    for (const [i, tag] of page.entries()) {
      if (i % AT_ONCE === 0) await nextTurn();
      yield tag;
    }
    last = page.at(-1);
    if (page.length < PAGE) return;
  }
}

/** A tag that speaks of a manifest goes and stays with it. It is none of the latest. */
async function findCompanionHold({ at, repository }: Place, tag: TagName): Promise<Stay | undefined> {
  const subject = subjectOfTag(tag);
  if (subject === undefined || !(await at.cleanUp.manifest(repository.id, subject))) return undefined;
  return { reason: 'referrer-of', text: `it says something of ${subject}, and goes with it` };
}

function keepAsLatest({ keepLatest = 0 }: TagRule, latest: TagRow[], tag: TagRow): Stay | undefined {
  if (latest.length >= keepLatest) return undefined;
  latest.push(tag);
  return { reason: 'among-latest', text: `it is number ${latest.length} of the latest ${keepLatest}` };
}

/** What keeps a tag that is none of the latest; undefined when it goes. */
export async function findTagStay(place: Place, policy: CleanUpPolicy, tag: TagRow): Promise<Stay | undefined> {
  const { olderThanDays, notPulledForDays } = policy.tags ?? {};
  if (olderThanDays !== undefined && !isOver(place, tag.updatedAt, olderThanDays)) {
    return {
      reason: 'too-young',
      text: `it was pushed ${tag.updatedAt.toISOString()}, less than ${olderThanDays} days ago`,
    };
  }
  if (notPulledForDays !== undefined) {
    const pulled = await place.at.pulls.last(place.repository.id, tag.digest);
    const last = pulled && pulled > tag.updatedAt ? pulled : tag.updatedAt;
    const what = last === pulled ? 'pulled' : 'pushed';
    if (!isOver(place, last, notPulledForDays)) {
      return { reason: 'pulled', text: `it was ${what} ${last.toISOString()}, less than ${notPulledForDays} days ago` };
    }
  }
  return (
    (await findCompanionHold(place, tag.name)) ??
    (await findTagHold(place, tag.name)) ??
    (await findManifestLock(place, tag.digest)) ??
    findQuarantine(place, policy, tag.digest)
  );
}

function becauseOf({ keepLatest, olderThanDays, notPulledForDays }: TagRule): string {
  const parts = [
    keepLatest === undefined ? undefined : `not among the latest ${keepLatest}`,
    olderThanDays === undefined ? undefined : `older than ${olderThanDays} days`,
    notPulledForDays === undefined ? undefined : `not pulled for ${notPulledForDays} days`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

/** Manifests without a tag, those that are so for the longest time first. `all`: also those that no policy takes yet. */
export async function* judgeUntagged(
  place: Place,
  policies: readonly CleanUpPolicy[],
  { all = false, gone = new Gone() } = {},
): AsyncGenerator<Verdict<Digest>> {
  const rules = policies.filter((policy) => policy.untagged);
  if (rules.length === 0) return;
  const days = Math.min(...rules.map((policy) => policy.untagged?.days ?? 0));
  const before = new Date(place.now.getTime() + 1 - (all ? 0 : days * DAY_MS));
  for (let after: UntaggedManifest | undefined; ; ) {
    const page: UntaggedManifest[] = await place.at.cleanUp.untagged(place.repository.id, before, {
      after,
      limit: PAGE,
    });
    for (const [i, { digest }] of page.entries()) {
      if (i % AT_ONCE === 0) await nextTurn();
      const verdict = await judgeManifest(place, rules, digest, gone);
      if (verdict) yield verdict;
    }
    after = page.at(-1);
    if (page.length < PAGE) return;
  }
}

/** Undefined when the manifest is gone, or in the course of this look. */
async function judgeManifest(
  place: Place,
  rules: readonly CleanUpPolicy[],
  digest: Digest,
  gone: Gone,
): Promise<Verdict<Digest> | undefined> {
  if (gone.manifests.has(digest)) return undefined;
  let verdict: Verdict<Digest> | undefined;
  for (const policy of rules) {
    const stays = await findUntaggedStay(place, policy, digest, gone);
    if (!stays) return { of: digest, policy, goes: `no tag for ${policy.untagged?.days} days` };
    verdict ??= { of: digest, policy, stays };
  }
  return verdict;
}

/** What keeps a manifest that had no tag when it was looked for; undefined when it goes, and also when it is gone. */
export async function findUntaggedStay(
  place: Place,
  policy: CleanUpPolicy,
  digest: Digest,
  gone = new Gone(),
): Promise<Stay | undefined> {
  const manifest = await place.at.cleanUp.manifest(place.repository.id, digest);
  if (!manifest) return undefined;
  const hold = await findHold(place, policy, manifest, gone);
  if (hold) return hold;
  const { updatedAt, untaggedAt = place.now } = manifest;
  const { days = 0 } = policy.untagged ?? {};
  const since = new Date(Math.max(untaggedAt.getTime(), updatedAt.getTime()));
  if (!isOver(place, since, days)) {
    return { reason: 'too-young', text: `no tag names it since ${since.toISOString()}, less than ${days} days ago` };
  }
  if (place.now.getTime() - updatedAt.getTime() >= JUST_NOW_MS) return undefined;
  return { reason: 'pushed-just-now', text: `it was pushed ${updatedAt.toISOString()}, less than an hour ago` };
}

function isOver({ now }: Place, since: Date, days: number): boolean {
  return now.getTime() - since.getTime() >= days * DAY_MS;
}
