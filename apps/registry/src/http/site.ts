import type { ServerOptions, Server as TlsServer } from 'node:https';
import type { ServeConfig } from '../config/load-config.ts';
import type { Awaitable } from '../platform/awaitable.ts';
import type { Clock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { Ids } from '../platform/ids.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Exchange } from './exchange.ts';
import { proxyList } from './forwarded.ts';
import { createHandler } from './handler.ts';
import { type BrokenRequests, createListener, type Listener, listen } from './server.ts';
import { type CertificateSource, certificateSource, keepCertificateCurrent } from './tls/keep-certificate-current.ts';
import type { ServerCertificate } from './tls/server-certificate.ts';
import { tlsOptions } from './tls/tls-options.ts';

/** How clients see this site. */
export interface SiteNames {
  readonly scheme: 'http' | 'https';
  /** Always lower case; with the port unless it is 443, which clients try without being told. */
  loginServer(registry: string): string;
  /** `<scheme>://<plane>.<domain>[:port]`, without a slash at its end. */
  plane(name: string): string;
}

export interface Site {
  readonly names: SiteNames;
  /** For example `http://127.0.0.1:5000`; undefined when switched off. */
  readonly http: string | undefined;
  readonly https: string | undefined;
  /** What it shows to clients of TLS; undefined where TLS ends before it. */
  certificate(): ShownCertificate | undefined;
  stop(): Promise<void>;
}

export interface ShownCertificate extends ServerCertificate {
  /** Why its successor could not be taken. */
  readonly problem?: string | undefined;
}

export interface SiteDependencies {
  readonly config: ServeConfig;
  readonly handle: (exchange: Exchange) => Awaitable<void>;
  /** Everything that must be complete before a client gets an answer. */
  readonly beforeListening: (names: SiteNames) => Promise<void>;
  /** Why the site cannot do its work; undefined while all is well. */
  readonly problem: () => string | undefined;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

interface OpenListener extends Listener {
  readonly host: string;
  readonly port: number;
}

/** Opens the listeners and keeps their certificate current. */
export async function createSite(d: SiteDependencies): Promise<Site> {
  const { config, clock, ids, logger } = d;
  const stopping = new AbortController();
  let ready = false;
  let names: SiteNames = siteNames(config, config.https?.port ?? config.http?.port ?? 0);
  const handler = createHandler({
    handle: (exchange) => {
      if (!ready) throw starting();
      return d.handle(exchange);
    },
    health: {
      notReady: async () => {
        if (stopping.signal.aborted) return ['the server is stopping'];
        const problem = ready ? d.problem() : 'the server is starting';
        return problem === undefined ? [] : [problem];
      },
      metrics: d.metrics,
      metricsToken: config.metrics.token,
    },
    domain: config.domain,
    site: () => names,
    proxies: proxyList(config.proxies),
    draining: () => stopping.signal.aborted,
    clock,
    ids,
    logger,
    metrics: d.metrics,
  });
  // With fixed ports everything is complete before anything listens; a free port is only known once it is taken.
  const portsKnown = config.http?.port !== 0 && config.https?.port !== 0;
  if (portsKnown) await d.beforeListening(names);
  const source = certificateSource({ ...config, own: config.tls, clock, ids });
  const certificate = config.https ? await source.load() : undefined;
  let shown: ShownCertificate | undefined = certificate;
  for (const warning of certificate?.warnings ?? []) logger.warn(warning);
  const broken: BrokenRequests = { uuid: ids.uuid, refused: (facts) => logger.info(facts, 'broken request') };
  const listener = (tls?: ServerOptions) => createListener(handler, config.limits, tls, broken);
  const http = config.http && (await openListener(listener(), config.http, '--http'));
  const https =
    config.https && certificate
      ? await openListener(listener(tlsOptions(certificate)), config.https, '--https')
      : undefined;
  names = siteNames(config, https?.port ?? http?.port ?? 0);
  if (!portsKnown) await d.beforeListening(names);
  ready = true;
  if (https && certificate) {
    keepCurrent(d, https, source, certificate, stopping.signal, (next) => {
      shown = next;
    });
  }
  return {
    names,
    http: http && `http://${authority(http)}`,
    https: https && `https://${authority(https)}`,
    certificate: () => shown,
    stop: async () => {
      stopping.abort(new Error('the server stops'));
      const listeners = [http, https].filter((l) => l !== undefined);
      await Promise.all(listeners.map((l) => drain(l, config.limits.drainSeconds * 1000, clock)));
    },
  };
}

/** Says what is shown from then on, with why it is not another one. */
function keepCurrent(
  { clock, logger }: SiteDependencies,
  { server }: OpenListener,
  source: CertificateSource,
  first: ServerCertificate,
  signal: AbortSignal,
  show: (certificate: ShownCertificate) => void,
): void {
  let current = first;
  void keepCertificateCurrent({
    server: server as TlsServer,
    source,
    current,
    clock,
    signal,
    onChange: (next) => {
      current = next;
      show(next);
      logger.info({ expires: next.expires }, 'the TLS certificate was replaced');
    },
    onProblem: (error) => {
      show({ ...current, problem: error instanceof Error ? error.message : String(error) });
      logger.error({ err: error }, 'the TLS certificate could not be replaced');
    },
    onMended: () => show(current),
  });
}

function siteNames(config: ServeConfig, listening: number): SiteNames {
  // A proxy that is seen at 443 speaks TLS there, whether this site does behind it or not.
  const scheme = config.https || config.publicPort === 443 ? 'https' : 'http';
  const port = config.publicPort ?? listening;
  const suffix = port === 443 ? '' : `:${port}`;
  return {
    scheme,
    loginServer: (registry) => `${registry.toLowerCase()}.azsacr.${config.domain}${suffix}`,
    plane: (name) => `${scheme}://${name}.${config.domain}${suffix}`,
  };
}

async function openListener(
  listener: Listener,
  at: { host: string; port: number },
  flag: '--http' | '--https',
): Promise<OpenListener> {
  const port = await listen(listener.server, at.host, at.port).catch((cause: NodeJS.ErrnoException) => {
    const why =
      cause.code === 'EADDRINUSE'
        ? 'another program uses it. Stop that program, or choose another port'
        : `the system says ${cause.code}. Choose an address of this machine and a port that may be taken`;
    const message = `${at.host}:${at.port} of ${flag} cannot be listened on: ${why}.`;
    throw new DomainError('unavailable', 'server.unavailable', message, { cause });
  });
  return { ...listener, host: at.host, port };
}

function authority({ host, port }: OpenListener): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Takes no new connections, lets open requests end, and after `ms` cuts what is left. */
async function drain({ server, connections }: Listener, ms: number, clock: Clock): Promise<void> {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  connections.closeSilent();
  const cut = new AbortController();
  const timeUp = clock.sleep(ms, cut.signal).then(
    () => connections.closeAll(),
    () => undefined,
  );
  await Promise.race([closed, timeUp]);
  cut.abort();
  await closed;
}

function starting(): DomainError {
  return new DomainError('unavailable', 'server.unavailable', 'The registry is starting. Try again in a moment.', {
    retryAfter: 1,
  });
}
