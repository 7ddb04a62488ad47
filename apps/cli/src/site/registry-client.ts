import { isOwnService } from '@holdfast/oci/registry/authorization';
import type { Context } from '../command.ts';
import { CommandError, EXIT, wrongUsage } from '../command-error.ts';
import { type HttpAnswer, send } from './http.ts';
import { findLoginServer, isHost, isOfSite, type LoginServer } from './login-servers.ts';
import { Session } from './session.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** The name beside a refresh token, as everywhere where one stands in for a password. */
export const TOKEN_USER = '00000000-0000-0000-0000-000000000000';
const PAGE = 100;
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

/** What commands say of a registry. */
export interface RegistryOptions {
  readonly name: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

interface Call {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The content of one registry, asked with the rights that each call needs. */
export class RegistryClient {
  readonly server: LoginServer;
  readonly credentials: Credentials;
  readonly #realm: { origin: string; service: string };
  readonly #tokens = new Map<string, string>();

  private constructor(server: LoginServer, realm: { origin: string; service: string }, credentials: Credentials) {
    this.server = server;
    this.#realm = realm;
    this.credentials = credentials;
  }

  /** With the name and password that are given; else as who is signed in to the site. */
  static async open(context: Context, { name, username, password }: RegistryOptions): Promise<RegistryClient> {
    if (password !== undefined && username === undefined)
      throw wrongUsage('Please also specify username if password is specified.');
    if (username !== undefined && password === undefined) throw wrongUsage('--username needs --password beside it.');
    const given = username !== undefined && password !== undefined ? { username, password } : undefined;
    const session = given && (isHost(name) || !Session.isPossible(context)) ? undefined : await Session.open(context);
    const server = await findLoginServer(context, name, session);
    if (given) return new RegistryClient(server, await challengeOf(server), given);
    const signedIn = session ?? (await Session.open(context));
    if (!isOfSite(signedIn.endpoints, server.host)) {
      throw wrongUsage(
        `${server.host} is no registry of the site that you are signed in to: give --username and --password for it.`,
      );
    }
    const realm = await challengeOf(server);
    return new RegistryClient(server, realm, await exchange(realm, signedIn));
  }

  /** Paths below the registry, such as `/acr/v1/team/app`; `scope` is what the call needs. Refusals are thrown. */
  async call(scope: string, path: string, { method = 'GET', body, headers = {} }: Call = {}): Promise<HttpAnswer> {
    const answer = await send(`${this.server.origin}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${await this.#token(scope)}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw refusal(answer);
    return answer;
  }

  async json<T>(scope: string, path: string, call: Call = {}): Promise<T> {
    return (await this.call(scope, path, call)).json<T>() as T;
  }

  /** All pages of a list, or the first `top` of it; `key` is where a page has its items. */
  async list<T>(
    scope: string,
    path: string,
    key: string,
    options: { top?: number | undefined; orderby?: string | undefined } = {},
  ): Promise<T[]> {
    const all: T[] = [];
    const { top = Number.POSITIVE_INFINITY, orderby } = options;
    let query: string | undefined =
      `n=${Math.min(top, PAGE)}${orderby === undefined ? '' : `&orderby=${orderby.replace('_', '')}`}`;
    while (query !== undefined && all.length < top) {
      const page = await this.call(scope, `${path}?${query}`);
      all.push(...(page.json<Record<string, T[] | null>>()?.[key] ?? []));
      query = /<[^>?]*\?([^>]*)>/.exec(page.headers.get('link') ?? '')?.[1];
    }
    return all.slice(0, top);
  }

  async #token(scope: string): Promise<string> {
    const known = this.#tokens.get(scope);
    if (known) return known;
    const { username, password } = this.credentials;
    const grant: Record<string, string> =
      username === TOKEN_USER
        ? { grant_type: 'refresh_token', refresh_token: password }
        : { grant_type: 'password', username, password };
    const form = new URLSearchParams({ service: this.#realm.service, scope, ...grant });
    const answer = await send(`${this.#realm.origin}/oauth2/token`, {
      method: 'POST',
      headers: FORM,
      body: form.toString(),
    });
    const token = answer.json<{ access_token?: string }>()?.access_token;
    if (!answer.ok || !token) throw refusal(answer);
    this.#tokens.set(scope, token);
    return token;
  }
}

/** Where tokens come from, as the registry's own 401 says. */
async function challengeOf({ origin, host }: LoginServer): Promise<{ origin: string; service: string }> {
  const answer = await send(`${origin}/v2/`);
  const header = answer.headers.get('www-authenticate') ?? '';
  const part = (name: string) => new RegExp(`${name}="([^"]*)"`, 'i').exec(header)?.[1];
  const realm = part('realm');
  if (answer.status !== 401 || realm === undefined || !URL.canParse(realm)) {
    throw new CommandError(
      `${host} is no registry of a site: it answered ${answer.status} instead of asking for a token.`,
    );
  }
  if (!isOwnService(new URL(realm), new URL(origin))) {
    throw new CommandError(
      `${host} wants your password or token to be sent to ${new URL(realm).host}, which is another's. Nothing was sent.`,
    );
  }
  return { origin: new URL(realm).origin, service: part('service') ?? host };
}

/** A refresh token of the registry for who is signed in to the site. */
async function exchange(realm: { origin: string; service: string }, session: Session): Promise<Credentials> {
  const form = new URLSearchParams({
    grant_type: 'access_token',
    service: realm.service,
    tenant: session.subscription().tenantId,
    access_token: await session.token(),
  });
  const answer = await send(`${realm.origin}/oauth2/exchange`, {
    method: 'POST',
    headers: FORM,
    body: form.toString(),
  });
  const password = answer.json<{ refresh_token?: string }>()?.refresh_token;
  if (!answer.ok || !password) throw refusal(answer);
  return { username: TOKEN_USER, password };
}

/** The registry's own words; they end with the correlation id. */
function refusal(answer: HttpAnswer): CommandError {
  const body = answer.json<{ errors?: { message?: string; detail?: unknown }[] }>();
  const [first] = body?.errors ?? [];
  const detail = typeof first?.detail === 'string' ? ` Detail: ${first.detail}` : '';
  const text = first?.message ? `${first.message}${detail}` : `The registry answered ${answer.status}.`;
  return new CommandError(text, answer.status === 404 ? EXIT.notFound : EXIT.failed);
}
