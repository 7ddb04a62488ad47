import type { Exchange } from '../../http/exchange.ts';
import type { Route, RouteParams } from '../../http/route.ts';
import type { ResourceManager } from '../context.ts';
import { WEBHOOKS_PER_REGISTRY } from '../registries/limits.ts';
import { NOT_OFFERED, notOffered } from '../registries/not-offered.ts';
import { requireRegistry, unknownResource } from '../require.ts';

const TYPE = 'Microsoft.ContainerRegistry/registries';
const REGISTRY = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${TYPE}/{registry}`;

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
    ...NOT_OFFERED.flatMap((kind) => emptyKind(rm, kind)),
  ];
}

function emptyKind(rm: ResourceManager, kind: (typeof NOT_OFFERED)[number]): Route[] {
  const on = (action: 'read' | 'write' | 'delete') =>
    ({ kind: 'resource', action: `${TYPE}/${kind}/${action}` }) as const;
  const path = `${REGISTRY}/${kind}`;
  const one = `${path}/{name}`;
  const refuse = async () => {
    throw notOffered(kind);
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
