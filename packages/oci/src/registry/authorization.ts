import { readUpTo } from './read-up-to.ts';
import { RegistryError, refusedBy } from './registry-error.ts';
import type { PullTransport } from './transport.ts';

/** Of a token's answer. */
const TOKEN_BYTES = 64 * 1024;
const TIMEOUT_MS = 30_000;
/** Azure's registries take a token in the place of a password under this name. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** In memory only. */
export interface RegistryCredentials {
  /** A token alone has none. */
  readonly username?: string | undefined;
  readonly password: string;
}

export interface AuthorizationOptions {
  readonly transport: PullTransport;
  /** Of the registry. */
  readonly base: URL;
  readonly credentials?: RegistryCredentials | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What a registry asks for: Basic, or a token from the service that its challenge names
 * (https://distribution.github.io/distribution/spec/auth/token/). Secrets go to the registry itself, and to a token service
 * only where it is plainly the registry's own.
 */
export class RegistryAuthorization {
  readonly #options: AuthorizationOptions;
  #basic: string | undefined;
  /** By the scopes that they were asked for. */
  readonly #tokens = new Map<string, string>();
  /** One question for all that wait for the same. */
  readonly #asked = new Map<string, Promise<string>>();

  constructor(options: AuthorizationOptions) {
    this.#options = options;
  }

  /** What is known by now; nothing, until the registry asked. `scopes` such as `repository:app:pull`. */
  headers(scopes: readonly string[]): Readonly<Record<string, string>> {
    const header = this.#basic ?? this.#tokens.get(scopes.join(' '));
    return header === undefined ? {} : { Authorization: header };
  }

  /** The answer to a challenge of the registry. */
  async answer(challenge: string, scopes: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const { base, credentials } = this.#options;
    const [, scheme = ''] = /^\s*(basic|bearer)\b/i.exec(challenge) ?? [];
    if (scheme.toLowerCase() === 'bearer') {
      const key = scopes.join(' ');
      const asked = this.#asked.get(key) ?? this.#token(parametersOf(challenge), scopes);
      this.#asked.set(key, asked);
      this.#tokens.set(key, `Bearer ${await asked.finally(() => this.#asked.delete(key))}`);
    } else if (scheme !== '' && credentials) this.#basic = basic(credentials);
    else if (scheme === '')
      throw new RegistryError(base.host, 'it asks for a kind of sign-in that is neither Basic nor Bearer');
    else throw new RegistryError(base.host, 'it asks for a user name and a password, and none were given');
    return this.headers(scopes);
  }

  async #token(parameters: Readonly<Record<string, string>>, scopes: readonly string[]): Promise<string> {
    const { transport, base, credentials, signal } = this.#options;
    const { realm = '', service } = parameters;
    if (!URL.canParse(realm)) throw new RegistryError(base.host, 'it names no token service that could be asked');
    const url = new URL(realm);
    if (credentials && !isOwnService(url, base)) {
      throw new RegistryError(
        base.host,
        `its token service is on another host (${url.host.slice(0, 260)}), to which the credentials given for ${base.host} are not sent`,
      );
    }
    if (service !== undefined) url.searchParams.set('service', service);
    for (const scope of scopes) url.searchParams.append('scope', scope);
    const headers = { Accept: 'application/json', ...(credentials ? { Authorization: basic(credentials) } : {}) };
    const answer = await transport.send({ method: 'GET', url, headers, timeoutMs: TIMEOUT_MS, signal });
    if (answer.status !== 200) throw await refusedBy(subjectOf(base, scopes), answer);
    const body = await readUpTo(answer, TOKEN_BYTES).catch(() => ({ bytes: Buffer.alloc(0) }));
    const token = tokenIn(body.bytes.toString('utf8'));
    if (token === undefined) throw new RegistryError(base.host, 'its token service answered without a token');
    return token;
  }
}

/** `host/repository` of the first scope. */
function subjectOf({ host }: URL, [scope = '']: readonly string[]): string {
  const repository = /^repository:(.*):[^:]*$/.exec(scope)?.[1];
  return repository === undefined ? host : `${host}/${repository}`;
}

/**
 * The same host, or the domain that the registry's name is a part of (`registry.gitlab.corp.example`, `gitlab.corp.example`):
 * whoever has that one has the registry's name, too. A sister (`auth.corp.example`) may be anybody's, with one exception
 * that everybody knows. Never less protected than the registry.
 */
export function isOwnService(realm: URL, base: URL): boolean {
  if (realm.protocol !== 'https:' && realm.protocol !== base.protocol) return false;
  const [service, registry] = [realm.hostname.toLowerCase(), base.hostname.toLowerCase()];
  if (service === registry) return true;
  if (registry === 'registry-1.docker.io') return service === 'auth.docker.io';
  return service.includes('.') && registry.endsWith(`.${service}`);
}

/** `Bearer realm="…",service="…"`, with or without blanks, quoted or not. */
export function parametersOf(challenge: string): Record<string, string> {
  const found: Record<string, string> = Object.create(null);
  for (const [, name = '', quoted, plain] of challenge.matchAll(/([a-z_]+)\s*=\s*(?:"([^"]*)"|([^\s",]+))/gi)) {
    found[name.toLowerCase()] ??= quoted ?? plain ?? '';
  }
  return found;
}

function basic({ username = NOBODY, password }: RegistryCredentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** In a header it must be, so it has no line break. */
function tokenIn(text: string): string | undefined {
  try {
    const { token, access_token: access } = JSON.parse(text) as Record<string, unknown>;
    const found = typeof token === 'string' && token !== '' ? token : access;
    return typeof found === 'string' && /^[\x21-\x7e]+$/.test(found) ? found : undefined;
  } catch {
    return undefined;
  }
}
