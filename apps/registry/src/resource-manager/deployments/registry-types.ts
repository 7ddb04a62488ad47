import { registryResourceId } from '../../access/scope-path.ts';
import type { MetadataReader, MetadataTx, RegistryRow } from '../../metadata/metadata-store.ts';
import type { Awaitable } from '../../platform/awaitable.ts';
import { openTarget } from '../../webhooks/target.ts';
import type { ArmCaller, ResourceManager } from '../context.ts';
import { listCredentials } from '../registries/credentials.ts';
import { POLICY_TYPES, type PolicyType, policyJson, putPolicy, removePolicy } from '../registries/put-policy.ts';
import { putRegistry } from '../registries/put-registry.ts';
import { putScopeMap, removeScopeMap } from '../registries/put-scope-map.ts';
import { putToken, removeToken } from '../registries/put-token.ts';
import { putWebhook, removeWebhook } from '../registries/put-webhook.ts';
import { registryJson } from '../registries/registry-json.ts';
import {
  findScopeMap,
  refuseUnknown,
  requireToken,
  scopeMapJson,
  shown,
  tokenJson,
} from '../registries/registry-tokens.ts';
import { removeRegistry } from '../registries/remove.ts';
import { webhookJson } from '../registries/webhook-json.ts';
import { requireRegistry, unknownResource } from '../require.ts';
import { type GroupPlace, json, type ResourcePlace, type ResourceType, valuesOf } from './resource-type.ts';

const REGISTRIES = 'Microsoft.ContainerRegistry/registries';

const registries: ResourceType = {
  type: REGISTRIES,
  write: `${REGISTRIES}/write`,
  read: `${REGISTRIES}/read`,
  put: async (rm, caller, place, body, version) =>
    json(registryJson(rm, (await putRegistry(rm, caller, valuesOf(place), body)).row, version)),
  get: async (rm, place, version) => json(registryJson(rm, await requireRegistry(rm, valuesOf(place)), version)),
  lists: {
    listcredentials: {
      action: `${REGISTRIES}/listCredentials/action`,
      run: async (rm, caller, place) =>
        json(await listCredentials(rm, caller, await requireRegistry(rm, valuesOf(place)))),
    },
  },
  complete: {
    action: `${REGISTRIES}/delete`,
    list: async (read, group) =>
      (await read.registries.list(group, {})).map((row) => ({ id: registryResourceId(row), name: row.name })),
    remove: async (rm, caller, tx, place) => {
      const row = await tx.registries.byName(place.name);
      if (row) await removeRegistry(rm, caller, tx, row);
    },
  },
};

const webhooks: ResourceType = {
  type: `${REGISTRIES}/webhooks`,
  write: `${REGISTRIES}/webhooks/write`,
  read: `${REGISTRIES}/webhooks/read`,
  put: async (rm, caller, place, body) => {
    const { registry, row } = await putWebhook(rm, caller, valuesOf(place), body);
    return json(webhookJson(registry, row));
  },
  get: async (rm, place) => {
    const { registry, row } = await webhookAt(rm, place);
    return json(webhookJson(registry, row));
  },
  unshown: async (rm, place) => {
    const { serviceUri, customHeaders } = openTarget(rm.box, (await webhookAt(rm, place)).row);
    return { properties: { serviceUri, customHeaders } };
  },
  complete: {
    action: `${REGISTRIES}/webhooks/delete`,
    list: (read, group) => childrenOf(read, group, 'webhooks', (registry) => read.webhooks.ofRegistries([registry.id])),
    remove: (rm, caller, tx, place) => removeChild(rm, caller, tx, place, removeWebhook),
  },
};

async function webhookAt(rm: ResourceManager, place: ResourcePlace) {
  const registry = await requireRegistry(rm, valuesOf(place));
  const row = await rm.metadata.read.webhooks.find(registry.id, valuesOf(place).webhook ?? '');
  if (!row) throw unknownResource(place.id, registry.resourceGroup);
  return { registry, row };
}

const tokens: ResourceType = {
  type: `${REGISTRIES}/tokens`,
  write: `${REGISTRIES}/tokens/write`,
  read: `${REGISTRIES}/tokens/read`,
  put: async (rm, caller, place, body) => {
    const { registry, row } = await putToken(rm, caller, valuesOf(place), body);
    return json(tokenJson(registry, row));
  },
  get: async (rm, place) => {
    const registry = await requireRegistry(rm, valuesOf(place));
    const row = await requireToken(rm.metadata.read.registryTokens, registry, valuesOf(place).name ?? '');
    return json(tokenJson(registry, row));
  },
  complete: {
    action: `${REGISTRIES}/tokens/delete`,
    list: (read, group) => childrenOf(read, group, 'tokens', (row) => read.registryTokens.list(row.id, {})),
    remove: (rm, caller, tx, place) => removeChild(rm, caller, tx, place, removeToken),
  },
};

const scopeMaps: ResourceType = {
  type: `${REGISTRIES}/scopeMaps`,
  write: `${REGISTRIES}/scopeMaps/write`,
  read: `${REGISTRIES}/scopeMaps/read`,
  put: async (rm, caller, place, body) => {
    const { registry, row } = await putScopeMap(rm, caller, valuesOf(place), body);
    return json(scopeMapJson(registry, shown(row)));
  },
  get: async (rm, place) => {
    const registry = await requireRegistry(rm, valuesOf(place));
    const { name = '' } = valuesOf(place);
    const map = await findScopeMap(rm.metadata.read.scopeMaps, registry, name);
    return json(scopeMapJson(registry, map ?? refuseUnknown(registry, 'scopeMaps', name)));
  },
  complete: {
    action: `${REGISTRIES}/scopeMaps/delete`,
    list: (read, group) => childrenOf(read, group, 'scopeMaps', (row) => read.scopeMaps.list(row.id, {})),
    remove: (rm, caller, tx, place) => removeChild(rm, caller, tx, place, removeScopeMap),
  },
};

const policyType = (t: PolicyType): ResourceType => ({
  type: `${REGISTRIES}/${t.type}`,
  write: `${REGISTRIES}/${t.type}/write`,
  read: `${REGISTRIES}/${t.type}/read`,
  put: async (rm, caller, place, body) => {
    const { registry, row } = await putPolicy(rm, t, caller, valuesOf(place), body);
    return json(policyJson(registry, t, row));
  },
  get: async (rm, place) => {
    const registry = await requireRegistry(rm, valuesOf(place));
    const { name = '' } = valuesOf(place);
    const row = await rm.metadata.read.policies.find(registry.id, t.kind, name);
    return json(policyJson(registry, t, row ?? refuseUnknown(registry, t.type, name)));
  },
  complete: {
    action: `${REGISTRIES}/${t.type}/delete`,
    list: (read, group) => childrenOf(read, group, t.type, (row) => read.policies.list(row.id, t.kind, {})),
    remove: (rm, caller, tx, place) =>
      removeChild(rm, caller, tx, place, (_rm, by, within, registry, name) =>
        removePolicy(rm, t, by, within, registry, name),
      ),
  },
});

/** In the order in which complete mode deletes: what needs another before that one, registries with all that is left last. */
export const REGISTRY_TYPES: readonly ResourceType[] = [
  webhooks,
  tokens,
  scopeMaps,
  ...POLICY_TYPES.map(policyType),
  registries,
];

async function childrenOf(
  read: MetadataReader,
  group: GroupPlace,
  type: string,
  rowsOf: (registry: RegistryRow) => Awaitable<readonly { readonly name: string }[]>,
): Promise<ResourcePlace[]> {
  const found: ResourcePlace[] = [];
  for (const registry of await read.registries.list(group, {})) {
    for (const { name } of await rowsOf(registry)) {
      found.push({ id: `${registryResourceId(registry)}/${type}/${name}`, name: `${registry.name}/${name}` });
    }
  }
  return found;
}

async function removeChild(
  rm: ResourceManager,
  caller: ArmCaller,
  tx: MetadataTx,
  place: ResourcePlace,
  remove: (
    rm: ResourceManager,
    caller: ArmCaller,
    tx: MetadataTx,
    registry: RegistryRow,
    name: string,
  ) => Promise<boolean>,
): Promise<void> {
  const { registry = '', name = '' } = valuesOf(place);
  const row = await tx.registries.byName(registry);
  if (row) await remove(rm, caller, tx, row, name);
}
