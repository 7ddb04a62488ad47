import { hash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import type { SecretBox } from './sealed-secrets.ts';

/** As long as somebody may take to find the password. */
const LIFETIME_MS = 15 * 60_000;
const MAX_CHARACTERS = 16 * 1024;
const COOKIE = /^[A-Za-z0-9_-]{43}$/;

/**
 * What a page hands to its own next step: sealed, so that nobody can change it, and bound to a cookie of the browser, so
 * that nobody else's page can send it (cross-site request forgery). The server keeps nothing.
 */
export class FormTokens {
  readonly #box: SecretBox;
  readonly #clock: Clock;
  readonly #ids: Ids;

  constructor(d: { box: SecretBox; clock: Clock; ids: Ids }) {
    this.#box = d.box;
    this.#clock = d.clock;
    this.#ids = d.ids;
  }

  /** The browser's cookie, or a new one for a browser that has none. */
  cookie(shown: string | undefined): string {
    return shown !== undefined && COOKIE.test(shown) ? shown : this.#ids.bytes(32).toString('base64url');
  }

  /** `step` names the page that may take it: what one page made is no good at another. */
  seal(step: string, cookie: string, payload: unknown): string {
    const until = this.#clock.now().getTime() + LIFETIME_MS;
    const text = JSON.stringify({ cookie: digestOf(cookie), until, payload });
    return Buffer.from(this.#box.seal(text, contextOf(step))).toString('base64url');
  }

  /** Undefined for what is not of this browser, of another page, too old, or none of ours. */
  open<T>(step: string, cookie: string | undefined, token: string | undefined): T | undefined {
    if (!cookie || !token || token.length > MAX_CHARACTERS) return undefined;
    try {
      const opened = JSON.parse(this.#box.open(Buffer.from(token, 'base64url'), contextOf(step))) as {
        cookie: string;
        until: number;
        payload: T;
      };
      const same = timingSafeEqual(Buffer.from(opened.cookie), Buffer.from(digestOf(cookie)));
      return same && this.#clock.now().getTime() < opened.until ? opened.payload : undefined;
    } catch {
      return undefined;
    }
  }
}

function digestOf(cookie: string): string {
  return hash('sha256', cookie, 'base64url');
}

function contextOf(step: string): string {
  return `form:${step}`;
}
