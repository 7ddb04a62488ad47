import type { ContentSource } from '@holdfast/oci/content-source';
import type { Digest } from '@holdfast/oci/digest';
import { digestOf } from '@holdfast/oci/digest';
import { parseManifest } from '@holdfast/oci/manifest';
import type { Collected, CollectedManifest } from './collect.ts';
import type { BundleDocument, BundledBlob, BundledManifest } from './documents.ts';
import type { Receipt } from './receipt.ts';

/** What the far side has, or is assumed to have. */
export interface Holdings {
  has(repository: string, digest: Digest): boolean;
  /** Repositories that have the blob. */
  blob(digest: Digest): readonly string[];
  /** Digests of the documents that say so. */
  readonly against: readonly Digest[];
}

export interface KnownManifest {
  readonly repository: string;
  readonly digest: Digest;
  readonly blobs: readonly Digest[];
}

export const NOTHING_HELD: Holdings = { has: () => false, blob: () => [], against: [] };

/**
 * By a receipt: a manifest that it names is there whole, so its blobs are. `known` are manifests whose blobs this side can
 * name: those of the source, and those of bundles that were made before.
 */
export function holdingsByReceipt(receipt: Receipt, text: string, known: Iterable<KnownManifest>): Holdings {
  const isHeld = (repository: string, digest: Digest) =>
    receipt.has(repository, digest) && !receipt.lacks.has(`${repository}@${digest}`);
  return holdings(isHeld, known, [digestOf(text)], receipt.lacks);
}

/** Without a receipt, as over a diode: all that earlier bundles brought is assumed to have arrived. */
export function holdingsByBundles(bundles: readonly { digest: Digest; document: BundleDocument }[]): Holdings {
  const known = bundles.flatMap(({ document }) => knownManifests(document));
  const there = new Set(bundles.flatMap(({ document }) => document.manifests.map((one) => keyOf(one))));
  const against = bundles.map(({ digest }) => digest);
  return holdings((repository, digest) => there.has(`${repository}@${digest}`), known, against, new Set());
}

export function knownManifests({ manifests, blobs }: BundleDocument): KnownManifest[] {
  return manifests.map(({ repository, digest, blobs: places }) => ({
    repository,
    digest,
    blobs: places.flatMap((place) => blobs[place]?.digest ?? []),
  }));
}

/** A bundle that was made against one that may be lost is as doubtful. */
export function withoutDoubted<T extends { digest: Digest; document: { against: readonly Digest[] } }>(
  made: readonly T[],
  isDoubted: (digest: Digest) => boolean,
): T[] {
  const lost = new Set<Digest>();
  for (const { digest, document } of made) {
    if (isDoubted(digest) || document.against.some((one) => lost.has(one))) lost.add(digest);
  }
  return made.filter(({ digest }) => !lost.has(digest));
}

/** Manifests of the same repositories that the far side has, so that their blobs are known as well. */
export async function knownAtSource(
  source: ContentSource,
  collected: Collected,
  receipt: Receipt,
): Promise<KnownManifest[]> {
  const known: KnownManifest[] = [];
  for (const one of collected.manifests.values()) known.push({ ...one, blobs: one.blobs.map(({ digest }) => digest) });
  const visit = async (repository: string, reference: string): Promise<void> => {
    const { digest, bytes, mediaType } = await source.manifest(repository, reference);
    if (collected.manifests.has(`${repository}@${digest}`)) return;
    const parsed = parseManifest(bytes, mediaType);
    if (!parsed.ok) return;
    const { references } = parsed.manifest;
    for (const child of references) {
      if (child.kind === 'manifest' && receipt.has(repository, child.digest)) await visit(repository, child.digest);
    }
    const blobs = references.filter(({ kind }) => kind !== 'manifest').map((blob) => blob.digest);
    known.push({ repository, digest, blobs });
  };
  for (const repository of new Set([...collected.manifests.values()].map((one) => one.repository))) {
    for await (const tag of source.tags(repository)) await visit(repository, tag);
  }
  return known;
}

function holdings(
  has: Holdings['has'],
  known: Iterable<KnownManifest>,
  against: readonly Digest[],
  lacks: ReadonlySet<string>,
): Holdings {
  const blobs = new Map<Digest, Set<string>>();
  for (const { repository, digest, blobs: named } of known) {
    if (named.length === 0 || !has(repository, digest)) continue;
    for (const blob of named) {
      if (lacks.has(blob)) continue;
      const repositories = blobs.get(blob) ?? new Set();
      blobs.set(blob, repositories.add(repository));
    }
  }
  return { has, blob: (digest) => [...(blobs.get(digest) ?? [])], against };
}

/** What the bundle lists, with what the far side has marked as such. */
export function withoutHeld(
  { manifests }: Collected,
  held: Holdings,
): { manifests: BundledManifest[]; blobs: BundledBlob[] } {
  const blobs: BundledBlob[] = [];
  const places = new Map<Digest, number>();
  const place = (digest: Digest, size: number): number => {
    const known = places.get(digest);
    if (known !== undefined) return known;
    const repositories = held.blob(digest) as BundledBlob['held'] & object;
    blobs.push({ digest, size, ...(repositories.length > 0 ? { held: repositories.slice(0, 4) } : {}) });
    places.set(digest, blobs.length - 1);
    return blobs.length - 1;
  };
  const listed = [...manifests.values()].map((one): BundledManifest => {
    const { repository, digest, mediaType, bytes } = one;
    const facts = { repository: repository as BundledManifest['repository'], digest, mediaType, size: bytes.length };
    if (held.has(repository, digest) && !isFilledIn(one, held)) return { ...facts, blobs: [], held: true };
    return { ...facts, blobs: one.blobs.map((blob) => place(blob.digest, blob.size)) };
  });
  return { manifests: listed, blobs };
}

/** Of what the far side has, a non-distributable layer may be missing there: then it is sent, with what names it. */
function isFilledIn({ blobs }: CollectedManifest, held: Holdings): boolean {
  return blobs.some(({ kind, digest }) => kind === 'foreign-layer' && held.blob(digest).length === 0);
}

const keyOf = ({ repository, digest }: { repository: string; digest: Digest }) => `${repository}@${digest}`;
