import { principalId } from '../../access/principal.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { Route, RouteAccess, RouteHandler } from '../../http/route.ts';
import { invalid } from '../../identity/directory.ts';
import { isRegistrable, type RedirectUri } from '../../identity/redirects.ts';
import type { ApplicationRow } from '../../metadata/directory.ts';
import type { Body } from '../body.ts';
import type { Graph } from '../context.ts';
import { addPassword, removePassword, replaceCredentials } from './credentials.ts';
import { sendListing } from './lists.ts';
import { findObject, objectJson } from './objects.ts';
import { callerOf, readJson, unknownObject } from './reply.ts';

const READ = { kind: 'directory', right: 'read' } as const;
const MANAGE = { kind: 'directory', right: 'manage' } as const;
const MOST_REDIRECTS = 50;

/** Registrations of programs: `az ad app …`, and the first half of `az ad sp create-for-rbac`. */
export function applicationRoutes(g: Graph): Route[] {
  const all = '/v1.0/applications';
  const one = `${all}/{id}`;
  const row = (name: string, method: string, path: string, access: RouteAccess, handle: RouteHandler): Route => ({
    name: `graph-application${name}`,
    method,
    path,
    access,
    handle,
  });
  const found = (work: (x: Exchange, application: ApplicationRow) => Promise<void>): RouteHandler => {
    return async (x, { values }) => work(x, await requireApplication(g, values.id));
  };
  return [
    row('s', 'GET', all, READ, (x) => list(g, x)),
    row('-create', 'POST', all, MANAGE, (x) => create(g, x)),
    row(
      '',
      'GET',
      one,
      READ,
      found((x, a) => show(g, x, 200, a)),
    ),
    row(
      '-update',
      'PATCH',
      one,
      MANAGE,
      found((x, a) => update(g, x, a)),
    ),
    row(
      '-delete',
      'DELETE',
      one,
      MANAGE,
      found((x, a) => remove(g, x, a)),
    ),
    row(
      '-add-password',
      'POST',
      `${one}/addPassword`,
      MANAGE,
      found((x, a) => addPassword(g, x, a)),
    ),
    row(
      '-remove-password',
      'POST',
      `${one}/removePassword`,
      MANAGE,
      found((x, a) => removePassword(g, x, a)),
    ),
    row(
      '-owners',
      'GET',
      `${one}/owners`,
      READ,
      found((x, a) => sendOwners(g, x, a)),
    ),
  ];
}

async function requireApplication(g: Graph, id = ''): Promise<ApplicationRow> {
  const row = await g.metadata.read.applications.find(id.toLowerCase());
  if (row) return row;
  throw unknownObject('application', id);
}

async function show(g: Graph, x: Exchange, status: number, row: ApplicationRow): Promise<void> {
  x.sendJson(status, {}, await objectJson(g, { kind: 'Application', row }));
}

/** Whoever made it, as long as the directory knows them. */
export async function sendOwners(
  g: Graph,
  x: Exchange,
  { createdBy }: Pick<ApplicationRow, 'createdBy'>,
): Promise<void> {
  const owner = await findObject(g, createdBy);
  x.sendJson(200, {}, { value: owner ? [await objectJson(g, owner)] : [] });
}

async function list(g: Graph, x: Exchange): Promise<void> {
  const { applications } = g.metadata.read;
  await sendListing(x, {
    list: (filter, page) => applications.list(filter, page),
    by: {
      id: (id) => applications.find(id.toLowerCase()),
      appid: (appId) => applications.byAppId(appId.toLowerCase()),
    },
    never: ['identifieruris'],
    show: (row) => objectJson(g, { kind: 'Application', row }),
  });
}

async function create(g: Graph, x: Exchange): Promise<void> {
  const body = await readJson(x);
  const row = g.directory.newApplication({
    displayName: body.required('displayName'),
    redirectUris: JSON.stringify(redirectsOf(body, [])),
    publicClient: body.boolean('isFallbackPublicClient') ?? false,
    createdBy: principalId(x.principal),
  });
  await g.directory.change(callerOf(x), 'application.create', row.appId, async (tx) => {
    await tx.applications.insert(row);
    await replaceCredentials(g, tx, row, body);
  });
  await show(g, x, 201, row);
}

async function update(g: Graph, x: Exchange, application: ApplicationRow): Promise<void> {
  const body = await readJson(x);
  const before = JSON.parse(application.redirectUris) as RedirectUri[];
  const changed: ApplicationRow = {
    ...application,
    displayName: g.directory.displayNameOf(body.text('displayName') ?? application.displayName),
    redirectUris: JSON.stringify(redirectsOf(body, before)),
    publicClient: body.boolean('isFallbackPublicClient') ?? application.publicClient,
  };
  await g.directory.change(callerOf(x), 'application.update', application.appId, async (tx) => {
    if (!(await tx.applications.update(changed))) throw unknownObject('application', application.id);
    await replaceCredentials(g, tx, application, body);
  });
  x.send(204);
}

async function remove(g: Graph, x: Exchange, application: ApplicationRow): Promise<void> {
  await g.directory.deleteApplication(callerOf(x), application);
  x.send(204);
}

/** Each kind that the body names takes the place of what there was of it. */
function redirectsOf(body: Body, before: readonly RedirectUri[]): RedirectUri[] {
  const kinds = [
    ['web', 'web'],
    ['spa', 'spa'],
    ['publicClient', 'public'],
  ] as const;
  return kinds.flatMap(([property, kind]) => {
    const uris = body.within(property)?.texts('redirectUris', MOST_REDIRECTS);
    if (!uris) return before.filter((one) => one.kind === kind);
    const wrong = uris.find((uri) => !isRegistrable(uri));
    if (wrong !== undefined) {
      throw invalid(
        `${property}.redirectUris`,
        'https addresses, http ones of localhost, or a scheme of the program’s MANAGE, without a fragment',
      );
    }
    return uris.map((uri) => ({ uri, kind }));
  });
}
