import { type Digest, digestAlgorithm, digestOf } from '@holdfast/oci/digest';
import { type ParsedManifest, parseManifest } from '@holdfast/oci/manifest';
import { isIndexType } from '@holdfast/oci/media-types';
import type { TagName } from '@holdfast/oci/reference';
import { principalId } from '../access/principal.ts';
import { missingChild } from '../content/children.ts';
import { contentEvent } from '../content/events.ts';
import { requireMutable } from '../content/immutable-tags.ts';
import { requireUnlocked } from '../content/locks.ts';
import { beginQuarantine, closedBy, isQuarantineOn, manifestQuarantined } from '../content/quarantine.ts';
import { damageText, manifestDamaged } from '../integrity/damage-errors.ts';
import type {
  BlobLink,
  Damage,
  ManifestContent,
  ManifestReference,
  ManifestRow,
  MetadataTx,
  Platform,
  RepositoryId,
  RepositoryRow,
} from '../metadata/metadata-store.ts';
import { type Awaitable, andThen } from '../platform/awaitable.ts';
import { DomainError } from '../platform/domain-error.ts';
import { withinQuota } from '../quota/storage.ts';
import {
  auditEntry,
  type Caller,
  type Distribution,
  originOf,
  readsQuarantined,
  requireRepository,
} from './context.ts';
import { deleteManifest, untag } from './delete-manifest.ts';
import { platformOf } from './platform.ts';
import type { Reference } from './reference.ts';

/** 4 MiB exactly; one byte more is 413 (distribution spec, "Pushing Manifests"). */
export const MANIFEST_LIMIT = 4 * 1024 * 1024;

/** Tags in one push by digest. The spec asks for at least 10. */
export const TAG_LIMIT = 100;

/** A manifest that the caller may pull, and where it was found. */
export interface FoundManifest {
  readonly repositoryId: RepositoryId;
  readonly content: ManifestContent;
}

/** `GET manifest`: its bytes as they were pushed. Throws `name.unknown`, `manifest.unknown`, `manifest.damaged`, `content.locked`, `content.quarantined`. */
export function getManifest(d: Distribution, caller: Caller, reference: Reference): Awaitable<FoundManifest> {
  return andThen(requireRepository(d, caller), (repository) =>
    andThen(resolveReference(d, caller, repository.id, reference), (digest) =>
      andThen(requireOpen(d, caller, repository, reference, digest), () =>
        readManifest(d, caller, repository.id, reference, digest),
      ),
    ),
  );
}

/** Refuses what a lock or the quarantine keeps from the caller. */
function requireOpen(
  d: Distribution,
  caller: Caller,
  repository: RepositoryRow,
  reference: Reference,
  digest: Digest,
): Awaitable<void> {
  const { registry } = caller;
  const [pulling, tag] = 'tag' in reference ? (['pull-by-tag', reference.tag] as const) : (['pull-by-digest'] as const);
  const target = { manifest: digest, tag };
  return andThen(requireUnlocked(d.metadata.read.locks, registry.name, repository, pulling, target), () =>
    andThen(closedBy(d.metadata.read, registry, repository.id, digest), (culprit) =>
      culprit === undefined ? undefined : requireManifestReader(d, caller, repository, reference, digest, culprit),
    ),
  );
}

/** How often a manifest is read that was healed just when it was read. */
const TRIES = 3;

function readManifest(
  d: Distribution,
  caller: Caller,
  repositoryId: RepositoryId,
  reference: Reference,
  digest: Digest,
  tries = TRIES,
): Awaitable<FoundManifest> {
  return andThen(d.metadata.read.manifests.content(repositoryId, digest), (content) => {
    if (!content) throw unknownManifest(caller, reference);
    if (content.damagedAt) throw manifestDamaged(digest, content.damagedAt);
    return andThen(d.integrity.admitManifest(content), (admitted) => {
      if (admitted) return { repositoryId, content };
      if (tries > 1) return readManifest(d, caller, repositoryId, reference, digest, tries - 1);
      throw new DomainError(
        'unavailable',
        'server.unavailable',
        `The manifest ${digest} is read wrong again and again, though it is stored right. Ask for it later; if it stays, tell the operator to check the machine's memory.`,
      );
    });
  });
}

/** In quarantine there is nothing behind a tag, for anybody; who may read it, pulls it by its digest. */
async function requireManifestReader(
  d: Distribution,
  caller: Caller,
  repository: RepositoryRow,
  reference: Reference,
  digest: Digest,
  culprit: Digest,
): Promise<void> {
  if (!(await d.metadata.read.manifests.find(repository.id, digest))) throw unknownManifest(caller, reference);
  if ('tag' in reference)
    throw unknownManifest(caller, reference, ': it is in quarantine until a scanner has passed it');
  if (await readsQuarantined(d, caller)) return;
  throw await manifestQuarantined(d.metadata.read, repository, digest, culprit);
}

function resolveReference(
  d: Distribution,
  caller: Caller,
  repository: RepositoryId,
  reference: Reference,
): Awaitable<Digest> {
  if ('digest' in reference) return reference.digest;
  return andThen(d.metadata.read.tags.find(repository, reference.tag), (tag) => {
    if (!tag) throw unknownManifest(caller, reference);
    return tag.digest;
  });
}

export function unknownManifest(caller: Caller, reference: Reference, why = ''): DomainError {
  const [message, detail] =
    'tag' in reference
      ? [`manifest tagged by "${reference.tag}" is not found`, { Tag: reference.tag }]
      : [`manifest ${reference.digest} is not found`, { Name: caller.repository, Revision: reference.digest }];
  return new DomainError(
    'not-found',
    'manifest.unknown',
    `${message} in "${caller.repository}"${why}. List the repository's tags to see what is there.`,
    { detail },
  );
}

export interface ManifestPush {
  readonly reference: Reference;
  readonly contentType: string;
  readonly bytes: Uint8Array;
  /** More tags, on a push by digest. */
  readonly tags: readonly TagName[];
}

export interface PushedManifest {
  readonly digest: Digest;
  readonly subject: Digest | undefined;
  readonly tags: readonly TagName[];
}

/**
 * `PUT manifest`: checks it, then stores bytes, references, tags, audit row and event in one transaction.
 * Throws `manifest.invalid`, `digest.invalid`, `manifest.reference-unknown`, `manifest.media-type-changed`, `content.locked`,
 * `content.immutable`.
 */
export async function putManifest(d: Distribution, caller: Caller, push: ManifestPush): Promise<PushedManifest> {
  const manifest = parse(push);
  const digest = verifyDigest(push);
  const tags = 'tag' in push.reference ? [push.reference.tag] : push.tags;
  const platform = await platformOf(d, caller, manifest);
  await d.metadata.transaction(async (tx) => {
    const now = d.clock.now();
    const repository = await tx.repositories.findOrCreate(caller.registry.id, caller.repository, now);
    await requireUnlocked(tx.locks, caller.registry.name, repository, 'push-manifest');
    for (const tag of tags) await requireUnlocked(tx.locks, caller.registry.name, repository, 'put-tag', { tag });
    for (const tag of tags)
      await requireMutable(tx, caller.registry.name, repository, { operation: 'put-tag', tag, digest });
    const read = { digest, manifest, bytes: push.bytes, platform };
    await storeManifest(d, tx, caller, repository.id, { ...read, tagged: tags.length > 0 });
    for (const tag of tags) await tx.tags.put(repository.id, tag, digest, now);
    await tx.audit.append(auditEntry(d, caller, 'manifest.push', tags.length > 0 ? tags.join(',') : digest));
    await announcePush(d, tx, caller, repository.id, read, tags);
  });
  return { digest, subject: manifest.subject?.digest, tags };
}

/** A manifest that was read, with its bytes. */
export interface ReadManifest {
  readonly digest: Digest;
  readonly manifest: ParsedManifest;
  readonly bytes: Uint8Array;
  readonly platform: Platform;
}

/**
 * The manifest with its references, inside the caller's transaction; what it names must be in the repository by then. `tagged` says that the
 * caller puts a tag on it there.
 */
export async function storeManifest(
  d: Distribution,
  tx: MetadataTx,
  caller: Caller,
  repositoryId: RepositoryId,
  { digest, manifest, bytes, platform, tagged = false }: ReadManifest & { readonly tagged?: boolean },
): Promise<void> {
  const now = d.clock.now();
  const existing = await tx.manifests.find(repositoryId, digest);
  if (existing && existing.mediaType !== manifest.mediaType) {
    throw mediaTypeChanged(digest, existing.mediaType, manifest.mediaType);
  }
  if (existing?.damagedAt) {
    await tx.integrity.healManifest(digest, bytes);
    await tx.audit.append(auditEntry(d, caller, 'manifest.heal', digest));
  }
  if (existing) {
    await requireChildren(d, tx, repositoryId, { digest, manifest });
    await tx.manifests.touch(repositoryId, digest, now);
    await tx.repositories.touch(repositoryId, now);
    return;
  }
  await checkReferences(d, tx, repositoryId, manifest);
  const row: ManifestRow = {
    repositoryId,
    digest,
    mediaType: manifest.mediaType,
    size: bytes.length,
    artifactType: manifest.artifactType,
    configMediaType: manifest.configMediaType,
    subject: manifest.subject?.digest,
    annotations: manifest.annotations && JSON.stringify(manifest.annotations),
    pushedBy: principalId(caller.principal),
    pushedAt: now,
  };
  await withinQuota(tx, caller.registry, now, async () => {
    await tx.manifests.insert(row, bytes, manifest.references, { platform, tagged });
  });
  await beginQuarantine(tx, caller.registry, { repositoryId, digest, changedBy: row.pushedBy, changedAt: now });
}

/** An event for each tag, or one without: of a push, or for scanners while nobody else may pull it. */
export async function announcePush(
  d: Distribution,
  tx: MetadataTx,
  caller: Caller,
  repositoryId: RepositoryId,
  { digest, manifest, bytes }: ReadManifest,
  tags: readonly TagName[],
): Promise<void> {
  const arrived = { digest, mediaType: manifest.mediaType, size: bytes.length };
  await announceManifest(d, tx, caller, repositoryId, arrived, tags);
}

/** The same, for a manifest that came in another way. */
export async function announceManifest(
  d: Distribution,
  tx: MetadataTx,
  caller: Caller,
  repositoryId: RepositoryId,
  arrived: Pick<ManifestRow, 'digest' | 'mediaType' | 'size'>,
  tags: readonly TagName[],
): Promise<void> {
  const { digest, mediaType, size } = arrived;
  const { repository, registry } = caller;
  const kind = (await closedBy(tx, registry, repositoryId, digest)) === undefined ? 'push' : 'quarantine';
  // Where the policy is off, both events are raised: so scanners have looked at all there is before it is switched on.
  const origin = isQuarantineOn(registry) ? originOf(caller) : { ...originOf(caller), forScanners: true };
  for (const tag of tags.length > 0 ? tags : [undefined]) {
    const target = { mediaType, size, digest, tag, repository };
    await tx.outbox.append(contentEvent(d, registry.id, kind, target, origin));
  }
}

function parse(push: ManifestPush): ParsedManifest {
  const parsed = parseManifest(push.bytes, push.contentType);
  if (parsed.ok) return parsed.manifest;
  throw new DomainError('invalid', 'manifest.invalid', `manifest invalid: ${parsed.reason}`, {
    detail: { reason: parsed.reason },
  });
}

function verifyDigest(push: ManifestPush): Digest {
  if ('tag' in push.reference) return digestOf(push.bytes);
  const actual = digestOf(push.bytes, digestAlgorithm(push.reference.digest));
  if (actual === push.reference.digest) return actual;
  throw new DomainError(
    'invalid',
    'digest.invalid',
    `provided digest did not match uploaded content: the URL says ${push.reference.digest}, the ${push.bytes.length} bytes received have ${actual}. Nothing was stored.`,
    { detail: { expected: push.reference.digest, actual } },
  );
}

function mediaTypeChanged(digest: Digest, stored: string, sent: string): DomainError {
  return new DomainError(
    'invalid',
    'manifest.media-type-changed',
    `manifest invalid: ${digest} is stored here as ${stored} and cannot become ${sent}. Push it with the stored media type.`,
    { detail: { digest, stored, sent } },
  );
}

/** Before a tag comes to an index that is stored already. Its layers' links hold as long as it is there, its children need not. */
export async function requireChildren(
  d: Distribution,
  tx: MetadataTx,
  repositoryId: RepositoryId,
  { digest, manifest }: Pick<ReadManifest, 'digest' | 'manifest'>,
): Promise<void> {
  if (manifest.kind !== 'index' || d.policy.sparseManifests) return;
  const missing = await missingChild(tx, repositoryId, digest);
  if (missing) throw missingReference(missing, undefined);
}

/** Every blob and child must be in the repository with the size that the manifest gives, and every child whole. */
async function checkReferences(
  d: Distribution,
  tx: MetadataTx,
  repository: RepositoryId,
  manifest: ParsedManifest,
): Promise<void> {
  for (const reference of manifest.references) {
    if (reference.kind === 'foreign-layer') continue; // non-distributable: may be absent, its URLs are never fetched
    const found =
      reference.kind === 'manifest'
        ? await tx.manifests.find(repository, reference.digest)
        : await tx.blobs.linked(repository, reference.digest);
    const damage = found && damageOf(found);
    if (!found || damage) {
      if (d.policy.sparseManifests) continue;
      throw missingReference(reference, damage);
    }
    const holds = 'mediaType' in found && isIndexType(found.mediaType) && !d.policy.sparseManifests;
    const gone = holds ? await missingChild(tx, repository, reference.digest) : undefined;
    if (gone) throw missingReference(gone, undefined);
    const claimsSize = manifest.kind !== 'schema1'; // schema 1 has no place for sizes
    if (claimsSize && found.size !== reference.size) throw wrongSize(reference, found.size);
  }
}

function damageOf(found: ManifestRow | BlobLink): Damage | undefined {
  if ('damage' in found) return found.damage;
  return 'damagedAt' in found && found.damagedAt ? { kind: 'wrong-bytes', since: found.damagedAt } : undefined;
}

function missingReference(reference: ManifestReference, damage: Damage | undefined): DomainError {
  const what = reference.kind === 'manifest' ? 'manifest' : 'blob';
  const why = damage
    ? `its stored bytes ${damageText(damage)}. Push it again`
    : 'it is not there. Push or mount it first';
  return new DomainError(
    'invalid',
    'manifest.reference-unknown',
    `manifest references a ${what} unknown to this repository: ${reference.digest} (${reference.kind}), for ${why}, then push the manifest again.`,
    { detail: { Digest: reference.digest } },
  );
}

function wrongSize(reference: ManifestReference, actual: number): DomainError {
  return new DomainError(
    'invalid',
    'manifest.invalid',
    `manifest invalid: it gives ${reference.digest} a size of ${reference.size} bytes, here it has ${actual}. Correct the size or the digest, then push the manifest again.`,
    { detail: { Digest: reference.digest, size: reference.size, actual } },
  );
}

/** `DELETE manifest` by digest takes its tags along, by tag only unties the tag. Throws `manifest.unknown`, and what these throw. */
export async function deleteReference(d: Distribution, caller: Caller, reference: Reference): Promise<void> {
  const deleted =
    'tag' in reference ? await untag(d, caller, reference.tag) : await deleteManifest(d, caller, reference.digest);
  if (!deleted) throw unknownManifest(caller, reference);
}
