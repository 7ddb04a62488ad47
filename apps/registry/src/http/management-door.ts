import {
  type ResourceDoor,
  refuseLockedScope,
  requireOperator,
  requireResourceRight,
} from '../access/resource-door.ts';
import { scopeKey } from '../access/scope-path.ts';
import { DomainError } from '../platform/domain-error.ts';
import { type BearerDoor, signInByBearer } from './bearer-sign-in.ts';
import { methodUnknown } from './door.ts';
import type { Exchange } from './exchange.ts';
import type { RouteMatch, RouteParams } from './route.ts';

export type ManagementDoor = BearerDoor & ResourceDoor;

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
    const action = access.kind === 'resource' || access.kind === 'operator' ? access.action : undefined;
    const { target, clientAddress: client, correlationId } = exchange.facts;
    const caller = { principal, client, correlationId };
    if (access.kind === 'operator') await requireOperator(door, caller, access.action, scope, target.path);
    if (action !== undefined) await requireResourceRight(door, caller, action, scope, target.path);
    if (!['GET', 'HEAD'].includes(route.method)) {
      await refuseLockedScope(door.metadata.read, action, route.method === 'DELETE' ? 'delete' : 'write', scope);
    }
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
