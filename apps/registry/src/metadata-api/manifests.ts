import type { AcrManifest } from '@holdfast/contracts/acr';
import type { Digest } from '@holdfast/oci/digest';
import { requireUnlocked } from '../content/locks.ts';
import { recordVerdict } from '../content/quarantine-verdict.ts';
import { auditEntry, type Caller, type Distribution, originOf } from '../distribution/context.ts';
import { deleteManifest } from '../distribution/delete-manifest.ts';
import { unknownManifest } from '../distribution/manifests.ts';
import { type ManifestSummary, manifestKey } from '../metadata/listings.ts';
import type { MetadataReader, MetadataTx, RepositoryRow } from '../metadata/metadata-store.ts';
import { type AttributeChange, attributesOf, changeAttributes } from './attributes.ts';
import { type AcrPage, cutPage, type OrderedPage } from './pages.ts';
import { type ManifestChange, quarantineOf } from './quarantine-attributes.ts';
import { listed, requireListed } from './repositories.ts';
import { manifestShape, rankShape } from './shapes.ts';

/** Children of indexes on one page: a thousand indexes may name tens of thousands each. */
const PAGE_CHILDREN = 10_000;

/** `GET /acr/v1/<name>/_manifests`. Throws `name.unknown`. */
export async function listManifestAttributes(
  d: Distribution,
  caller: Caller,
  request: OrderedPage,
): Promise<AcrPage<AcrManifest>> {
  const repository = await requireListed(d, caller);
  const { limit } = request;
  const visibleOnly = repository.lockCount > 0;
  const { listings } = d.metadata.read;
  const rows =
    limit === 0 ? [] : await listings.manifests(repository.id, { ...request, limit: limit + 1, visibleOnly });
  const page = cutPage(rows, Math.min(limit, fewChildren(rows)), (row) => ({
    last: row.digest,
    lastKey: manifestKey(row, request.order),
  }));
  const shapes = await shapesOf(d.metadata.read, caller, repository, page.items);
  const keyOf = (row: ManifestSummary | undefined) => (row ? manifestKey(row, request.order) : 0);
  const items = shapes.map((shape, i) => ({ ...shape, ...rankShape(request.order, keyOf(page.items[i])) }));
  return { ...page, items };
}

/** How many of the manifests a page has room for; at least one. */
function fewChildren(rows: readonly ManifestSummary[]): number {
  let children = 0;
  const over = rows.findIndex((row) => {
    children += row.childCount;
    return children > PAGE_CHILDREN;
  });
  return over < 0 ? rows.length : Math.max(over, 1);
}

/** `GET /acr/v1/<name>/_manifests/<digest>`. Throws `name.unknown`, `manifest.unknown`. */
export async function getManifestAttributes(d: Distribution, caller: Caller, digest: Digest): Promise<AcrManifest> {
  return oneManifest(d.metadata.read, caller, await requireListed(d, caller), digest);
}

/** `PATCH /acr/v1/<name>/_manifests/<digest>`. Throws `name.unknown`, `manifest.unknown`, `content.locked`. */
export async function updateManifest(
  d: Distribution,
  caller: Caller,
  digest: Digest,
  { locks, verdict }: ManifestChange,
): Promise<AcrManifest> {
  const { registry, repository: name } = caller;
  return d.metadata.transaction(async (tx) => {
    const repository = listed(await tx.repositories.find(registry.id, name), caller);
    if (!(await tx.listings.manifest(repository.id, digest))) throw unknownManifest(caller, { digest });
    if (verdict) await judge(d, tx, caller, repository, digest, verdict);
    if (!verdict || Object.keys(locks).length > 0) await changeLocks(d, tx, caller, repository, digest, locks);
    return oneManifest(tx, caller, listed(await tx.repositories.find(registry.id, name), caller), digest);
  });
}

async function changeLocks(
  d: Distribution,
  tx: MetadataTx,
  caller: Caller,
  repository: RepositoryRow,
  digest: Digest,
  locks: AttributeChange,
): Promise<void> {
  await requireUnlocked(tx.locks, caller.registry.name, repository, 'change-manifest', { manifest: digest });
  const object = { repositoryId: repository.id, kind: 'manifest', name: digest as string } as const;
  if (await changeAttributes(d, tx, caller, object, locks)) {
    await tx.manifests.touch(repository.id, digest, d.clock.now());
  }
}

/** No lock stops a scanner: a locked image could never be released, and what is wrong with it never be said. */
async function judge(
  d: Distribution,
  tx: MetadataTx,
  caller: Caller,
  repository: RepositoryRow,
  digest: Digest,
  verdict: NonNullable<ManifestChange['verdict']>,
): Promise<void> {
  const { registry } = caller;
  await recordVerdict(d, tx, { registry, repository, digest }, verdict, originOf(caller));
  const entry = auditEntry(d, caller, 'manifest.quarantine', digest);
  await tx.audit.append({ ...entry, reason: `quarantineState=${verdict.state}` });
  await tx.manifests.touch(repository.id, digest, d.clock.now());
}

/** `DELETE /acr/v1/<name>/_manifests/<digest>`, like that of `/v2`. Throws `name.unknown`, and what that throws. */
export async function removeManifestAttributes(d: Distribution, caller: Caller, digest: Digest): Promise<void> {
  await requireListed(d, caller);
  if (!(await deleteManifest(d, caller, digest))) throw unknownManifest(caller, { digest });
}

async function oneManifest(
  at: MetadataReader,
  caller: Caller,
  repository: RepositoryRow,
  digest: Digest,
): Promise<AcrManifest> {
  const row = await at.listings.manifest(repository.id, digest);
  const [shape] = row ? await shapesOf(at, caller, repository, [row]) : [];
  if (!shape) throw unknownManifest(caller, { digest });
  return shape;
}

async function shapesOf(
  at: MetadataReader,
  { registry }: Caller,
  repository: RepositoryRow,
  rows: readonly ManifestSummary[],
): Promise<AcrManifest[]> {
  const digests = rows.map((row) => row.digest);
  const indexes = rows.filter((row) => row.childCount > 0).map((row) => row.digest);
  const attributes = await attributesOf(at.locks, repository, 'manifest', digests);
  const quarantine = await quarantineOf(at, registry, repository.id, digests);
  const tags = await at.listings.tagsOf(repository.id, digests);
  const children = indexes.length > 0 ? await at.listings.childrenOf(repository.id, indexes) : undefined;
  return rows.map((row) => {
    const shown = { ...attributes(row.digest), ...quarantine(row.digest) };
    return manifestShape(row, tags.get(row.digest), children?.get(row.digest), shown);
  });
}
