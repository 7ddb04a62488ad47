import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AdminUsers } from './identity/admin-user.ts';
import type { MetadataStore } from './metadata/metadata-store.ts';
import type { Clock } from './platform/clock.ts';
import { replaceFile, syncFolder } from './platform/durable-file.ts';
import type { Ids } from './platform/ids.ts';

/** The registry that answers on names that are not a login server's. */
export const DEFAULT_REGISTRY = 'registry';

/** `DIR/bootstrap.json` (contract, section 3). The keys of later parts come with them. */
export interface BootstrapFile {
  readonly domain: string;
  readonly region: string;
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly registry: {
    readonly name: string;
    readonly loginServer: string;
    readonly username: string;
    readonly password: string;
  };
  /** Absent where no client needs the site's own CA: HTTPS is off, or its certificate is a configured one. */
  readonly caCertificate?: string;
}

export function bootstrapPath(dataDir: string): string {
  return join(dataDir, 'bootstrap.json');
}

/** Undefined once it was removed by `holdfast bootstrap forget`. */
export async function readBootstrap(dataDir: string): Promise<BootstrapFile | undefined> {
  try {
    return JSON.parse(await readFile(bootstrapPath(dataDir), 'utf8')) as BootstrapFile;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export async function forgetBootstrap(dataDir: string): Promise<void> {
  await removeLeftovers(dataDir);
  await rm(bootstrapPath(dataDir), { force: true });
  await syncFolder(dataDir); // or a power cut brings the passwords back
}

/** What a crash while the file was replaced has left: passwords, too. */
async function removeLeftovers(dataDir: string): Promise<void> {
  const names = await readdir(dataDir);
  for (const name of names) if (/^bootstrap\.json\..*\.tmp$/.test(name)) await rm(join(dataDir, name), { force: true });
}

interface SiteFacts {
  readonly dataDir: string;
  readonly domain: string;
  readonly region: string;
  readonly loginServer: string;
  /** Relative to the data folder. */
  readonly caCertificate: string | undefined;
}

/**
 * Makes the default registry with its passwords at the first start and writes the file; at later starts brings the file's
 * names and ports up to date while it exists. Repeats after a crash at any point: the ids and passwords are the store's.
 */
export async function bootstrapSite(
  deps: { metadata: MetadataStore; adminUsers: AdminUsers; clock: Clock; ids: Ids },
  site: SiteFacts,
): Promise<void> {
  const { metadata, adminUsers, clock, ids } = deps;
  const made = await metadata.transaction(async (tx) => {
    let registry = await tx.registries.byName(DEFAULT_REGISTRY);
    if (!registry) {
      registry = { id: ids.uuid(), name: DEFAULT_REGISTRY, adminUserEnabled: true, createdAt: clock.now() };
      await tx.registries.create(registry);
    }
    const setting = async (name: string) => (await tx.settings.get(name)) ?? (await tx.settings.put(name, ids.uuid()));
    const tenantId = await setting('tenantId');
    const subscriptionId = await setting('subscriptionId');
    const passwords = await adminUsers.ensurePasswords(tx, registry);
    return { tenantId, subscriptionId, passwords, handedOver: (await tx.settings.get('bootstrapped')) !== undefined };
  });
  adminUsers.changed();
  await removeLeftovers(site.dataDir);
  if (made.handedOver && !(await readBootstrap(site.dataDir))) return; // forgotten on purpose
  const file: BootstrapFile = {
    domain: site.domain,
    region: site.region,
    tenantId: made.tenantId,
    subscriptionId: made.subscriptionId,
    registry: {
      name: DEFAULT_REGISTRY,
      loginServer: site.loginServer,
      username: DEFAULT_REGISTRY,
      password: made.passwords[0]?.value ?? '',
    },
    ...(site.caCertificate ? { caCertificate: site.caCertificate } : {}),
  };
  await replaceFile(bootstrapPath(site.dataDir), `${JSON.stringify(file, null, 2)}\n`, 0o600, ids);
  if (!made.handedOver) await metadata.transaction((tx) => tx.settings.put('bootstrapped', clock.now().toISOString()));
}
