import { DomainError } from '../../platform/domain-error.ts';
import { lockJson, putLock } from '../authorization/resource-locks.ts';
import { assignmentJson, putRoleAssignment } from '../authorization/role-assignments.ts';
import { putRoleDefinition, roleJson } from '../authorization/role-definitions.ts';
import { custom, findRole, unknownRole } from '../authorization/roles.ts';
import { PROVIDERS } from '../providers.ts';
import { NOT_OFFERED, notOffered } from '../registries/not-offered.ts';
import { requireGroup, unknownResource } from '../require.ts';
import { groupJson, putResourceGroup } from '../resource-groups.ts';
import { DEPLOYMENTS, GROUPS } from './place.ts';
import { REGISTRY_TYPES } from './registry-types.ts';
import { json, type ResourceType, valuesOf } from './resource-type.ts';
import { invalidTemplate } from './template.ts';

const REGISTRIES = 'Microsoft.ContainerRegistry/registries';
const ASSIGNMENTS = 'Microsoft.Authorization/roleAssignments';
const ROLES = 'Microsoft.Authorization/roleDefinitions';
const LOCKS = 'Microsoft.Authorization/locks';

/** The one table of what templates can make, show, ask and, in complete mode, delete. */
export const RESOURCE_TYPES: readonly ResourceType[] = [
  ...REGISTRY_TYPES,
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
  },
  {
    type: ROLES,
    write: `${ROLES}/write`,
    read: `${ROLES}/read`,
    put: async (rm, caller, { name, extended = '' }, body, version) =>
      json(roleJson(custom((await putRoleDefinition(rm, caller, name, body)).row), extended, version)),
    get: async (rm, { name, extended = '' }, version) => {
      const role = await findRole(rm, name);
      if (!role) throw unknownRole(name);
      return json(roleJson(role, extended, version));
    },
  },
  {
    type: GROUPS,
    write: 'Microsoft.Resources/subscriptions/resourceGroups/write',
    read: 'Microsoft.Resources/subscriptions/resourceGroups/read',
    put: async (rm, caller, place, body) =>
      json(groupJson(rm, (await putResourceGroup(rm, caller, valuesOf(place), body)).row)),
    get: async (rm, place) => {
      const { subscription = '', group = '' } = valuesOf(place);
      return json(groupJson(rm, await requireGroup(rm, subscription, group)));
    },
  },
];

/** The type that templates can make, or undefined for nested deployments, which are run and not put. Throws for others. */
export function resourceTypeOf(type: string): ResourceType | undefined {
  if (type.toLowerCase() === DEPLOYMENTS.toLowerCase()) return undefined;
  const found = RESOURCE_TYPES.find((one) => one.type.toLowerCase() === type.toLowerCase());
  if (found) return found;
  const kind = NOT_OFFERED.find((one) => `${REGISTRIES}/${one}`.toLowerCase() === type.toLowerCase());
  if (kind) throw notOffered(kind);
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
