import type { Exchange } from '../../http/exchange.ts';
import type { Route, RouteParams } from '../../http/route.ts';
import { DomainError } from '../../platform/domain-error.ts';
import type { ResourceManager } from '../context.ts';
import { WEBHOOKS_PER_REGISTRY } from '../registries/limits.ts';
import { requireRegistry, unknownResource } from '../require.ts';

const TYPE = 'Microsoft.ContainerRegistry/registries';
const REGISTRY = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${TYPE}/{registry}`;

/** What Azure has below a registry and this site does not, with what to use instead. Clients list them unasked. */
const NOT_OFFERED = {
  replications: 'A site is one location. Import the images into a registry of the other site instead.',
  tasks: 'Build with the tools of your choice and push the result.',
  taskRuns: 'Build with the tools of your choice and push the result.',
  runs: 'Build with the tools of your choice and push the result.',
  agentPools: 'Build with the tools of your choice and push the result.',
  cacheRules: 'Import the images that are needed instead, for example with az acr import.',
  credentialSets: 'An import takes the credentials of its source in its request.',
  connectedRegistries: 'Import the images into a registry of the other site instead.',
  privateEndpointConnections: "Limit who may come with the registry's network rules.",
  exportPipelines: 'Import the images into a registry of the other site instead.',
  importPipelines: 'Import the images that are needed, for example with az acr import.',
} as const;

/** Usage, and the kinds of children that are always empty here. */
export function registryChildRoutes(rm: ResourceManager): Route[] {
  return [
    {
      name: 'registry-usages',
      method: 'GET',
      path: `${REGISTRY}/listUsages`,
      access: { kind: 'resource', action: `${TYPE}/listUsages/read` },
      handle: (x, p) => usages(rm, x, p),
    },
    ...Object.entries(NOT_OFFERED).flatMap(([kind, instead]) => emptyKind(rm, kind, instead)),
  ];
}

function emptyKind(rm: ResourceManager, kind: string, instead: string): Route[] {
  const on = (action: 'read' | 'write' | 'delete') =>
    ({ kind: 'resource', action: `${TYPE}/${kind}/${action}` }) as const;
  const path = `${REGISTRY}/${kind}`;
  const one = `${path}/{name}`;
  const refuse = async () => {
    throw new DomainError(
      'unsupported',
      'resource.not-supported',
      `Resources of type '${TYPE}/${kind}' are not offered on this site. ${instead}`,
    );
  };
  return [
    {
      name: `${kind}-list`,
      method: 'GET',
      path,
      access: on('read'),
      handle: async (x, { values }) => {
        await requireRegistry(rm, values);
        x.sendJson(200, {}, { value: [] });
      },
    },
    {
      name: `${kind}-get`,
      method: 'GET',
      path: one,
      access: on('read'),
      handle: async (_, { values }) => {
        const { name, resourceGroup } = await requireRegistry(rm, values);
        throw unknownResource(`${TYPE}/${name}/${kind}/${values.name}`, resourceGroup);
      },
    },
    { name: `${kind}-put`, method: 'PUT', path: one, access: on('write'), handle: refuse },
    { name: `${kind}-patch`, method: 'PATCH', path: one, access: on('write'), handle: refuse },
    {
      name: `${kind}-delete`,
      method: 'DELETE',
      path: one,
      access: on('delete'),
      handle: async (x, { values }) => {
        await requireRegistry(rm, values);
        x.send(204); // as for whatever was not there
      },
    },
  ];
}

/** As a Stack Hub answers: these two, and as of now. */
async function usages(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const { id } = await requireRegistry(rm, values);
  const { quotas, webhooks } = rm.metadata.read;
  const storage = await quotas.storage(id, rm.clock.now());
  const line = (name: string, limit: number, currentValue: number, unit: 'Bytes' | 'Count') => ({
    name,
    limit,
    currentValue,
    unit,
  });
  const value = [
    line('Size', storage?.limit ?? 0, storage?.used ?? 0, 'Bytes'),
    line('Webhooks', WEBHOOKS_PER_REGISTRY, await webhooks.count(id), 'Count'),
  ];
  x.sendJson(200, {}, { value });
}
