import type { RegistryRow, ResourceGroupRow, SubscriptionRow } from '../metadata/resources.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { ResourceManager } from './context.ts';

export async function requireSubscription(rm: ResourceManager, id: string): Promise<SubscriptionRow> {
  const row = await rm.metadata.read.subscriptions.find(id);
  if (row) return row;
  throw new DomainError(
    'not-found',
    'subscription.unknown',
    `The subscription '${id.slice(0, 100)}' could not be found. Ask for the list of your subscriptions.`,
  );
}

export async function requireGroup(rm: ResourceManager, subscription: string, name: string): Promise<ResourceGroupRow> {
  const { id } = await requireSubscription(rm, subscription);
  const row = await rm.metadata.read.resourceGroups.find(id, name);
  if (row) return row;
  throw new DomainError(
    'not-found',
    'resource-group.unknown',
    `Resource group '${name.slice(0, 100)}' could not be found. Create it first, or ask for the list of resource groups.`,
  );
}

/** The registry, if it lies in just that group. */
export async function requireRegistry(
  rm: ResourceManager,
  values: Readonly<Record<string, string>>,
): Promise<RegistryRow> {
  const { subscription = '', group = '', registry = '' } = values;
  const { name } = await requireGroup(rm, subscription, group);
  const row = await rm.metadata.read.registries.byName(registry);
  const here =
    row?.subscriptionId === subscription.toLowerCase() && row.resourceGroup.toLowerCase() === name.toLowerCase();
  if (row && here) return row;
  throw unknownResource(`Microsoft.ContainerRegistry/registries/${registry}`, name);
}

export function unknownResource(what: string, group: string): DomainError {
  return new DomainError(
    'not-found',
    'resource.unknown',
    `The Resource '${what.slice(0, 300)}' under resource group '${group.slice(0, 100)}' was not found. Check the name and the group, or list what is there.`,
  );
}

/** There is one location, and Azure's display names have blanks and capitals. */
export function requireLocation(rm: ResourceManager, location: string): string {
  if (location.replaceAll(' ', '').toLowerCase() === rm.region.toLowerCase()) return rm.region;
  throw new DomainError(
    'invalid',
    'resource.invalid',
    `The provided location '${location.slice(0, 100)}' is not available. This site has one location: '${rm.region}'.`,
  );
}
