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
/** Of the window in which somebody signs in again, and of the channel on which it hands over the code. */
const AGAIN = 'holdfast.signing-in-again';
/** Of a token's life, after which the next one is asked for without anybody noticing. */
const RENEWED_AT = 0.75;
const redirectUri = portalBase.href;

export class SessionEnded extends Error {}

/** Leaves the page for the sign-in page of the site, which comes back to `redirectUri` with a code (RFC 6749, 4.1; RFC 7636). */
export async function beginSignIn(settings: SiteSettings, to: string): Promise<void> {
  const pending: Pending = { state: randomText(), verifier: randomText(), to };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  location.assign(await signInUrl(settings, pending));
}

async function signInUrl(settings: SiteSettings, pending: Pick<Pending, 'state' | 'verifier'>): Promise<string> {
  const query = new URLSearchParams({
    client_id: settings.clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: scopeOf(settings, 'management'),
    state: pending.state,
    code_challenge: await challengeOf(pending.verifier),
    code_challenge_method: 'S256',
  });
  return `${settings.authority}/oauth2/authorize?${query}`;
}

/**
 * Signs in in a window of its own, so that this page keeps what was typed; resolves once `session` has its new tokens. The
 * verifier never leaves this page: the code that the other window hands over is good for nobody else.
 */
export async function signInAgain(settings: SiteSettings, session: Session): Promise<void> {
  const pending = { state: randomText(), verifier: randomText() };
  const channel = new BroadcastChannel(AGAIN);
  const code = new Promise<string>((resolve) => {
    channel.onmessage = ({ data }: MessageEvent<{ state?: string; code?: string }>) => {
      if (data.state === pending.state && data.code !== undefined) resolve(data.code);
    };
  });
  window.open(await signInUrl(settings, pending), AGAIN, 'popup,width=520,height=640');
  const form = { grant_type: 'authorization_code', code: await code, code_verifier: pending.verifier };
  channel.close();
  await session.start({ ...form, redirect_uri: redirectUri });
}

/**
 * Whether this is the window of `signInAgain`, come back: then the page that opened it has the code, and this one closes. It
 * is known by a code that nothing here waits for: its name is lost where the sign-in page isolates itself (COOP).
 */
export function handOver(): boolean {
  const query = new URLSearchParams(location.search);
  if (!query.has('code') || sessionStorage.getItem(PENDING) !== null) return false;
  new BroadcastChannel(AGAIN).postMessage({ state: query.get('state'), code: query.get('code') });
  window.close();
  return true;
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
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Called when the site gives this session no more tokens. */
  onEnded: () => void = () => undefined;

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

  /** A page that stands open keeps its session: each renewal gives the refresh token its whole life anew. */
  #renewLater(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#tokens.clear();
      // What is refused is told by `onEnded`; what did not get through is asked for again with the next request.
      this.token('management').catch(() => undefined);
    }, ms);
  }

  /** For a token that was refused although its time is not over: once, a new one is asked for. */
  forget(audience: Audience): void {
    this.#tokens.delete(audience);
  }

  async end(): Promise<void> {
    const token = this.#refresh;
    clearTimeout(this.#timer);
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
      clearTimeout(this.#timer);
      this.onEnded();
      throw new SessionEnded(why ?? `${answer.status}`);
    }
    if (!answer.ok) throw new Error(`${answer.status} ${authority}`);
    const token = (await answer.json()) as TokenAnswer;
    this.#refresh = token.refresh_token ?? this.#refresh;
    this.#tokens.set(audience, {
      value: token.access_token,
      until: Date.now() + (Number(token.expires_in) - 60) * 1000,
    });
    this.#renewLater(Number(token.expires_in) * 1000 * RENEWED_AT);
    return token.access_token;
  }
}
