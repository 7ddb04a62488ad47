import { type Digest, isDigestShaped, parseDigest } from './digest.ts';
import {
  at,
  foldedNames,
  isJsonObject,
  type JsonObject,
  member,
  Refusal,
  refuseLookalikes,
  shown,
} from './json-document.ts';

/** https://github.com/opencontainers/image-spec/blob/main/descriptor.md */
export interface Descriptor {
  readonly digest: Digest;
  readonly mediaType: string;
  /** As claimed, bytes. */
  readonly size: number;
}

/** The operating system and processor of an index's child. */
export interface Platform {
  readonly architecture?: string | undefined;
  readonly os?: string | undefined;
}

const DESCRIPTOR_NAMES = foldedNames('mediaType', 'digest', 'size', 'platform');
const PLATFORM_NAMES = foldedNames('architecture', 'os');

/** Throws `Refusal` naming the member at `path` that is wrong. */
export function readDescriptor(value: unknown, path: string): Descriptor {
  const object = objectAt(value, path);
  refuseLookalikes(object, DESCRIPTOR_NAMES, path);
  return {
    digest: readDigest(member(object, 'digest'), at(path, 'digest')),
    mediaType: readTypeName(member(object, 'mediaType'), at(path, 'mediaType')),
    size: readSize(member(object, 'size'), at(path, 'size')),
  };
}

/** The `platform` of an index's child; throws `Refusal`. */
export function readPlatform(child: unknown, path: string): Platform {
  const platform = member(objectAt(child, path), 'platform');
  if (platform === undefined) return {};
  const where = at(path, 'platform');
  const object = objectAt(platform, where);
  refuseLookalikes(object, PLATFORM_NAMES, where);
  return {
    architecture: readWord(member(object, 'architecture'), at(where, 'architecture')),
    os: readWord(member(object, 'os'), at(where, 'os')),
  };
}

export function readDigest(value: unknown, path: string): Digest {
  const digest = typeof value === 'string' ? parseDigest(value) : undefined;
  if (digest !== undefined) return digest;
  const algorithm = typeof value === 'string' && isDigestShaped(value) ? value.slice(0, value.indexOf(':')) : 'sha256';
  throw new Refusal(
    algorithm === 'sha256' || algorithm === 'sha512'
      ? `${path} must be "sha256:" with 64 or "sha512:" with 128 lower-case hex digits, and is ${shown(value)}`
      : `${path} uses the algorithm ${shown(algorithm)}; this registry stores sha256 and sha512`,
  );
}

/**
 * A media type inside a document. RFC 6838 section 4.2 bounds its length; beyond that anything printable passes, since
 * "implementations storing or copying image manifests MUST NOT error" on a value that they do not know.
 */
export function readTypeName(value: unknown, path: string): string {
  if (typeof value === 'string' && /^[\x20-\x7e]{1,255}$/.test(value)) return value;
  throw new Refusal(`${path} must be a media type of at most 255 printable ASCII characters, and is ${shown(value)}`);
}

/** JSON does not tell `5.0` from `5`; both are the integer 5. */
function readSize(value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value + 0;
  throw new Refusal(`${path} must be an integer from 0 to 9007199254740991, and is ${shown(value)}`);
}

function readWord(value: unknown, path: string): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && /^[^\p{Cc}\p{Cs}]{0,255}$/u.test(value)) return value;
  throw new Refusal(`${path} must be a string of at most 255 printable characters, and is ${shown(value)}`);
}

export function objectAt(value: unknown, path: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw new Refusal(`${path} must be an object, and is ${shown(value)}`);
}
