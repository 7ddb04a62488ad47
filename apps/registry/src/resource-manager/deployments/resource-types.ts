import type { ResourceAction } from '../../access/principal.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { lockJson, putLock } from '../authorization/resource-locks.ts';
import { assignmentJson, putRoleAssignment } from '../authorization/role-assignments.ts';
import type { ArmCaller, ResourceManager } from '../context.ts';
import type { Fields } from '../fields.ts';
import { PROVIDERS } from '../providers.ts';
import { listCredentials } from '../registries/credentials.ts';
import { putRegistry } from '../registries/put-registry.ts';
import { putWebhook } from '../registries/put-webhook.ts';
import { registryJson } from '../registries/registry-json.ts';
import { webhookJson } from '../registries/webhook-json.ts';
import { requireRegistry, unknownResource } from '../require.ts';
import { parseResourceId } from '../resource-id.ts';
import type { Json } from './expressions/values.ts';
import { DEPLOYMENTS } from './place.ts';
import { invalidTemplate } from './template.ts';

/** Where a resource is: its id, and for one that extends another, what it hangs on. */
export interface ResourcePlace {
  readonly id: string;
  readonly name: string;
  readonly extended?: string;
}

/** What templates can make of a type, by the very operations that requests use. */
export interface ResourceType {
  readonly type: string;
  readonly write: ResourceAction;
  readonly read: ResourceAction;
  /** Creates or replaces it; the caller has the right. */
  readonly put: (
    rm: ResourceManager,
    caller: ArmCaller,
    place: ResourcePlace,
    body: Fields,
    version: string,
  ) => Promise<Json>;
  /** As it is shown. Throws when it is not there. */
  readonly get: (rm: ResourceManager, place: ResourcePlace, version: string) => Promise<Json>;
  /** By the function's name in lower case: `listcredentials`. */
  readonly lists: Readonly<Record<string, { readonly action: ResourceAction; readonly run: ListFunction }>>;
}

type ListFunction = (rm: ResourceManager, caller: ArmCaller, place: ResourcePlace) => Promise<Json>;

const REGISTRIES = 'Microsoft.ContainerRegistry/registries';
const ASSIGNMENTS = 'Microsoft.Authorization/roleAssignments';
const LOCKS = 'Microsoft.Authorization/locks';

/** The shapes of answers are JSON by what they are made of. */
const json = (value: object): Json => JSON.parse(JSON.stringify(value)) as Json;

const RESOURCE_TYPES: readonly ResourceType[] = [
  {
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
  },
  {
    type: `${REGISTRIES}/webhooks`,
    write: `${REGISTRIES}/webhooks/write`,
    read: `${REGISTRIES}/webhooks/read`,
    put: async (rm, caller, place, body) => {
      const { registry, row } = await putWebhook(rm, caller, valuesOf(place), body);
      return json(webhookJson(registry, row));
    },
    get: async (rm, place) => {
      const registry = await requireRegistry(rm, valuesOf(place));
      const row = await rm.metadata.read.webhooks.find(registry.id, valuesOf(place).webhook ?? '');
      if (!row) throw unknownResource(place.id, registry.resourceGroup);
      return json(webhookJson(registry, row));
    },
    lists: {},
  },
  {
    type: ASSIGNMENTS,
    write: `${ASSIGNMENTS}/write`,
    read: `${ASSIGNMENTS}/read`,
    put: async (rm, caller, { name, extended = '' }, body, version) =>
      json(assignmentJson((await putRoleAssignment(rm, caller, { scope: extended, id: name }, body)).row, version)),
    get: async (rm, { id, name, extended = '' }, version) => {
      const row = await rm.metadata.read.roleAssignments.find(name.toLowerCase());
      if (row?.scopeKey !== extended.toLowerCase()) throw unknownResource(id, '');
      return json(assignmentJson(row, version));
    },
    lists: {},
  },
  {
    type: LOCKS,
    write: `${LOCKS}/write`,
    read: `${LOCKS}/read`,
    put: async (rm, caller, { name, extended = '' }, body) =>
      json(lockJson((await putLock(rm, caller, { scope: extended, name }, body)).row)),
    get: async (rm, { id, name, extended = '' }) => {
      const row = await rm.metadata.read.resourceLocks.find(extended.toLowerCase(), name);
      if (!row) throw unknownResource(id, '');
      return json(lockJson(row));
    },
    lists: {},
  },
];

/** As routes name the parts of a path. */
function valuesOf({ id }: ResourcePlace): Readonly<Record<string, string>> {
  const parsed = parseResourceId(id);
  const [registry = '', webhook = ''] = parsed?.provider?.names ?? [];
  return { subscription: parsed?.subscriptionId ?? '', group: parsed?.resourceGroup ?? '', registry, webhook };
}

/** The type that templates can make, or undefined for nested deployments, which are run and not put. Throws for others. */
export function resourceTypeOf(type: string): ResourceType | undefined {
  if (type.toLowerCase() === DEPLOYMENTS.toLowerCase()) return undefined;
  const found = RESOURCE_TYPES.find((one) => one.type.toLowerCase() === type.toLowerCase());
  if (found) return found;
  const offered = [...RESOURCE_TYPES.map((one) => one.type), DEPLOYMENTS].join(', ');
  throw new DomainError(
    'unsupported',
    'resource.not-supported',
    `Templates on this site cannot make resources of type '${type.slice(0, 200)}'. They make ${offered}.`,
  );
}

/** Templates take the versions that the provider lists, and no others: their properties are known. */
export function requireListedVersion(type: string, version: string, region: string): void {
  const [namespace = '', ...words] = type.split('/');
  const provider = PROVIDERS.find((one) => one.namespace.toLowerCase() === namespace.toLowerCase());
  const listed = provider?.types.find((one) => one.resourceType.toLowerCase() === words.join('/').toLowerCase());
  if (!listed) throw invalidTemplate(`the type '${type.slice(0, 200)}' has no api-versions on this site`);
  if (listed.apiVersions.includes(version.toLowerCase())) return;
  throw new DomainError(
    'invalid',
    'template.api-version',
    `No registered resource provider found for location '${region}' and API version '${version.slice(0, 50)}' for type '${listed.resourceType}'. The supported api-versions are '${listed.apiVersions.join(', ')}'. The supported locations are '${region}'. Change the apiVersion of the resource in the template to one of these, and deploy again.`,
  );
}
