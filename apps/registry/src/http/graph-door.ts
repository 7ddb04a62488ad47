import type { Authorizer } from '../access/authorizer.ts';
import type { DirectoryPrincipal } from '../access/principal.ts';
import type { MetadataStore } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';
import { type BearerDoor, signInByBearer } from './bearer-sign-in.ts';
import { methodUnknown } from './door.ts';
import type { Exchange } from './exchange.ts';
import type { Route, RouteMatch, RouteParams } from './route.ts';

export interface GraphDoor extends BearerDoor {
  readonly authorizer: Authorizer;
  readonly metadata: MetadataStore;
  readonly clock: Clock;
}

/**
 * Azure keeps roles of the directory apart from those of resources. Here one right is both: who may say what others may
 * do in the subscription also says who the others are.
 */
const MANAGES_DIRECTORY = 'Microsoft.Authorization/roleAssignments/write';

/** The way in to the directory: route, caller, right, and only then the handler. Whoever is signed in may read it. */
export async function enterGraph(door: GraphDoor, exchange: Exchange, match: RouteMatch): Promise<void> {
  const route = match.routes.find((r) => r.method === exchange.method);
  if (!route) throw methodUnknown(exchange.method, match.routes);
  exchange.routeName = route.name;
  const values = match.values ?? {};
  const principal = await signInByBearer(door, exchange, 'graph');
  exchange.principal = principal;
  if (!(await mayEnter(door, route, principal))) {
    await recordRefusal(door, exchange, route, principal);
    throw new DomainError(
      'forbidden',
      'directory.denied',
      'Insufficient privileges to complete the operation. Changing the directory needs the right to assign roles in the subscription (Owner, User Access Administrator); ask somebody who has it.',
    );
  }
  const params: RouteParams = { repository: '' as RouteParams['repository'], reference: '', values };
  await route.handle(exchange, params);
}

async function mayEnter(
  { authorizer, metadata }: GraphDoor,
  { access }: Route,
  principal: DirectoryPrincipal,
): Promise<boolean> {
  if (access.kind !== 'directory') return false;
  if (access.right === 'read') return true;
  const subscription = await metadata.read.settings.get('subscriptionId');
  const resource = { id: `/subscriptions/${subscription ?? ''}` };
  return (await authorizer.check({ principal, action: MANAGES_DIRECTORY, resource })).allow;
}

async function recordRefusal(
  { metadata, clock }: GraphDoor,
  exchange: Exchange,
  route: Route,
  principal: DirectoryPrincipal,
): Promise<void> {
  const { clientAddress: client, correlationId, target } = exchange.facts;
  await metadata.transaction((tx) =>
    tx.audit.append({
      time: clock.now(),
      principal: principal.id,
      action: route.name,
      target: target.path.slice(0, 300),
      outcome: 'refused',
      reason: 'no-assignment',
      client,
      correlationId,
    }),
  );
}
