import type { MetadataReader, MetadataStore, RegistryRow } from '../metadata/metadata-store.ts';
import { openMemoryMetadataStore } from '../metadata/sqlite/open.ts';
import { FakeClock } from '../platform/clock.ts';
import { systemIds } from '../platform/ids.ts';
import { AdminUsers } from './admin-user.ts';
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
  registryChange: (row: RegistryRow) => RegistryRow;
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
      const row = { id, name, adminUserEnabled: true, createdAt: clock.now() };
      await tx.registries.create(row);
      const made = await admins.ensurePasswords(tx, row);
      if (id === REGISTRY.id) for (const { name: which, value } of made) passwords[which] = value;
    }
  });
  admins.changed();
  return { store, clock, box, admins, passwords };
}

export async function createWatchedStore(): Promise<WatchedStore> {
  const inner = openMemoryMetadataStore();
  await inner.migrate();
  const read: MetadataReader = {
    ...inner.read,
    registries: {
      byName: async (name) => {
        const row = await inner.read.registries.byName(name);
        return row && store.registryChange(row);
      },
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
    registryChange: (row) => row,
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
