import type { ContentSource } from '@holdfast/oci/content-source';
import type { Digest } from '@holdfast/oci/digest';
import { type ParsedManifest, parseManifest, type ReferenceOut } from '@holdfast/oci/manifest';
import { readReferrerTag } from '@holdfast/oci/referrer-tag';
import type { SelectedImage } from './select.ts';

const DEPTH = 8;

export interface CollectedManifest {
  readonly repository: string;
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Buffer;
  /** What it names that is no manifest, and is at the source; each digest once. */
  readonly blobs: readonly ReferenceOut[];
  readonly subject: Digest | undefined;
  readonly artifactType: string | undefined;
  readonly named: ReadonlySet<Digest>;
}

export interface Collected {
  /** By `repository@digest`; children before those that name them. */
  readonly manifests: ReadonlyMap<string, CollectedManifest>;
  readonly tags: readonly { readonly repository: string; readonly tag: string; readonly digest: Digest }[];
  /** Non-distributable layers that the source has not, each once. */
  readonly leftOut: ReadonlyMap<Digest, ReferenceOut>;
}

export interface CollectOptions {
  /** `os/architecture`: of an index only the image for it, which the tag then names. */
  readonly platform?: string | undefined;
  readonly onManifest?: (count: number) => void;
}

/**
 * Everything that the images need, and everything that refers to them: signatures, attestations and bills of material, by
 * the referrers list and by cosign's tags. Throws a clause for what is missing or not valid at the source.
 */
export async function collect(
  source: ContentSource,
  images: readonly SelectedImage[],
  options: CollectOptions = {},
): Promise<Collected> {
  const walk = new Walk(source, options);
  for (const image of images) await walk.image(image);
  await walk.cosignTags();
  return walk;
}

class Walk implements Collected {
  readonly manifests = new Map<string, CollectedManifest>();
  readonly tags: { repository: string; tag: string; digest: Digest }[] = [];
  readonly leftOut = new Map<Digest, ReferenceOut>();
  readonly #source: ContentSource;
  readonly #options: CollectOptions;
  readonly #seen = new Set<string>();
  readonly #tagged = new Set<string>();

  constructor(source: ContentSource, options: CollectOptions) {
    this.#source = source;
    this.#options = options;
  }

  async image({ repository, tag, reference }: SelectedImage): Promise<void> {
    const digest = await this.#visit(repository, reference, 0, this.#options.platform);
    if (tag !== undefined) this.#tag(repository, tag, digest);
  }

  /** `sha256-<hex>.sig` and the like, of all that was collected. */
  async cosignTags(): Promise<void> {
    for (const repository of new Set([...this.manifests.values()].map((one) => one.repository))) {
      for await (const tag of this.#source.tags(repository)) {
        const found = readReferrerTag(tag);
        // The list of referrers is not needed: each far side makes its own.
        if (!found || found.kind === 'list' || !this.manifests.has(`${repository}@${found.subject}`)) continue;
        this.#tag(repository, tag, await this.#visit(repository, tag, 0));
      }
    }
  }

  #tag(repository: string, tag: string, digest: Digest): void {
    const named = `${repository}:${tag}`;
    if (this.#tagged.has(named)) return;
    this.#tagged.add(named);
    this.tags.push({ repository, tag, digest });
  }

  async #visit(repository: string, reference: string, depth: number, platform?: string): Promise<Digest> {
    if (this.#seen.has(`${repository}@${reference}`)) return reference as Digest;
    const what = `${repository}@${reference}`;
    if (depth > DEPTH) throw new Error(`${what}: indexes are nested more than ${DEPTH} deep`);
    const { digest, mediaType, bytes } = await this.#source.manifest(repository, reference);
    const key = `${repository}@${digest}`;
    if (this.#seen.has(key)) return digest;
    const parsed = parseManifest(bytes, mediaType);
    if (!parsed.ok) throw new Error(`${what} is not valid: ${parsed.reason}`);
    const { manifest } = parsed;
    if (manifest.kind === 'schema1') throw new Error(`${what} is an image of Docker schema 1, which says no sizes`);
    const chosen = platform === undefined ? undefined : imageFor(manifest, platform, what);
    if (chosen) return this.#visit(repository, chosen, depth + 1);
    this.#seen.add(key);
    for (const child of manifest.references) {
      if (child.kind === 'manifest') await this.#visit(repository, child.digest, depth + 1);
    }
    this.manifests.set(key, await this.#collected(repository, digest, bytes, manifest));
    this.#options.onManifest?.(this.manifests.size);
    for (const referrer of await this.#source.referrers(repository, digest)) {
      await this.#visit(repository, referrer.digest, depth + 1);
    }
    return digest;
  }

  async #collected(
    repository: string,
    digest: Digest,
    bytes: Buffer,
    manifest: ParsedManifest,
  ): Promise<CollectedManifest> {
    const blobs = new Map<Digest, ReferenceOut>();
    for (const reference of manifest.references) {
      if (reference.kind === 'manifest') continue;
      // A non-distributable layer may be anywhere; where the source has it, it travels, since the far side reaches no URL.
      const isThere =
        reference.kind !== 'foreign-layer' || (await this.#source.findBlob(repository, reference.digest)) !== undefined;
      if (isThere) blobs.set(reference.digest, reference);
      else this.leftOut.set(reference.digest, reference);
    }
    const named = new Set(manifest.references.map((reference) => reference.digest));
    const { mediaType, subject, artifactType } = manifest;
    return {
      repository,
      digest,
      mediaType,
      bytes,
      blobs: [...blobs.values()],
      subject: subject?.digest,
      artifactType,
      named,
    };
  }
}

/** The digest of the child for the platform; undefined for what is no index. */
function imageFor(manifest: ParsedManifest, platform: string, what: string): Digest | undefined {
  if (manifest.kind !== 'index') return undefined;
  const [os, architecture] = platform.split('/');
  const child = manifest.references.find((one) => one.os === os && one.architecture === architecture);
  if (child) return child.digest;
  throw new Error(`${what} has no image for ${platform}`);
}
