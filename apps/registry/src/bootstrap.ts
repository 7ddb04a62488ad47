import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PROVIDER_SUBSCRIPTION } from './access/scope-path.ts';
import type { AdminUsers } from './identity/admin-user.ts';
import { assignOwner, type BootstrapSecrets, prepareAccounts, writeAccounts } from './identity/bootstrap-accounts.ts';
import type { Directory } from './identity/directory.ts';
import type { SecretBox } from './identity/sealed-secrets.ts';
import type { MetadataStore, MetadataTx } from './metadata/metadata-store.ts';
import type { Clock } from './platform/clock.ts';
import { replaceFile, syncFolder } from './platform/durable-file.ts';
import type { Ids } from './platform/ids.ts';

/** The registry that answers on names that are not a login server's. */
export const DEFAULT_REGISTRY = 'registry';
/** The resource group in which it lies. */
const DEFAULT_GROUP = 'default';

/** `DIR/bootstrap.json` (contract, section 3). */
export interface BootstrapFile extends BootstrapSecrets {
  readonly domain: string;
  readonly region: string;
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly registry: {
    readonly name: string;
    readonly loginServer: string;
    readonly username: string;
    readonly password: string;
  };
  readonly endpoints: { readonly management: string; readonly portal: string };
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
  readonly endpoints: BootstrapFile['endpoints'];
  /** Relative to the data folder. */
  readonly caCertificate: string | undefined;
}

interface BootstrapDependencies {
  readonly metadata: MetadataStore;
  readonly adminUsers: AdminUsers;
  readonly directory: Directory;
  readonly box: SecretBox;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Passwords of people are kept as hashes: until the file is written they wait here, sealed, for a start that crashed. */
const WAITING_SECRETS = 'bootstrapSecrets';

/**
 * Makes the first accounts and the default registry at the first start and writes the file; at later starts brings the
 * file's names and ports up to date while it exists. Repeats after a crash at any point.
 */
export async function bootstrapSite(d: BootstrapDependencies, site: SiteFacts): Promise<void> {
  const { metadata, directory, box, clock, ids } = d;
  const made = (await metadata.read.settings.get('accountsMadeAt')) !== undefined;
  const accounts = made ? undefined : await prepareAccounts(directory, ids, site.domain);
  const { tenantId, subscriptionId, passwords, handedOver } = await metadata.transaction(async (tx) => {
    const setting = async (name: string) => (await tx.settings.get(name)) ?? (await tx.settings.put(name, ids.uuid()));
    const first = { tenantId: await setting('tenantId'), subscriptionId: await setting('subscriptionId') };
    const handedOver = (await tx.settings.get('bootstrapped')) !== undefined;
    const passwords = await ensureRegistry(d, tx, site, { ...first, handedOver });
    if (accounts) {
      const secrets = await writeAccounts(tx, d, accounts, first.subscriptionId);
      const sealed = Buffer.from(box.seal(JSON.stringify(secrets), WAITING_SECRETS)).toString('base64url');
      await tx.settings.put(WAITING_SECRETS, sealed);
      await tx.settings.put('accountsMadeAt', clock.now().toISOString());
    }
    await ensureProviderSubscription(d, tx, site.domain);
    return { ...first, passwords, handedOver };
  });
  await removeLeftovers(site.dataDir);
  const before = await readBootstrap(site.dataDir);
  const waiting = await waitingSecrets(d);
  // Without waiting secrets: what the file has; and no file then means that it was forgotten on purpose.
  const secrets = waiting ?? before;
  if (!secrets || (!waiting && !passwords)) return;
  const { owner, operator, servicePrincipal } = secrets;
  const password = passwords?.[0]?.value ?? '';
  const { domain, region, loginServer, endpoints, caCertificate } = site;
  const file: BootstrapFile = {
    domain,
    region,
    tenantId,
    subscriptionId,
    resourceGroup: DEFAULT_GROUP,
    registry: { name: DEFAULT_REGISTRY, loginServer, username: DEFAULT_REGISTRY, password },
    owner,
    operator,
    servicePrincipal,
    endpoints,
    ...(caCertificate ? { caCertificate } : {}),
  };
  await replaceFile(bootstrapPath(site.dataDir), `${JSON.stringify(file, null, 2)}\n`, 0o600, ids);
  if (handedOver && !waiting) return;
  await metadata.transaction(async (tx) => {
    await tx.settings.put('bootstrapped', clock.now().toISOString());
    await tx.settings.put(WAITING_SECRETS, '');
  });
}

/** The operator's own subscription, as Azure Stack Hub calls it; made once, also on a site that was there before it. */
async function ensureProviderSubscription(d: BootstrapDependencies, tx: MetadataTx, domain: string): Promise<void> {
  if ((await tx.settings.get(PROVIDER_SUBSCRIPTION)) !== undefined) return;
  const id = await tx.settings.put(PROVIDER_SUBSCRIPTION, d.ids.uuid());
  await tx.subscriptions.put({ id, displayName: 'Default Provider Subscription', createdAt: d.clock.now() });
  const operator = await tx.users.byUpn(`operator@${domain}`);
  if (operator?.siteOperator) await assignOwner(tx, d, id, operator.id, 'User');
}

/** The default registry with its passwords; undefined when its owner has deleted it. */
async function ensureRegistry(
  { adminUsers, clock, ids }: BootstrapDependencies,
  tx: MetadataTx,
  site: SiteFacts,
  { subscriptionId, handedOver }: { subscriptionId: string; handedOver: boolean },
) {
  const now = clock.now();
  const place = { subscriptionId, location: site.region, tags: '{}', createdAt: now, updatedAt: now };
  if (!handedOver) {
    await tx.subscriptions.put({ id: subscriptionId, displayName: 'Default', createdAt: now });
    await tx.resourceGroups.put({ ...place, name: DEFAULT_GROUP });
  }
  let registry = await tx.registries.byName(DEFAULT_REGISTRY);
  if (!registry && handedOver) return undefined;
  if (!registry) {
    registry = {
      ...place,
      id: ids.uuid(),
      name: DEFAULT_REGISTRY,
      resourceGroup: DEFAULT_GROUP,
      sku: 'Standard',
      adminUserEnabled: true,
      anonymousPullEnabled: false,
      policies: '{}',
    };
    await tx.registries.create(registry);
  }
  return adminUsers.ensurePasswords(tx, registry);
}

async function waitingSecrets({ metadata, box }: BootstrapDependencies): Promise<BootstrapSecrets | undefined> {
  const sealed = await metadata.read.settings.get(WAITING_SECRETS);
  return sealed
    ? (JSON.parse(box.open(Buffer.from(sealed, 'base64url'), WAITING_SECRETS)) as BootstrapSecrets)
    : undefined;
}
