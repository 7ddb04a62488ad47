import { explainRepositoryName, parseRepositoryName, type RepositoryName } from '@holdfast/oci/reference';
import type { Authorizer } from '../access/authorizer.ts';
import type { Action, Principal, ResourceScope } from '../access/principal.ts';
import type { RegistryRow } from '../metadata/metadata-store.ts';
import { DomainError } from '../platform/domain-error.ts';
import { buildChallenge, type ChallengeError } from '../token/challenge.ts';
import type { Exchange } from './exchange.ts';
import { hostName } from './host.ts';
import type { Route, RouteMatch, RouteParams } from './route.ts';

/** Turns an Authorization header into a principal; undefined when what it shows is not valid. No header is anonymous. */
export type Authenticate = (authorization: string | undefined, registry: RegistryRow) => Promise<Principal | undefined>;

export interface DoorDependencies {
  readonly authenticate: Authenticate;
  readonly authorizer: Authorizer;
}

/**
 * The one way in: finds the route in the table, signs the caller in, asks the Authorizer, and only then lets the route
 * run. A route can neither forget the check nor look anything up before it.
 */
export async function enter(door: DoorDependencies, exchange: Exchange, match: RouteMatch): Promise<void> {
  const route = match.routes.find((r) => r.method === exchange.method);
  if (!route) throw methodUnknown(exchange.method, match.routes);
  exchange.routeName = route.name;
  const params: RouteParams = {
    repository: match.repositoryText === undefined ? ('' as RepositoryName) : requireName(match.repositoryText),
    reference: match.reference ?? '',
  };
  if (route.access.kind !== 'public') await admit(door, exchange, route, params);
  await route.handle(exchange, params);
}

async function admit(door: DoorDependencies, exchange: Exchange, route: Route, params: RouteParams): Promise<void> {
  const authorization = exchange.header('authorization');
  const principal = await door.authenticate(authorization, exchange.registry);
  if (!principal) {
    const bearer = /^bearer /i.test(authorization ?? '');
    throw unauthorized(exchange, route, params, bearer ? 'invalid_token' : undefined, authorization);
  }
  exchange.principal = principal;
  if (await allowed(door.authorizer, exchange, route, params)) return;
  const error: ChallengeError | undefined = authorization === undefined ? undefined : 'insufficient_scope';
  throw unauthorized(exchange, route, params, error, authorization);
}

async function allowed(authorizer: Authorizer, x: Exchange, route: Route, params: RouteParams): Promise<boolean> {
  const { access } = route;
  const registry = x.registry.id;
  switch (access.kind) {
    case 'public':
      return true;
    case 'signed-in':
      return x.principal.kind !== 'anonymous';
    case 'registry':
      return (await authorizer.check({ principal: x.principal, action: access.action, resource: { registry } })).allow;
    case 'repository': {
      const resource: ResourceScope = { registry, repository: params.repository };
      for (const action of access.actions) {
        if ((await authorizer.check({ principal: x.principal, action, resource })).allow) return true;
      }
      return false;
    }
  }
}

/**
 * 401 with the challenge that leads to a token that would do. Never 403: `az` repeats anything but 401, 404, 405, 409 for
 * 15 seconds (contract, section 5). Unknown and forbidden look alike.
 */
function unauthorized(
  exchange: Exchange,
  route: Route,
  params: RouteParams,
  error: ChallengeError | undefined,
  authorization: string | undefined,
): DomainError {
  const { realm, service, host } = exchange.facts;
  const wanted = wantedAccess(route, params);
  const message =
    authorization === undefined
      ? 'authentication required: sign in to this registry, for example with docker login.'
      : error === 'insufficient_scope'
        ? `authentication required: these credentials do not allow ${wanted?.text ?? 'this'}. Ask the registry's owner for the right, then sign in again.`
        : 'authentication required: these credentials are not valid (any more). Sign in again.';
  const denied = new DomainError('unauthenticated', 'auth.required', `${message}${upperCaseHint(host)}`, {
    detail: wanted ? [{ Type: wanted.type, Name: wanted.name, Action: wanted.action }] : undefined,
  });
  const scopes = wanted ? [`${wanted.type}:${wanted.name}:${wanted.action}`, ...mountScopes(exchange, route)] : [];
  denied.headers = { 'WWW-Authenticate': buildChallenge({ realm, service, scopes, error }) };
  return denied;
}

function wantedAccess(route: Route, params: RouteParams) {
  const { access } = route;
  if (access.kind === 'registry')
    return { type: 'registry', name: 'catalog', action: '*', text: 'listing repositories' };
  if (access.kind !== 'repository') return undefined;
  const action: Action = access.actions[0];
  const scope = action === 'push' ? 'pull,push' : action; // Docker pushes with one token that must also pull
  return { type: 'repository', name: params.repository, action: scope, text: `${action} on "${params.repository}"` };
}

/**
 * A mount also needs to pull from its source; the client then asks for both scopes in one go. Whoever has no token yet is
 * offered the scope for mounts without a source, since clients keep the token of their first upload for all that follow.
 */
function mountScopes(exchange: Exchange, route: Route): string[] {
  if (!route.mounts) return [];
  const { query } = exchange.facts.target;
  const from = query.has('mount') ? query.get('from') : undefined;
  const source = from ? parseRepositoryName(from) : undefined;
  const anywhere = exchange.header('authorization') === undefined ? ['registry:blobs:mount'] : [];
  return [...(source ? [`repository:${source}:pull`] : []), ...anywhere];
}

/** Docker keeps credentials by the host as typed: a login to the lower-case name does not serve `MyRegistry.azsacr…`. */
function upperCaseHint(host: string): string {
  const lower = host.toLowerCase();
  if (lower === host) return '';
  return ` The host was written "${host}": use the all-lower-case "${lower}" (${hostName(host)}), since clients keep credentials by the exact name.`;
}

function requireName(text: string): RepositoryName {
  const name = parseRepositoryName(text);
  if (name) return name;
  const { offending, reason, suggestion } = explainRepositoryName(text);
  const hint = suggestion ? ` The valid form would be "${suggestion}".` : '';
  throw new DomainError(
    'invalid',
    'name.invalid',
    `invalid repository name: unsupported repository format, invalid format of "${offending}": ${reason}. ` +
      `A valid name holds only lowercase letters, digits, periods, dashes, underscores and forward slashes.${hint}`,
    { detail: { name: text.slice(0, 300), offending, ...(suggestion ? { suggestion } : {}) } },
  );
}

function methodUnknown(method: string, routes: readonly Route[]): DomainError {
  const allow = [...new Set(routes.map((r) => r.method))].join(', ');
  const error = new DomainError(
    'unsupported',
    'request.unsupported',
    `The operation is unsupported: this address does not know ${method.slice(0, 20)}. Use one of its own methods: ${allow}.`,
  );
  error.headers = { Allow: allow };
  return error;
}
