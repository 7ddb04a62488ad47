import { type Digest, parseDigest } from '@holdfast/oci/digest';
import { parseRepositoryName, parseTagName, type RepositoryName, type TagName } from '@holdfast/oci/reference';

export interface ImageReference {
  readonly repository: RepositoryName;
  readonly reference: { readonly tag: TagName } | { readonly digest: Digest };
}

/** `repository`, which means `repository:latest`, `repository:tag` or `repository@sha256:…`; undefined for anything else. */
export function parseImageReference(text: string): ImageReference | undefined {
  const at = text.indexOf('@');
  if (at >= 0) {
    const repository = parseRepositoryName(text.slice(0, at));
    const digest = parseDigest(text.slice(at + 1));
    return repository && digest && { repository, reference: { digest } };
  }
  const named = parseTagged(text);
  return named && { repository: named.repository, reference: { tag: named.tag ?? ('latest' as TagName) } };
}

/** `repository` or `repository:tag`. */
export function parseTagged(text: string): { repository: RepositoryName; tag: TagName | undefined } | undefined {
  const colon = text.indexOf(':');
  const repository = parseRepositoryName(colon < 0 ? text : text.slice(0, colon));
  if (!repository) return undefined;
  if (colon < 0) return { repository, tag: undefined };
  const tag = parseTagName(text.slice(colon + 1));
  return tag && { repository, tag };
}

export function formatImageReference({ repository, reference }: ImageReference): string {
  return 'tag' in reference ? `${repository}:${reference.tag}` : `${repository}@${reference.digest}`;
}
