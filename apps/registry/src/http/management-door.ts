import type { Authorizer } from '../access/authorizer.ts';
import type { DirectoryPrincipal, ResourceAction } from '../access/principal.ts';
import { isWithin, PROVIDER_SUBSCRIPTION, scopeKey, upwards } from '../access/scope-path.ts';
import type { MetadataReader, MetadataStore } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';
import { type BearerDoor, signInByBearer } from './bearer-sign-in.ts';
import { methodUnknown } from './door.ts';
import type { Exchange } from './exchange.ts';
import type { Route, RouteMatch, RouteParams } from './route.ts';

export interface ManagementDoor extends BearerDoor {
  readonly authorizer: Authorizer;
  readonly metadata: MetadataStore;
  readonly clock: Clock;
}

/**
 * The way in to the resource manager: route, caller, api-version, right, lock, and only then the handler. The right is
 * asked for on the path as it stands, before anything is looked up: whoever may not see a resource gets the same answer
 * whether it is there or not.
 */
export async function enterManagement(door: ManagementDoor, exchange: Exchange, match: RouteMatch): Promise<void> {
  const route = match.routes.find((r) => r.method === exchange.method);
  if (!route) throw methodUnknown(exchange.method, match.routes);
  exchange.routeName = route.name;
  const params: RouteParams = {
    repository: '' as RouteParams['repository'],
    reference: '',
    values: match.values ?? {},
  };
  if (route.access.kind !== 'public') {
    const principal = await signInByBearer(door, exchange, 'management');
    exchange.principal = principal;
    requireApiVersion(exchange);
    const scope = scopeKey(params.values.scope ?? `/${exchange.facts.target.segments.join('/')}`);
    const { access } = route;
    if (access.kind === 'resource') await authorize(door, exchange, principal, access.action, scope);
    if (access.kind === 'operator') await authorizeOperator(door, exchange, principal, access.action, scope);
    if (!['GET', 'HEAD'].includes(route.method)) await refuseLocked(door.metadata.read, route, scope);
  }
  await route.handle(exchange, params);
}

function requireApiVersion(exchange: Exchange): void {
  const given = exchange.facts.target.query.get('api-version');
  if (given === null || given === '') {
    throw new DomainError(
      'invalid',
      'api-version.missing',
      'The api-version query parameter (?api-version=) is required for all requests. Add it, for example ?api-version=2019-05-01.',
    );
  }
  if (!/^\d{4}-\d{2}-\d{2}(-[a-z]+)?$/i.test(given)) {
    throw new DomainError(
      'invalid',
      'api-version.invalid',
      `The api-version '${given.slice(0, 50)}' is invalid: it has the form YYYY-MM-DD or YYYY-MM-DD-preview, for example 2019-05-01.`,
    );
  }
}

async function authorize(
  door: ManagementDoor,
  exchange: Exchange,
  principal: DirectoryPrincipal,
  action: ResourceAction,
  scope: string,
): Promise<void> {
  const decision = await door.authorizer.check({ principal, action, resource: { id: scope } });
  if (!decision.allow) await refuse(door, exchange, principal, action, scope);
}

/**
 * Whoever owns a subscription has every action in it, so the operator's actions exist in the operator's own subscription only.
 * And for operators only: whoever manages the directory could give himself a service principal or a group that has a role there.
 */
async function authorizeOperator(
  door: ManagementDoor,
  exchange: Exchange,
  principal: DirectoryPrincipal,
  action: ResourceAction,
  scope: string,
): Promise<void> {
  const { settings, users } = door.metadata.read;
  const own = await settings.get(PROVIDER_SUBSCRIPTION);
  const user = await users.find(principal.id);
  if (!user?.siteOperator || !own || !isWithin(scope, `/subscriptions/${own}`)) {
    await refuse(door, exchange, principal, action, scope);
  }
  await authorize(door, exchange, principal, action, scope);
}

async function refuse(
  door: ManagementDoor,
  exchange: Exchange,
  principal: DirectoryPrincipal,
  action: ResourceAction,
  scope: string,
): Promise<never> {
  const { path } = exchange.facts.target;
  if (!action.toLowerCase().endsWith('/read')) await recordRefusal(door, exchange, principal, action, scope);
  throw new DomainError(
    'forbidden',
    'access.denied',
    `The client '${principal.name}' with object id '${principal.id}' does not have authorization to perform action '${action}' over scope '${path.slice(0, 500)}' or the scope is invalid. Ask an owner of the scope to assign a role with this action; it counts at once.`,
  );
}

async function recordRefusal(
  { metadata, clock }: ManagementDoor,
  exchange: Exchange,
  principal: DirectoryPrincipal,
  action: ResourceAction,
  scope: string,
): Promise<void> {
  await metadata.transaction((tx) =>
    tx.audit.append({
      time: clock.now(),
      principal: principal.id,
      action,
      resource: scope,
      outcome: 'refused',
      reason: 'no-assignment',
      client: exchange.facts.clientAddress,
      correlationId: exchange.facts.correlationId,
    }),
  );
}

/** Locks of the resource manager hold for everybody, whatever the rights; those below a scope forbid only to delete it. */
async function refuseLocked(read: MetadataReader, route: Route, scope: string): Promise<void> {
  const { access, method } = route;
  if (access.kind === 'resource' && access.action.toLowerCase().startsWith('microsoft.authorization/locks/')) return;
  const above = await read.resourceLocks.at([...upwards(scope)]);
  const below = method === 'DELETE' ? await read.resourceLocks.within(scope) : [];
  const lock = [...above, ...below].find(({ level }) => level === 'ReadOnly' || method === 'DELETE');
  if (!lock) return;
  throw new DomainError(
    'conflict',
    'resource.locked',
    `The scope '${scope}' cannot perform ${method === 'DELETE' ? 'delete' : 'write'} operation because the following scope(s) are locked: '${lock.scope}' (lock '${lock.name}', ${lock.level}, since ${lock.createdAt.toISOString()}, by ${lock.createdBy}). Please remove the lock and try again.`,
  );
}
