import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { wrongConfig } from './command-line-exit.ts';
import { type Environment, type LoadOptions, type ResolvedSettings, resolveSettings } from './resolve-settings.ts';
import { type SecretReference, type SettingKey, type SettingValue, settingOf } from './settings.ts';
import {
  BadValue,
  formatListener,
  type Listener,
  parseAuthorities,
  parseBaseUrl,
  parseDestinations,
  parseDomain,
  parseListener,
  parseLocation,
  parseNetworks,
  parsePort,
} from './values.ts';

/** Everything that a start of the server is told. Paths are absolute, names in lower case; frozen. */
export interface ServeConfig {
  readonly dataDir: string;
  readonly http: Listener | undefined;
  readonly https: Listener | undefined;
  readonly domain: string;
  /** First label of the domain. */
  readonly region: string;
  /** What clients see; undefined: the port that is really listened on, which port 0 shows only then. */
  readonly publicPort: number | undefined;
  /** Own certificate; undefined: the one that the site makes. */
  readonly tls: { readonly certificate: string; readonly key: string } | undefined;
  readonly proxies: readonly string[];
  readonly outbound: {
    readonly allow: readonly string[];
    /** File of more authorities to believe. */
    readonly ca: string | undefined;
    /** `host` or `host:port`. */
    readonly plainHttp: readonly string[];
  };
  readonly tokens: { readonly accessMinutes: number; readonly refreshMinutes: number };
  readonly uploads: { readonly perPrincipal: number; readonly expireHours: number };
  readonly distribution: {
    readonly sparseManifests: boolean;
    readonly redirect: 'off' | 'signed' | 'azure';
    readonly redirectSeconds: number;
    /** Ends in a slash. */
    readonly accelLocation: string | undefined;
  };
  /** 0: no image fails for waiting. */
  readonly quarantine: { readonly timeoutHours: number };
  /** Undefined: nothing is scanned. */
  readonly scanner: ScannerConfig | undefined;
  readonly garbageCollection: { readonly graceHours: number; readonly blobsPerSecond: number };
  readonly scrub: { readonly everyDays: number; readonly megabytesPerSecond: number };
  /** `verifyOnRead` undefined: off. */
  readonly storage: { readonly verifyOnRead: { readonly hours: number } | undefined };
  readonly metrics: { readonly token: string | undefined };
  readonly limits: {
    readonly headerBytes: number;
    readonly headerSeconds: number;
    readonly idleSeconds: number;
    readonly drainSeconds: number;
  };
}

export interface ScannerConfig {
  readonly url: string;
  readonly authorization: string | undefined;
  /** Undefined: people decide. */
  readonly passBelow: 'Negligible' | 'Low' | 'Medium' | 'High' | 'Critical' | undefined;
  readonly timeoutMinutes: number;
}

/** Reads flags, environment and file; what is wrong with them is thrown as one CommandLineExit. */
export async function loadConfig(
  argv: readonly string[],
  env: Environment,
  cwd: string,
  options?: LoadOptions,
): Promise<ServeConfig> {
  return interpretSettings(await resolveSettings(argv, env, cwd, options), env);
}

export async function interpretSettings(settings: ResolvedSettings, env: Environment): Promise<ServeConfig> {
  const problems: string[] = [];
  const read = <K extends SettingKey, T>(key: K, parse: (value: SettingValue<K>) => T): T | undefined => {
    const value = settings.value(key);
    try {
      return parse(value);
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      const shown = settingOf(key).type === 'secret' ? '' : ` '${value}'`;
      problems.push(`${whereIs(settings, key)}${shown}: ${error.message}; it must be ${settingOf(key).expects}.`);
      return undefined;
    }
  };
  const path = (key: SettingKey, value: string) => resolve(settings.baseFolder(key), value);
  const value = settings.value;

  const http = read('http', parseListener);
  const https = read('https', parseListener);
  const domain = read('domain', parseDomain) ?? '';
  const config: ServeConfig = {
    dataDir: path('data', value('data')),
    http,
    https,
    domain,
    region: domain.slice(0, domain.indexOf('.')),
    publicPort: read('publicPort', (port) => (port === undefined ? undefined : parsePort(String(port), 1))),
    tls: ownCertificate(settings, path, problems),
    proxies: read('proxies', parseNetworks) ?? [],
    outbound: {
      allow: read('outbound.allow', parseDestinations) ?? [],
      ca: optionalPath(path, 'outbound.ca', value('outbound.ca')),
      plainHttp: read('outbound.plainHttp', parseAuthorities) ?? [],
    },
    tokens: { accessMinutes: value('tokens.accessMinutes'), refreshMinutes: value('tokens.refreshMinutes') },
    uploads: { perPrincipal: value('uploads.perPrincipal'), expireHours: value('uploads.expireHours') },
    distribution: {
      sparseManifests: value('distribution.sparseManifests'),
      redirect: value('distribution.redirect') as ServeConfig['distribution']['redirect'],
      redirectSeconds: value('distribution.redirectSeconds'),
      accelLocation: read('distribution.accelLocation', parseLocation),
    },
    quarantine: { timeoutHours: value('quarantine.timeoutHours') },
    scanner: scannerOf(
      settings,
      read('scanner.url', parseBaseUrl),
      await readSecret(settings, 'scanner.authorization', env, problems),
    ),
    garbageCollection: {
      graceHours: value('garbageCollection.graceHours'),
      blobsPerSecond: value('garbageCollection.blobsPerSecond'),
    },
    scrub: { everyDays: value('scrub.everyDays'), megabytesPerSecond: value('scrub.megabytesPerSecond') },
    storage: {
      verifyOnRead: value('storage.verifyOnRead') === 'on' ? { hours: value('storage.verifiedHours') } : undefined,
    },
    metrics: { token: await readSecret(settings, 'metrics.token', env, problems) },
    limits: {
      headerBytes: value('limits.headerBytes'),
      headerSeconds: value('limits.headerSeconds'),
      idleSeconds: value('limits.idleSeconds'),
      drainSeconds: value('limits.drainSeconds'),
    },
  };
  checkTogether(config, problems);
  if (problems.length > 0) throw wrongConfig(problems);
  return freeze(config);
}

function whereIs(settings: ResolvedSettings, key: SettingKey): string {
  const origin = settings.origin(key);
  switch (origin.kind) {
    case 'flag':
    case 'environment':
      return origin.name;
    case 'file':
      return `${origin.path}, line ${origin.line}: ${key}`;
    case 'default':
      return key;
  }
}

function optionalPath(
  path: (key: SettingKey, value: string) => string,
  key: SettingKey,
  given: string | undefined,
): string | undefined {
  return given === undefined ? undefined : path(key, given);
}

function ownCertificate(
  settings: ResolvedSettings,
  path: (key: SettingKey, value: string) => string,
  problems: string[],
): ServeConfig['tls'] {
  const certificate = settings.value('tls.certificate');
  const key = settings.value('tls.key');
  if (certificate && key) return { certificate: path('tls.certificate', certificate), key: path('tls.key', key) };
  if (certificate) problems.push(`${whereIs(settings, 'tls.certificate')} needs tls.key beside it.`);
  if (key) problems.push(`${whereIs(settings, 'tls.key')} needs tls.certificate beside it.`);
  return undefined;
}

function scannerOf(
  { value }: ResolvedSettings,
  url: string | undefined,
  authorization: string | undefined,
): ServeConfig['scanner'] {
  if (url === undefined) return undefined;
  const passBelow = value('scanner.passBelow') as NonNullable<ScannerConfig['passBelow']> | 'nothing';
  const timeoutMinutes = value('scanner.timeoutMinutes');
  return { url, authorization, timeoutMinutes, passBelow: passBelow === 'nothing' ? undefined : passBelow };
}

async function readSecret(
  settings: ResolvedSettings,
  key: 'metrics.token' | 'scanner.authorization',
  env: Environment,
  problems: string[],
): Promise<string | undefined> {
  const reference: SecretReference | undefined = settings.value(key);
  if (!reference) return undefined;
  const where = whereIs(settings, key);
  if ('env' in reference) {
    const secret = env[reference.env];
    if (!secret) problems.push(`${where}: the environment variable ${reference.env} is not set.`);
    return secret;
  }
  const file = resolve(settings.baseFolder(key), reference.file);
  try {
    // Editors and `echo` end a file with a newline, which is no part of a secret.
    const secret = (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
    if (!secret) problems.push(`${where}: ${file} is empty.`);
    return secret;
  } catch (error) {
    problems.push(`${where}: ${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
    return undefined;
  }
}

/** What no setting shows alone. */
function checkTogether({ http, https, tokens, distribution, proxies }: ServeConfig, problems: string[]): void {
  if (problems.length > 0) return;
  if (distribution.accelLocation !== undefined && proxies.length === 0) {
    problems.push(
      'distribution.accelLocation needs proxies: only a proxy that is named there is told where the files are.',
    );
  }
  if (!http && !https) problems.push('--http and --https are both off, so nothing would listen; turn one on.');
  if (http && https && http.port !== 0 && formatListener(http) === formatListener(https)) {
    problems.push(`--http and --https are both ${formatListener(http)}; give one of them another port.`);
  }
  if (tokens.refreshMinutes < tokens.accessMinutes) {
    problems.push(
      `tokens.refreshMinutes (${tokens.refreshMinutes}) is less than tokens.accessMinutes (${tokens.accessMinutes}); ` +
        'a refresh token must outlive the access tokens made from it.',
    );
  }
}

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null) freeze(part);
  }
  return Object.freeze(value);
}
