import type { Principal, ResourceAction } from '../access/principal.ts';
import { registryResourceId } from '../access/scope-path.ts';
import type { RegistryRow } from '../metadata/metadata-store.ts';
import type { ResourceManager } from './context.ts';
import { webhookResourceId } from './registries/webhook-json.ts';
import type { Filterable } from './resource-filter.ts';

const REGISTRIES = 'Microsoft.ContainerRegistry/registries';

/** A resource of whatever type, as lists show it. */
export interface IndexedResource extends Filterable {
  readonly id: string;
  readonly sku?: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Everything in a subscription or group that the caller may read, by id in lower case. */
export async function listResources(
  rm: ResourceManager,
  principal: Principal,
  subscriptionId: string,
  resourceGroup: string | undefined,
): Promise<IndexedResource[]> {
  const registries = await readableRegistries(rm, principal, `${REGISTRIES}/read`, subscriptionId, resourceGroup);
  const found: IndexedResource[] = registries.map((row) => ({
    ...placeOf(rm, row),
    id: registryResourceId(row),
    name: row.name,
    resourceType: REGISTRIES,
    tags: JSON.parse(row.tags) as Record<string, string>,
    sku: row.sku,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  }));
  found.push(...(await listWebhooks(rm, principal, subscriptionId, resourceGroup)));
  return found.sort((a, b) => (a.id.toLowerCase() < b.id.toLowerCase() ? -1 : 1));
}

async function listWebhooks(
  rm: ResourceManager,
  principal: Principal,
  subscriptionId: string,
  resourceGroup: string | undefined,
): Promise<IndexedResource[]> {
  const above = await readableRegistries(rm, principal, `${REGISTRIES}/webhooks/read`, subscriptionId, resourceGroup);
  const registries = new Map(above.map((row) => [row.id, row]));
  const webhooks = await rm.metadata.read.webhooks.ofRegistries([...registries.keys()]);
  return webhooks.flatMap((row) => {
    const registry = registries.get(row.registryId);
    if (!registry) return [];
    return {
      ...placeOf(rm, registry),
      id: webhookResourceId(registry, row),
      name: `${registry.name}/${row.name}`,
      resourceType: `${REGISTRIES}/webhooks`,
      tags: JSON.parse(row.tags) as Record<string, string>,
      createdAt: row.createdAt,
      updatedAt: row.updatedAt,
    };
  });
}

async function readableRegistries(
  rm: ResourceManager,
  principal: Principal,
  action: ResourceAction,
  subscriptionId: string,
  resourceGroup: string | undefined,
): Promise<RegistryRow[]> {
  const readable = await rm.authorizer.scopesAllowing(principal, action);
  return rm.metadata.read.registries.list({ subscriptionId, resourceGroup, readable }, {});
}

const placeOf = (rm: ResourceManager, row: RegistryRow) => ({
  resourceGroup: row.resourceGroup,
  location: row.location || rm.region,
});

export function resourceJson(item: IndexedResource) {
  return {
    id: item.id,
    name: item.name,
    type: item.resourceType,
    location: item.location,
    tags: item.tags,
    ...(item.sku ? { sku: { name: item.sku, tier: item.sku } } : {}),
    createdTime: item.createdAt.toISOString(),
    changedTime: item.updatedAt.toISOString(),
    provisioningState: 'Succeeded',
  };
}
