import { OWNER_ROLE } from '../access/built-in-roles.ts';
import { scopeKey } from '../access/scope-path.ts';
import type { ApplicationRow, ServicePrincipalRow, UserRow } from '../metadata/directory.ts';
import type { MetadataTx } from '../metadata/metadata-store.ts';
import type { PrincipalType } from '../metadata/rights.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import type { Directory } from './directory.ts';

/** What the first start tells whoever installs the site, and nobody ever again. */
export interface BootstrapSecrets {
  readonly owner: { readonly username: string; readonly password: string };
  readonly operator: { readonly username: string; readonly password: string };
  readonly servicePrincipal: { readonly appId: string; readonly password: string };
}

/** Everything of the first accounts that is made before the transaction which writes them: hashing takes a while. */
export interface PreparedAccounts {
  readonly owner: UserRow;
  readonly operator: UserRow;
  readonly application: ApplicationRow;
  readonly servicePrincipal: ServicePrincipalRow;
  readonly passwords: { readonly owner: string; readonly operator: string };
}

/** `owner` owns the subscription, `operator` runs the site and owns nothing in it, the service principal is for scripts. */
export async function prepareAccounts(directory: Directory, ids: Ids, domain: string): Promise<PreparedAccounts> {
  const passwords = { owner: ids.secret(), operator: ids.secret() };
  const [owner, operator] = await Promise.all([
    directory.newUser({ upn: `owner@${domain}`, displayName: 'Owner', password: passwords.owner }),
    directory.newUser({
      upn: `operator@${domain}`,
      displayName: 'Operator',
      password: passwords.operator,
      siteOperator: true,
    }),
  ]);
  const application = directory.newApplication({
    displayName: 'holdfast-bootstrap',
    redirectUris: '[]',
    publicClient: false,
    createdBy: owner.id,
  });
  return { owner, operator, application, servicePrincipal: directory.newServicePrincipal(application), passwords };
}

/** Writes them, and what they may do. */
export async function writeAccounts(
  tx: MetadataTx,
  d: { directory: Directory; clock: Clock; ids: Ids },
  prepared: PreparedAccounts,
  subscriptionId: string,
): Promise<BootstrapSecrets> {
  const { owner, operator, application, servicePrincipal, passwords } = prepared;
  await tx.users.insert(owner);
  await tx.users.insert(operator);
  await tx.applications.insert(application);
  await tx.servicePrincipals.insert(servicePrincipal);
  const { secret } = await d.directory.addSecret(tx, {
    ownerId: servicePrincipal.id,
    appId: application.appId,
    displayName: 'bootstrap',
    // Replaced by whoever wants it shorter; it must not end while nobody looks.
    endsAt: new Date(d.clock.now().getTime() + 10 * 365 * 86_400_000),
  });
  await assignOwner(tx, d, subscriptionId, owner.id, 'User');
  await assignOwner(tx, d, subscriptionId, servicePrincipal.id, 'ServicePrincipal');
  return {
    owner: { username: owner.upn, password: passwords.owner },
    operator: { username: operator.upn, password: passwords.operator },
    servicePrincipal: { appId: application.appId, password: secret },
  };
}

/** Everything in the subscription. */
export async function assignOwner(
  tx: MetadataTx,
  { clock, ids }: { clock: Clock; ids: Ids },
  subscriptionId: string,
  principalId: string,
  principalType: PrincipalType,
): Promise<void> {
  const scope = `/subscriptions/${subscriptionId}`;
  await tx.roleAssignments.insert({
    id: ids.uuid(),
    scope,
    scopeKey: scopeKey(scope),
    roleId: OWNER_ROLE,
    principalId,
    principalType,
    createdAt: clock.now(),
    createdBy: principalId,
  });
}
