import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AccessGrant, Principal } from '../../../apps/registry/src/access/principal.ts';
import { AdminUsers } from '../../../apps/registry/src/identity/admin-user.ts';
import { openMasterKey } from '../../../apps/registry/src/identity/sealed-secrets.ts';
import { signedIn } from '../../../apps/registry/src/identity/test-site.ts';
import type { AuditEntry, MetadataStore } from '../../../apps/registry/src/metadata/metadata-store.ts';
import { openSqliteMetadataStore } from '../../../apps/registry/src/metadata/sqlite/open.ts';
import { registryRow } from '../../../apps/registry/src/metadata/test-rows.ts';
import { type Clock, systemClock } from '../../../apps/registry/src/platform/clock.ts';
import { systemIds } from '../../../apps/registry/src/platform/ids.ts';
import { AccessTokens } from '../../../apps/registry/src/token/access-token.ts';
import { SigningKeys } from '../../../apps/registry/src/token/signing-keys.ts';
import { type StartOptions, startRegistry } from '../../support/start-registry.ts';

const OTHER_REGISTRY = 'another';
const DAY_SECONDS = 86_400;

/** What an attacker holds: every kind of credential that the site has ever given out, good and bad. */
export interface Loot {
  readonly password2: string;
  readonly otherRegistryPassword: string;
  /** The registry's row id, for reading its audit log. */
  readonly registryId: string;
  /** An access token of the admin user with just these grants. */
  token(access: readonly AccessGrant[]): Promise<string>;
  expiredToken(access: readonly AccessGrant[]): Promise<string>;
  /** Got with a password that was renewed since. */
  tokenOfRenewedPassword(access: readonly AccessGrant[]): Promise<string>;
  tokenOfOtherRegistry(access: readonly AccessGrant[]): Promise<string>;
  refreshToken(): Promise<string>;
  /** The public half of the key that signs, as JSON; it is published nowhere, but it is no secret. */
  readonly publicJwk: string;
}

/** Every right on every one of these repositories. */
export function everything(...repositories: readonly string[]): AccessGrant[] {
  return [
    { type: 'registry', name: 'catalog', actions: ['catalog'] },
    ...repositories.map((name): AccessGrant => ({ type: 'repository', name, actions: ['pull', 'push', 'delete'] })),
  ];
}

/** A registry with a neighbour in the same store, a renewed password and whatever tokens one could wish for. */
export async function startAttackedRegistry(options: Omit<StartOptions, 'prepare'> = {}) {
  let loot: Loot | undefined;
  const registry = await startRegistry({
    ...options,
    prepare: async (dataDir) => {
      loot = await plunder(dataDir);
    },
  });
  return { registry, loot: loot as unknown as Loot };
}

/** Makes the site on a folder that is still empty. */
export async function plunder(dataDir: string): Promise<Loot> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const store = openSqliteMetadataStore({ path: join(dataDir, 'metadata.db') });
  await store.migrate();
  const box = await openMasterKey(dataDir, systemIds, { sealedSecretsExist: async () => false });
  const admins = new AdminUsers({ store, box, clock: systemClock, ids: systemIds });
  const passwords = new Map<string, string>();
  for (const name of ['registry', OTHER_REGISTRY]) {
    const row = registryRow({ id: systemIds.uuid(), name, createdAt: systemClock.now() });
    await store.transaction(async (tx) => {
      await tx.registries.create(row);
      const [first] = await admins.ensurePasswords(tx, row);
      passwords.set(name, first?.value ?? '');
    });
  }
  const principal = async (name: string, password: string) =>
    signedIn(await admins.verifyBasic({ registry: name, username: name, password, source: '127.0.0.1' }));
  const old = (await admins.list('registry')).passwords[1]?.value ?? '';
  const renewed = await principal('registry', old);
  const password2 = (await admins.regenerate('registry', 'password2')).value;
  const current = await principal('registry', passwords.get('registry') ?? '');
  const neighbour = await principal(OTHER_REGISTRY, passwords.get(OTHER_REGISTRY) ?? '');
  const keys = new SigningKeys({ store, box, clock: systemClock, tokenLifetimeSeconds: 3 * 3600 });
  await keys.current(); // from here on nothing reads the store any more
  const lifetimes = { accessSeconds: 75 * 60, refreshSeconds: 3 * 3600 };
  const tokensAt = (clock: Clock) => new AccessTokens({ keys, identity: admins, clock, ids: systemIds, lifetimes });
  const yesterday: Clock = { ...systemClock, now: () => new Date(Date.now() - DAY_SECONDS * 1000) };
  const mint = async (clock: Clock, who: Principal, access: readonly AccessGrant[]) =>
    (await tokensAt(clock).issueAccessToken({ principal: who, service: 'test', access })).token;
  const publicJwk = (await store.read.keys.all())[0]?.publicJwk ?? '';
  await store.close();
  return {
    password2,
    publicJwk,
    otherRegistryPassword: passwords.get(OTHER_REGISTRY) ?? '',
    registryId: current.registry ?? '',
    token: (access) => mint(systemClock, current, access),
    expiredToken: (access) => mint(yesterday, current, access),
    tokenOfRenewedPassword: (access) => mint(systemClock, renewed, access),
    tokenOfOtherRegistry: (access) => mint(systemClock, neighbour, access),
    refreshToken: async () =>
      (await tokensAt(systemClock).issueRefreshToken({ principal: current, service: 'test' })).token,
  };
}

/** The last lines of the audit log; the registry must be stopped. */
export async function readAudit(dataDir: string, registryId: string): Promise<AuditEntry[]> {
  const store: MetadataStore = openSqliteMetadataStore({ path: join(dataDir, 'metadata.db') });
  try {
    return await store.transaction((tx) => tx.audit.recent(registryId, 1000));
  } finally {
    await store.close();
  }
}

export const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
