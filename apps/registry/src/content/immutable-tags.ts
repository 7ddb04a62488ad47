import type { Digest } from '@holdfast/oci/digest';
import { matchesRepository } from '@holdfast/oci/patterns';
import type { TagName } from '@holdfast/oci/reference';
import type { MetadataReader, RepositoryRow } from '../metadata/metadata-store.ts';
import type { ImmutableTagsDefinition } from '../metadata/policies.ts';
import { DomainError } from '../platform/domain-error.ts';
import { isInScope } from './tag-scope.ts';

/** What somebody is about to do with tags, whichever way it came. */
export type TagChange =
  | { readonly operation: 'put-tag'; readonly tag: TagName; readonly digest: Digest }
  | { readonly operation: 'delete-tag'; readonly tag: TagName }
  /** With the tags on it. */
  | { readonly operation: 'delete-manifest'; readonly digest: Digest }
  | { readonly operation: 'delete-repository' };

export interface ImmutableTags extends Pick<ImmutableTagsDefinition, 'match' | 'except' | 'allowCleanUp'> {
  /** Of the policy. */
  readonly name: string;
}

type At = Pick<MetadataReader, 'policies' | 'tags'>;
type Place = Pick<RepositoryRow, 'id' | 'name' | 'registryId'>;

/** Tags of one look. */
const PAGE = 10_000;

/**
 * Refuses to move or to take away a tag that a policy says is immutable. Call it beside `requireUnlocked`, inside the transaction that
 * makes the change. A tag that is not there yet may be put, and one that is there may be put where it is. Costs one look where a
 * registry has no such policy. Throws `content.immutable`.
 */
export async function requireMutable(at: At, registry: string, repository: Place, change: TagChange): Promise<void> {
  const rules = await immutableTags(at, repository);
  if (rules.length === 0) return;
  for await (const tag of tagsAtStake(at, repository, change)) {
    const rule = ruleFor(rules, tag);
    if (rule) throw immutable(registry, repository, change, tag, rule);
  }
}

/** The policies that are in force for a repository, by name. */
export async function immutableTags(at: Pick<MetadataReader, 'policies'>, repository: Place): Promise<ImmutableTags[]> {
  const rows = await at.policies.list(repository.registryId, 'immutable-tags', {});
  return rows.flatMap(({ name, definition }) => {
    const { status, repositories, ...rule } = JSON.parse(definition) as ImmutableTagsDefinition;
    const here = repositories.some((pattern) => matchesRepository(pattern, repository.name));
    return status === 'enabled' && here ? { name, ...rule } : [];
  });
}

/** The rule that makes the tag immutable; undefined when none does. */
export function ruleFor(rules: readonly ImmutableTags[], tag: TagName): ImmutableTags | undefined {
  return rules.find((rule) => isInScope(rule, tag));
}

/** Tags that the change would move or take away. */
async function* tagsAtStake({ tags }: At, { id }: Place, change: TagChange): AsyncGenerator<TagName> {
  if (change.operation === 'put-tag') {
    const before = await tags.find(id, change.tag);
    if (before && before.digest !== change.digest) yield change.tag;
  } else if (change.operation === 'delete-tag') yield change.tag;
  else if (change.operation === 'delete-manifest') yield* await tags.ofManifest(id, change.digest);
  else {
    for (let last: TagName | undefined; ; ) {
      const page: TagName[] = await tags.list(id, { last, limit: PAGE });
      yield* page;
      last = page.at(-1);
      if (page.length < PAGE) return;
    }
  }
}

const DOING: Readonly<Record<TagChange['operation'], string>> = {
  'put-tag': 'moving',
  'delete-tag': 'untagging',
  'delete-manifest': 'deleting',
  'delete-repository': 'deleting',
};

/** The first sentence is ACR's of a lock, which people and scripts look for. */
function immutable(
  registry: string,
  { name }: Place,
  change: TagChange,
  tag: TagName,
  rule: ImmutableTags,
): DomainError {
  const { operation } = change;
  const ofTag = operation === 'put-tag' || operation === 'delete-tag';
  const image = operation === 'delete-manifest' ? `${name}@${change.digest}` : name;
  const target = ofTag ? `${name}:${tag}` : image;
  const because = ofTag ? 'it' : `its tag "${tag}"`;
  const next = operation === 'put-tag' ? 'Push to a tag of another name, or ask' : 'Ask';
  return new DomainError(
    'disallowed',
    'content.immutable',
    `The operation is disallowed on this registry, repository or image: ${DOING[operation]} "${target}" is stopped, because ${because} is immutable ` +
      `by the policy "${rule.name}" of the registry ${registry}. ${next} an owner of the registry to change that policy (immutableTagPolicies/${rule.name}).`,
    { detail: { reason: 'ImmutableTag', repository: name, tag, policy: rule.name } },
  );
}
