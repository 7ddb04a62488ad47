import { type Digest, parseDigest } from '@holdfast/oci/digest';
import { isMediaTypeShaped } from '@holdfast/oci/media-types';
import { parseRepositoryName, parseTagName, type RepositoryName, type TagName } from '@holdfast/oci/reference';

export const BUNDLE_FORMAT = 'holdfast-bundle/1';
export const VOLUME_FORMAT = 'holdfast-volume/1';

/** Paths of a volume besides `blobs/…`; the first two make each an OCI image layout. */
export const PATHS = {
  layout: 'oci-layout',
  index: 'index.json',
  bundle: 'holdfast/bundle.json',
  bundleSignature: 'holdfast/bundle.json.sig',
  volume: 'holdfast/volume.json',
  volumeSignature: 'holdfast/volume.json.sig',
} as const;

export interface BundledTag {
  readonly repository: RepositoryName;
  readonly tag: TagName;
  readonly digest: Digest;
}

export interface BundledManifest {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly mediaType: string;
  readonly size: number;
  /** Places in `blobs` of what it names, without its children and subject. */
  readonly blobs: readonly number[];
  /** Not in the bundle: the far side has it, whole. */
  readonly held?: true;
}

export interface BundledBlob {
  readonly digest: Digest;
  readonly size: number;
  /** Not in the bundle: these repositories of the far side have it. */
  readonly held?: readonly RepositoryName[];
}

/** `holdfast/bundle.json`: what the far side shall have when it is applied. Signed; its digest is the bundle's name. */
export interface BundleDocument {
  readonly format: typeof BUNDLE_FORMAT;
  /** ISO 8601. Of two bundles that move a tag, the later one counts, whichever is applied last. */
  readonly created: string;
  readonly source: string;
  readonly volumes: number;
  /** What it was made against: digests of bundles, and of receipts. */
  readonly against: readonly Digest[];
  readonly tags: readonly BundledTag[];
  /** Children before those that name them. */
  readonly manifests: readonly BundledManifest[];
  readonly blobs: readonly BundledBlob[];
}

export interface VolumeFile {
  readonly path: string;
  readonly size: number;
  /** Left out where the path says it: of a whole blob. */
  readonly digest?: Digest;
}

/** `holdfast/volume.json`, the last file of each volume: what came before it. Signed. */
export interface VolumeDocument {
  readonly format: typeof VOLUME_FORMAT;
  /** Digest of `holdfast/bundle.json`. */
  readonly bundle: Digest;
  /** From 1. */
  readonly number: number;
  readonly of: number;
  readonly files: readonly VolumeFile[];
}

/** A part of a blob that fits no volume whole. */
export const piecePath = (digest: Digest, offset: number): string =>
  `pieces/${digest.replace(':', '/')}/${String(offset).padStart(16, '0')}`;

/** What a path of a volume holds; undefined for one that has no place there, such as any that leads elsewhere. */
export function contentAt(path: string): { readonly blob: Digest; readonly offset?: number } | 'document' | undefined {
  if (Object.values(PATHS).some((known) => known === path)) return 'document';
  const [, kind, algorithm, hex, offset] = /^(blobs|pieces)\/([a-z0-9]+)\/([a-f0-9]+)(?:\/(\d{16}))?$/.exec(path) ?? [];
  const blob = parseDigest(`${algorithm}:${hex}`);
  if (!blob || (kind === 'pieces') !== (offset !== undefined)) return undefined;
  return offset === undefined ? { blob } : { blob, offset: Number(offset) };
}

/** What the bytes of a file must have; undefined when its list says nothing, or another digest than its path. */
export function expectedDigest({ path, digest }: VolumeFile): Digest | undefined {
  const content = contentAt(path);
  if (typeof content !== 'object' || content.offset !== undefined) return digest;
  return digest === undefined || digest === content.blob ? content.blob : undefined;
}

/** Throws a clause that names what is wrong. */
export function parseBundle(bytes: Uint8Array): BundleDocument {
  const document = parsed<BundleDocument>(bytes, BUNDLE_FORMAT);
  const { created, source, volumes, against, tags, manifests, blobs } = document;
  require(typeof created === 'string' && !Number.isNaN(Date.parse(created)), 'created');
  require(typeof source === 'string', 'source');
  require(isNumber(volumes) && volumes >= 1, 'volumes');
  require(Array.isArray(against) && against.every(isDigest), 'against');
  require(Array.isArray(blobs) && blobs.every(isBlob), 'blobs');
  require(Array.isArray(manifests) && manifests.every((one) => isManifest(one, blobs.length)), 'manifests');
  const known = new Set(manifests.map(({ repository, digest }) => `${repository}@${digest}`));
  const isTag = (one: BundledTag) =>
    isName(one?.repository) && parseTagName(one.tag) !== undefined && known.has(`${one.repository}@${one.digest}`);
  require(Array.isArray(tags) && tags.every(isTag), 'tags');
  return document;
}

export function parseVolume(bytes: Uint8Array): VolumeDocument {
  const document = parsed<VolumeDocument>(bytes, VOLUME_FORMAT);
  const { bundle, number, of, files } = document;
  require(isDigest(bundle), 'bundle');
  require(isNumber(number) && isNumber(of) && number >= 1 && number <= of, 'number');
  const isFile = (file: VolumeFile) =>
    typeof file?.path === 'string' &&
    contentAt(file.path) !== undefined &&
    isNumber(file.size) &&
    isDigest(expectedDigest(file));
  require(Array.isArray(files) && files.every(isFile), 'files');
  return document;
}

function parsed<T extends { readonly format: string }>(bytes: Uint8Array, format: string): T {
  const document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as T | null;
  if (document?.format !== format) throw new Error(`its format is ${String(document?.format)}, not ${format}`);
  return document;
}

function require(condition: boolean, member: string): void {
  if (!condition) throw new Error(`its member "${member}" is not what it must be`);
}

const isNumber = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isDigest = (value: unknown): value is Digest => typeof value === 'string' && parseDigest(value) !== undefined;
const isName = (value: unknown): value is RepositoryName =>
  typeof value === 'string' && parseRepositoryName(value) !== undefined;

const isBlob = (blob: BundledBlob) =>
  isDigest(blob?.digest) && isNumber(blob.size) && (blob.held === undefined || blob.held.every(isName));

const isManifest = (one: BundledManifest, blobs: number) =>
  isName(one?.repository) &&
  isDigest(one.digest) &&
  isNumber(one.size) &&
  isMediaTypeShaped(one.mediaType) &&
  Array.isArray(one.blobs) &&
  one.blobs.every((place) => isNumber(place) && place < blobs);
