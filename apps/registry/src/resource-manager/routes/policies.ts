import { registryResourceId } from '../../access/scope-path.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { Route, RouteParams } from '../../http/route.ts';
import type { PolicyKind, PolicyRow } from '../../metadata/policies.ts';
import type { RegistryRow } from '../../metadata/resources.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { armAudit } from '../audit.ts';
import type { ResourceManager } from '../context.ts';
import { Fields } from '../fields.ts';
import { POLICIES_PER_REGISTRY } from '../registries/limits.ts';
import { readCleanUp, readImmutableTags } from '../registries/policy-definitions.ts';
import { armTime } from '../registries/registry-json.ts';
import { refuseUnknown, requireChildName, requireStill } from '../registries/registry-tokens.ts';
import { requireRegistry } from '../require.ts';
import { armCaller, listPage, readJsonBody, sendList } from './reply.ts';

const TYPE = 'Microsoft.ContainerRegistry/registries';
const REGISTRY = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${TYPE}/{registry}`;

/** A kind of policies as a kind of children of registries. */
interface PolicyType {
  readonly kind: PolicyKind;
  readonly type: 'cleanupPolicies' | 'immutableTagPolicies';
  readonly read: (properties: Fields) => object;
}

const TYPES: readonly PolicyType[] = [
  { kind: 'clean-up', type: 'cleanupPolicies', read: readCleanUp },
  { kind: 'immutable-tags', type: 'immutableTagPolicies', read: readImmutableTags },
];

/** Clean-up policies and immutable tags, which Azure does not have as resources, and the preview of the former. */
export function policyRoutes(rm: ResourceManager): Route[] {
  return [
    ...TYPES.flatMap((type) => routesOf(rm, type)),
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
  const registry = await requireRegistry(rm, values);
  const { name = '' } = values;
  requireChildName(name, 'policy');
  if (name.toLowerCase() === 'retentionpolicy') throw reserved(name);
  const properties = new Fields(await readJsonBody(x)).within('properties');
  const definition = JSON.stringify(t.read(properties));
  const now = rm.clock.now();
  const { row, created } = await rm.metadata.transaction(async (tx) => {
    await requireStill(tx, registry);
    const before = await tx.policies.find(registry.id, t.kind, name);
    const others = before ? [] : await tx.policies.list(registry.id, t.kind, { limit: POLICIES_PER_REGISTRY });
    if (others.length >= POLICIES_PER_REGISTRY) throw tooMany(t);
    const fresh = { registryId: registry.id, kind: t.kind, name, createdAt: now };
    const row: PolicyRow = { ...fresh, ...before, definition, updatedAt: now };
    await tx.policies.put(row);
    await tx.audit.append(
      armAudit(rm, armCaller(x), `${TYPE}/${t.type}/write`, { registryId: registry.id, target: row.name }),
    );
    return { row, created: before === undefined };
  });
  x.sendJson(created ? 201 : 200, {}, policyJson(registry, t, row));
}

async function remove(rm: ResourceManager, t: PolicyType, x: Exchange, { values }: RouteParams): Promise<void> {
  const registry = await requireRegistry(rm, values);
  const { name = '' } = values;
  const gone = await rm.metadata.transaction(async (tx) => {
    if (!(await tx.policies.delete(registry.id, t.kind, name))) return false;
    const more = { registryId: registry.id, target: name };
    await tx.audit.append(armAudit(rm, armCaller(x), `${TYPE}/${t.type}/delete`, more));
    return true;
  });
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

function policyJson(
  registry: RegistryRow,
  { type }: PolicyType,
  { name, definition, createdAt, updatedAt }: PolicyRow,
) {
  return {
    id: `${registryResourceId(registry)}/${type}/${name}`,
    name,
    type: `${TYPE}/${type}`,
    properties: {
      ...(JSON.parse(definition) as object),
      creationDate: armTime(createdAt),
      lastUpdatedTime: armTime(updatedAt),
      provisioningState: 'Succeeded',
    },
  };
}

function reserved(name: string): DomainError {
  return new DomainError(
    'invalid',
    'resource.invalid',
    `The policy name '${name}' is taken: it is the registry's retention policy, which 'az acr config retention update' sets. Choose another name.`,
  );
}

function tooMany({ type }: PolicyType): DomainError {
  return new DomainError(
    'conflict',
    'quota.exceeded',
    `A registry has at most ${POLICIES_PER_REGISTRY} ${type}. Give one of them more patterns, or delete one that is not needed.`,
  );
}
