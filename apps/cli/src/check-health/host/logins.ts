import { type FaultName, type Finding, finding } from '../faults.ts';
import { claimsOf, type Identity } from '../tokens.ts';
import { type HostFile, type HostFiles, meansRegistry, type Registry } from './host-files.ts';

/** The name beside a token that stands in for a password. */
const TOKEN_USER = '00000000-0000-0000-0000-000000000000';

export interface LoginsObservation {
  readonly files: readonly HostFile[];
  /** Helpers (`docker-credential-<name>`) that are in PATH. */
  readonly helpers: readonly string[];
}

export interface LoginsPlan {
  readonly home: string;
  /** Folders of PATH. */
  readonly path: readonly string[];
  /** Other places that the environment names. */
  readonly more?: readonly string[];
}

const PREFIX = 'docker-credential-';

export async function observeLogins(
  files: HostFiles,
  { home, path, more = [] }: LoginsPlan,
): Promise<LoginsObservation> {
  const places = [`${home}/.docker/config.json`, `${home}/.config/containers/auth.json`, ...more];
  const found = await Promise.all([...new Set(places)].map((place) => files.read(place)));
  const programs = (await Promise.all(path.map((folder) => files.list(folder)))).flat();
  const helpers = programs
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => name.slice(PREFIX.length).replace(/\.exe$/, ''));
  return { files: found.filter((file) => file !== undefined), helpers };
}

interface AuthFile {
  readonly auths?: Readonly<Record<string, { auth?: string; identitytoken?: string }>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
}

/** `takes` asks the registry whether a kept password is still good; undefined when it could not be asked. */
export async function judgeLogins(
  registry: Registry,
  { files, helpers }: LoginsObservation,
  now: number,
  takes: ((identity: Identity & { kind: 'password' | 'refresh' }) => Promise<boolean | undefined>) | undefined,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const file of files) {
    const found = (fault: FaultName, seen: string) =>
      findings.push(finding(fault, registry.host, `${file.path}: ${seen}`));
    const parsed = tryParse(file);
    if (typeof parsed === 'string') {
      found('login.file-invalid', parsed);
      continue;
    }
    const wanted = [parsed.credHelpers?.[registry.host] ?? parsed.credsStore].filter((name) => name !== undefined);
    for (const name of wanted) if (!helpers.includes(name)) found('login.helper-missing', `${PREFIX}${name}`);
    for (const [key, { auth = '' }] of Object.entries(parsed.auths ?? {})) {
      if (!meansRegistry(key, registry)) continue;
      if (key.replace(/^https?:\/\//, '') !== key.replace(/^https?:\/\//, '').toLowerCase())
        found('login.upper-case', key);
      else if (auth !== '') await judgeEntry(key, auth, found);
    }
  }
  return findings;

  async function judgeEntry(key: string, auth: string, found: (fault: FaultName, seen: string) => void): Promise<void> {
    const [username = '', ...rest] = Buffer.from(auth, 'base64').toString().split(':');
    const password = rest.join(':');
    const expires = Number(claimsOf(password)?.exp) * 1000;
    if (expires < now) return found('login.expired', `${key}, until ${new Date(expires).toISOString()}`);
    const identity =
      username === TOKEN_USER
        ? ({ kind: 'refresh', token: password } as const)
        : ({ kind: 'password', username, password } as const);
    if ((await takes?.(identity)) === false) found('login.stale', `${key}, as ${username}`);
  }
}

function tryParse({ text }: HostFile): AuthFile | string {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text) as AuthFile;
  } catch (error) {
    return (error as Error).message;
  }
}
