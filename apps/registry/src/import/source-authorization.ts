import { type Outbound, readUpTo } from '../outbound/outbound.ts';
import type { SourceCredentials } from './image-import.ts';
import { refusedBySource, sourceFailed } from './source-errors.ts';

/** Of a token's answer. */
const TOKEN_BYTES = 64 * 1024;
const TIMEOUT_MS = 30_000;
/** Azure's registries take a token in the place of a password under this name. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

export interface AuthorizationOptions {
  readonly outbound: Outbound;
  /** Of the registry. */
  readonly base: URL;
  readonly repository: string;
  readonly credentials?: SourceCredentials | undefined;
  readonly signal: AbortSignal;
}

/**
 * What a source asks for, as registries do: Basic, or a token from the service that its challenge names
 * (https://distribution.github.io/distribution/spec/auth/token/). Secrets go to the registry itself, and to a token service
 * only where it is plainly the registry's own.
 */
export class SourceAuthorization {
  readonly #options: AuthorizationOptions;
  #header: string | undefined;

  constructor(options: AuthorizationOptions) {
    this.#options = options;
  }

  /** What is known by now; nothing, until the source asked. */
  headers(): Readonly<Record<string, string>> {
    return this.#header === undefined ? {} : { Authorization: this.#header };
  }

  /** The answer to a challenge of the registry. */
  async answer(challenge: string): Promise<Readonly<Record<string, string>>> {
    const { base, credentials } = this.#options;
    const [, scheme = ''] = /^\s*(basic|bearer)\b/i.exec(challenge) ?? [];
    if (scheme.toLowerCase() === 'bearer') this.#header = `Bearer ${await this.#token(parametersOf(challenge))}`;
    else if (scheme !== '' && credentials) this.#header = basic(credentials);
    else if (scheme === '')
      throw sourceFailed(base.host, 'it asks for a kind of sign-in that is neither Basic nor Bearer');
    else throw sourceFailed(base.host, 'it asks for a user name and a password, and the import has none');
    return this.headers();
  }

  async #token(parameters: Readonly<Record<string, string>>): Promise<string> {
    const { outbound, base, repository, credentials, signal } = this.#options;
    const { realm = '', service } = parameters;
    if (!URL.canParse(realm)) throw sourceFailed(base.host, 'it names no token service that could be asked');
    const url = new URL(realm);
    if (credentials && !isOwnService(url, base)) {
      throw sourceFailed(
        base.host,
        `its token service is on another host (${url.host.slice(0, 260)}), to which the credentials given for ${base.host} are not sent`,
      );
    }
    if (service !== undefined) url.searchParams.set('service', service);
    url.searchParams.set('scope', `repository:${repository}:pull`);
    const headers = { Accept: 'application/json', ...(credentials ? { Authorization: basic(credentials) } : {}) };
    const answer = await outbound.send({ method: 'GET', url, headers, timeoutMs: TIMEOUT_MS, signal });
    const body = await readUpTo(answer, TOKEN_BYTES).catch(() => ({ bytes: Buffer.alloc(0) }));
    const text = body.bytes.toString('utf8');
    if (answer.status !== 200) throw refusedBySource(`${base.host}/${repository}`, answer, text);
    const token = tokenIn(text);
    if (token === undefined) throw sourceFailed(base.host, 'its token service answered without a token');
    return token;
  }
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

function basic({ username = NOBODY, password }: SourceCredentials): string {
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
