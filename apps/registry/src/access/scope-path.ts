import type { ResourceScope } from './principal.ts';

/** The setting that names the operator's own subscription, in which the site itself is managed. */
export const PROVIDER_SUBSCRIPTION = 'providerSubscriptionId';

/**
 * Scopes of role assignments, compared as lower-case resource ids. Beyond Azure there is one more level: a prefix of
 * repository paths, `<registry's id>/repositories/<path>`, which covers `<path>` itself and everything below it.
 */
export const REPOSITORIES = '/repositories/';

export interface ScopedRegistry {
  /** Row id. */
  readonly id: string;
  readonly name: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
}

/** The resource id of a registry, as clients see it. */
export function registryResourceId(row: ScopedRegistry): string {
  return `/subscriptions/${row.subscriptionId}/resourceGroups/${row.resourceGroup}/providers/Microsoft.ContainerRegistry/registries/${row.name}`;
}

/** Every request asks for its registry's, and readers keep the row: written out once for each. */
const scopes = new WeakMap<ScopedRegistry, ResourceScope & { readonly registry: string }>();

/** Where the rights over a registry, or over one of its repositories, are looked up. */
export function registryScope(row: ScopedRegistry, repository?: string): ResourceScope {
  let scope = scopes.get(row);
  if (!scope) {
    scope = { id: registryResourceId(row).toLowerCase(), registry: row.id };
    scopes.set(row, scope);
  }
  return repository === undefined ? scope : { id: scope.id, registry: scope.registry, repository };
}

/** From a scope upwards to the root: itself first, then every scope above it, whose assignments hold for it, too. */
export function* upwards(scope: string): Generator<string> {
  for (let end = scope.length; end > 0; end = scope.lastIndexOf('/', end - 1)) yield scope.slice(0, end);
  yield '/';
}

/** Whether `scope` is `above` or lies below it. */
export function isWithin(scope: string, above: string): boolean {
  return above === '/' || scope === above || scope.startsWith(`${above}/`);
}

/** The scope in the spelling in which scopes are compared: lower case, without a slash at its end. */
export function scopeKey(scope: string): string {
  const trimmed = scope.replace(/\/+$/, '').toLowerCase();
  return trimmed === '' ? '/' : trimmed;
}
