import type { MetadataReader, MetadataStore } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { Authorizer } from './authorizer.ts';
import { type Principal, principalId, type ResourceAction } from './principal.ts';
import { isWithin, PROVIDER_SUBSCRIPTION, upwards } from './scope-path.ts';

/** Who wants to do something to a resource, and from where. */
export interface ResourceCaller {
  readonly principal: Principal;
  readonly client: string;
  readonly correlationId: string;
}

export interface ResourceDoor {
  readonly authorizer: Authorizer;
  readonly metadata: MetadataStore;
  readonly clock: Clock;
}

/**
 * Throws `access.denied` unless the caller may do it at the scope (lower case). What was refused is recorded, but for mere
 * reading. The same for a request as for each resource of a template.
 */
export async function requireResourceRight(
  door: ResourceDoor,
  caller: ResourceCaller,
  action: ResourceAction,
  scope: string,
  shownScope = scope,
): Promise<void> {
  const { principal } = caller;
  const decision = await door.authorizer.check({ principal, action, resource: { id: scope } });
  if (!decision.allow) await refuse(door, caller, action, scope, shownScope);
}

/**
 * Whoever owns a subscription has every action in it, so the operator's actions exist in the operator's own subscription only.
 * And for operators only: whoever manages the directory could give himself a service principal or a group that has a role there.
 */
export async function requireOperator(
  door: ResourceDoor,
  caller: ResourceCaller,
  action: ResourceAction,
  scope: string,
  shownScope: string,
): Promise<void> {
  const { settings, users } = door.metadata.read;
  const own = await settings.get(PROVIDER_SUBSCRIPTION);
  const user = await users.find(principalId(caller.principal));
  if (user?.siteOperator && own && isWithin(scope, `/subscriptions/${own}`)) return;
  await refuse(door, caller, action, scope, shownScope);
}

async function refuse(
  door: ResourceDoor,
  caller: ResourceCaller,
  action: ResourceAction,
  scope: string,
  shownScope: string,
): Promise<never> {
  const { principal } = caller;
  if (!action.toLowerCase().endsWith('/read')) await recordRefusal(door, caller, action, scope);
  const id = principalId(principal);
  const name = 'name' in principal ? principal.name : id;
  throw new DomainError(
    'forbidden',
    'access.denied',
    `The client '${name}' with object id '${id}' does not have authorization to perform action '${action}' over scope '${shownScope.slice(0, 500)}' or the scope is invalid. Ask an owner of the scope to assign a role with this action; it counts at once.`,
  );
}

async function recordRefusal(
  { metadata, clock }: ResourceDoor,
  { principal, client, correlationId }: ResourceCaller,
  action: ResourceAction,
  scope: string,
): Promise<void> {
  await metadata.transaction((tx) =>
    tx.audit.append({
      time: clock.now(),
      principal: principalId(principal),
      action,
      resource: scope,
      outcome: 'refused',
      reason: 'no-assignment',
      client,
      correlationId,
    }),
  );
}

/** Locks of the resource manager hold for everybody, whatever the rights; those below a scope forbid only to delete it. */
export async function refuseLockedScope(
  read: MetadataReader,
  action: ResourceAction | undefined,
  change: 'write' | 'delete',
  scope: string,
): Promise<void> {
  if (action?.toLowerCase().startsWith('microsoft.authorization/locks/')) return;
  const above = await read.resourceLocks.at([...upwards(scope)]);
  const below = change === 'delete' ? await read.resourceLocks.within(scope) : [];
  const lock = [...above, ...below].find(({ level }) => level === 'ReadOnly' || change === 'delete');
  if (!lock) return;
  throw new DomainError(
    'conflict',
    'resource.locked',
    `The scope '${scope}' cannot perform ${change} operation because the following scope(s) are locked: '${lock.scope}' (lock '${lock.name}', ${lock.level}, since ${lock.createdAt.toISOString()}, by ${lock.createdBy}). Please remove the lock and try again.`,
  );
}
