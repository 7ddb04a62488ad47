import type { Digest } from '@holdfast/oci/digest';

/** The strong validator of immutable content is its digest (RFC 9110 section 8.8.3). */
export function etagOf(digest: Digest): string {
  return `"${digest}"`;
}

/**
 * Whether `If-None-Match` names the content, so that the answer is 304: a list of validators compared weakly, or `*`
 * (RFC 9110 section 13.1.2). A digest without quotes counts too; some clients send back `Docker-Content-Digest`.
 */
export function matchesEtag(ifNoneMatch: string | undefined, digest: Digest): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  for (const [token, quoted] of ifNoneMatch.matchAll(/(?:W\/)?"([^"]*)"|[^\s,"]+/g)) {
    if ((quoted ?? token) === digest) return true;
  }
  return false;
}
