import type { Context } from '../command.ts';
import { CommandError, EXIT, notFound } from '../command-error.ts';
import { type HttpAnswer, send } from './http.ts';
import { type Profile, type Subscription, writeProfile } from './profile.ts';
import { discoverEndpoints, listSubscriptions, requestToken, type SignedIn } from './sign-in.ts';

/** Of the registries; the newest one that az 2.91 asks for. */
export const REGISTRY_API = '2026-09-01-preview';
export const RESOURCES_API = '2024-11-01';

/** A token is renewed when it would end within this. */
const EARLY_MS = 120_000;

/** A signed-in user at a site: the resource manager and the directory. */
export class Session {
  readonly #context: Pick<Context, 'configDir'>;
  #profile: Profile & SignedIn;
  /** Whether new tokens go into the file: not when the sign-in came from the environment. */
  readonly #keep: boolean;

  private constructor(context: Pick<Context, 'configDir'>, profile: Profile & SignedIn, keep: boolean) {
    this.#context = context;
    this.#profile = profile;
    this.#keep = keep;
  }

  /** By `HOLDFAST_SERVER`, `HOLDFAST_CLIENT_ID` and `HOLDFAST_CLIENT_SECRET`, else by what `holdfast login` remembered. */
  static async open(context: Context): Promise<Session> {
    const { HOLDFAST_SERVER: server, HOLDFAST_CLIENT_ID: name, HOLDFAST_CLIENT_SECRET: secret } = context.env;
    if (name && secret) {
      const endpoints = server ? await discoverEndpoints(server) : context.profile.endpoints;
      if (!endpoints)
        throw new CommandError('HOLDFAST_CLIENT_ID needs HOLDFAST_SERVER beside it, the address of the site.');
      const user = { name, secret, type: 'servicePrincipal' } as const;
      const session = new Session(context, { endpoints, user }, false);
      const subscriptions = await listSubscriptions(endpoints, await session.token());
      const [first] = subscriptions;
      session.#profile = { ...session.#profile, subscriptions, ...(first ? { subscription: first.id } : {}) };
      return session;
    }
    const { endpoints, user } = context.profile;
    if (!endpoints || !user) throw new CommandError("Please run 'holdfast login' to sign in first.");
    return new Session(context, { ...context.profile, endpoints, user }, true);
  }

  static isPossible({ env, profile }: Context): boolean {
    return Boolean((env.HOLDFAST_CLIENT_ID && env.HOLDFAST_CLIENT_SECRET) || profile.user);
  }

  get endpoints() {
    return this.#profile.endpoints;
  }

  get user() {
    return this.#profile.user;
  }

  subscription(wanted?: string): Subscription {
    const all = this.#profile.subscriptions ?? [];
    const id = wanted ?? this.#profile.subscription;
    const found = all.find((one) => one.id === id || one.name === id);
    if (!found)
      throw notFound(
        `The subscription '${id}' is not among yours: ${all.map((one) => one.id).join(', ') || 'there is none'}.`,
      );
    return found;
  }

  async token(audience = this.endpoints.audience): Promise<string> {
    const known = this.#profile.tokens?.[audience];
    if (known && known.expires - EARLY_MS > Date.now()) return known.token;
    const { user, ...token } = await requestToken(this.#profile, audience);
    this.#profile = { ...this.#profile, user, tokens: { ...this.#profile.tokens, [audience]: token } };
    if (this.#keep) await writeProfile(this.#context.configDir, this.#profile);
    return token.token;
  }

  /** A call of the resource manager; `path` begins with `/subscriptions`. Refusals are thrown. */
  async arm<T>(method: string, path: string, options: { readonly api: string; readonly body?: unknown }): Promise<T> {
    const url = `${this.endpoints.management}${path}${path.includes('?') ? '&' : '?'}api-version=${options.api}`;
    return (await this.#call(method, url, await this.token(), options.body)).json<T>() as T;
  }

  /** All pages of a list. */
  async armList<T>(path: string, api: string): Promise<T[]> {
    const all: T[] = [];
    let url: string | undefined =
      `${this.endpoints.management}${path}${path.includes('?') ? '&' : '?'}api-version=${api}`;
    while (url) {
      const page: { value?: T[]; nextLink?: string } | undefined = (
        await this.#call('GET', url, await this.token())
      ).json();
      all.push(...(page?.value ?? []));
      url = page?.nextLink && this.#onSite(page.nextLink);
    }
    return all;
  }

  /** `path` begins with `/v1.0`. */
  async graph<T>(method: string, path: string, body?: unknown): Promise<T> {
    const token = await this.token(this.endpoints.graphAudience);
    return (await this.#call(method, `${this.endpoints.graph}${path}`, token, body)).json<T>() as T;
  }

  async #call(method: string, url: string, token: string, body?: unknown): Promise<HttpAnswer> {
    const headers: Record<string, string> = { Authorization: `Bearer ${token}`, Accept: 'application/json' };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    const answer = await send(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    if (!answer.ok) throw refusal(answer);
    return answer.status === 202 ? this.#follow(answer, token) : answer;
  }

  /** A long-running operation: asked for until it has an end. */
  async #follow(started: HttpAnswer, token: string): Promise<HttpAnswer> {
    let answer = started;
    const first = answer.headers.get('azure-asyncoperation') ?? answer.headers.get('location');
    if (!first) return answer;
    const url = this.#onSite(first);
    for (;;) {
      const seconds = Number(answer.headers.get('retry-after') ?? 1);
      await new Promise((resolve) => setTimeout(resolve, Math.min(Math.max(seconds, 0.2), 30) * 1000));
      answer = await send(url, { headers: { Authorization: `Bearer ${token}` } });
      if (!answer.ok) throw refusal(answer);
      const state = answer.json<{ status?: string; error?: unknown }>();
      if (state?.status === 'Failed' || state?.status === 'Canceled') throw refusal(answer);
      if (answer.status !== 202 && !(state?.status && /^(InProgress|Running|Accepted)$/.test(state.status)))
        return answer;
    }
  }

  /** Links of the site name its planes; a site that is reached by path is asked there. */
  #onSite(link: string): string {
    const { byPath, management } = this.endpoints;
    const url = new URL(link, management);
    if (byPath) return `${byPath}${url.pathname}${url.search}`;
    // The token goes where the link leads.
    if (url.origin !== new URL(management).origin)
      throw new CommandError(`The site leads to ${url.origin}, which is another's.`);
    return url.href;
  }
}

/** The error of the resource manager or of the directory, as az words it. */
function refusal(answer: HttpAnswer): CommandError {
  const { error } = answer.json<{ error?: { code?: string; message?: string } }>() ?? {};
  const text = error?.message ? `(${error.code}) ${error.message}` : `The site answered ${answer.status}.`;
  return new CommandError(text, answer.status === 404 ? EXIT.notFound : EXIT.failed);
}
