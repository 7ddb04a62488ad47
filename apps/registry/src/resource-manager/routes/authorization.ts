import { BUILT_IN_ROLES, builtInRole } from '../../access/built-in-roles.ts';
import { principalId } from '../../access/principal.ts';
import type { RolePermission } from '../../access/role-permissions.ts';
import { isWithin, scopeKey, upwards } from '../../access/scope-path.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { Route, RouteParams } from '../../http/route.ts';
import type { RoleAssignmentRow, RoleDefinitionRow } from '../../metadata/rights.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { armAudit } from '../audit.ts';
import { assignmentJson, GUID, putRoleAssignment } from '../authorization/role-assignments.ts';
import { assignableAt, builtIn, custom, findRole, type Role, unknownRole } from '../authorization/roles.ts';
import type { ResourceManager } from '../context.ts';
import { Fields } from '../fields.ts';
import { requireScope } from '../require-scope.ts';
import { apiVersion, armCaller, listPage, readJsonBody, sendList } from './reply.ts';

const ROLES = 'Microsoft.Authorization/roleDefinitions';
const ASSIGNMENTS = 'Microsoft.Authorization/roleAssignments';
const MAX_PATTERNS = 500;

/** Role definitions, role assignments, and what the caller may do. */
export function authorizationRoutes(rm: ResourceManager): Route[] {
  const on = (action: string) => ({ kind: 'resource', action: `Microsoft.Authorization/${action}` }) as const;
  const roles = `/{+scope}/providers/${ROLES}`;
  const assignments = `/{+scope}/providers/${ASSIGNMENTS}`;
  return [
    {
      name: 'role-definitions',
      method: 'GET',
      path: roles,
      access: on('roleDefinitions/read'),
      handle: (x, p) => listRoles(rm, x, p),
    },
    {
      name: 'role-definition-get',
      method: 'GET',
      path: `${roles}/{id}`,
      access: on('roleDefinitions/read'),
      handle: (x, p) => getRole(rm, x, p),
    },
    {
      name: 'role-definition-put',
      method: 'PUT',
      path: `${roles}/{id}`,
      access: on('roleDefinitions/write'),
      handle: (x, p) => putRole(rm, x, p),
    },
    {
      name: 'role-definition-delete',
      method: 'DELETE',
      path: `${roles}/{id}`,
      access: on('roleDefinitions/delete'),
      handle: (x, p) => deleteRole(rm, x, p),
    },
    {
      name: 'role-assignments',
      method: 'GET',
      path: assignments,
      access: on('roleAssignments/read'),
      handle: (x, p) => listAssignments(rm, x, p),
    },
    {
      name: 'role-assignment-get',
      method: 'GET',
      path: `${assignments}/{id}`,
      access: on('roleAssignments/read'),
      handle: (x, p) => getAssignment(rm, x, p),
    },
    {
      name: 'role-assignment-put',
      method: 'PUT',
      path: `${assignments}/{id}`,
      access: on('roleAssignments/write'),
      handle: (x, p) => putAssignment(rm, x, p),
    },
    {
      name: 'role-assignment-delete',
      method: 'DELETE',
      path: `${assignments}/{id}`,
      access: on('roleAssignments/delete'),
      handle: (x, p) => deleteAssignment(rm, x, p),
    },
    {
      name: 'permissions',
      method: 'GET',
      path: '/{+scope}/providers/Microsoft.Authorization/permissions',
      access: { kind: 'signed-in' },
      handle: (x, p) => permissions(rm, x, p),
    },
  ];
}

async function listRoles(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const scope = scopeKey(values.scope ?? '');
  const filter = x.facts.target.query.get('$filter') ?? '';
  const name = /rolename eq '((?:[^']|'')*)'/i.exec(filter)?.[1]?.replaceAll("''", "'");
  const type = /\btype eq '(\w+)'/i.exec(filter)?.[1]?.toLowerCase();
  const all = [...BUILT_IN_ROLES.map(builtIn), ...(await rm.metadata.read.roleDefinitions.all()).map(custom)];
  const below = /atscopeandbelow\(\)/i.test(filter);
  const shown = all.filter(
    (role) =>
      (assignableAt(role, scope) || (below && role.assignableScopes.some((s) => isWithin(scopeKey(s), scope)))) &&
      (name === undefined || role.name.toLowerCase() === name.toLowerCase()) &&
      (type === undefined || type === (role.custom ? 'customrole' : 'builtinrole')),
  );
  x.sendJson(200, {}, { value: shown.map((role) => roleJson(role, values.scope ?? '', apiVersion(x))) });
}

async function getRole(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const role = await findRole(rm, values.id ?? '');
  if (!role) throw unknownRole(values.id ?? '');
  x.sendJson(200, {}, roleJson(role, values.scope ?? '', apiVersion(x)));
}

/** 2015-07-01 has no dataActions: to those clients a role has its plain actions only. */
function roleJson(role: Role, scope: string, version: string) {
  const plain = ({ actions, notActions }: RolePermission) => ({ actions, notActions });
  const whole = ({ actions, notActions, dataActions, notDataActions }: RolePermission) => ({
    actions,
    notActions,
    dataActions,
    notDataActions,
  });
  const subscription = /^\/subscriptions\/[^/]+/i.exec(scope)?.[0] ?? '';
  return {
    id: `${subscription}/providers/${ROLES}/${role.id}`,
    name: role.id,
    type: ROLES,
    properties: {
      roleName: role.name,
      type: role.custom ? 'CustomRole' : 'BuiltInRole',
      description: role.description,
      assignableScopes: role.assignableScopes,
      permissions: role.permissions.map(version < '2016' ? plain : whole),
    },
  };
}

async function putRole(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const id = (values.id ?? '').toLowerCase();
  const body = new Fields(await readJsonBody(x));
  if (!GUID.test(id)) throw body.wrong('name', 'a GUID');
  if (builtInRole(id)) throw builtInUnchangeable(id);
  const properties = body.within('properties');
  const name = properties.required('roleName');
  if (BUILT_IN_ROLES.some((role) => role.name.toLowerCase() === name.toLowerCase())) throw nameTaken(name);
  const assignableScopes = properties.texts('assignableScopes') ?? [];
  if (assignableScopes.length === 0 || assignableScopes.length > MAX_PATTERNS) {
    throw properties.wrong('assignableScopes', 'a list of at least one scope');
  }
  const existing = await rm.metadata.read.roleDefinitions.find(id);
  const scopes = [...assignableScopes, ...(existing ? (JSON.parse(existing.assignableScopes) as string[]) : [])];
  await requireRightAt(rm, x, scopes, `${ROLES}/write`);
  for (const scope of assignableScopes) await requireScope(rm, scope);
  const permissions = (properties.list('permissions') ?? []).map(readPermission);
  if (permissions.length === 0) throw properties.wrong('permissions', 'a list of at least one permission');
  const now = rm.clock.now();
  const by = principalId(x.principal);
  const row: RoleDefinitionRow = {
    id,
    name,
    description: properties.text('description') ?? '',
    permissions: JSON.stringify(permissions),
    assignableScopes: JSON.stringify(assignableScopes),
    createdAt: existing?.createdAt ?? now,
    createdBy: existing?.createdBy ?? by,
    updatedAt: now,
    updatedBy: by,
  };
  await rm.metadata.transaction(async (tx) => {
    await tx.roleDefinitions.put(row);
    await tx.audit.append(armAudit(rm, armCaller(x), `${ROLES}/write`, { target: name }));
  });
  x.sendJson(existing ? 200 : 201, {}, roleJson(custom(row), values.scope ?? '', apiVersion(x)));
}

function readPermission(given: Fields): RolePermission {
  const patterns = (name: string) => {
    const list = given.texts(name) ?? [];
    if (list.length > MAX_PATTERNS || list.some((pattern) => pattern === '' || pattern.length > 200)) {
      throw given.wrong(name, `a list of at most ${MAX_PATTERNS} patterns of 1 to 200 characters`);
    }
    return list;
  };
  return {
    actions: patterns('actions'),
    notActions: patterns('notActions'),
    dataActions: patterns('dataActions'),
    notDataActions: patterns('notDataActions'),
  };
}

/** A role counts wherever it is assignable: so the right to make it is needed at each of these scopes, not just at the path's. */
async function requireRightAt(
  rm: ResourceManager,
  x: Exchange,
  scopes: readonly string[],
  action: `Microsoft.${string}/${string}`,
): Promise<void> {
  for (const scope of scopes) {
    const { allow } = await rm.authorizer.check({ principal: x.principal, action, resource: { id: scopeKey(scope) } });
    if (allow) continue;
    throw new DomainError(
      'forbidden',
      'access.denied',
      `The client with object id '${principalId(x.principal)}' does not have authorization to perform action '${action}' over the assignable scope '${scope.slice(0, 300)}'. Leave the scope out, or ask its owner.`,
    );
  }
}

async function deleteRole(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const id = (values.id ?? '').toLowerCase();
  if (builtInRole(id)) throw builtInUnchangeable(id);
  const row = await rm.metadata.read.roleDefinitions.find(id);
  if (!row) return x.send(204);
  await requireRightAt(rm, x, JSON.parse(row.assignableScopes) as string[], `${ROLES}/delete`);
  await rm.metadata.transaction(async (tx) => {
    const [assignment] = await tx.roleAssignments.ofRole(id, 1);
    if (assignment) {
      throw new DomainError(
        'conflict',
        'role-definition.assigned',
        `There are existing role assignments referencing role '${row.name}', for example at '${assignment.scope}'. Delete them first.`,
      );
    }
    await tx.roleDefinitions.delete(id);
    await tx.audit.append(armAudit(rm, armCaller(x), `${ROLES}/delete`, { target: row.name }));
  });
  x.sendJson(200, {}, roleJson(custom(row), values.scope ?? '', apiVersion(x)));
}

async function listAssignments(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const scope = scopeKey(values.scope ?? '');
  const filter = x.facts.target.query.get('$filter') ?? '';
  const principal = /(?:principalid eq|assignedto\()\s*'?([0-9a-f-]{36})'?/i.exec(filter)?.[1]?.toLowerCase();
  const atScope = /atscope\(\)/i.test(filter);
  const { roleAssignments } = rm.metadata.read;
  const show = (row: RoleAssignmentRow) => assignmentJson(row, apiVersion(x));
  const isAbove = (row: RoleAssignmentRow) => row.scopeKey !== scope && isWithin(scope, row.scopeKey);
  if (principal !== undefined && !atScope) {
    const rows = await roleAssignments.ofPrincipals([principal]);
    const related = rows.filter((row) => isAbove(row) || isWithin(row.scopeKey, scope));
    // In the order in which they come without a filter: those from above, then the others, each by id.
    related.sort((a, b) => Number(isAbove(b)) - Number(isAbove(a)) || (a.id < b.id ? -1 : 1));
    return sendList(x, { items: related }, show);
  }
  const above = await roleAssignments.at([...upwards(scope)].filter((one) => one !== scope));
  if (atScope) {
    const rows = [...above, ...(await roleAssignments.at([scope]))];
    const items = principal === undefined ? rows : rows.filter((row) => row.principalId === principal);
    return sendList(x, { items }, show);
  }
  const page = await listPage(
    x,
    async (request) => roleAssignments.within(scope, request),
    (row) => row.id,
  );
  const first = x.facts.target.query.get('$skipToken') === null;
  sendList(x, { ...page, items: [...(first ? above : []), ...page.items] }, show);
}

async function getAssignment(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const row = await findAssignment(rm, values);
  if (!row) {
    throw new DomainError(
      'not-found',
      'resource.unknown',
      `The role assignment '${values.id?.slice(0, 100)}' is not found at '${values.scope?.slice(0, 300)}'. List the assignments of that scope.`,
    );
  }
  x.sendJson(200, {}, assignmentJson(row, apiVersion(x)));
}

async function findAssignment(rm: ResourceManager, values: RouteParams['values']) {
  const row = await rm.metadata.read.roleAssignments.find((values.id ?? '').toLowerCase());
  return row?.scopeKey === scopeKey(values.scope ?? '') ? row : undefined;
}

async function putAssignment(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const body = new Fields(await readJsonBody(x));
  const at = { scope: values.scope ?? '', id: values.id ?? '' };
  const { created, row } = await putRoleAssignment(rm, armCaller(x), at, body);
  x.sendJson(created ? 201 : 200, {}, assignmentJson(row, apiVersion(x)));
}

async function deleteAssignment(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const row = await findAssignment(rm, values);
  if (!row) return x.send(204);
  await rm.metadata.transaction(async (tx) => {
    await tx.roleAssignments.delete(row.id);
    await tx.audit.append(armAudit(rm, armCaller(x), `${ASSIGNMENTS}/delete`, { target: row.principalId }));
  });
  x.sendJson(200, {}, assignmentJson(row, apiVersion(x)));
}

/** What the caller's roles give at the scope: the portal greys out what is not among it. */
async function permissions(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const ids = await rm.authorizer.rolesAt(x.principal, scopeKey(values.scope ?? ''));
  const roles = await Promise.all([...new Set(ids)].map((id) => findRole(rm, id)));
  const value = roles.flatMap((role) => (role ? roleJson(role, '', apiVersion(x)).properties.permissions : []));
  x.sendJson(200, {}, { value });
}

function builtInUnchangeable(id: string): DomainError {
  return new DomainError(
    'forbidden',
    'access.denied',
    `The role definition '${id}' is built in and cannot be changed or deleted. Make a custom role with another GUID.`,
  );
}

function nameTaken(name: string): DomainError {
  return new DomainError(
    'conflict',
    'role-definition.name-exists',
    `A built-in role is named "${name.slice(0, 100)}" already. Choose another name.`,
  );
}
