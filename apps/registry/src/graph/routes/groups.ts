import type { Exchange } from '../../http/exchange.ts';
import type { Route } from '../../http/route.ts';
import { invalid, requireDisplayName } from '../../identity/directory.ts';
import type { GroupRow } from '../../metadata/directory.ts';
import { DomainError } from '../../platform/domain-error.ts';
import type { Body } from '../body.ts';
import type { Graph } from '../context.ts';
import { groupJson } from '../json.ts';
import { sendListing } from './lists.ts';
import { findObject, objectJson } from './objects.ts';
import { callerOf, readJson, sendPageOf, unknownObject } from './reply.ts';

const READ = { kind: 'directory', right: 'read' } as const;
const MANAGE = { kind: 'directory', right: 'manage' } as const;
const MAX_DESCRIPTION_CHARACTERS = 1024;
const GUID_AT_END = /\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** Groups and who is in them: `az ad group …`, `az ad group member …`. */
export function groupRoutes(g: Graph): Route[] {
  const all = '/v1.0/groups';
  const one = `${all}/{id}`;
  return [
    { name: 'graph-groups', method: 'GET', path: all, access: READ, handle: (x) => list(g, x) },
    { name: 'graph-group-create', method: 'POST', path: all, access: MANAGE, handle: (x) => create(g, x) },
    {
      name: 'graph-group',
      method: 'GET',
      path: one,
      access: READ,
      handle: async (x, { values }) => x.sendJson(200, {}, groupJson(await requireGroup(g, values.id))),
    },
    {
      name: 'graph-group-update',
      method: 'PATCH',
      path: one,
      access: MANAGE,
      handle: (x, { values }) => update(g, x, values.id),
    },
    {
      name: 'graph-group-delete',
      method: 'DELETE',
      path: one,
      access: MANAGE,
      handle: (x, { values }) => remove(g, x, values.id),
    },
    {
      name: 'graph-group-members',
      method: 'GET',
      path: `${one}/members`,
      access: READ,
      handle: (x, { values }) => members(g, x, values.id),
    },
    {
      name: 'graph-group-member-add',
      method: 'POST',
      path: `${one}/members/$ref`,
      access: MANAGE,
      handle: (x, { values }) => addMember(g, x, values.id),
    },
    {
      name: 'graph-group-member-remove',
      method: 'DELETE',
      path: `${one}/members/{member}/$ref`,
      access: MANAGE,
      handle: (x, { values }) => removeMember(g, x, values.id, values.member),
    },
    {
      name: 'graph-group-owners',
      method: 'GET',
      path: `${one}/owners`,
      access: READ,
      // Groups belong to whoever manages the directory.
      handle: async (x, { values }) => {
        await requireGroup(g, values.id);
        x.sendJson(200, {}, { value: [] });
      },
    },
  ];
}

async function requireGroup(g: Graph, id = ''): Promise<GroupRow> {
  const row = await g.metadata.read.groups.find(id.toLowerCase());
  if (row) return row;
  throw unknownObject('group', id);
}

async function list(g: Graph, x: Exchange): Promise<void> {
  const { groups } = g.metadata.read;
  await sendListing(x, {
    list: (filter, page) => groups.list(filter, page),
    by: { id: (id) => groups.find(id.toLowerCase()) },
    compared: { mailnickname: (group) => group.mailNickname },
    show: groupJson,
  });
}

async function create(g: Graph, x: Exchange): Promise<void> {
  const body = await readJson(x);
  if (body.boolean('mailEnabled')) throw invalid('mailEnabled', 'false: this site sends no mail');
  const displayName = body.required('displayName');
  const nickname = body.text('mailNickname') ?? displayName;
  requireDisplayName(displayName);
  requireDisplayName(nickname, 'mailNickname');
  const row = g.directory.newGroup({ displayName, mailNickname: nickname, description: descriptionOf(body) });
  await g.directory.change(callerOf(x), 'group.create', row.displayName, (tx) => tx.groups.insert(row));
  x.sendJson(201, {}, groupJson(row));
}

async function update(g: Graph, x: Exchange, id: string | undefined): Promise<void> {
  const group = await requireGroup(g, id);
  const body = await readJson(x);
  const displayName = body.text('displayName') ?? group.displayName;
  requireDisplayName(displayName);
  const description = body.has('description') ? descriptionOf(body) : group.description;
  await g.directory.change(callerOf(x), 'group.update', group.displayName, async (tx) => {
    if (!(await tx.groups.update({ ...group, displayName, description }))) throw unknownObject('group', group.id);
  });
  x.send(204);
}

async function remove(g: Graph, x: Exchange, id: string | undefined): Promise<void> {
  const group = await requireGroup(g, id);
  await g.directory.change(callerOf(x), 'group.delete', group.displayName, async (tx) => {
    await tx.roleAssignments.deleteOfPrincipal(group.id);
    await tx.groups.delete(group.id);
  });
  x.send(204);
}

async function members(g: Graph, x: Exchange, id: string | undefined): Promise<void> {
  const group = await requireGroup(g, id);
  await sendPageOf(
    x,
    async (page) => g.metadata.read.memberships.members(group.id, page),
    (row) => row.memberId,
    async (row) => {
      const found = await findObject(g, row.memberId);
      return found && objectJson(g, found);
    },
  );
}

/** The body points at the member: `{"@odata.id": "https://…/directoryObjects/<id>"}`. */
async function addMember(g: Graph, x: Exchange, id: string | undefined): Promise<void> {
  const group = await requireGroup(g, id);
  const body = await readJson(x);
  const memberId = GUID_AT_END.exec(body.required('@odata.id'))?.[1]?.toLowerCase();
  if (!memberId) throw invalid('@odata.id', 'the address of a directory object, which ends in its id');
  const member = await findObject(g, memberId);
  if (!member) throw unknownObject('user, group or service principal', memberId);
  if (member.kind === 'Application')
    throw invalid('@odata.id', 'a user, group or service principal; an application is none');
  if (memberId === group.id) throw invalid('@odata.id', 'another object than the group itself');
  const memberType = member.kind;
  await g.directory.change(callerOf(x), 'group.add-member', `${group.displayName}: ${memberId}`, async (tx) => {
    if (await tx.memberships.add({ groupId: group.id, memberId, memberType })) return;
    throw new DomainError(
      'conflict',
      'directory.exists',
      "One or more added object references already exist for the following modified properties: 'members'.",
    );
  });
  x.send(204);
}

async function removeMember(g: Graph, x: Exchange, id: string | undefined, member = ''): Promise<void> {
  const group = await requireGroup(g, id);
  const memberId = member.toLowerCase();
  await g.directory.change(callerOf(x), 'group.remove-member', `${group.displayName}: ${memberId}`, async (tx) => {
    if (!(await tx.memberships.remove(group.id, memberId))) throw unknownObject('member of the group', memberId);
  });
  x.send(204);
}

function descriptionOf(body: Body): string | undefined {
  const text = body.text('description');
  if (text === undefined || text === '') return undefined;
  if (text.length <= MAX_DESCRIPTION_CHARACTERS) return text;
  throw invalid('description', `at most ${MAX_DESCRIPTION_CHARACTERS} characters`);
}
