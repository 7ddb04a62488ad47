import type { Exchange } from '../../http/exchange.ts';
import type { Route, RouteAccess, RouteHandler } from '../../http/route.ts';
import type { ServicePrincipalRow } from '../../metadata/directory.ts';
import { DomainError } from '../../platform/domain-error.ts';
import type { Graph } from '../context.ts';
import { sendOwners } from './applications.ts';
import { addPassword, removePassword, replaceCredentials } from './credentials.ts';
import { sendListing } from './lists.ts';
import { objectJson } from './objects.ts';
import { callerOf, readJson, unknownObject } from './reply.ts';

const READ = { kind: 'directory', right: 'read' } as const;
const MANAGE = { kind: 'directory', right: 'manage' } as const;

/** What programs are as principals: `az ad sp …`. */
export function servicePrincipalRoutes(g: Graph): Route[] {
  const all = '/v1.0/servicePrincipals';
  const one = `${all}/{id}`;
  const row = (name: string, method: string, path: string, access: RouteAccess, handle: RouteHandler): Route => ({
    name: `graph-principal${name}`,
    method,
    path,
    access,
    handle,
  });
  const found = (work: (x: Exchange, principal: ServicePrincipalRow) => Promise<void>): RouteHandler => {
    return async (x, { values }) => work(x, await requirePrincipal(g, values.id));
  };
  return [
    row('s', 'GET', all, READ, (x) => list(g, x)),
    row('-create', 'POST', all, MANAGE, (x) => create(g, x)),
    row(
      '',
      'GET',
      one,
      READ,
      found((x, p) => show(g, x, 200, p)),
    ),
    row(
      '-update',
      'PATCH',
      one,
      MANAGE,
      found((x, p) => update(g, x, p)),
    ),
    row(
      '-delete',
      'DELETE',
      one,
      MANAGE,
      found((x, p) => remove(g, x, p)),
    ),
    row(
      '-add-password',
      'POST',
      `${one}/addPassword`,
      MANAGE,
      found((x, p) => addPassword(g, x, p)),
    ),
    row(
      '-remove-password',
      'POST',
      `${one}/removePassword`,
      MANAGE,
      found((x, p) => removePassword(g, x, p)),
    ),
    row(
      '-owners',
      'GET',
      `${one}/owners`,
      READ,
      found((x, p) => owners(g, x, p)),
    ),
  ];
}

async function requirePrincipal(g: Graph, id = ''): Promise<ServicePrincipalRow> {
  const row = await g.metadata.read.servicePrincipals.find(id.toLowerCase());
  if (row) return row;
  throw unknownObject('service principal', id);
}

async function creatorOf(g: Graph, id: string): Promise<string | undefined> {
  const { servicePrincipals, applications } = g.metadata.read;
  const row = await servicePrincipals.find(id.toLowerCase());
  return row && (await applications.byAppId(row.appId))?.createdBy;
}

async function show(g: Graph, x: Exchange, status: number, row: ServicePrincipalRow): Promise<void> {
  x.sendJson(status, {}, await objectJson(g, { kind: 'ServicePrincipal', row }));
}

async function owners(g: Graph, x: Exchange, row: ServicePrincipalRow): Promise<void> {
  await sendOwners(g, x, { createdBy: (await creatorOf(g, row.id)) ?? '' });
}

async function list(g: Graph, x: Exchange): Promise<void> {
  const { servicePrincipals } = g.metadata.read;
  const byAppId = (appId: string) => servicePrincipals.byAppId(appId.toLowerCase());
  await sendListing(x, {
    list: (filter, page) => servicePrincipals.list(filter, page),
    // Its names are its application's id, and nothing else.
    by: { id: (id) => servicePrincipals.find(id.toLowerCase()), appid: byAppId, serviceprincipalnames: byAppId },
    show: (row) => objectJson(g, { kind: 'ServicePrincipal', row }),
  });
}

async function create(g: Graph, x: Exchange): Promise<void> {
  const body = await readJson(x);
  const appId = body.required('appId').toLowerCase();
  const application = await g.metadata.read.applications.byAppId(appId);
  if (!application) {
    throw new DomainError(
      'invalid',
      'directory.invalid',
      `The appId '${appId.slice(0, 100)}' of the service principal does not reference a valid application object. Create the application first.`,
    );
  }
  const row = g.directory.newServicePrincipal(application, body.boolean('accountEnabled') ?? true);
  await g.directory.change(callerOf(x), 'service-principal.create', appId, async (tx) => {
    await tx.servicePrincipals.insert(row);
    await replaceCredentials(g, tx, row, body);
  });
  await show(g, x, 201, row);
}

async function update(g: Graph, x: Exchange, principal: ServicePrincipalRow): Promise<void> {
  const body = await readJson(x);
  const changed: ServicePrincipalRow = {
    ...principal,
    displayName: g.directory.displayNameOf(body.text('displayName') ?? principal.displayName),
    enabled: body.boolean('accountEnabled') ?? principal.enabled,
  };
  await g.directory.change(callerOf(x), 'service-principal.update', principal.appId, async (tx) => {
    if (!(await tx.servicePrincipals.update(changed))) throw unknownObject('service principal', principal.id);
    await replaceCredentials(g, tx, principal, body);
  });
  x.send(204);
}

async function remove(g: Graph, x: Exchange, principal: ServicePrincipalRow): Promise<void> {
  await g.directory.deleteServicePrincipal(callerOf(x), principal);
  x.send(204);
}
