import type { Authorizer } from '../access/authorizer.ts';
import type { DirectoryPrincipal } from '../access/principal.ts';
import type { SignInTokens } from '../identity/sign-in-tokens.ts';
import type { MetadataStore } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';
import { methodUnknown } from './door.ts';
import type { Exchange } from './exchange.ts';
import type { Route, RouteMatch, RouteParams } from './route.ts';

export interface GraphDoor {
  readonly signInTokens: SignInTokens;
  readonly authorizer: Authorizer;
  readonly metadata: MetadataStore;
  readonly clock: Clock;
  /** Where a client without a token finds one. */
  readonly authority: () => string;
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
  const principal = await authenticate(door, exchange);
  exchange.principal = principal;
  if (!(await mayEnter(door, route, principal, values))) {
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

async function authenticate(door: GraphDoor, exchange: Exchange): Promise<DirectoryPrincipal> {
  const token = /^bearer +(\S+) *$/i.exec(exchange.header('authorization') ?? '')?.[1];
  const verified = token === undefined ? undefined : await door.signInTokens.verify(token, 'graph');
  if (verified && 'principal' in verified) return verified.principal;
  const problem = verified
    ? `The access token is not accepted: ${verified.problem}. Sign in again, for example with az login.`
    : 'Access token is empty. Sign in, for example with az login.';
  const error = new DomainError('unauthenticated', verified ? 'access.token-invalid' : 'auth.required', problem);
  error.headers = { 'WWW-Authenticate': `Bearer authorization_uri="${door.authority()}", error="invalid_token"` };
  throw error;
}

async function mayEnter(
  { authorizer, metadata }: GraphDoor,
  { access }: Route,
  principal: DirectoryPrincipal,
  values: RouteParams['values'],
): Promise<boolean> {
  if (access.kind !== 'directory') return false;
  if (access.right === 'read') return true;
  const subscription = await metadata.read.settings.get('subscriptionId');
  const resource = { id: `/subscriptions/${subscription ?? ''}` };
  if ((await authorizer.check({ principal, action: MANAGES_DIRECTORY, resource })).allow) return true;
  return (await access.orCreator?.(values)) === principal.id;
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
