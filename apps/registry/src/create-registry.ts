import { join } from 'node:path';
import { createAuthorizer } from './access/authorizer.ts';
import { bootstrapSite, DEFAULT_REGISTRY } from './bootstrap.ts';
import type { ServeConfig } from './config/load-config.ts';
import { UploadSessions } from './distribution/upload-sessions.ts';
import { createAuthenticate } from './http/authenticate.ts';
import { createPlanes } from './http/planes.ts';
import type { Route } from './http/route.ts';
import { createSite, type Site } from './http/site.ts';
import { AdminUsers } from './identity/admin-user.ts';
import { openMasterKey, sealedSecretsExist } from './identity/sealed-secrets.ts';
import { damageText } from './integrity/damage-errors.ts';
import { type Finding, hurtText } from './integrity/finding.ts';
import { Integrity } from './integrity/integrity.ts';
import { Suspects } from './integrity/suspects.ts';
import { examineSuspects } from './jobs/examine-suspects.ts';
import { expireUploads } from './jobs/expire-uploads.ts';
import { type ScrubDependencies, scrub } from './jobs/scrub.ts';
import { type SweepDependencies, sweepBlobs, sweepOrphans } from './jobs/sweep-blobs.ts';
import { JobWorker } from './jobs/worker.ts';
import { acquireFolderLock } from './metadata/sqlite/folder-lock.ts';
import { openSqliteMetadataStore } from './metadata/sqlite/open.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import { makeFolderDurably } from './platform/durable-file.ts';
import { type Ids, systemIds } from './platform/ids.ts';
import { openFilesystemBlobStore } from './storage/filesystem/filesystem-blob-store.ts';
import { createLogger, type Logger } from './telemetry/logger.ts';
import { createMetrics, type Metrics } from './telemetry/metrics.ts';
import { AccessTokens } from './token/access-token.ts';
import { SigningKeys } from './token/signing-keys.ts';
import { createTokenEndpoint } from './token/token-endpoint.ts';

export interface RunningRegistry {
  readonly site: Site;
  /** Every route there is; nothing else is reachable. */
  readonly routes: readonly Route[];
  /** Ends open requests within the drain time, then jobs, then stores. */
  stop(): Promise<void>;
}

/** What a test may hold still or listen to. */
export interface Surroundings {
  readonly clock?: Clock;
  readonly ids?: Ids;
  readonly logger?: Logger;
}

/** The composition root: the only place that knows which driver stands behind which port. Resolves when it listens. */
export async function createRegistry(config: ServeConfig, around: Surroundings = {}): Promise<RunningRegistry> {
  const metrics = createMetrics();
  const { clock = systemClock, ids = systemIds, logger = processLogger(metrics) } = around;
  await makeFolderDurably(config.dataDir, 0o700);
  const lock = acquireFolderLock(config.dataDir);
  const metadata = openSqliteMetadataStore({ path: join(config.dataDir, 'metadata.db') });
  await metadata.migrate();
  const blobs = await openFilesystemBlobStore({ root: config.dataDir, clock });
  const { verifyOnRead } = config.storage;
  const tell = tellDamage(logger, metrics);
  const integrity = new Integrity({ metadata, blobs, clock, ids, tell, verifyOnRead });
  const authorizer = createAuthorizer();
  const box = await openMasterKey(config.dataDir, ids, {
    sealedSecretsExist: () => sealedSecretsExist(metadata.read, DEFAULT_REGISTRY),
  });
  const adminUsers = new AdminUsers({ store: metadata, box, clock, ids });
  const lifetimes = {
    accessSeconds: config.tokens.accessMinutes * 60,
    refreshSeconds: config.tokens.refreshMinutes * 60,
  };
  const tokenLifetimeSeconds = Math.max(lifetimes.accessSeconds, lifetimes.refreshSeconds);
  const keys = new SigningKeys({ store: metadata, box, clock, tokenLifetimeSeconds });
  const tokens = new AccessTokens({ keys, identity: adminUsers, clock, ids, lifetimes });
  const sessions = new UploadSessions(blobs);
  const policy = {
    sparseManifests: config.distribution.sparseManifests,
    uploadsPerPrincipal: config.uploads.perPrincipal,
  };
  const planes = createPlanes({
    distribution: { metadata, blobs, integrity, authorizer, sessions, clock, ids, policy },
    tokenEndpoint: createTokenEndpoint({ identity: adminUsers, tokens, authorizer }),
    door: { authenticate: createAuthenticate({ identity: adminUsers, tokens }), authorizer },
    registries: metadata.read.registries,
    defaultRegistry: DEFAULT_REGISTRY,
  });
  const workers = createWorkers(config, { metadata, blobs, integrity, clock, ids, logger, metrics });
  const site = await createSite({
    config,
    handle: planes.handle,
    problem: () => metadata.problem(),
    beforeListening: (names) =>
      bootstrapSite(
        { metadata, adminUsers, clock, ids },
        {
          ...config,
          loginServer: names.loginServer(DEFAULT_REGISTRY),
          caCertificate: config.https && !config.tls ? 'tls/ca.pem' : undefined,
        },
      ),
    clock,
    ids,
    logger,
    metrics,
  });
  for (const worker of workers) await worker.start();
  return {
    site,
    routes: planes.allRoutes,
    stop: async () => {
      await site.stop();
      integrity.close();
      await Promise.all(workers.map((worker) => worker.stop()));
      await sessions.close();
      await blobs.close();
      await metadata.close();
      lock.release();
    },
  };
}

/** The background work, in two queues: a scrub takes days, and the others do not wait for it. */
function createWorkers(
  config: ServeConfig,
  d: Omit<ScrubDependencies & SweepDependencies, 'everyDays' | 'bytesPerSecond' | 'graceHours'> & { ids: Ids },
): JobWorker[] {
  const { metadata, integrity } = d;
  const sweep = { ...d, graceHours: config.garbageCollection.graceHours };
  const { everyDays, megabytesPerSecond } = config.scrub;
  const queues = [
    [
      expireUploads({ ...d, expireHours: config.uploads.expireHours }),
      sweepBlobs(sweep),
      sweepOrphans(sweep),
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
