import { portalBase, type SiteSettings } from '../settings.ts';
import { ownPath } from './own-path.ts';
import { challengeOf, randomText } from './pkce.ts';

/** For which service a token is. */
export type Audience = 'management' | 'graph';

interface Token {
  readonly value: string;
  /** Milliseconds since 1970, a minute early. */
  readonly until: number;
}

interface TokenAnswer {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly expires_in: number | string;
}

/** What waits for the browser to come back from the sign-in page. Good for one code; removed before that is used. */
interface Pending {
  readonly state: string;
  readonly verifier: string;
  readonly to: string;
}

const PENDING = 'holdfast.signing-in';
const redirectUri = portalBase.href;

export class SessionEnded extends Error {}

/** Leaves the page for the sign-in page of the site, which comes back to `redirectUri` with a code (RFC 6749, 4.1; RFC 7636). */
export async function beginSignIn(settings: SiteSettings, to: string): Promise<void> {
  const pending: Pending = { state: randomText(), verifier: randomText(), to };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const query = new URLSearchParams({
    client_id: settings.clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: scopeOf(settings, 'management'),
    state: pending.state,
    code_challenge: await challengeOf(pending.verifier),
    code_challenge_method: 'S256',
  });
  location.assign(`${settings.authority}/oauth2/authorize?${query}`);
}

/** The session of a browser that comes back with a code; undefined when it does not. Throws the refusal's text. */
export async function finishSignIn(settings: SiteSettings): Promise<{ session: Session; to: string } | undefined> {
  const query = new URLSearchParams(location.search);
  const pending = takePending();
  if (!query.has('state') || !pending || query.get('state') !== pending.state) return undefined;
  const refusal = query.get('error_description') ?? query.get('error');
  const code = query.get('code');
  if (refusal !== null || code === null) throw new SessionEnded(refusal ?? 'no code');
  const { verifier: code_verifier } = pending;
  const form = { grant_type: 'authorization_code', code, code_verifier, redirect_uri: redirectUri };
  const session = new Session(settings);
  await session.start(form);
  return { session, to: ownPath(pending.to, portalBase) };
}

function takePending(): Pending | undefined {
  const text = sessionStorage.getItem(PENDING);
  sessionStorage.removeItem(PENDING);
  return text === null ? undefined : (JSON.parse(text) as Pending);
}

function scopeOf(settings: SiteSettings, audience: Audience): string {
  const of = audience === 'management' ? settings.managementAudience : settings.graphAudience;
  return `${of}/.default openid offline_access`;
}

/** Who is signed in. Tokens are in the memory of this page and nowhere else: a reload asks for the password again. */
export class Session {
  readonly #settings: SiteSettings;
  readonly #tokens = new Map<Audience, Token>();
  #refresh = '';
  #renewing: Promise<unknown> = Promise.resolve();

  constructor(settings: SiteSettings) {
    this.#settings = settings;
  }

  async start(form: Record<string, string>): Promise<void> {
    await this.#ask('management', form);
  }

  /** One renewal at a time: a refresh token that is used twice ends the session. */
  async token(audience: Audience): Promise<string> {
    const work = this.#renewing.then(async () => {
      const kept = this.#tokens.get(audience);
      if (kept && kept.until > Date.now()) return kept.value;
      return this.#ask(audience, { grant_type: 'refresh_token', refresh_token: this.#refresh });
    });
    this.#renewing = work.catch(() => undefined);
    return work;
  }

  /** For a token that was refused although its time is not over: once, a new one is asked for. */
  forget(audience: Audience): void {
    this.#tokens.delete(audience);
  }

  async end(): Promise<void> {
    const token = this.#refresh;
    this.#tokens.clear();
    this.#refresh = '';
    await fetch(`${this.#settings.authority}/oauth2/revoke`, { method: 'POST', body: new URLSearchParams({ token }) });
  }

  async #ask(audience: Audience, form: Record<string, string>): Promise<string> {
    const { clientId: client_id, authority } = this.#settings;
    const body = new URLSearchParams({ ...form, client_id, scope: scopeOf(this.#settings, audience) });
    const answer = await fetch(`${authority}/oauth2/token`, { method: 'POST', body, credentials: 'omit' });
    if (answer.status >= 400 && answer.status < 500) {
      const { error_description: why } = (await answer.json()) as { error_description?: string };
      throw new SessionEnded(why ?? `${answer.status}`);
    }
    if (!answer.ok) throw new Error(`${answer.status} ${authority}`);
    const token = (await answer.json()) as TokenAnswer;
    this.#refresh = token.refresh_token ?? this.#refresh;
    this.#tokens.set(audience, {
      value: token.access_token,
      until: Date.now() + (Number(token.expires_in) - 60) * 1000,
    });
    return token.access_token;
  }
}
