import type { Digest } from '@holdfast/oci/digest';
import type { TagName } from '@holdfast/oci/reference';
import type {
  CleanUpItem,
  CleanUpPreview,
  CleanUpQuestion,
  CleanUpRepository,
  RepositoryCleanUp,
} from '../../metadata/clean-up.ts';
import type { MetadataReader, RegistryRow } from '../../metadata/metadata-store.ts';
import { judgeTags, judgeUntagged, type Verdict } from './judge.ts';
import { Gone, placeOf } from './place.ts';
import { type CleanUpPolicy, cleanUpPolicies, draftPolicy, policiesFor } from './policy.ts';
import { type Removal, removalOfManifest, removalOfTag } from './removal.ts';

/** Repositories of one look. */
const PAGE = 100;
/** Items of one page, about. */
const ITEMS = 1000;

/**
 * What the policies would take now and why, and what they are about and leave, by the rules by which it is taken. Changes nothing. Page by page
 * of repositories; those in which no policy is about anything are left out.
 */
export async function previewCleanUp(
  read: MetadataReader,
  registry: RegistryRow,
  now: Date,
  { after = '', policy, draft }: CleanUpQuestion = {},
): Promise<CleanUpPreview> {
  const policies = draft ? [draftPolicy(draft)] : await cleanUpPolicies(read, registry, policy);
  const repositories: RepositoryCleanUp[] = [];
  let items = 0;
  for (let last = after; policies.length > 0; ) {
    const page: CleanUpRepository[] = await read.cleanUp.repositories(registry.id, { last, limit: PAGE });
    for (const repository of page) {
      last = repository.name;
      const own = policiesFor(policies, repository.name);
      const preview = own.length > 0 ? await previewRepository(read, registry, repository, own, now) : undefined;
      if (!preview) continue;
      repositories.push(preview);
      items += preview.items.length;
      if (items >= ITEMS) return { repositories, next: last };
    }
    if (page.length < PAGE) break;
  }
  return { repositories };
}

async function previewRepository(
  read: MetadataReader,
  registry: RegistryRow,
  repository: CleanUpRepository,
  policies: readonly CleanUpPolicy[],
  now: Date,
): Promise<RepositoryCleanUp | undefined> {
  const place = await placeOf(read, registry, repository, now);
  const report = new Report(repository.name);
  const gone = new Gone();
  for await (const verdict of judgeTags(place, policies)) {
    const { of: tag, policy } = verdict;
    if (gone.tags.has(tag.name)) continue;
    if (verdict.goes === undefined) report.stays(verdict, tag);
    else report.goes(verdict, await removalOfTag(place, policy, tag, gone), tag.name);
  }
  // Once for what goes, and again for what is left: an index may come after what is part of it.
  for (const all of [false, true]) {
    for await (const verdict of judgeUntagged(place, policies, { all, gone })) {
      const { of: digest, policy } = verdict;
      const manifest = verdict.goes === undefined ? undefined : await read.cleanUp.manifest(repository.id, digest);
      if (manifest) report.goes(verdict, await removalOfManifest(place, policy, manifest, gone));
      else if (all) report.stays(verdict, { digest });
    }
  }
  return report.result();
}

/** Figures of everything, and the first items. */
class Report {
  readonly #repository: RepositoryCleanUp['repository'];
  readonly #items: CleanUpItem[] = [];
  readonly #going = { tags: 0, manifests: 0 };
  #staying = 0;
  #more = false;

  constructor(repository: RepositoryCleanUp['repository']) {
    this.#repository = repository;
  }

  goes({ policy, goes }: Verdict<unknown>, { tags, manifests }: Removal, root?: TagName): void {
    const because = { decision: 'goes', policy: policy.name, reason: 'policy', text: goes ?? '' } as const;
    for (const tag of tags) {
      const own = tag.name === root ? {} : { reason: 'with' as const, text: 'what it speaks of goes' };
      this.#add({ tag: tag.name, digest: tag.digest, ...because, ...own });
    }
    for (const { digest, with: parent } of manifests) {
      const tag = tags.find((one) => one.digest === digest);
      const text = parent ? `it goes with ${parent}` : tag ? `with its last tag "${tag.name}"` : because.text;
      this.#add({ digest, ...because, ...(parent ? { reason: 'with' } : {}), text });
    }
    this.#going.tags += tags.length;
    this.#going.manifests += manifests.length;
  }

  stays({ policy, stays }: Verdict<unknown>, { name: tag, digest }: { name?: TagName; digest: Digest }): void {
    if (!stays) return;
    this.#add({ ...(tag ? { tag } : {}), digest, decision: 'stays', policy: policy.name, ...stays });
    this.#staying += 1;
  }

  result(): RepositoryCleanUp | undefined {
    if (this.#items.length === 0) return undefined;
    return {
      repository: this.#repository,
      going: this.#going,
      staying: this.#staying,
      items: this.#items,
      more: this.#more,
    };
  }

  #add(item: CleanUpItem): void {
    if (this.#items.length < ITEMS) this.#items.push(item);
    else this.#more = true;
  }
}
