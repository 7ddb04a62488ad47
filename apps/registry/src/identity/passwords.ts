import { type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { DomainError } from '../platform/domain-error.ts';
import type { Ids } from '../platform/ids.ts';

/** 90 ms and 32 MiB a guess (OWASP's second choice of parameters, the strongest that needs no more memory). */
const COST = { N: 32_768, r: 8, p: 1 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const FORM = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([A-Za-z0-9_-]+)\$([A-Za-z0-9_-]+)$/;
/** Far above what anybody types: a megabyte to hash is work without a purpose. */
export const MAX_PASSWORD_BYTES = 1024;
/** Each waiting guess is one of 90 ms: whoever comes behind these would wait longer than clients do. */
const MOST_WAITING = 64;

/** Hashes passwords of people. A few at a time: scrypt is made to be expensive, and everybody else needs the processors, too. */
export class PasswordHasher {
  readonly #ids: Ids;
  readonly #atATime: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  /** Of nobody: compared for names that do not exist, so that they take equally long. */
  readonly nobodys: string;

  constructor({ ids, atATime }: { ids: Ids; atATime: number }) {
    this.#ids = ids;
    this.#atATime = Math.max(1, atATime);
    this.nobodys = format(ids.bytes(SALT_BYTES), ids.bytes(HASH_BYTES));
  }

  async hash(password: string): Promise<string> {
    const salt = this.#ids.bytes(SALT_BYTES);
    return format(salt, await this.#derive(password, salt, COST));
  }

  /** False for a stored text that is none of ours, too: nobody signs in with it. */
  async verify(password: string, stored: string): Promise<boolean> {
    const [, n, r, p, salt, hash] = FORM.exec(stored) ?? [];
    if (!salt || !hash || Buffer.byteLength(password) > MAX_PASSWORD_BYTES) return false;
    const cost = { N: Number(n), r: Number(r), p: Number(p) };
    const derived = await this.#derive(password, Buffer.from(salt, 'base64url'), cost);
    const expected = Buffer.from(hash, 'base64url');
    return derived.length === expected.length && timingSafeEqual(derived, expected);
  }

  async #derive(password: string, salt: Uint8Array, cost: { N: number; r: number; p: number }): Promise<Buffer> {
    await this.#turn();
    try {
      return await derive(normalized(password), salt, { ...cost, maxmem: 256 * cost.N * cost.r + 1_048_576 });
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  #turn(): Promise<void> {
    if (this.#running < this.#atATime) {
      this.#running += 1;
      return Promise.resolve();
    }
    if (this.#waiting.length >= MOST_WAITING) throw tooManyAtOnce();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}

/** The same characters in the same bytes, whatever the keyboard composed (RFC 8265, section 4.2.2). */
export function normalized(password: string): string {
  return password.normalize('NFC');
}

function derive(password: string, salt: Uint8Array, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, HASH_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

function format(salt: Uint8Array, hash: Uint8Array): string {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
  return `scrypt$${COST.N}$${COST.r}$${COST.p}$${text(salt)}$${text(hash)}`;
}

function tooManyAtOnce(): DomainError {
  return new DomainError(
    'unavailable',
    'server.unavailable',
    'Too many people sign in at this moment. Try again in a few seconds.',
    { retryAfter: 5 },
  );
}
