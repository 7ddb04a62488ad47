import { explainRepositoryName, parseRepositoryName, type RepositoryName } from '@holdfast/oci/reference';
import type { Authorizer, RefusalReason } from '../access/authorizer.ts';
import {
  type Action,
  type Principal,
  principalId,
  QUARANTINE_WRITE,
  REGISTRY_ACTIONS,
  type RegistryAction,
  type ResourceScope,
  withoutCeiling,
} from '../access/principal.ts';
import { registryScope } from '../access/scope-path.ts';
import { isRefused, type Refused } from '../identity/refused.ts';
import type { RegistryRow } from '../metadata/metadata-store.ts';
import { type Awaitable, andThen } from '../platform/awaitable.ts';
import { DomainError } from '../platform/domain-error.ts';
import { buildChallenge, type ChallengeError } from '../token/challenge.ts';
import type { Caller, RefusalLog } from '../token/refusal-log.ts';
import { deniedText, signInText, type Wanted } from '../token/refusal-texts.ts';
import type { Exchange } from './exchange.ts';
import { hostName } from './host.ts';
import type { Route, RouteAccess, RouteMatch, RouteParams } from './route.ts';

/** Turns an Authorization header into a principal, or into the reason why what it shows is not accepted. No header is anonymous. */
export type Authenticate = (
  authorization: string | undefined,
  registry: RegistryRow,
  /** Address of the client. */
  source: string,
) => Awaitable<Principal | Refused>;

export interface DoorDependencies {
  readonly authenticate: Authenticate;
  readonly authorizer: Authorizer;
  readonly refusals: RefusalLog;
}

/**
 * The one way in: finds the route in the table, signs the caller in, asks the Authorizer, and only then lets the route
 * run. A route can neither forget the check nor look anything up before it.
 */
export function enter(door: DoorDependencies, exchange: Exchange, match: RouteMatch): Awaitable<void> {
  const route = match.routes.find((r) => r.method === exchange.method);
  if (!route) throw methodUnknown(exchange.method, match.routes);
  exchange.routeName = route.name;
  const params: RouteParams = {
    repository: match.repositoryText === undefined ? ('' as RepositoryName) : requireName(match.repositoryText),
    reference: match.reference ?? '',
    values: match.values ?? {},
  };
  if (route.access.kind === 'public') return route.handle(exchange, params);
  return andThen(admit(door, exchange, route, params), () => route.handle(exchange, params));
}

function admit(door: DoorDependencies, exchange: Exchange, route: Route, params: RouteParams): Awaitable<void> {
  const shown = door.authenticate(exchange.header('authorization'), exchange.registry, exchange.facts.clientAddress);
  return andThen(shown, (result) => {
    if (isRefused(result)) return refuseSignIn(door, exchange, route, params, result);
    exchange.principal = result;
    return andThen(whyNot(door.authorizer, exchange, route, params), (reason) => {
      if (reason !== undefined) return deny(door, exchange, route, params, reason);
    });
  });
}

async function refuseSignIn(
  door: DoorDependencies,
  exchange: Exchange,
  route: Route,
  params: RouteParams,
  refused: Refused,
): Promise<never> {
  await door.refusals.signIn(exchange.registry, refused, callerOf(exchange));
  const error = /^bearer /i.test(exchange.header('authorization') ?? '') ? 'invalid_token' : undefined;
  throw unauthorized(exchange, route, wantedAccess(route, params), signInText(refused), error);
}

async function deny(
  door: DoorDependencies,
  exchange: Exchange,
  route: Route,
  params: RouteParams,
  reason: RefusalReason,
): Promise<never> {
  const { principal } = exchange;
  const wanted = wantedAccess(route, params);
  if (wanted && principal.kind !== 'anonymous') await recordDenied(door, exchange, params, wanted, reason);
  const error = exchange.header('authorization') === undefined ? undefined : 'insufficient_scope';
  throw unauthorized(exchange, route, wanted, deniedText(principal, reason, wanted), error);
}

/** Undefined when the caller may; otherwise why not, for the action that the challenge names. */
function whyNot(
  authorizer: Authorizer,
  x: Exchange,
  route: Route,
  params: RouteParams,
): Awaitable<RefusalReason | undefined> {
  const { access } = route;
  switch (access.kind) {
    case 'public':
      return undefined;
    case 'signed-in': // a token for anonymous pulls is one that this registry issued, too
      return x.principal.kind === 'anonymous' && !x.principal.grants ? 'not-signed-in' : undefined;
    case 'registry':
      return refusalOf(authorizer, x.principal, [access.action], registryScope(x.registry));
    case 'resource':
    case 'operator':
    case 'directory':
      return 'no-assignment'; // routes of the resource manager and of the directory have doors of their own
    case 'repository':
      return refusalOf(authorizer, x.principal, access.actions, registryScope(x.registry, params.repository));
  }
}

/**
 * Asks for each action until one is allowed. Whoever shows a token without the action, because it has no right to it and so
 * the token could not be given it, is told about the right: a token with another scope would not help.
 */
function refusalOf(
  authorizer: Authorizer,
  principal: Principal,
  actions: readonly [Action, ...Action[]],
  resource: ResourceScope,
): Awaitable<RefusalReason | undefined> {
  return andThen(authorizer.check({ principal, action: actions[0], resource }), (decision) =>
    decision.allow ? undefined : refusalOfOthers(authorizer, principal, actions, resource, decision.reason),
  );
}

/** The same when the first action is refused, for that reason. */
async function refusalOfOthers(
  authorizer: Authorizer,
  principal: Principal,
  [action, ...others]: readonly [Action, ...Action[]],
  resource: ResourceScope,
  reason: RefusalReason,
): Promise<RefusalReason | undefined> {
  for (const other of others) {
    const decision = await authorizer.check({ principal, action: other, resource });
    if (decision.allow) return undefined;
  }
  if (reason !== 'outside-token-scope') return reason;
  const own = await authorizer.check({ principal: withoutCeiling(principal), action, resource });
  return own.allow ? reason : own.reason;
}

/**
 * For a route to which the door admits by any of several rights, and whose body decides which of them it takes. Refuses as the door
 * would have.
 */
export async function requireAlso(
  authorizer: Authorizer,
  exchange: Exchange,
  repository: RepositoryName,
  action: Action,
): Promise<void> {
  const { principal, registry } = exchange;
  const reason = await refusalOf(authorizer, principal, [action], registryScope(registry, repository));
  if (reason === undefined) return;
  const access: RouteAccess = { kind: 'repository', actions: [action] };
  const wanted = wantedAccess({ access }, { repository });
  const error = exchange.header('authorization') === undefined ? undefined : 'insufficient_scope';
  throw unauthorized(exchange, { access }, wanted, deniedText(principal, reason, wanted), error);
}

const RECORDED: readonly Action[] = [
  'push',
  'delete',
  'metadata_write',
  'deleted_restore',
  'bundle_write',
  'bundle_trust',
  QUARANTINE_WRITE,
];

/** Rights that somebody lacks for a change are worth a row; a token of another scope is how clients find out what to ask for. */
async function recordDenied(
  door: DoorDependencies,
  exchange: Exchange,
  params: RouteParams,
  { action, repository }: Wanted,
  reason: RefusalReason,
): Promise<void> {
  if (reason !== 'no-assignment' || !RECORDED.includes(action)) return;
  const denied = {
    principal: principalId(exchange.principal),
    action: exchange.routeName,
    reason: `${reason}: ${action}`,
    repository,
    target: params.reference.slice(0, 200) || undefined,
  };
  await door.refusals.denied(exchange.registry, denied, callerOf(exchange));
}

function callerOf({ facts }: Exchange): Caller {
  return { client: facts.clientAddress, correlationId: facts.correlationId };
}

/**
 * 401 with the challenge that leads to a token that would do. Never 403: `az` repeats anything but 401, 404, 405, 409 for
 * 15 seconds (contract, section 5). Unknown and forbidden look alike.
 */
function unauthorized(
  exchange: Exchange,
  route: Pick<Route, 'access' | 'mounts'>,
  wanted: (Wanted & { readonly detail: object }) | undefined,
  text: string,
  error: ChallengeError | undefined,
): DomainError {
  const { realm, service, host } = exchange.facts;
  const denied = new DomainError('unauthenticated', 'auth.required', `${text}${upperCaseHint(host)}`, {
    detail: wanted && [wanted.detail],
  });
  const scopes = wanted ? [wanted.scope, ...mountScopes(exchange, route)] : [];
  denied.headers = { 'WWW-Authenticate': buildChallenge({ realm, service, scopes, error }) };
  return denied;
}

/** What a route asks for, in the words of scopes; undefined for a route that only asks who it is. */
function wantedAccess(
  { access }: Pick<Route, 'access'>,
  params: Pick<RouteParams, 'repository'>,
): (Wanted & { readonly detail: object }) | undefined {
  if (access.kind === 'registry') {
    const { action } = access;
    const { name, word } = REGISTRY_ACTIONS[action as RegistryAction];
    const detail = { Type: 'registry', Name: name, Action: word };
    return { action, repository: undefined, scope: `registry:${name}:${word}`, detail };
  }
  if (access.kind !== 'repository') return undefined;
  const { repository } = params;
  const action: Action = access.actions[0];
  const words = action === 'push' ? 'pull,push' : action; // Docker pushes with one token that must also pull
  const detail = { Type: 'repository', Name: repository, Action: words };
  return { action, repository, scope: `repository:${repository}:${words}`, detail };
}

/**
 * A mount also needs to pull from its source; the client then asks for both scopes in one go. Whoever has no token yet is
 * offered the scope for mounts without a source, since clients keep the token of their first upload for all that follow.
 */
function mountScopes(exchange: Exchange, route: Pick<Route, 'mounts'>): string[] {
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

export function methodUnknown(method: string, routes: readonly Route[]): DomainError {
  const allow = [...new Set(routes.map((r) => r.method))].join(', ');
  const error = new DomainError(
    'unsupported',
    'request.unsupported',
    `The operation is unsupported: this address does not know ${method.slice(0, 20)}. Use one of its own methods: ${allow}.`,
  );
  error.headers = { Allow: allow };
  return error;
}
