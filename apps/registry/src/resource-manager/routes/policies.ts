import type { Exchange } from '../../http/exchange.ts';
import type { Route, RouteParams } from '../../http/route.ts';
import type { ResourceManager } from '../context.ts';
import { Fields } from '../fields.ts';
import { readCleanUp } from '../registries/policy-definitions.ts';
import { POLICY_TYPES, type PolicyType, policyJson, putPolicy, removePolicy } from '../registries/put-policy.ts';
import { refuseUnknown } from '../registries/registry-tokens.ts';
import { requireRegistry } from '../require.ts';
import { armCaller, listPage, readJsonBody, sendList } from './reply.ts';

const TYPE = 'Microsoft.ContainerRegistry/registries';
const REGISTRY = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${TYPE}/{registry}`;

/** Clean-up policies and immutable tags, which Azure does not have as resources, and the preview of the former. */
export function policyRoutes(rm: ResourceManager): Route[] {
  return [
    ...POLICY_TYPES.flatMap((type) => routesOf(rm, type)),
    {
      name: 'registry-cleanup-preview',
      method: 'GET',
      path: `${REGISTRY}/previewCleanup`,
      access: { kind: 'resource', action: `${TYPE}/previewCleanup/read` },
      handle: (x, p) => preview(rm, x, p),
    },
    {
      name: 'registry-cleanup-preview-draft',
      method: 'POST',
      path: `${REGISTRY}/previewCleanup`,
      access: { kind: 'resource', action: `${TYPE}/previewCleanup/action` },
      handle: (x, p) => previewDraft(rm, x, p),
    },
  ];
}

function routesOf(rm: ResourceManager, t: PolicyType): Route[] {
  const on = (what: 'read' | 'write' | 'delete') =>
    ({ kind: 'resource', action: `${TYPE}/${t.type}/${what}` }) as const;
  const all = `${REGISTRY}/${t.type}`;
  const one = `${all}/{name}`;
  return [
    { name: `${t.type}-list`, method: 'GET', path: all, access: on('read'), handle: (x, p) => list(rm, t, x, p) },
    { name: `${t.type}-get`, method: 'GET', path: one, access: on('read'), handle: (x, p) => get(rm, t, x, p) },
    { name: `${t.type}-put`, method: 'PUT', path: one, access: on('write'), handle: (x, p) => put(rm, t, x, p) },
    {
      name: `${t.type}-delete`,
      method: 'DELETE',
      path: one,
      access: on('delete'),
      handle: (x, p) => remove(rm, t, x, p),
    },
  ];
}

async function list(rm: ResourceManager, t: PolicyType, x: Exchange, { values }: RouteParams): Promise<void> {
  const registry = await requireRegistry(rm, values);
  const page = await listPage(
    x,
    async (request) => rm.metadata.read.policies.list(registry.id, t.kind, request),
    (row) => row.name.toLowerCase(),
  );
  sendList(x, page, (row) => policyJson(registry, t, row));
}

async function get(rm: ResourceManager, t: PolicyType, x: Exchange, { values }: RouteParams): Promise<void> {
  const registry = await requireRegistry(rm, values);
  const { name = '' } = values;
  const row = await rm.metadata.read.policies.find(registry.id, t.kind, name);
  x.sendJson(200, {}, policyJson(registry, t, row ?? refuseUnknown(registry, t.type, name)));
}

async function put(rm: ResourceManager, t: PolicyType, x: Exchange, { values }: RouteParams): Promise<void> {
  const body = new Fields(await readJsonBody(x));
  const { created, registry, row } = await putPolicy(rm, t, armCaller(x), values, body);
  x.sendJson(created ? 201 : 200, {}, policyJson(registry, t, row));
}

async function remove(rm: ResourceManager, t: PolicyType, x: Exchange, { values }: RouteParams): Promise<void> {
  const registry = await requireRegistry(rm, values);
  const caller = armCaller(x);
  const gone = await rm.metadata.transaction((tx) => removePolicy(rm, t, caller, tx, registry, values.name ?? ''));
  x.send(gone ? 200 : 204);
}

/** Changes nothing. `policy` names one, which may be disabled. */
async function preview(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const registry = await requireRegistry(rm, values);
  const { query } = x.facts.target;
  const policy = query.get('policy') ?? undefined;
  if (policy !== undefined && policy.toLowerCase() !== 'retentionpolicy') {
    const row = await rm.metadata.read.policies.find(registry.id, 'clean-up', policy);
    if (!row) refuseUnknown(registry, 'cleanupPolicies', policy);
  }
  const after = query.get('$skipToken') ?? undefined;
  const { repositories, next } = await rm.previewCleanUp(registry, { policy, after });
  sendList(x, { items: repositories, next }, (repository) => repository);
}

/** Of a policy that is not stored: `properties` as a PUT would have them. Changes nothing. */
async function previewDraft(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const registry = await requireRegistry(rm, values);
  const draft = readCleanUp(new Fields(await readJsonBody(x)).within('properties'));
  const after = x.facts.target.query.get('$skipToken') ?? undefined;
  const { repositories, next } = await rm.previewCleanUp(registry, { draft, after });
  sendList(x, { items: repositories, next }, (repository) => repository);
}
