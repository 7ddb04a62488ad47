import { type Digest, isDigestShaped, parseDigest } from '@holdfast/oci/digest';
import { parseTagName, type TagName } from '@holdfast/oci/reference';
import { DomainError } from '../platform/domain-error.ts';

export type Reference = { readonly digest: Digest } | { readonly tag: TagName };

/** A tag or a digest, as it stands behind `/manifests/`. Throws `digest.invalid`, `tag.invalid`. */
export function parseReference(text: string): Reference {
  if (text.includes(':')) return { digest: requireDigest(text) };
  return { tag: requireTag(text) };
}

export function requireTag(text: string): TagName {
  const tag = parseTagName(text);
  if (tag) return tag;
  throw new DomainError(
    'invalid',
    'tag.invalid',
    `"${text.slice(0, 140)}" is no valid tag: at most 128 letters, digits, underscores, dots and dashes, not starting with a dot or a dash.`,
    { detail: { tag: text.slice(0, 140) } },
  );
}

export function requireDigest(text: string): Digest {
  const digest = parseDigest(text);
  if (digest) return digest;
  const why = isDigestShaped(text)
    ? 'only sha256 (64 hexadecimal digits, lower case) and sha512 (128) are supported'
    : 'a digest is written algorithm:hex, for example sha256 and 64 hexadecimal digits';
  throw new DomainError('invalid', 'digest.invalid', `"${text.slice(0, 160)}" is no valid digest: ${why}.`, {
    detail: { digest: text.slice(0, 160) },
  });
}
