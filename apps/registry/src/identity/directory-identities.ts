import type { DirectoryPrincipal, Principal } from '../access/principal.ts';
import type { MetadataReader } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import { currentPrincipal } from './accounts.ts';
import type { Clients } from './clients.ts';
import type { IdentitySource } from './identities.ts';
import type { BasicCredentials, TokenSubject } from './identity.ts';
import type { People } from './people.ts';
import { isRefused, type Refused } from './refused.ts';

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export interface DirectoryIdentityParts {
  readonly read: MetadataReader;
  readonly clients: Clients;
  readonly people: People;
  readonly clock: Clock;
}

/**
 * People and service principals at a registry: `docker login -u <application id> -p <secret>`, or a user principal name
 * and a password. The secrets of service principals are random, so nobody is shut out for guessing them; passwords of
 * people are guarded.
 */
export function createDirectoryIdentities(parts: DirectoryIdentityParts): IdentitySource {
  return {
    verifyBasic: async (credentials) => {
      const principal = await signIn(parts, credentials);
      if (!principal || isRefused(principal)) return principal;
      const registry = await parts.read.registries.byName(credentials.registry);
      return registry && { ...principal, registry: registry.id };
    },
    resolve: (subject) => resolve(parts, subject),
  };
}

async function signIn(
  { clients, people }: DirectoryIdentityParts,
  { username, password, source = '' }: BasicCredentials,
): Promise<DirectoryPrincipal | Refused | undefined> {
  if (GUID.test(username)) {
    const found = await clients.verifySecret(username, password);
    if (!found || isRefused(found)) return found;
    const { servicePrincipal: sp, credential } = found;
    const { id, endsAt: credentialExpiresAt } = credential;
    return { kind: 'service-principal', id: sp.id, name: sp.appId, credential: id, credentialExpiresAt };
  }
  if (!username.includes('@')) return undefined;
  const verdict = await people.verify({ username, password, source });
  if (!('user' in verdict)) return undefined;
  const { id, upn: name, passwordId: credential } = verdict.user;
  return { kind: 'user', id, name, credential };
}

/** A registry's token names the object id; which kind of object that is, the directory knows. */
async function resolve(
  { read, clock }: DirectoryIdentityParts,
  { registry, registryId, subject: id, credential }: TokenSubject,
): Promise<Principal | undefined> {
  if (!GUID.test(id)) return undefined;
  const row = await read.registries.byName(registry);
  if (row?.id !== registryId) return undefined;
  const principal =
    (await currentPrincipal({ read, clock }, { kind: 'user', id, credential })) ??
    (await currentPrincipal({ read, clock }, { kind: 'service-principal', id, credential }));
  return principal && { ...principal, registry: registryId };
}
