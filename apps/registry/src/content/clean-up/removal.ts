import { type Digest, digestAlgorithm, parseDigest } from '@holdfast/oci/digest';
import type { TagName } from '@holdfast/oci/reference';
import type { ManifestAge } from '../../metadata/clean-up.ts';
import type { TagRow } from '../../metadata/metadata-store.ts';
import { findHold, findTagHold, type Gone, type Place } from './place.ts';
import type { CleanUpPolicy } from './policy.ts';

/** Manifests of one removal: it is one transaction, for which others wait. What is left of more stays until it is old enough itself. */
const MOST = 1000;
const PAGE = 500;
/** Somebody may be about to name it: an index is pushed after all that it names. */
export const JUST_NOW_MS = 3_600_000;

/** What goes at once, because one thing goes. */
export interface Removal {
  readonly tags: readonly Pick<TagRow, 'name' | 'digest'>[];
  /** Parents before what is part of them. */
  readonly manifests: readonly RemovedManifest[];
}

export interface RemovedManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  /** What it was part of, or spoke of; undefined for the first. */
  readonly with?: Digest | undefined;
}

/** The tag, and what nothing else needs then. `gone` has it afterwards. */
export async function removalOfTag(place: Place, policy: CleanUpPolicy, tag: TagRow, gone: Gone): Promise<Removal> {
  const { at, repository } = place;
  gone.tags.add(tag.name);
  const manifest = await at.cleanUp.manifest(repository.id, tag.digest);
  if (!manifest || (await findHold(place, policy, manifest, gone))) return { tags: [tag], manifests: [] };
  const { tags, manifests } = await removalOfManifest(place, policy, manifest, gone);
  return { tags: [tag, ...tags], manifests };
}

/**
 * The manifest, of which the caller knows that nothing holds it, with what goes with it: manifests that are part of nothing else,
 * what speaks of it (`subject`, and tags such as `sha256-<hex>.sig`), and so on.
 */
export async function removalOfManifest(
  place: Place,
  policy: CleanUpPolicy,
  first: ManifestAge,
  gone: Gone,
): Promise<Removal> {
  const { at, repository } = place;
  const tags: Pick<TagRow, 'name' | 'digest'>[] = [];
  const manifests: RemovedManifest[] = [];
  const waiting: { digest: Digest; with?: Digest }[] = [{ digest: first.digest }];
  for (let next = waiting.shift(); next && manifests.length < MOST; next = waiting.shift()) {
    if (gone.manifests.has(next.digest)) continue;
    const manifest = await at.cleanUp.manifest(repository.id, next.digest);
    if (!manifest || (next.with !== undefined && (await stays(place, policy, manifest, first, gone)))) continue;
    gone.manifests.add(next.digest);
    manifests.push({ ...next, mediaType: manifest.mediaType });
    for (const companion of await companionsOf(place, next.digest)) {
      if (gone.tags.has(companion.name) || (await findTagHold(place, companion.name))) continue;
      gone.tags.add(companion.name);
      tags.push(companion);
      waiting.push({ digest: companion.digest, with: next.digest });
    }
    // Asked again for each of its parents that goes: with the last of them, nothing holds it any more.
    for (const digest of await dependentsOf(place, next.digest)) waiting.push({ digest, with: next.digest });
  }
  return { tags, manifests };
}

/** One that was pushed again after what it is part of may be about to become part of something else. */
async function stays(
  place: Place,
  policy: CleanUpPolicy,
  manifest: ManifestAge,
  first: ManifestAge,
  gone: Gone,
): Promise<boolean> {
  const again = manifest.updatedAt > first.updatedAt;
  if (again && place.now.getTime() - manifest.updatedAt.getTime() < JUST_NOW_MS) return true;
  return (await findHold(place, policy, manifest, gone)) !== undefined;
}

async function dependentsOf({ at, repository }: Place, digest: Digest): Promise<Digest[]> {
  const references = await at.manifests.references(repository.id, digest);
  const found = references.filter(({ kind }) => kind === 'manifest').map((child) => child.digest);
  for (let last: Digest | undefined; ; ) {
    const page = await at.cleanUp.referrers(repository.id, digest, { last, limit: PAGE });
    found.push(...page);
    last = page.at(-1);
    if (page.length < PAGE) return found;
  }
}

const COMPANION = /^sha256-([0-9a-f]{64})(?:\..+)?$/;

/**
 * The manifest of which a tag says that it speaks: `sha256-<hex>` of the OCI specification's "Referrers Tag Schema", and `.sig`,
 * `.att`, `.sbom` behind it, as cosign has them.
 */
export function subjectOfTag(tag: TagName): Digest | undefined {
  const hex = COMPANION.exec(tag)?.[1];
  return hex === undefined ? undefined : parseDigest(`sha256:${hex}`);
}

async function companionsOf({ at, repository }: Place, digest: Digest): Promise<TagRow[]> {
  if (digestAlgorithm(digest) !== 'sha256') return [];
  const plain = digest.replace(':', '-') as TagName;
  const names = (await at.tags.list(repository.id, { last: plain, limit: PAGE })).filter((name) =>
    name.startsWith(`${plain}.`),
  );
  const rows: TagRow[] = [];
  for (const name of [plain, ...names]) {
    const row = await at.tags.find(repository.id, name);
    if (row) rows.push(row);
  }
  return rows;
}
