import type { DirectoryPrincipal } from '../access/principal.ts';
import type { UserRow } from '../metadata/directory.ts';
import type { MetadataReader } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';

/** Who a token says it is. */
export interface AccountSubject {
  readonly kind: DirectoryPrincipal['kind'];
  /** Object id. */
  readonly id: string;
  /** What it was got with: the id of a password, a secret, a certificate, or a family of refresh tokens. */
  readonly credential: string;
}

type AccountReader = Pick<MetadataReader, 'users' | 'refreshFamilies' | 'servicePrincipals' | 'applicationCredentials'>;

/**
 * The principal as it is now; undefined once its account is gone or disabled, or the credential was removed or replaced.
 * The one place that says so, for every kind of token.
 */
export async function currentPrincipal(
  { read, clock }: { read: AccountReader; clock: Clock },
  { kind, id, credential }: AccountSubject,
): Promise<DirectoryPrincipal | undefined> {
  if (kind === 'user') {
    const user = await read.users.find(id);
    if (!user?.enabled || !(await holds(read, clock, user, credential))) return undefined;
    return { kind, id, name: user.upn, credential };
  }
  const principal = await read.servicePrincipals.find(id);
  if (!principal?.enabled) return undefined;
  const now = clock.now();
  const credentials = await read.applicationCredentials.ofApplication(principal.appId);
  const held = credentials.find((c) => c.id === credential && c.startsAt <= now && now < c.endsAt);
  return held && { kind, id, name: principal.appId, credential, credentialExpiresAt: held.endsAt };
}

/** A family stands for the password that it began with: a changed password ends it, too. */
async function holds(read: AccountReader, clock: Clock, user: UserRow, credential: string): Promise<boolean> {
  if (credential === user.passwordId) return true;
  const family = await read.refreshFamilies.find(credential);
  return family?.userId === user.id && family.passwordId === user.passwordId && family.endsAt > clock.now();
}
