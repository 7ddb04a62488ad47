import { hash } from 'node:crypto';
import type { Principal } from '../access/principal.ts';
import type { MetadataReader, MetadataStore, RegistryRow } from '../metadata/metadata-store.ts';
import { openMemoryMetadataStore } from '../metadata/sqlite/open.ts';
import { registryRow } from '../metadata/test-rows.ts';
import { FakeClock } from '../platform/clock.ts';
import { systemIds } from '../platform/ids.ts';
import { AdminUsers } from './admin-user.ts';
import { isRefused, type Refused } from './refused.ts';
import { createSecretBox, type SecretBox } from './sealed-secrets.ts';

/** What tests of this room and of token/ stand on: two registries with admin users. */
export interface TestSite {
  readonly store: WatchedStore;
  readonly clock: FakeClock;
  readonly box: SecretBox;
  readonly admins: AdminUsers;
  readonly passwords: { readonly password: string; readonly password2: string };
}

/** The memory store, which counts reads of the keys, can show registries as a later part will have changed them, and can be slow. */
export interface WatchedStore extends MetadataStore {
  keyReads: number;
  /** From now on shows every registry like this, and raises the generation as such a change does. */
  changeRegistries(how: (row: RegistryRow) => RegistryRow): Promise<void>;
  /** Awaited between reading passwords and answering them. */
  slowly: Promise<void> | undefined;
}

export const REGISTRY = { name: 'Registry', id: 'id-of-registry' };
export const OTHER_REGISTRY = { name: 'another', id: 'id-of-another' };

export async function createTestSite(): Promise<TestSite> {
  const clock = new FakeClock();
  const box = createSecretBox(systemIds.bytes(32), systemIds);
  const store = await createWatchedStore();
  const admins = new AdminUsers({ store, box, clock, ids: systemIds });
  const passwords = { password: '', password2: '' };
  await store.transaction(async (tx) => {
    for (const { name, id } of [REGISTRY, OTHER_REGISTRY]) {
      const row = registryRow({ id, name, createdAt: clock.now() });
      await tx.registries.create(row);
      const made = await admins.ensurePasswords(tx, row);
      if (id === REGISTRY.id) for (const { name: which, value } of made) passwords[which] = value;
    }
  });
  return { store, clock, box, admins, passwords };
}

export const READER = 'repositories/team/app/content/read';

/** Makes a token of the registry with a scope map of these actions, and answers its one password. */
export async function createRegistryToken(
  { store, clock }: Pick<TestSite, 'store' | 'clock'>,
  options: { name?: string; actions?: readonly string[]; expiresAt?: Date; registryId?: string } = {},
): Promise<string> {
  const { name = 'robot', actions = [READER], expiresAt, registryId = REGISTRY.id } = options;
  const value = systemIds.secret();
  const createdAt = clock.now();
  const digest = hash('sha256', value, 'buffer');
  await store.transaction(async (tx) => {
    await tx.scopeMaps.put({ registryId, name: `${name}-map`, actions: JSON.stringify(actions), createdAt });
    const row = {
      id: systemIds.uuid(),
      registryId,
      name,
      scopeMap: `${name}-map`,
      status: 'enabled',
      createdAt,
    } as const;
    await tx.registryTokens.put(row);
    const password = { id: systemIds.uuid(), name: 'password1', digest, createdAt, expiresAt } as const;
    await tx.registryTokens.putPassword(registryId, name, password);
  });
  return value;
}

/** Whoever signed in; a test that goes on with somebody who did not proves nothing. */
export function signedIn(result: Principal | Refused | undefined): Principal {
  if (!result || isRefused(result)) throw new Error(`the sign-in was refused: ${JSON.stringify(result)}`);
  return result;
}

export async function createWatchedStore(): Promise<WatchedStore> {
  const inner = openMemoryMetadataStore();
  await inner.migrate();
  let change = (row: RegistryRow) => row;
  const read: MetadataReader = {
    ...inner.read,
    registries: {
      byName: async (name) => {
        const row = await inner.read.registries.byName(name);
        return row && change(row);
      },
      byId: (id) => inner.read.registries.byId(id),
      list: (filter, page) => inner.read.registries.list(filter, page),
      count: (subscriptionId) => inner.read.registries.count(subscriptionId),
    },
    credentials: {
      byRegistry: async (registryId) => {
        const rows = await inner.read.credentials.byRegistry(registryId);
        await store.slowly;
        return rows;
      },
    },
    keys: {
      all: () => {
        store.keyReads += 1;
        return inner.read.keys.all();
      },
    },
  };
  const store: WatchedStore = {
    keyReads: 0,
    changeRegistries: async (how) => {
      change = how;
      const row = await inner.read.registries.byId(REGISTRY.id);
      if (row) await inner.transaction((tx) => tx.registries.update(row));
    },
    slowly: undefined,
    read,
    problem: () => inner.problem(),
    transaction: (work) => inner.transaction(work),
    exclusive: (key, work) => inner.exclusive(key, work),
    migrate: () => inner.migrate(),
    close: () => inner.close(),
  };
  return store;
}
