import type { Principal } from '../access/principal.ts';
import { registryResourceId } from '../access/scope-path.ts';
import type { RegistryRow } from '../metadata/metadata-store.ts';
import type { ResourceManager } from './context.ts';
import { webhookResourceId } from './registries/webhook-json.ts';
import type { Filterable } from './resource-filter.ts';

const REGISTRIES = 'Microsoft.ContainerRegistry/registries';

/** A resource of whatever type, as lists show it. */
export interface IndexedResource extends Filterable {
  readonly id: string;
  /** The id in lower case, by which lists go. */
  readonly key: string;
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
  const { read } = rm.metadata;
  const readable = await rm.authorizer.scopesAllowing(principal, `${REGISTRIES}/read`);
  const withWebhooks = await rm.authorizer.scopesAllowing(principal, `${REGISTRIES}/webhooks/read`);
  const within = (scopes: readonly string[]) =>
    read.registries.list({ subscriptionId, resourceGroup, readable: scopes }, {});
  const registries = await within(readable);
  // Most may read both alike; a thousand rows are not read twice then.
  const above = String(withWebhooks) === String(readable) ? registries : await within(withWebhooks);
  const byId = new Map(above.map((row) => [row.id, row]));
  const webhooks = await read.webhooks.ofRegistries([...byId.keys()]);
  const found: IndexedResource[] = registries.map((row) => ({
    ...placed(rm, row, row.tags, registryResourceId(row)),
    name: row.name,
    resourceType: REGISTRIES,
    sku: row.sku,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  }));
  for (const row of webhooks) {
    const registry = byId.get(row.registryId);
    if (!registry) continue;
    const { createdAt, updatedAt } = row;
    const names = { name: `${registry.name}/${row.name}`, resourceType: `${REGISTRIES}/webhooks` };
    found.push({ ...placed(rm, registry, row.tags, webhookResourceId(registry, row)), ...names, createdAt, updatedAt });
  }
  return found.sort((a, b) => (a.key < b.key ? -1 : 1));
}

const NO_TAGS: Readonly<Record<string, string>> = {};

function placed(rm: ResourceManager, registry: RegistryRow, tags: string, id: string) {
  return {
    id,
    key: id.toLowerCase(),
    resourceGroup: registry.resourceGroup,
    location: registry.location || rm.region,
    tags: tags === '{}' ? NO_TAGS : (JSON.parse(tags) as Record<string, string>),
  };
}

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
