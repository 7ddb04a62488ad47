import { type Digest, parseDigest } from './digest.ts';

export interface ReferrerTag {
  readonly subject: Digest;
  /** `list` is the index of referrers where a registry has no API for them; the others are cosign's. */
  readonly kind: 'list' | 'sig' | 'att' | 'sbom';
}

/**
 * What a tag such as `sha256-<hex>.sig` says something of; undefined for any other tag.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#referrers-tag-schema and
 * https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md#tag-based-discovery
 */
export function readReferrerTag(tag: string): ReferrerTag | undefined {
  const [, algorithm, hex, kind = 'list'] = /^(sha256|sha512)-([a-f0-9]+)(?:\.(sig|att|sbom))?$/.exec(tag) ?? [];
  const subject = parseDigest(`${algorithm}:${hex}`);
  return subject && { subject, kind: kind as ReferrerTag['kind'] };
}
