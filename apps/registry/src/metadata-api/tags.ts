import type { AcrTag } from '@holdfast/contracts/acr';
import type { Digest } from '@holdfast/oci/digest';
import type { TagName } from '@holdfast/oci/reference';
import { requireUnlocked } from '../content/locks.ts';
import type { Caller, Distribution } from '../distribution/context.ts';
import { untag } from '../distribution/delete-manifest.ts';
import type { MetadataReader, RepositoryRow, TagRow } from '../metadata/metadata-store.ts';
import { DomainError } from '../platform/domain-error.ts';
import { type AttributeChange, attributesOf, changeAttributes } from './attributes.ts';
import { type AcrPage, cutPage, type OrderedPage } from './pages.ts';
import { quarantineOf } from './quarantine-attributes.ts';
import { listed, requireListed } from './repositories.ts';
import { rankShape, taggedManifestShape, tagShape } from './shapes.ts';

/** `GET /acr/v1/<name>/_tags`, all of them or those on one manifest. Throws `name.unknown`. */
export async function listTagAttributes(
  d: Distribution,
  caller: Caller,
  request: OrderedPage & { readonly digest?: Digest | undefined; readonly withManifests?: boolean },
): Promise<AcrPage<AcrTag>> {
  const repository = await requireListed(d, caller);
  const { limit } = request;
  const visibleOnly = repository.lockCount > 0;
  const rows =
    limit === 0
      ? []
      : await d.metadata.read.listings.tags(repository.id, { ...request, limit: limit + 1, visibleOnly });
  const page = cutPage(rows, limit, (row) => ({
    last: row.name,
    lastKey: row.sortedBy,
    lastDigest: row.digest,
  }));
  const shapes = await shapesOf(d.metadata.read, repository, page.items);
  const manifestOf = request.withManifests ? await manifestsOf(d.metadata.read, caller, page.items) : undefined;
  const items = shapes.map((shape, i) => ({
    ...shape,
    ...rankShape(request.order, page.items[i]?.sortedBy ?? 0),
    ...manifestOf?.(page.items[i]?.digest),
  }));
  return { ...page, items };
}

/** `GET /acr/v1/<name>/_tags/<tag>`. Throws `name.unknown`, `tag.unknown`. */
export async function getTag(d: Distribution, caller: Caller, tag: TagName): Promise<AcrTag> {
  return oneTag(d.metadata.read, await requireListed(d, caller), tag);
}

/** `PATCH /acr/v1/<name>/_tags/<tag>`. Throws `name.unknown`, `tag.unknown`, `content.locked`. */
export async function updateTag(
  d: Distribution,
  caller: Caller,
  tag: TagName,
  change: AttributeChange,
): Promise<AcrTag> {
  const { registry, repository: name } = caller;
  return d.metadata.transaction(async (tx) => {
    const repository = listed(await tx.repositories.find(registry.id, name), caller);
    const row = await tx.tags.find(repository.id, tag);
    if (!row) throw unknownTag(repository, tag);
    await requireUnlocked(tx.locks, registry.name, repository, 'change-tag', { tag });
    const object = { repositoryId: repository.id, kind: 'tag', name: tag as string } as const;
    if (await changeAttributes(d, tx, caller, object, change)) await tx.tags.touch(repository.id, tag, d.clock.now());
    return oneTag(tx, listed(await tx.repositories.find(registry.id, name), caller), tag);
  });
}

/** `DELETE /acr/v1/<name>/_tags/<tag>`. Throws `name.unknown`, `tag.unknown`, `content.locked`. */
export async function removeTag(d: Distribution, caller: Caller, tag: TagName): Promise<void> {
  const repository = await requireListed(d, caller);
  if (!(await untag(d, caller, tag))) throw unknownTag(repository, tag);
}

async function oneTag(at: MetadataReader, repository: RepositoryRow, tag: TagName): Promise<AcrTag> {
  const row = await at.tags.find(repository.id, tag);
  const [shape] = row ? await shapesOf(at, repository, [row]) : [];
  if (!shape) throw unknownTag(repository, tag);
  return shape;
}

async function shapesOf(at: MetadataReader, repository: RepositoryRow, rows: readonly TagRow[]): Promise<AcrTag[]> {
  const attributes = await attributesOf(
    at.locks,
    repository,
    'tag',
    rows.map((row) => row.name),
  );
  return rows.map((row) => tagShape(row, attributes(row.name)));
}

/** What a list of tags can say of what they name, so that nobody has to ask for each. */
async function manifestsOf(
  at: MetadataReader,
  { registry }: Caller,
  rows: readonly TagRow[],
): Promise<(digest: Digest | undefined) => Pick<AcrTag, 'manifest'>> {
  const repositoryId = rows[0]?.repositoryId;
  if (repositoryId === undefined) return () => ({});
  const digests = [...new Set(rows.map((row) => row.digest))];
  const summaries = await at.listings.manifestsOf(repositoryId, digests);
  const quarantine = await quarantineOf(at, registry, repositoryId, digests);
  return (digest) => {
    const summary = digest && summaries.get(digest);
    return summary ? { manifest: taggedManifestShape(summary, quarantine(summary.digest)) } : {};
  };
}

export function unknownTag({ name }: RepositoryRow, tag: TagName): DomainError {
  return new DomainError(
    'not-found',
    'tag.unknown',
    `the specified tag does not exist: "${name}" has no tag "${tag}". List the repository's tags to see what is there.`,
    { detail: { name, tag } },
  );
}
