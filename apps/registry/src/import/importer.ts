import type { Digest } from '@holdfast/oci/digest';
import { parseManifest, type ReferenceOut } from '@holdfast/oci/manifest';
import { requireMutable } from '../content/immutable-tags.ts';
import { requireUnlocked } from '../content/locks.ts';
import { closedBy, manifestQuarantined } from '../content/quarantine.ts';
import type { Chunk } from '../distribution/chunk.ts';
import { auditEntry, type Caller, type Distribution } from '../distribution/context.ts';
import { announcePush, type ReadManifest, storeManifest } from '../distribution/manifests.ts';
import { platformIn } from '../distribution/platform.ts';
import { uploadMonolithic } from '../distribution/uploads.ts';
import type { MetadataTx, RepositoryId } from '../metadata/metadata-store.ts';
import type { Outbound } from '../outbound/outbound.ts';
import { DomainError } from '../platform/domain-error.ts';
import { withinQuota } from '../quota/storage.ts';
import type { ImageImport, ImportOrder, ImportTarget } from './image-import.ts';
import { formatImageReference } from './image-reference.ts';
import { type ImageSource, openLocalSource } from './image-source.ts';
import { sourceFailed } from './source-errors.ts';
import { importFailure, SourceRegistry } from './source-registry.ts';

/** An index of all platforms with their attestations has some dozens. Azure takes 50. */
const MANIFESTS = 256;
const MANIFEST_BYTES_TOGETHER = 64 * 1024 * 1024;
const DEPTH = 8;
/** Manifests of all targets together: they are written in one transaction, which others wait for. */
const WRITTEN = 1024;
const BLOBS_AT_ONCE = 3;

export interface ImporterDependencies {
  readonly distribution: Distribution;
  readonly outbound: Outbound;
  /** Registries that are asked over plain HTTP, as `host` or `host:port`. */
  readonly plainHttp: readonly string[];
}

/** An image read to its leaves: children before those that name them, the root last. */
interface Graph {
  readonly manifests: readonly Omit<ReadManifest, 'platform'>[];
  readonly blobs: readonly ReferenceOut[];
}

/**
 * Copies images into a registry:
 *
 *     tags free? ─► manifests, all of them ─► blobs, into the first target's repository ─► one transaction: links,
 *                                                                                          manifests, tags, audit, events
 *
 * Until the transaction nothing can be pulled that could not before; blobs of an import that failed are swept like those
 * of a push that was given up.
 */
export function createImageImport(d: ImporterDependencies): ImageImport {
  return {
    run: async (order, signal) => {
      await refuseExistingTags(d, order);
      const source = await openSource(d, order, signal);
      const graph = await readGraph(source, order, signal);
      if (graph.manifests.length * repositoriesOf(order).length > WRITTEN)
        throw tooLarge(order, `${WRITTEN} in all targets together`);
      if (source.home === undefined) await bringBlobs(d, order, source, graph, signal);
      await publish(d, order, source, graph);
    },
  };
}

async function openSource(d: ImporterDependencies, order: ImportOrder, signal: AbortSignal): Promise<ImageSource> {
  const { source, image } = order;
  if (source.kind === 'local') {
    return openLocalSource(d.distribution, { ...callerOf(order, image.repository), registry: source.registry });
  }
  const { host, credentials } = source;
  const plainHttp = d.plainHttp.includes(host.toLowerCase());
  const { clock } = d.distribution;
  const options = { outbound: d.outbound, host, plainHttp, credentials, clock, signal };
  const remote = new SourceRegistry(options, image.repository);
  return {
    home: undefined,
    manifest: (reference) => remote.manifest(reference),
    blob: (digest, size) => remote.blob(digest, size),
  };
}

/** Asked before anything is copied, and again in the transaction: somebody may push the tag meanwhile. */
async function refuseExistingTags(d: ImporterDependencies, order: ImportOrder): Promise<void> {
  const { read } = d.distribution.metadata;
  for (const target of order.targets) {
    const row = await read.repositories.find(order.target.id, target.repository);
    if (row) await refuseExistingTag(read, order, row.id, target);
  }
}

async function refuseExistingTag(
  read: Pick<MetadataTx, 'tags'> | Distribution['metadata']['read'],
  { force }: ImportOrder,
  repositoryId: RepositoryId,
  { repository, tag }: ImportTarget,
): Promise<void> {
  if (force || tag === undefined || !(await read.tags.find(repositoryId, tag))) return;
  throw new DomainError(
    'conflict',
    'import.tag-exists',
    `Tag ${repository}:${tag} already exists in target registry. Import to another tag, or with mode Force (az acr import --force) to move it.`,
  );
}

async function readGraph(source: ImageSource, order: ImportOrder, signal: AbortSignal): Promise<Graph> {
  const manifests = new Map<Digest, Omit<ReadManifest, 'platform'>>();
  const blobs = new Map<Digest, ReferenceOut>();
  const seen = new Set<Digest>();
  let bytes = 0;
  const visit = async (reference: Parameters<ImageSource['manifest']>[0], depth: number): Promise<void> => {
    signal.throwIfAborted();
    if (seen.size >= MANIFESTS) throw tooLarge(order, `${MANIFESTS}`);
    if (depth > DEPTH) throw sourceFailed(nameOf(order), `its indexes are nested more than ${DEPTH} deep`);
    const found = await source.manifest(reference);
    seen.add(found.digest);
    bytes += found.bytes.length;
    if (bytes > MANIFEST_BYTES_TOGETHER)
      throw sourceFailed(nameOf(order), 'its manifests have more than 64 MiB together');
    const parsed = parseManifest(found.bytes, found.mediaType);
    if (!parsed.ok) throw sourceFailed(nameOf(order), `its manifest ${found.digest} is not valid: ${parsed.reason}`);
    // Without sizes nobody knows whether a blob came whole.
    if (parsed.manifest.kind === 'schema1')
      throw sourceFailed(nameOf(order), 'it is an image of Docker schema 1; push it anew');
    for (const child of parsed.manifest.references) {
      if (child.kind !== 'manifest') blobs.set(child.digest, child);
      else if (!seen.has(child.digest)) await visit({ digest: child.digest }, depth + 1);
    }
    manifests.set(found.digest, { digest: found.digest, manifest: parsed.manifest, bytes: found.bytes });
  };
  await visit(order.image.reference, 1);
  return { manifests: [...manifests.values()], blobs: [...blobs.values()] };
}

/**
 * Into the repository of the first target. What that repository has already is not fetched again; what others have is: to
 * link it for the asking would give away blobs to whoever knows a digest.
 */
async function bringBlobs(
  d: ImporterDependencies,
  order: ImportOrder,
  source: ImageSource,
  { blobs }: Graph,
  signal: AbortSignal,
): Promise<void> {
  const { distribution } = d;
  const caller = callerOf(order, firstRepository(order));
  const waiting = [...blobs];
  const failed = new AbortController();
  const ended = AbortSignal.any([signal, failed.signal]);
  const work = async () => {
    for (let blob = waiting.shift(); blob; blob = waiting.shift()) {
      ended.throwIfAborted();
      if (await isHere(distribution, caller, blob)) continue;
      const body = await source.blob(blob.digest, blob.size);
      if (body) await receive(distribution, caller, order, blob.digest, { body, length: blob.size, signal: ended });
      else if (blob.kind !== 'foreign-layer')
        throw sourceFailed(nameOf(order), `its blob ${blob.digest} is not at the source`);
    }
  };
  const workers = Array.from({ length: BLOBS_AT_ONCE }, () =>
    work().catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(workers); // so that nothing writes any more when the failure is told
  if (failed.signal.aborted) throw failed.signal.reason;
}

async function receive(
  d: Distribution,
  caller: Caller,
  order: ImportOrder,
  digest: Digest,
  content: Pick<Chunk, 'body' | 'length' | 'signal'>,
): Promise<void> {
  try {
    await uploadMonolithic(d, caller, digest, content);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'digest.invalid') throw importFailure(error);
    throw sourceFailed(nameOf(order), `the bytes of its blob ${digest} have another digest`, error);
  }
}

async function isHere({ metadata }: Distribution, { registry, repository }: Caller, { digest, size }: ReferenceOut) {
  const row = await metadata.read.repositories.find(registry.id, repository);
  const link = row && (await metadata.read.blobs.linked(row.id, digest));
  return link !== undefined && link.size === size && !link.damage;
}

async function publish(d: ImporterDependencies, order: ImportOrder, source: ImageSource, graph: Graph): Promise<void> {
  const { distribution } = d;
  const manifests = await withPlatforms(distribution, order, source, graph);
  const root = manifests.at(-1) as ReadManifest;
  await distribution.metadata.transaction(async (tx) => {
    const now = distribution.clock.now();
    const first = await tx.repositories.findOrCreate(order.target.id, firstRepository(order), now);
    const home = source.home ?? first.id;
    await refuseClosedSource(tx, order, source, root.digest);
    for (const repository of repositoriesOf(order)) {
      const caller = callerOf(order, repository);
      const row = await tx.repositories.findOrCreate(order.target.id, repository, now);
      const targets = order.targets.filter((target) => target.repository === repository);
      await requireUnlocked(tx.locks, caller.registry.name, row, 'push-manifest');
      for (const target of targets) {
        await refuseExistingTag(tx, order, row.id, target);
        const { tag } = target;
        if (!tag) continue;
        await requireUnlocked(tx.locks, caller.registry.name, row, 'put-tag', { tag });
        await requireMutable(tx, caller.registry.name, row, { operation: 'put-tag', tag, digest: root.digest });
      }
      if (row.id !== home) {
        await withinQuota(tx, order.target, now, () => linkBlobs(tx, order, home, row.id, graph, now));
      }
      for (const manifest of manifests) await storeManifest(distribution, tx, caller, row.id, manifest);
      const tags = targets.flatMap(({ tag }) => tag ?? []);
      for (const tag of tags) await tx.tags.put(row.id, tag, root.digest, now);
      const what = `${tags.length > 0 ? tags.join(',') : root.digest} from ${nameOf(order)}`;
      await tx.audit.append(auditEntry(distribution, caller, 'manifest.import', what));
      await announcePush(distribution, tx, caller, row.id, root, tags);
    }
  });
}

/** A scanner may have failed the image, or the policy been switched on, since its manifests were read. */
async function refuseClosedSource(
  tx: MetadataTx,
  order: ImportOrder,
  { home }: ImageSource,
  root: Digest,
): Promise<void> {
  if (order.source.kind !== 'local' || home === undefined) return;
  const registry = (await tx.registries.byId(order.source.registry.id)) ?? order.source.registry;
  const culprit = await closedBy(tx, registry, home, root);
  if (culprit === undefined) return;
  throw await manifestQuarantined(tx, { id: home, name: order.image.repository }, root, culprit);
}

/** For what each image is made, by its config, which is in the source's repository or was brought to the first target. */
async function withPlatforms(
  d: Distribution,
  order: ImportOrder,
  source: ImageSource,
  { manifests }: Graph,
): Promise<ReadManifest[]> {
  const { repositories } = d.metadata.read;
  const home = source.home ?? (await repositories.find(order.target.id, firstRepository(order)))?.id;
  const known: ReadManifest[] = [];
  for (const read of manifests) {
    known.push({ ...read, platform: home === undefined ? {} : await platformIn(d, home, read.manifest) });
  }
  return known;
}

async function linkBlobs(
  tx: MetadataTx,
  order: ImportOrder,
  from: RepositoryId,
  to: RepositoryId,
  { blobs }: Graph,
  now: Date,
): Promise<void> {
  for (const { digest, kind } of blobs) {
    const link = await tx.blobs.linked(from, digest);
    if (link && !link.damage) await tx.blobs.link(to, link, now);
    else if (kind !== 'foreign-layer') {
      throw sourceFailed(nameOf(order), `its blob ${digest} is ${link ? 'damaged' : 'not'} in the source`);
    }
  }
}

const firstRepository = ({ targets }: ImportOrder) => (targets[0] as ImportTarget).repository;
const repositoriesOf = ({ targets }: ImportOrder) => [...new Set(targets.map(({ repository }) => repository))];

function nameOf({ source, image }: ImportOrder): string {
  return `${source.kind === 'local' ? source.registry.name : source.host}/${formatImageReference(image)}`;
}

function callerOf(order: ImportOrder, repository: ImportTarget['repository']): Caller {
  const { principal, target: registry, correlationId, userAgent } = order;
  return { principal, registry, repository, correlationId, request: { method: 'POST', userAgent } };
}

function tooLarge(order: ImportOrder, limit: string): DomainError {
  return new DomainError(
    'invalid',
    'import.invalid',
    `${nameOf(order)} has more manifests than an import takes at once: at most ${limit}. Import its parts one by one, by their digests.`,
  );
}
