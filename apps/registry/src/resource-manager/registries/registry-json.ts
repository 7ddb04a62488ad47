import { registryResourceId } from '../../access/scope-path.ts';
import type { RegistryRow } from '../../metadata/resources.ts';
import type { ResourceManager } from '../context.ts';
import { networkRulesJson } from './network-rules.ts';
import { policiesJson } from './policies.ts';

/**
 * A registry as the resource manager shows it. Versions up to 2019-05-01, which a Stack Hub has, leave out what came
 * later; clients of later ones crash without it.
 */
export function registryJson(rm: ResourceManager, row: RegistryRow, apiVersion: string) {
  const later =
    apiVersion < '2019-12'
      ? {}
      : {
          encryption: { status: 'disabled' },
          dataEndpointEnabled: false,
          dataEndpointHostNames: [],
          privateEndpointConnections: [],
          publicNetworkAccess: 'Enabled',
          networkRuleBypassOptions: 'AzureServices',
          zoneRedundancy: 'Disabled',
          anonymousPullEnabled: row.anonymousPullEnabled,
        };
  return {
    id: registryResourceId(row),
    name: row.name,
    type: 'Microsoft.ContainerRegistry/registries',
    location: row.location || rm.region,
    tags: JSON.parse(row.tags) as Record<string, string>,
    sku: { name: row.sku, tier: row.sku },
    properties: {
      loginServer: rm.endpoints().loginServer(row.name),
      creationDate: armTime(row.createdAt),
      provisioningState: 'Succeeded',
      status: { displayStatus: 'Ready', message: 'The registry is ready.', timestamp: armTime(row.updatedAt) },
      adminUserEnabled: row.adminUserEnabled,
      networkRuleSet: networkRulesJson(row.networkRules),
      policies: policiesJson(row.policies, apiVersion),
      ...later,
    },
  };
}

/** With seven digits of the second, as Azure writes times. */
export function armTime(time: Date): string {
  return time.toISOString().replace('Z', '0000Z');
}
