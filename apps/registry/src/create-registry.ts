import { join } from 'node:path';
import { createAuthorizer } from './access/authorizer.ts';
import { createRights } from './access/rights.ts';
import { bootstrapSite, DEFAULT_REGISTRY } from './bootstrap.ts';
import type { Bundles } from './bundle/context.ts';
import { BundleOperations, type OperationKind, type OperationWork } from './bundle/operations.ts';
import type { ScannerConfig, ServeConfig } from './config/load-config.ts';
import { previewCleanUp } from './content/clean-up/preview.ts';
import { LastPulls } from './content/last-pulls.ts';
import { previewQuarantine } from './content/quarantine-preview.ts';
import type { Distribution, DistributionPolicy } from './distribution/context.ts';
import type { Downloads } from './distribution/download-address.ts';
import { UploadSessions } from './distribution/upload-sessions.ts';
import { type CertificateSource, describeCertificates } from './health/certificates.ts';
import { createAuthenticate } from './http/authenticate.ts';
import { createPlanes } from './http/planes.ts';
import type { Route } from './http/route.ts';
import { createSite, type Site, type SiteNames } from './http/site.ts';
import { AdminUsers } from './identity/admin-user.ts';
import { anonymousPull } from './identity/anonymous-pull.ts';
import { Directory } from './identity/directory.ts';
import type { SignInEndpoints } from './identity/endpoints.ts';
import { combineIdentities } from './identity/identities.ts';
import type { Identity, TokenSubject } from './identity/identity.ts';
import { RegistryTokens } from './identity/registry-tokens.ts';
import { scannerAt, scannerIdentity } from './identity/scanner-identity.ts';
import { openMasterKey, type SecretBox, sealedSecretsExist } from './identity/sealed-secrets.ts';
import { createSignIn } from './identity/sign-in.ts';
import { createImageImport } from './import/importer.ts';
import { damageText } from './integrity/damage-errors.ts';
import { type Finding, hurtText } from './integrity/finding.ts';
import { Integrity } from './integrity/integrity.ts';
import { Suspects } from './integrity/suspects.ts';
import { cleanUp } from './jobs/clean-up.ts';
import { examineSuspects } from './jobs/examine-suspects.ts';
import { expireQuarantine } from './jobs/expire-quarantine.ts';
import { expireSignIns } from './jobs/expire-sign-ins.ts';
import { expireUploads } from './jobs/expire-uploads.ts';
import { purgeDeleted } from './jobs/purge-deleted.ts';
import { purgeSoftDeleted } from './jobs/purge-soft-deleted.ts';
import { sampleCapacity } from './jobs/sample-capacity.ts';
import { type ScrubDependencies, scrub } from './jobs/scrub.ts';
import { type SweepDependencies, sweepBlobs, sweepOrphans } from './jobs/sweep-blobs.ts';
import { JobWorker } from './jobs/worker.ts';
import type { MetadataReader, MetadataStore } from './metadata/metadata-store.ts';
import type { PrincipalType } from './metadata/rights.ts';
import type { MigrationStep } from './metadata/schema.ts';
import { acquireFolderLock } from './metadata/sqlite/folder-lock.ts';
import { openSqliteMetadataStore } from './metadata/sqlite/open.ts';
import { readAuthorities } from './outbound/authorities.ts';
import { createOutbound } from './outbound/http-outbound.ts';
import type { Outbound } from './outbound/outbound.ts';
import type { Resolve } from './outbound/resolver.ts';
import { type Awaitable, andThen } from './platform/awaitable.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import { diskSpace } from './platform/disk-space.ts';
import { makeFolderDurably } from './platform/durable-file.ts';
import { type Ids, systemIds } from './platform/ids.ts';
import { PortalFiles } from './portal/portal-files.ts';
import type { ResourceManager, SiteEndpoints } from './resource-manager/context.ts';
import { failInterruptedDeployments } from './resource-manager/deployments/interrupted.ts';
import { Operations } from './resource-manager/operations.ts';
import { ScannerAdapter } from './scanner/adapter.ts';
import type { ScanDependencies } from './scanner/progress.ts';
import { scanManifests } from './scanner/scan-manifests.ts';
import { scanPushed } from './scanner/scan-pushed.ts';
import { openFilesystemBlobStore } from './storage/filesystem/filesystem-blob-store.ts';
import { createLogger, type Logger } from './telemetry/logger.ts';
import { createMetrics, type Metrics } from './telemetry/metrics.ts';
import { AccessTokens } from './token/access-token.ts';
import { TOKEN_USER } from './token/basic-sign-in.ts';
import { DownloadKeys } from './token/download-keys.ts';
import { createExchangeEndpoint } from './token/exchange-endpoint.ts';
import { createRefusalLog } from './token/refusal-log.ts';
import { SigningKeys } from './token/signing-keys.ts';
import { createTokenEndpoint } from './token/token-endpoint.ts';
import { WebhookDispatcher } from './webhooks/dispatcher.ts';

export interface RunningRegistry {
  readonly site: Site;
  /** Every route there is; nothing else is reachable. */
  routes(): Awaitable<readonly Route[]>;
  /** Ends open requests within the drain time, then jobs, then stores. */
  stop(): Promise<void>;
}

/** What a test may hold still or listen to. */
export interface Surroundings {
  readonly clock?: Clock;
  readonly ids?: Ids;
  readonly logger?: Logger;
  /** How names of other hosts become addresses. */
  readonly resolve?: Resolve;
}

/** The composition root: the only place that knows which driver stands behind which port. Resolves when it listens. */
export async function createRegistry(config: ServeConfig, around: Surroundings = {}): Promise<RunningRegistry> {
  const metrics = createMetrics();
  const { clock = systemClock, ids = systemIds, logger = processLogger(metrics) } = around;
  const lock = await lockDataFolder(config.dataDir);
  const metadata = openSqliteMetadataStore({ path: join(config.dataDir, 'metadata.db') });
  await bringUpToDate(metadata, logger, clock);
  await failInterruptedDeployments(metadata, clock);
  const blobs = await openFilesystemBlobStore({ root: config.dataDir, clock });
  const tell = tellDamage(logger, metrics);
  const integrity = new Integrity({ ...config.storage, metadata, blobs, clock, ids, tell });
  let names: SiteNames | undefined;
  const endpoints = () => siteEndpoints(names ?? site.names);
  const security = await openSecurity(config, { metadata, clock, ids, endpoints });
  const { authorizer, adminUsers, directory, box } = security;
  const sessions = new UploadSessions(blobs, clock);
  const pulls = new LastPulls({ metadata, clock });
  const own = { policy: policyOf(config), downloads: openDownloads(config, { metadata, box, clock, ids, endpoints }) };
  const distribution = { ...own, metadata, blobs, integrity, authorizer, sessions, pulls, clock, ids };
  const outgoing = await openOutgoing(config, { ...around, ...security, distribution, endpoints, logger, metrics });
  const certificates = () => certificateSources(site, outgoing.authorities);
  const bundles = openBundles({ ...security, distribution, endpoints, logger });
  const planes = createPlanes({
    distribution,
    bundles,
    tokenEndpoint: createTokenEndpoint(security),
    exchangeEndpoint: createExchangeEndpoint(security),
    door: { ...security, authenticate: createAuthenticate(security) },
    resourceManager: { ...security, ...outgoing, ...siteFacts(config, metadata, clock, certificates), ids, endpoints },
    managementDoor: { ...security, metadata, clock, authority: () => endpoints().authority },
    signIn: security.signIn,
    graph: { ...security.signIn, metadata, directory, clock },
    graphDoor: { ...security, metadata, clock, authority: () => endpoints().authority },
    portal: { ...security, ids, endpoints, files: new PortalFiles(portalFolder()), defaultRegistry: DEFAULT_REGISTRY },
    registries: metadata.read.registries,
    defaultRegistry: DEFAULT_REGISTRY,
  });
  const workers = [...createWorkers(config, { ...distribution, logger, metrics }), ...outgoing.scans];
  const site = await createSite({
    config,
    handle: planes.handle,
    problem: () => metadata.problem(),
    beforeListening: (own) => {
      names = own;
      return bootstrapSite({ metadata, adminUsers, directory, box, clock, ids }, firstFacts(config, own));
    },
    clock,
    ids,
    logger,
    metrics,
  });
  for (const one of [...workers, outgoing.webhooks, pulls, bundles.operations]) await one.start();
  const active = [outgoing.webhooks, outgoing.operations, bundles.operations, pulls, ...workers];
  return {
    site,
    routes: planes.allRoutes,
    stop: async () => {
      await site.stop();
      integrity.close();
      await Promise.all(active.map((worker) => worker.stop()));
      await sessions.close();
      await blobs.close();
      await metadata.close();
      lock.release();
    },
  };
}

/** What the first start tells of the site. */
function firstFacts(config: ServeConfig, names: SiteNames) {
  const caCertificate = config.https && !config.tls ? 'tls/ca.pem' : undefined;
  const { management, portal } = siteEndpoints(names);
  return {
    ...config,
    loginServer: names.loginServer(DEFAULT_REGISTRY),
    endpoints: { management, portal },
    caCertificate,
  };
}

/** The schema, with a line for each step: SQLite holds up everything while it makes one, so that the server looks dead. */
async function bringUpToDate(metadata: MetadataStore, logger: Logger, clock: Clock): Promise<void> {
  const begun = clock.monotonic();
  let last: MigrationStep | undefined;
  await metadata.migrate((step) => {
    last = step;
    const { schema, newest, name } = step;
    const text = `the metadata database is brought to schema ${schema} of ${newest} (${name}); nothing answers before the last step`;
    logger.info({ schema, newest }, text);
    logger.flush(); // by a thread, while this one is busy
  });
  if (last === undefined) return;
  const seconds = Math.round((clock.monotonic() - begun) / 100) / 10;
  logger.info({ schema: last.schema, seconds }, 'the metadata database is up to date');
}

async function lockDataFolder(path: string) {
  await makeFolderDurably(path, 0o700);
  return acquireFolderLock(path);
}

/** Where the built portal is: in a checkout where Vite writes it, in an archive beside the bundled server. */
function portalFolder(): string {
  return join(import.meta.dirname, import.meta.filename.endsWith('.ts') ? '../../portal/dist' : '../portal');
}

function policyOf({ distribution, uploads, scanner, garbageCollection }: ServeConfig): DistributionPolicy {
  const { sparseManifests, accelLocation } = distribution;
  const { perPrincipal: uploadsPerPrincipal, expireHours: uploadExpireHours } = uploads;
  const { graceHours } = garbageCollection;
  const scans = scanner !== undefined;
  return { sparseManifests, accelLocation, uploadsPerPrincipal, uploadExpireHours, graceHours, scans };
}

/** What the resource manager knows of content and of the site. */
function siteFacts(
  { region, dataDir }: ServeConfig,
  metadata: MetadataStore,
  clock: Clock,
  certificates: () => readonly CertificateSource[],
) {
  const preview: ResourceManager['previewQuarantine'] = (registryId, after) =>
    previewQuarantine(metadata.read, registryId, after);
  const cleanUpPreview: ResourceManager['previewCleanUp'] = (registry, question) =>
    previewCleanUp(metadata.read, registry, clock.now(), question);
  const siteHealth = {
    metadata,
    clock,
    disk: () => diskSpace(dataDir),
    certificates: async () => describeCertificates(certificates(), clock.now()),
  };
  return { metadata, clock, region, siteHealth, previewQuarantine: preview, previewCleanUp: cleanUpPreview };
}

/** What clients see, the site's own CA, and whom calls to other hosts trust. */
function certificateSources(site: Site, authorities: string | undefined): CertificateSource[] {
  const shown = site.certificate();
  const own = shown?.authority;
  const pem = [shown?.certificate, own].filter((one) => one !== undefined).join('\n');
  const renewsItself = own !== undefined;
  return [
    ...(shown ? [{ use: 'server', pem, renewsItself, problem: shown.problem } as const] : []),
    ...(own === undefined ? [] : [{ use: 'authority', pem: own, renewsItself: false } as const]),
    ...(authorities === undefined ? [] : [{ use: 'outbound', pem: authorities, renewsItself: false } as const]),
  ];
}

/** Undefined when blobs are sent where they are asked for. */
function openDownloads(
  { distribution: { redirect, redirectSeconds } }: ServeConfig,
  d: { metadata: MetadataStore; box: SecretBox; clock: Clock; ids: Ids; endpoints: () => Endpoints },
): Downloads | undefined {
  if (redirect === 'off') return undefined;
  return {
    keys: new DownloadKeys({ ...d, store: d.metadata }),
    origin: () => d.endpoints().data,
    lifeSeconds: redirectSeconds,
    refusesAuthorization: redirect === 'azure',
  };
}

/** What calls other hosts: events to webhooks, images from other registries, the scanner. Nothing else does. */
async function openOutgoing(
  config: ServeConfig,
  d: {
    distribution: Distribution;
    box: SecretBox;
    tokens: AccessTokens;
    endpoints: () => Endpoints;
    logger: Logger;
    metrics: Metrics;
    resolve?: Resolve;
  },
) {
  const { metadata, clock, ids } = d.distribution;
  const { allow, plainHttp, ca } = config.outbound;
  const authorities = await readAuthorities(ca);
  const outbound = createOutbound({ allow, ca: authorities, clock, resolve: d.resolve });
  const loginServer = (name: string) => d.endpoints().loginServer(name);
  return {
    authorities,
    imageImport: createImageImport({ distribution: d.distribution, outbound, plainHttp }),
    operations: new Operations({ clock, ids }),
    webhooks: new WebhookDispatcher({
      ...d,
      metadata,
      outbound,
      clock,
      ids,
      loginServer,
      listener: config.scanner && scanPushed({ clock }),
    }),
    scans: config.scanner ? [scanWorker(config.scanner, { ...d, metadata, outbound, clock, ids })] : [],
  };
}

/** The transfer station: what it brings in and takes out goes by the operations of distribution. */
function openBundles(d: {
  distribution: Distribution;
  box: SecretBox;
  identity: Identity;
  endpoints: () => Endpoints;
  logger: Logger;
}): Bundles {
  const { metadata, clock, ids } = d.distribution;
  const resolve = (subject: TokenSubject) => d.identity.resolve(subject);
  const operations = new BundleOperations({
    metadata,
    clock,
    ids,
    resolve,
    works: worksOn(() => bundles),
    logger: d.logger,
  });
  const bundles: Bundles = {
    ...d.distribution,
    box: d.box,
    operations,
    loginServer: (name) => d.endpoints().loginServer(name),
  };
  return bundles;
}

/** Their code is read when one is run: a start does not wait for it (ADR 0033). */
function worksOn(bundles: () => Bundles): Readonly<Record<OperationKind, OperationWork>> {
  return {
    create: async (run) => (await import('./bundle/create.ts')).createWork(bundles())(run),
    verify: async (run) => (await import('./bundle/apply.ts')).verifyWork(bundles())(run),
    apply: async (run) => (await import('./bundle/apply.ts')).applyWork(bundles())(run),
    import: async (run) => (await import('./bundle/import-archive.ts')).importWork(bundles())(run),
  };
}

/** In a queue of its own: a scanner may be slow. */
function scanWorker(
  scanner: ScannerConfig,
  d: Omit<ConstructorParameters<typeof JobWorker>[0], 'store' | 'jobs'> & {
    metadata: MetadataStore;
    outbound: Outbound;
    tokens: AccessTokens;
    endpoints: () => Endpoints;
  },
): JobWorker {
  const access: ScanDependencies['access'] = async (registry, repository, notAfter) => {
    const service = d.endpoints().loginServer(registry.name);
    const { token } = await d.tokens.issueAccessToken({
      principal: scannerAt(registry.id, repository),
      service,
      access: [{ type: 'repository', name: repository, actions: ['pull'] }],
      notAfter,
    });
    return { url: `${new URL(d.endpoints().data).protocol}//${service}`, username: TOKEN_USER, token };
  };
  const adapter = new ScannerAdapter({ ...d, address: scanner });
  const jobs = [scanManifests({ ...d, ...scanner, adapter, access })];
  return new JobWorker({ ...d, store: d.metadata, jobs });
}

/** Who somebody is, what somebody may, and the tokens that say so. */
async function openSecurity(
  config: ServeConfig,
  { metadata, clock, ids, endpoints }: { metadata: MetadataStore; clock: Clock; ids: Ids; endpoints: () => Endpoints },
) {
  const { read } = metadata;
  const box = await openMasterKey(config.dataDir, ids, {
    sealedSecretsExist: () => sealedSecretsExist(read, DEFAULT_REGISTRY),
  });
  const rightsBy = (store: MetadataStore) => createRightsBy(store, { box, clock, ids });
  const { authorizer, adminUsers, principalType } = rightsBy(metadata);
  const signIn = createSignIn({ metadata, box, clock, ids, domain: config.domain, endpoints });
  const { signInTokens, hasher } = signIn;
  const directory = new Directory({ metadata, hasher, clock, ids });
  const registryTokens = new RegistryTokens({ read, clock });
  const identity = combineIdentities(read, [
    adminUsers,
    registryTokens,
    signIn.identities,
    anonymousPull(read),
    ...(config.scanner ? [scannerIdentity] : []),
  ]);
  const lifetimes = {
    accessSeconds: config.tokens.accessMinutes * 60,
    refreshSeconds: config.tokens.refreshMinutes * 60,
  };
  const tokenLifetimeSeconds = Math.max(lifetimes.accessSeconds, lifetimes.refreshSeconds);
  const keys = new SigningKeys({ store: metadata, box, clock, tokenLifetimeSeconds });
  const tokens = new AccessTokens({ keys, identity, clock, ids, lifetimes });
  return {
    authorizer,
    adminUsers,
    identity,
    tokens,
    signIn: signIn.signIn,
    signInTokens,
    directory,
    box,
    principalType,
    rightsBy,
    refusals: createRefusalLog({ metadata, clock }),
    tenantId: () => read.settings.get('tenantId'),
  };
}

/** What decides by the facts of a store who may do what. */
function createRightsBy(store: MetadataStore, d: { box: SecretBox; clock: Clock; ids: Ids }) {
  const { read } = store;
  return {
    authorizer: createAuthorizer({
      rights: createRights({ read, groupsOf: (id) => read.memberships.transitive(id) }),
      anonymousPull: (registry) => andThen(read.registries.byId(registry), (row) => row?.anonymousPullEnabled ?? false),
      deletedAt: (registry, repository) => read.deletions.deletedAt(registry, repository),
    }),
    adminUsers: new AdminUsers({ ...d, store }),
    principalType: (objectId: string) => typeOf(read, objectId),
  };
}

async function typeOf(read: MetadataReader, objectId: string): Promise<PrincipalType | undefined> {
  if (await read.users.find(objectId)) return 'User';
  if (await read.servicePrincipals.find(objectId)) return 'ServicePrincipal';
  return (await read.groups.find(objectId)) ? 'Group' : undefined;
}

type Endpoints = SiteEndpoints & SignInEndpoints & { readonly data: string };

/** The planes as clients see them: names, scheme and port of the site. */
function siteEndpoints(names: SiteNames): Endpoints {
  return {
    management: names.plane('management'),
    portal: names.plane('portal'),
    graph: names.plane('graph'),
    data: names.plane('data'),
    authority: `${names.plane('adfs')}/adfs`,
    login: names.plane('login'),
    loginServer: names.loginServer,
    loginServerSuffix: names.loginServer(''),
  };
}

/** The background work, in two queues: a scrub takes days, and the others do not wait for it. */
function createWorkers(
  config: ServeConfig,
  d: Omit<ScrubDependencies & SweepDependencies, 'everyDays' | 'bytesPerSecond' | 'graceHours' | 'blobsPerSecond'> & {
    ids: Ids;
    pulls: LastPulls;
  },
): JobWorker[] {
  const { metadata, integrity } = d;
  const sweep = { ...d, ...config.garbageCollection };
  const { everyDays, megabytesPerSecond } = config.scrub;
  const { accessMinutes, refreshMinutes } = config.tokens;
  const queues = [
    [
      expireUploads({ ...d, expireHours: config.uploads.expireHours }),
      expireSignIns(d),
      sampleCapacity(d),
      expireQuarantine({ ...d, timeoutHours: config.quarantine.timeoutHours }),
      cleanUp(d),
      sweepBlobs(sweep),
      sweepOrphans(sweep),
      purgeSoftDeleted(d),
      purgeDeleted({ ...d, tokenLifetimeSeconds: Math.max(accessMinutes, refreshMinutes) * 60 }),
      examineSuspects({ integrity, suspects: new Suspects(config.dataDir) }),
    ],
    [scrub({ ...d, everyDays, bytesPerSecond: megabytesPerSecond * 1_000_000 })],
  ];
  return queues.map((jobs) => new JobWorker({ ...d, store: metadata, jobs }));
}

/** An operator must look at it: what was promised to be kept is lost, unless somebody pushes it again. */
function tellDamage(logger: Logger, metrics: Metrics): (finding: Finding) => void {
  return (finding) => {
    const { what, digest, damage } = finding;
    metrics.observeDamage(what, damage.kind);
    logger.error(
      finding,
      `the stored bytes of the ${what} ${digest} ${damageText(damage)}; they are refused until it is pushed again. Hurt: ${hurtText(finding)}`,
    );
  };
}

function processLogger(metrics: Metrics): Logger {
  const level = process.env.HOLDFAST_LOG_LEVEL ?? 'info';
  return createLogger({ level, terminal: process.stderr.isTTY, onLost: metrics.logLineLost });
}
