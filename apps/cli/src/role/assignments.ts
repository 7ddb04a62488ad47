import { groupOf, timesIn } from '../acr/shapes.ts';
import type { Options } from '../command.ts';
import { CommandError, notFound, wrongUsage } from '../command-error.ts';
import type { Session } from '../site/session.ts';

export const ASSIGNMENT_API = '2022-04-01';
const DEFINITION_API = '2022-05-01-preview';
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const ASSIGNMENT_OPTIONS = {
  scope: {
    flags: ['--scope'],
    value: 'ID',
    text: 'Resource id of what the role is for: a registry, a resource group, a subscription.',
  },
  role: { flags: ['--role'], value: 'ROLE', text: 'Name or id of the role, such as AcrPull.' },
  assignee: {
    flags: ['--assignee'],
    value: 'WHO',
    text: 'Name of a user, application id of a service principal, or object id.',
  },
} as const satisfies Options;

export interface RoleDefinition {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>> & { readonly roleName: string };
}

export interface RoleAssignment {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly properties: {
    readonly roleDefinitionId: string;
    readonly principalId: string;
    readonly principalType: string;
    readonly scope: string;
    readonly createdOn: string;
    readonly createdBy: string;
    readonly updatedOn: string;
    readonly updatedBy: string;
  };
}

/** The roles of that name at a scope; all of them without one. */
export function listRoles(session: Session, scope: string, name?: string): Promise<RoleDefinition[]> {
  const filter =
    name === undefined ? '' : `?$filter=${encodeURIComponent(`roleName eq '${name.replaceAll("'", "''")}'`)}`;
  return session.armList<RoleDefinition>(
    `${scope}/providers/Microsoft.Authorization/roleDefinitions${filter}`,
    DEFINITION_API,
  );
}

/** The id of a role that is given by name, by GUID or whole. */
export async function roleId(session: Session, scope: string, role: string): Promise<string> {
  if (role.startsWith('/')) return role;
  if (GUID.test(role)) return `${scope}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
  const [found] = await listRoles(session, scope, role);
  if (found) return found.id;
  throw notFound(`Role '${role}' doesn't exist. holdfast role definition list has those that do.`);
}

interface DirectoryObject {
  readonly id: string;
  readonly '@odata.type'?: string;
  readonly userPrincipalName?: string;
  readonly servicePrincipalNames?: readonly string[];
  readonly displayName?: string;
  readonly appId?: string;
}

/** The object id of a user by name, of a service principal by its application, or of anybody by the id itself. */
export async function principalOf(session: Session, assignee: string): Promise<{ id: string; type: string }> {
  const quoted = assignee.replaceAll("'", "''");
  const find = (path: string, filter: string) =>
    session.graph<{ value: DirectoryObject[] }>('GET', `/v1.0/${path}?$filter=${encodeURIComponent(filter)}`);
  if (assignee.includes('@')) {
    const [user] = (await find('users', `userPrincipalName eq '${quoted}'`)).value;
    if (user) return { id: user.id, type: 'User' };
  } else {
    const [principal] = (await find('servicePrincipals', `servicePrincipalNames/any(c:c eq '${quoted}')`)).value;
    if (principal) return { id: principal.id, type: 'ServicePrincipal' };
    if (GUID.test(assignee)) {
      const found = (await directoryObjects(session, [assignee])).get(assignee);
      if (found) return { id: assignee, type: principalType(found) };
    }
  }
  throw notFound(
    `Cannot find user or service principal in graph database for '${assignee}'. Check the spelling; a user is named as it signs in.`,
  );
}

export async function directoryObjects(
  session: Session,
  ids: readonly string[],
): Promise<Map<string, DirectoryObject>> {
  if (ids.length === 0) return new Map();
  const types = ['user', 'group', 'servicePrincipal', 'directoryObjectPartnerReference'];
  const { value } = await session.graph<{ value: DirectoryObject[] }>('POST', '/v1.0/directoryObjects/getByIds', {
    ids,
    types,
  });
  return new Map(value.map((one) => [one.id, one]));
}

/** As az shows it in lists: how somebody signs in. */
export const principalName = (object: DirectoryObject | undefined): string =>
  object?.userPrincipalName ?? object?.servicePrincipalNames?.[0] ?? object?.displayName ?? '';

function principalType(object: DirectoryObject): string {
  const kind = object['@odata.type']?.replace('#microsoft.graph.', '') ?? 'user';
  return kind.charAt(0).toUpperCase() + kind.slice(1);
}

/** As az prints a new one. */
export function assignmentShape({ id, name, type, properties }: RoleAssignment) {
  const {
    roleDefinitionId,
    principalId,
    principalType: kind,
    scope,
    createdOn,
    createdBy,
    updatedOn,
    updatedBy,
  } = properties;
  const resourceGroup = groupOf(id);
  return {
    condition: null,
    conditionVersion: null,
    createdBy,
    delegatedManagedIdentityResourceId: null,
    description: null,
    id,
    name,
    principalId,
    principalType: kind,
    ...(resourceGroup === undefined ? {} : { resourceGroup }),
    roleDefinitionId,
    scope,
    systemData: null,
    type,
    updatedBy,
    ...(timesIn({ createdOn, updatedOn }) as { createdOn: string; updatedOn: string }),
  };
}

export function needed(scope: string | undefined): string {
  if (scope !== undefined) return scope.replace(/\/+$/, '');
  throw wrongUsage(
    "--scope is needed: a resource id such as that of 'holdfast acr show -n myregistry --query id -o tsv'.",
  );
}

export const refusedTwice = (error: unknown): boolean =>
  error instanceof CommandError && error.message.startsWith('(RoleAssignmentExists)');
