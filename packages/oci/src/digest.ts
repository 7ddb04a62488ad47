import { hash } from 'node:crypto';

/** `algorithm:hex` with a registered algorithm, for example `sha256:…` (64 lower-case hex digits). */
export type Digest = string & { readonly __brand: 'Digest' };
export type DigestAlgorithm = 'sha256' | 'sha512';

const REGISTERED: Record<DigestAlgorithm, RegExp> = {
  sha256: /^sha256:[a-f0-9]{64}$/,
  sha512: /^sha512:[a-f0-9]{128}$/,
};

const GRAMMAR = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;

/** No algorithm in use comes near; keeps the regular expressions away from hostile input. */
const MAX_LENGTH = 1024;

/**
 * A digest of an algorithm that this registry computes: sha256 or sha512, all digits there and in lower case.
 * Only what this returns may become a path or a key.
 * https://github.com/opencontainers/image-spec/blob/main/descriptor.md#registered-algorithms
 */
export function parseDigest(text: string): Digest | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  return REGISTERED.sha256.test(text) || REGISTERED.sha512.test(text) ? (text as Digest) : undefined;
}

/**
 * Whether the text follows the general digest grammar, whatever its algorithm: tells "unsupported" from "malformed".
 * https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
 */
export function isDigestShaped(text: string): boolean {
  return text.length <= MAX_LENGTH && GRAMMAR.test(text);
}

export function digestAlgorithm(digest: Digest): DigestAlgorithm {
  return digest.startsWith('sha512:') ? 'sha512' : 'sha256';
}

/** The encoded part, lower-case hex digits only. */
export function digestHex(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

export function digestOf(bytes: Uint8Array | string, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return `${algorithm}:${hash(algorithm, bytes, 'hex')}` as Digest;
}
