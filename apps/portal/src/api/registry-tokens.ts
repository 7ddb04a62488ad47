import type { Session } from '../session/session.ts';
import { Refusal } from './refusal.ts';

const KEPT_MS = 10 * 60_000;
const GATHER_MS = 15;
const MOST_SCOPES = 100;

interface Waiting {
  readonly scope: string;
  readonly resolve: (token: string) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Tokens of one registry's data plane, by scope. A list asks for a token a row: those of the same moment are asked for
 * together, since one token can have many scopes.
 */
export class RegistryTokens {
  readonly #kept = new Map<string, { readonly token: string; readonly until: number }>();
  readonly #session: Session;
  readonly #origin: string;
  readonly #service: string;
  #refresh: Promise<string> | undefined;
  #waiting: Waiting[] = [];

  constructor(session: Session, origin: string, service: string) {
    this.#session = session;
    this.#origin = origin;
    this.#service = service;
  }

  get(scope: string): Promise<string> {
    const kept = this.#kept.get(scope);
    if (kept && kept.until > Date.now()) return Promise.resolve(kept.token);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ scope, resolve, reject });
      if (this.#waiting.length === 1) setTimeout(() => void this.#gather(), GATHER_MS);
      else if (this.#waiting.length >= MOST_SCOPES) void this.#gather();
    });
  }

  async #gather(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length === 0) return;
    const scopes = [...new Set(waiting.map(({ scope }) => scope))];
    try {
      const token = await this.#issue(scopes.join(' '));
      for (const scope of scopes) this.#kept.set(scope, { token, until: Date.now() + KEPT_MS });
      for (const { resolve } of waiting) resolve(token);
    } catch (error) {
      this.#refresh = undefined;
      for (const { reject } of waiting) reject(error);
    }
  }

  async #issue(scope: string): Promise<string> {
    this.#refresh ??= this.#exchange();
    const refresh_token = await this.#refresh;
    const form = { grant_type: 'refresh_token', service: this.#service, scope, refresh_token };
    const { access_token } = await this.#post<{ access_token: string }>('/oauth2/token', form);
    return access_token;
  }

  async #exchange(): Promise<string> {
    const access_token = await this.#session.token('management');
    const form = { grant_type: 'access_token', service: this.#service, access_token };
    return (await this.#post<{ refresh_token: string }>('/oauth2/exchange', form)).refresh_token;
  }

  async #post<T>(path: string, form: Record<string, string>): Promise<T> {
    const body = new URLSearchParams(form);
    const answer = await fetch(`${this.#origin}${path}`, { method: 'POST', body, credentials: 'omit' });
    const value: unknown = await answer.json().catch(() => undefined);
    if (!answer.ok) throw new Refusal(answer, value);
    return value as T;
  }
}
