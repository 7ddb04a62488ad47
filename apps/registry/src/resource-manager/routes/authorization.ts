import { BUILT_IN_ROLES, builtInRole } from '../../access/built-in-roles.ts';
import { isWithin, scopeKey, upwards } from '../../access/scope-path.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { Route, RouteParams } from '../../http/route.ts';
import type { RoleAssignmentRow } from '../../metadata/rights.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { armAudit } from '../audit.ts';
import { assignmentJson, putRoleAssignment } from '../authorization/role-assignments.ts';
import { builtInUnchangeable, putRoleDefinition, requireRightAt, roleJson } from '../authorization/role-definitions.ts';
import { assignableAt, builtIn, custom, findRole, unknownRole } from '../authorization/roles.ts';
import type { ResourceManager } from '../context.ts';
import { Fields } from '../fields.ts';
import { apiVersion, armCaller, listPage, readJsonBody, sendList } from './reply.ts';

const ROLES = 'Microsoft.Authorization/roleDefinitions';
const ASSIGNMENTS = 'Microsoft.Authorization/roleAssignments';

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

async function putRole(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const body = new Fields(await readJsonBody(x));
  const { created, row } = await putRoleDefinition(rm, armCaller(x), values.id ?? '', body);
  x.sendJson(created ? 201 : 200, {}, roleJson(custom(row), values.scope ?? '', apiVersion(x)));
}

async function deleteRole(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const id = (values.id ?? '').toLowerCase();
  if (builtInRole(id)) throw builtInUnchangeable(id);
  const row = await rm.metadata.read.roleDefinitions.find(id);
  if (!row) return x.send(204);
  await requireRightAt(rm, armCaller(x), JSON.parse(row.assignableScopes) as string[], `${ROLES}/delete`);
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
