import type { Exchange } from '../../http/exchange.ts';
import type { Route } from '../../http/route.ts';
import { invalid, requireDisplayName, requireUpn } from '../../identity/directory.ts';
import type { UserRow } from '../../metadata/directory.ts';
import { DomainError } from '../../platform/domain-error.ts';
import type { Body } from '../body.ts';
import type { Graph } from '../context.ts';
import { userJson } from '../json.ts';
import { sendListing } from './lists.ts';
import { callerOf, readJson, unknownObject } from './reply.ts';

const READ = { kind: 'directory', right: 'read' } as const;
const MANAGE = { kind: 'directory', right: 'manage' } as const;

/** People: `az ad user …`, `az ad signed-in-user show`, and the portal's own password page. */
export function userRoutes(g: Graph): Route[] {
  const one = '/v1.0/users/{id}';
  return [
    {
      name: 'graph-me',
      method: 'GET',
      path: '/v1.0/me',
      access: READ,
      handle: async (x) => x.sendJson(200, {}, userJson(await me(g, x))),
    },
    {
      name: 'graph-change-password',
      method: 'POST',
      path: '/v1.0/me/changePassword',
      access: READ,
      handle: (x) => changePassword(g, x),
    },
    { name: 'graph-users', method: 'GET', path: '/v1.0/users', access: READ, handle: (x) => list(g, x) },
    { name: 'graph-user-create', method: 'POST', path: '/v1.0/users', access: MANAGE, handle: (x) => create(g, x) },
    {
      name: 'graph-user',
      method: 'GET',
      path: one,
      access: READ,
      handle: async (x, { values }) => x.sendJson(200, {}, userJson(await requireUser(g, values.id))),
    },
    {
      name: 'graph-user-update',
      method: 'PATCH',
      path: one,
      access: MANAGE,
      handle: (x, { values }) => update(g, x, values.id),
    },
    {
      name: 'graph-user-delete',
      method: 'DELETE',
      path: one,
      access: MANAGE,
      handle: (x, { values }) => remove(g, x, values.id),
    },
  ];
}

/** By object id or by user principal name. */
export async function requireUser(g: Graph, id = ''): Promise<UserRow> {
  const { users } = g.metadata.read;
  const row = id.includes('@') ? await users.byUpn(id) : await users.find(id.toLowerCase());
  if (row) return row;
  throw unknownObject('user', id);
}

async function me(g: Graph, x: Exchange): Promise<UserRow> {
  if (x.principal.kind === 'user') return requireUser(g, x.principal.id);
  throw new DomainError(
    'invalid',
    'directory.invalid',
    '/me request is only valid with delegated authentication flow: this token is of a service principal. Ask for /servicePrincipals instead.',
  );
}

async function list(g: Graph, x: Exchange): Promise<void> {
  const { users } = g.metadata.read;
  await sendListing(x, {
    list: (filter, page) => users.list(filter, page),
    by: { id: (id) => users.find(id.toLowerCase()), userprincipalname: (upn) => users.byUpn(upn) },
    never: ['mail'],
    show: userJson,
  });
}

async function create(g: Graph, x: Exchange): Promise<void> {
  const body = await readJson(x);
  const row = await g.directory.newUser({
    upn: body.required('userPrincipalName'),
    displayName: body.required('displayName'),
    password: passwordOf(body) ?? missingPassword(),
    enabled: body.boolean('accountEnabled'),
  });
  await g.directory.createUser(callerOf(x), row);
  x.sendJson(201, {}, userJson(row));
}

async function update(g: Graph, x: Exchange, id: string | undefined): Promise<void> {
  const user = await requireUser(g, id);
  await refuseOperator(g, x, user);
  const body = await readJson(x);
  const displayName = body.text('displayName') ?? user.displayName;
  const upn = body.text('userPrincipalName') ?? user.upn;
  requireDisplayName(displayName);
  requireUpn(upn);
  const enabled = body.boolean('accountEnabled');
  const password = passwordOf(body);
  // Before anything is written: a refused password leaves the rest as it was, too.
  const secret = password === undefined ? {} : await g.directory.newPassword({ upn, displayName }, password);
  const action = password === undefined ? 'user.update' : 'user.set-password';
  await g.directory.change(callerOf(x), action, user.upn, async (tx) => {
    const row = await tx.users.find(user.id);
    if (!row) throw unknownObject('user', user.id);
    await tx.users.update({ ...row, upn, displayName, enabled: enabled ?? row.enabled, ...secret });
  });
  x.send(204);
}

async function remove(g: Graph, x: Exchange, id: string | undefined): Promise<void> {
  const user = await requireUser(g, id);
  await refuseOperator(g, x, user);
  await g.directory.deleteUser(callerOf(x), user);
  x.send(204);
}

/** Whoever knows the own password may have another one; a stolen token alone may not. */
async function changePassword(g: Graph, x: Exchange): Promise<void> {
  const user = await me(g, x);
  const body = await readJson(x);
  const password = body.required('newPassword');
  const verdict = await g.people.verify({
    username: user.upn,
    password: body.required('currentPassword'),
    source: x.facts.clientAddress,
  });
  if (!('user' in verdict)) {
    const message =
      verdict.refused === 'wrong'
        ? 'The specified current password is wrong. Type it again.'
        : `There were too many wrong passwords. Wait ${verdict.waitSeconds} seconds, then try again.`;
    throw new DomainError('forbidden', 'directory.denied', message);
  }
  await g.directory.setPassword(callerOf(x), user, password);
  x.send(204);
}

/** Owners of a subscription manage its people; the operator is not one of them, and must not become one by a new password. */
async function refuseOperator(g: Graph, x: Exchange, user: UserRow): Promise<void> {
  if (!user.siteOperator) return;
  const caller = x.principal.kind === 'user' ? await g.metadata.read.users.find(x.principal.id) : undefined;
  if (caller?.siteOperator) return;
  throw new DomainError(
    'forbidden',
    'directory.denied',
    `Insufficient privileges to complete the operation: '${user.upn}' runs the site, and only the operator changes such an account.`,
  );
}

function passwordOf(body: Body): string | undefined {
  const profile = body.within('passwordProfile');
  if (profile?.boolean('forceChangePasswordNextSignIn')) {
    throw invalid(
      'passwordProfile.forceChangePasswordNextSignIn',
      'false: this site does not make people change passwords',
    );
  }
  return profile?.text('password');
}

function missingPassword(): never {
  throw invalid('passwordProfile.password', 'a string, and is required');
}
