import { DomainError } from '../platform/domain-error.ts';
import type { ResourceManager } from './context.ts';
import { requireGroup, requireRegistry, requireSubscription } from './require.ts';
import { parseResourceId } from './resource-id.ts';

const REPOSITORY_PATH = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;

/**
 * Throws unless something can hang on the scope: a subscription, a group, a registry, or a path of repositories in one.
 * So nobody assigns a role for something that others make later.
 */
export async function requireScope(rm: ResourceManager, scope: string): Promise<void> {
  const [resource = '', path] = cut(scope);
  const id = parseResourceId(resource);
  if (!id) throw invalidScope(scope);
  if (!id.resourceGroup) return void (await requireSubscription(rm, id.subscriptionId));
  if (!id.provider) return void (await requireGroup(rm, id.subscriptionId, id.resourceGroup));
  const { namespace, type, names } = id.provider;
  if (`${namespace}/${type}`.toLowerCase() !== 'microsoft.containerregistry/registries') throw invalidScope(scope);
  if (path !== undefined && (path.length > 255 || !REPOSITORY_PATH.test(path))) throw invalidScope(scope);
  await requireRegistry(rm, { subscription: id.subscriptionId, group: id.resourceGroup, registry: names[0] ?? '' });
}

/** A path of repositories has slashes of its own, so it is cut off before the rest is read as a resource id. */
function cut(scope: string): [string, string?] {
  const match = /^(.*\/registries\/[^/]+)\/repositories\/(.+)$/i.exec(scope);
  return match ? [match[1] as string, match[2] as string] : [scope];
}

function invalidScope(scope: string): DomainError {
  return new DomainError(
    'invalid',
    'resource.invalid',
    `The scope '${scope.slice(0, 300)}' is not valid here. It is a subscription, a resource group, a registry, or a registry followed by /repositories/<path>.`,
  );
}
