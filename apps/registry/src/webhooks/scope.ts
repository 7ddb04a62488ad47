import { parseRepositoryName, parseTagName, type RepositoryName, type TagName } from '@holdfast/oci/reference';

/** Of which repository and tag a webhook hears; what is not named is not limited. */
export interface WebhookScope {
  readonly repository?: RepositoryName;
  readonly tag?: TagName;
}

/**
 * `foo:*` every tag of foo, `foo:bar` that one, `foo` means `foo:latest`; empty, or `*`, everything (the specification of
 * the resource manager). Undefined for a text that is none.
 */
export function parseWebhookScope(text: string): WebhookScope | undefined {
  if (text === '' || text === '*') return {};
  const colon = text.indexOf(':');
  const repository = parseRepositoryName(colon < 0 ? text : text.slice(0, colon));
  if (!repository) return undefined;
  const tagText = colon < 0 ? 'latest' : text.slice(colon + 1);
  if (tagText === '*') return { repository };
  const tag = parseTagName(tagText);
  return tag && { repository, tag };
}

/** `tags`: those that an event is about; none for a manifest without one. */
export function scopeCovers(scope: WebhookScope, repository: string, tags: readonly string[]): boolean {
  if (scope.repository !== undefined && scope.repository !== repository) return false;
  return scope.tag === undefined || tags.includes(scope.tag);
}
