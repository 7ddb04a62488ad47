import { type Descriptor, objectAt, readDescriptor, readDigest, readPlatform, readTypeName } from './descriptor.ts';
import type { Digest } from './digest.ts';
import {
  decodeJson,
  foldedNames,
  isJsonObject,
  type JsonObject,
  member,
  Refusal,
  refuseLookalikes,
  shown,
} from './json-document.ts';
import {
  isBlobType,
  isImageType,
  isIndexType,
  isMediaTypeShaped,
  isNonDistributable,
  isSchema1Type,
  MEDIA_TYPE,
  normaliseMediaType,
} from './media-types.ts';

/** What a manifest names a digest as. `foreign-layer` is non-distributable: it may be absent. */
export type ReferenceKind = 'config' | 'layer' | 'foreign-layer' | 'manifest' | 'blob';
export type { Digest };

/** One descriptor of a manifest, in document order; the same digest may come more than once. */
export interface ReferenceOut {
  readonly digest: Digest;
  /** An index's child is a `manifest` unless its media type says that it can only be a blob (BuildKit's cache). */
  readonly kind: ReferenceKind;
  readonly mediaType: string;
  /** As the manifest claims, bytes; always 0 in a schema 1 manifest, which claims nothing. */
  readonly size: number;
  /** Of an index's child, as the index says. */
  readonly architecture?: string | undefined;
  readonly os?: string | undefined;
  /** Of a non-distributable layer: where it may be had, as its manifest claims. Never fetched by the server. */
  readonly urls?: readonly string[] | undefined;
}

/** What the registry needs to know of a manifest. The document itself is stored byte for byte and never written anew. */
export interface ParsedManifest {
  readonly kind: 'image' | 'index' | 'artifact' | 'schema1' | 'unknown';
  /** The Content-Type of its push, normalised. */
  readonly mediaType: string;
  /** By the referrers rule: its own, else an image's config media type; undefined otherwise. */
  readonly artifactType?: string | undefined;
  readonly configMediaType?: string | undefined;
  readonly subject?: Descriptor | undefined;
  /** Not empty; without a prototype, so that any key is harmless. */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** Without the subject, which may be missing from the repository. */
  readonly references: readonly ReferenceOut[];
}

export type ManifestResult =
  | { readonly ok: true; readonly manifest: ParsedManifest }
  | { readonly ok: false; readonly reason: string };

const NAMES = foldedNames(
  'schemaVersion',
  'mediaType',
  'artifactType',
  'config',
  'layers',
  'manifests',
  'blobs',
  'subject',
  'annotations',
  'fsLayers',
);

/**
 * Reads a manifest of any kind; work and memory are linear in its bytes, which the caller bounds. Types that it does not
 * know pass unread, JSON or not, as long as a JSON document does not call itself something else.
 * `reason` is a sentence without a full stop that names the member.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests
 */
export function parseManifest(bytes: Uint8Array, contentType: string): ManifestResult {
  try {
    return { ok: true, manifest: readManifest(bytes, contentType) };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, reason: error.message };
    throw error;
  }
}

function readManifest(bytes: Uint8Array, contentType: string): ParsedManifest {
  const json = decodeJson(bytes);
  const document = 'value' in json && isJsonObject(json.value) ? json.value : undefined;
  const mediaType = normaliseMediaType(contentType) || declaredMediaType(document);
  if (!isMediaTypeShaped(mediaType)) {
    throw new Refusal(`the Content-Type ${shown(mediaType)} is not a media type (RFC 6838)`);
  }
  const read = readerOf(mediaType);
  if (read === undefined) {
    if (document !== undefined) requireUnknownType(document, mediaType);
    return { kind: 'unknown', mediaType, references: [] };
  }
  if ('problem' in json) throw new Refusal(`the document cannot be read: ${json.problem}`);
  if (document === undefined) throw new Refusal(`the document must be a JSON object, and is ${shown(json.value)}`);
  requireMediaType(document, mediaType);
  return read(document, mediaType);
}

function readerOf(mediaType: string): ((document: JsonObject, mediaType: string) => ParsedManifest) | undefined {
  if (isImageType(mediaType)) return readImage;
  if (isIndexType(mediaType)) return readIndex;
  if (isSchema1Type(mediaType)) return readSchema1;
  return mediaType === MEDIA_TYPE.ociArtifact ? readArtifact : undefined;
}

// ── media type: what the header says and what the document says must be one thing ───────────────────────────────────

/** "Clients SHOULD set the Content-Type header": without one the document's word is taken. */
function declaredMediaType(document: JsonObject | undefined): string {
  const declared = document === undefined ? undefined : member(document, 'mediaType');
  if (typeof declared === 'string' && declared !== '') return declared.toLowerCase();
  throw new Refusal('the request has no Content-Type, and the document has no mediaType that could stand in for it');
}

/**
 * "If a manifest includes a mediaType field, clients MUST set the Content-Type header to the value specified by the
 * mediaType field." A client that trusts the one and a scanner that trusts the other would see different images.
 */
function requireMediaType(document: JsonObject, mediaType: string): void {
  const declared = member(document, 'mediaType') ?? '';
  if (declared !== '' && declared !== mediaType) throw differentType(declared, mediaType);
}

function requireUnknownType(document: JsonObject, mediaType: string): void {
  const declared = member(document, 'mediaType');
  if (typeof declared !== 'string' || declared === '') return;
  if (declared.toLowerCase() !== mediaType) throw differentType(declared, mediaType);
}

function differentType(declared: unknown, mediaType: string): Refusal {
  return new Refusal(
    `mediaType is ${shown(declared)}, but the Content-Type is ${shown(mediaType)}; both must be the same`,
  );
}

// ── the kinds ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** https://github.com/opencontainers/image-spec/blob/main/manifest.md, and Docker's schema 2 of the same shape. */
function readImage(document: JsonObject, mediaType: string): ParsedManifest {
  refuseLookalikes(document, NAMES, '');
  refuseMembers(document, mediaType, ['manifests', 'fsLayers']);
  requireSchemaVersion(document, 2);
  const config = readDescriptor(member(document, 'config'), 'config');
  // Go writes an empty list as null, and the spec's text asks for no layer at all.
  const layers = readList(member(document, 'layers') ?? [], 'layers').map((value, i): ReferenceOut => {
    const layer = readDescriptor(value, `layers[${i}]`);
    return { ...layer, ...readBlobKind(layer.mediaType, value, 'layer') };
  });
  return {
    kind: 'image',
    mediaType,
    ...readCommon(document),
    artifactType: readArtifactType(document) ?? config.mediaType,
    configMediaType: config.mediaType,
    references: [{ ...config, kind: 'config' }, ...layers],
  };
}

/** https://github.com/opencontainers/image-spec/blob/main/image-index.md, and Docker's manifest list of the same shape. */
function readIndex(document: JsonObject, mediaType: string): ParsedManifest {
  refuseLookalikes(document, NAMES, '');
  refuseMembers(document, mediaType, ['config', 'layers', 'fsLayers']);
  requireSchemaVersion(document, 2);
  if (!Object.hasOwn(document, 'manifests')) throw new Refusal('manifests is missing; an empty array is allowed');
  const references = readList(member(document, 'manifests') ?? [], 'manifests').map((value, i): ReferenceOut => {
    const path = `manifests[${i}]`;
    const child = readDescriptor(value, path);
    const kind = readBlobKind(child.mediaType, value, isBlobType(child.mediaType) ? 'blob' : 'manifest');
    return { ...child, ...kind, ...readPlatform(value, path) };
  });
  return { kind: 'index', mediaType, ...readCommon(document), artifactType: readArtifactType(document), references };
}

/** A non-distributable layer, and where it may be had; else what is usual in its place. */
function readBlobKind(mediaType: string, value: unknown, usual: ReferenceKind): Pick<ReferenceOut, 'kind' | 'urls'> {
  if (!isNonDistributable(mediaType)) return { kind: usual };
  const urls = isJsonObject(value) ? member(value, 'urls') : undefined;
  // What is no list of strings was taken before, and harms nobody: it is never fetched unasked.
  return { kind: 'foreign-layer', urls: Array.isArray(urls) ? urls.filter((url) => typeof url === 'string') : [] };
}

/** https://github.com/opencontainers/image-spec/blob/v1.1.0-rc2/artifact.md */
function readArtifact(document: JsonObject, mediaType: string): ParsedManifest {
  refuseLookalikes(document, NAMES, '');
  refuseMembers(document, mediaType, ['config', 'layers', 'manifests', 'fsLayers']);
  const references = readList(member(document, 'blobs') ?? [], 'blobs').map((value, i): ReferenceOut => {
    const blob = readDescriptor(value, `blobs[${i}]`);
    return { ...blob, ...readBlobKind(blob.mediaType, value, 'blob') };
  });
  return { kind: 'artifact', mediaType, ...readCommon(document), artifactType: readArtifactType(document), references };
}

/**
 * Signatures are not verified, and the digest is that of the bytes with them. The layers are named, lest garbage
 * collection take them. https://distribution.github.io/distribution/spec/deprecated-schema-v1/
 */
function readSchema1(document: JsonObject, mediaType: string): ParsedManifest {
  refuseLookalikes(document, NAMES, '');
  refuseMembers(document, mediaType, ['config', 'layers', 'manifests']);
  requireSchemaVersion(document, 1);
  const references = readList(member(document, 'fsLayers') ?? [], 'fsLayers').map((value, i): ReferenceOut => {
    const path = `fsLayers[${i}]`;
    const digest = readDigest(member(objectAt(value, path), 'blobSum'), `${path}.blobSum`);
    return { digest, kind: 'layer', mediaType: MEDIA_TYPE.dockerLayerGzip, size: 0 };
  });
  return { kind: 'schema1', mediaType, references };
}

// ── members that several kinds share ────────────────────────────────────────────────────────────────────────────────

/** A document with the members of two kinds is an image to one client and an index to another (CVE-2021-41190). */
function refuseMembers(document: JsonObject, mediaType: string, names: readonly string[]): void {
  for (const name of names) {
    if (member(document, name) !== undefined) {
      throw new Refusal(`${name} does not belong in a document of type ${mediaType}; the document is ambiguous`);
    }
  }
}

function requireSchemaVersion(document: JsonObject, version: number): void {
  const found = member(document, 'schemaVersion');
  if (found !== version) throw new Refusal(`schemaVersion must be ${version}, and is ${shown(found)}`);
}

function readCommon(document: JsonObject): Pick<ParsedManifest, 'subject' | 'annotations'> {
  const subject = member(document, 'subject');
  return {
    subject: subject === undefined ? undefined : readDescriptor(subject, 'subject'),
    annotations: readAnnotations(member(document, 'annotations')),
  };
}

/** "Empty or missing" are the same: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers */
function readArtifactType(document: JsonObject): string | undefined {
  const artifactType = member(document, 'artifactType') ?? '';
  return artifactType === '' ? undefined : readTypeName(artifactType, 'artifactType');
}

function readAnnotations(value: unknown): Record<string, string> | undefined {
  if (value === undefined) return undefined;
  const entries = Object.entries(objectAt(value, 'annotations'));
  const annotations: Record<string, string> = Object.create(null);
  for (const [key, text] of entries) {
    if (typeof text !== 'string')
      throw new Refusal(`annotations[${shown(key)}] must be a string, and is ${shown(text)}`);
    annotations[key] = text;
  }
  return entries.length === 0 ? undefined : annotations;
}

function readList(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Refusal(`${path} must be an array, and is ${shown(value)}`);
}
