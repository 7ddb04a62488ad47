import { registryResourceId } from '../../access/scope-path.ts';
import type { RegistryRow } from '../../metadata/metadata-store.ts';
import type { QuotaRow } from '../../metadata/quotas.ts';
import type { ResourceManager } from '../context.ts';
import { armTime } from '../registries/registry-json.ts';

export const ADMIN = 'Microsoft.ContainerRegistry.Admin';

type Kind = 'certificates' | 'jobs' | 'quotas' | 'configurations' | 'capacities' | 'registries';

/**
 * A resource of the operator, as `Microsoft.ContainerRegistry.Admin` (2019-11-01-preview) of Azure Stack Hub shows it: its
 * name has the location in front.
 */
export function adminResource(rm: ResourceManager, subscription: string, kind: Kind, name: string, properties: object) {
  return {
    id: `/subscriptions/${subscription}/providers/${ADMIN}/locations/${rm.region}/${kind}/${name}`,
    name: `${rm.region}/${name}`,
    type: `${ADMIN}/locations/${kind}`,
    location: rm.region,
    properties,
  };
}

export function quotaJson(rm: ResourceManager, subscription: string, row: QuotaRow) {
  const { name, numberOfRegistries, capacityPerRegistryInGiB } = row;
  return adminResource(rm, subscription, 'quotas', name, { numberOfRegistries, capacityPerRegistryInGiB });
}

export function adminRegistryJson(rm: ResourceManager, subscription: string, row: RegistryRow, bytes: number) {
  return adminResource(rm, subscription, 'registries', row.name, {
    registryId: registryResourceId(row),
    name: row.name,
    location: row.location || rm.region,
    subscriptionId: row.subscriptionId,
    resourceGroup: row.resourceGroup,
    creationDate: armTime(row.createdAt),
    registrySizeInBytes: bytes,
  });
}

const operation = (name: string, resource: string, what: string, description: string) => ({
  name: `${ADMIN}/${name}`,
  display: { provider: 'Microsoft Azure Container Registry Admin', resource, operation: what, description },
});

export const ADMIN_OPERATIONS = [
  operation('locations/quotas/read', 'Quota', 'Get Quota', 'Gets a quota or lists all of them.'),
  operation('locations/quotas/write', 'Quota', 'Create or Update Quota', 'Creates, changes or assigns a quota.'),
  operation('locations/quotas/delete', 'Quota', 'Delete Quota', 'Deletes a quota.'),
  operation('locations/capacity/read', 'Capacity', 'Get Capacity', 'Shows what the site may store and stores.'),
  operation('locations/configuration/read', 'Configuration', 'Get Configuration', 'Shows the capacity that was set.'),
  operation('locations/configuration/write', 'Configuration', 'Set Configuration', 'Sets the capacity of the site.'),
  operation('locations/registries/read', 'Registry', 'List Registries', 'Lists the registries of all subscriptions.'),
  operation('locations/certificates/read', 'Certificate', 'List Certificates', 'Shows which certificate ends when.'),
  operation('locations/health/read', 'Health', 'Check Health', 'Looks at everything of the site that may be ill.'),
  operation('operations/read', 'Operation', 'List Operations', 'Lists these operations.'),
  operation('setupStatus/read', 'Setup', 'Get Setup Status', 'Shows whether the service is set up.'),
  operation('startSetup/action', 'Setup', 'Start Setup', 'Starts to set the service up.'),
];
