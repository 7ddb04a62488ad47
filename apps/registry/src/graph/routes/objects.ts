import type { Exchange } from '../../http/exchange.ts';
import type { Route } from '../../http/route.ts';
import { invalid } from '../../identity/directory.ts';
import type { ApplicationRow, GroupRow, ServicePrincipalRow, UserRow } from '../../metadata/directory.ts';
import type { Graph } from '../context.ts';
import { applicationJson, groupJson, servicePrincipalJson, userJson } from '../json.ts';
import { callerOf, readJson, sendPageOf, unknownObject } from './reply.ts';
import { requireUser } from './users.ts';

const READ = { kind: 'directory', right: 'read' } as const;
/** As on Graph. */
const MOST_IDS = 1000;
const MOST_GROUPS_ASKED = 20;

export type DirectoryObject =
  | { readonly kind: 'User'; readonly row: UserRow }
  | { readonly kind: 'Group'; readonly row: GroupRow }
  | { readonly kind: 'ServicePrincipal'; readonly row: ServicePrincipalRow }
  | { readonly kind: 'Application'; readonly row: ApplicationRow };

/** Objects of whatever kind, by id, and the groups that they are in. */
export function objectRoutes(g: Graph): Route[] {
  const object = '/v1.0/directoryObjects/{id}';
  const memberGroups = (name: string, path: string): Route => ({
    name,
    method: 'POST',
    path,
    access: READ,
    handle: (x, { values }) => getMemberGroups(g, x, values.id ?? ''),
  });
  const memberOf = (name: string, path: string): Route => ({
    name,
    method: 'GET',
    path,
    access: READ,
    handle: (x, { values }) => sendMemberOf(g, x, values.id),
  });
  return [
    {
      name: 'graph-objects-by-ids',
      method: 'POST',
      path: '/v1.0/directoryObjects/getByIds',
      access: READ,
      handle: (x) => byIds(g, x),
    },
    {
      name: 'graph-object',
      method: 'GET',
      path: object,
      access: READ,
      handle: async (x, { values }) =>
        x.sendJson(200, {}, await objectJson(g, await requireObject(g, values.id ?? ''))),
    },
    {
      name: 'graph-check-member-groups',
      method: 'POST',
      path: `${object}/checkMemberGroups`,
      access: READ,
      handle: (x, { values }) => checkMemberGroups(g, x, values.id ?? ''),
    },
    memberGroups('graph-object-groups', `${object}/getMemberGroups`),
    memberGroups('graph-user-groups', '/v1.0/users/{id}/getMemberGroups'),
    memberGroups('graph-group-groups', '/v1.0/groups/{id}/getMemberGroups'),
    memberGroups('graph-principal-groups', '/v1.0/servicePrincipals/{id}/getMemberGroups'),
    memberOf('graph-my-member-of', '/v1.0/me/memberOf'),
    memberOf('graph-user-member-of', '/v1.0/users/{id}/memberOf'),
    {
      name: 'graph-my-objects',
      method: 'GET',
      path: '/v1.0/me/ownedObjects',
      access: READ,
      handle: (x) => ownedObjects(g, x),
    },
  ];
}

export async function findObject(g: Graph, given: string): Promise<DirectoryObject | undefined> {
  const { users, groups, servicePrincipals, applications } = g.metadata.read;
  const id = given.toLowerCase();
  const user = await users.find(id);
  if (user) return { kind: 'User', row: user };
  const group = await groups.find(id);
  if (group) return { kind: 'Group', row: group };
  const principal = await servicePrincipals.find(id);
  if (principal) return { kind: 'ServicePrincipal', row: principal };
  const application = await applications.find(id);
  return application && { kind: 'Application', row: application };
}

export async function objectJson(g: Graph, object: DirectoryObject) {
  const { applicationCredentials } = g.metadata.read;
  switch (object.kind) {
    case 'User':
      return userJson(object.row);
    case 'Group':
      return groupJson(object.row);
    case 'ServicePrincipal': {
      const { row } = object;
      return servicePrincipalJson(row, await applicationCredentials.ofApplication(row.appId), await g.tenantId());
    }
    case 'Application': {
      const { row } = object;
      return applicationJson(row, await applicationCredentials.ofApplication(row.appId), g.domain);
    }
  }
}

async function requireObject(g: Graph, id: string): Promise<DirectoryObject> {
  const found = id.includes('@') ? ({ kind: 'User', row: await requireUser(g, id) } as const) : await findObject(g, id);
  if (found) return found;
  throw unknownObject('object', id);
}

/** Unknown ids are left out; az then shows the bare id. */
async function byIds(g: Graph, x: Exchange): Promise<void> {
  const body = await readJson(x);
  const ids = body.texts('ids', MOST_IDS);
  if (!ids) throw invalid('ids', 'a list of ids, and is required');
  const types = body.texts('types', 20)?.map((type) => type.toLowerCase()) ?? [];
  const found = await Promise.all([...new Set(ids)].map((id) => findObject(g, id)));
  const wanted = found.filter(
    (object) =>
      object && (types.length === 0 || types.includes('directoryobject') || types.includes(object.kind.toLowerCase())),
  );
  x.sendJson(200, {}, { value: await Promise.all(wanted.map((object) => object && objectJson(g, object))) });
}

/** Of the groups asked for, those that it is in, directly or by another group. */
async function checkMemberGroups(g: Graph, x: Exchange, id: string): Promise<void> {
  const { row } = await requireObject(g, id);
  const asked = (await readJson(x)).texts('groupIds', MOST_GROUPS_ASKED);
  if (!asked) throw invalid('groupIds', `a list of at most ${MOST_GROUPS_ASKED} ids, and is required`);
  const groups = new Set(await g.metadata.read.memberships.transitive(row.id));
  x.sendJson(200, {}, { value: asked.filter((group) => groups.has(group.toLowerCase())) });
}

async function getMemberGroups(g: Graph, x: Exchange, id: string): Promise<void> {
  const { row } = await requireObject(g, id);
  x.sendJson(200, {}, { value: await g.metadata.read.memberships.transitive(row.id) });
}

async function sendMemberOf(g: Graph, x: Exchange, id: string | undefined): Promise<void> {
  const { row } = await requireObject(g, id ?? callerOf(x).id);
  const { memberships, groups } = g.metadata.read;
  await sendPageOf(
    x,
    async (page) => memberships.direct(row.id, page),
    (groupId) => groupId,
    async (groupId) => {
      const group = await groups.find(groupId);
      return group && groupJson(group);
    },
  );
}

/** What the caller has created: `az ad app list --show-mine`. */
async function ownedObjects(g: Graph, x: Exchange): Promise<void> {
  const { applications, servicePrincipals } = g.metadata.read;
  const own = (await applications.list({}, { limit: MOST_IDS })).filter((row) => row.createdBy === callerOf(x).id);
  const objects: DirectoryObject[] = [];
  for (const row of own) {
    objects.push({ kind: 'Application', row });
    const principal = await servicePrincipals.byAppId(row.appId);
    if (principal) objects.push({ kind: 'ServicePrincipal', row: principal });
  }
  x.sendJson(200, {}, { value: await Promise.all(objects.map((object) => objectJson(g, object))) });
}
