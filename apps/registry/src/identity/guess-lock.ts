import { BoundedCache } from '../platform/bounded-cache.ts';
import type { Clock } from '../platform/clock.ts';

/** So many wrong guesses are free: people mistype. */
const FREE_MISSES = 5;
const LONGEST_WAIT_SECONDS = 900;
/** Misses are forgotten when nobody guessed for so long. */
const FORGET_MS = 3_600_000;
/** Names and addresses that are remembered; who guesses from more of them guesses each name too rarely to matter. */
const REMEMBERED = 20_000;

interface Misses {
  count: number;
  last: number;
}

/**
 * Slows down who guesses a person's password: after five misses one has to wait 2, 4, 8 … seconds, whoever is right
 * included. It is kept by name AND by address, so that nobody can shut a person out from elsewhere.
 */
export class GuessLock {
  readonly #clock: Clock;
  readonly #misses = new BoundedCache<Misses>(REMEMBERED);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Seconds to wait, or 0 for a guess that may go on. It counts as a miss until `right` says otherwise: a hundred
   * guesses at the same time are a hundred, not one.
   */
  guess(name: string, address: string): number {
    const key = keyOf(name, address);
    const now = this.#clock.monotonic();
    const known = this.#misses.get(key);
    const misses = known && now - known.last < FORGET_MS ? known : { count: 0, last: now };
    const wait = Math.ceil((misses.last + waitAfter(misses.count) * 1000 - now) / 1000);
    if (misses.count >= FREE_MISSES && wait > 0) return wait;
    this.#misses.set(key, { count: misses.count + 1, last: now });
    return 0;
  }

  right(name: string, address: string): void {
    this.#misses.delete(keyOf(name, address));
  }

  get size(): number {
    return this.#misses.size;
  }
}

function waitAfter(misses: number): number {
  return misses < FREE_MISSES ? 0 : Math.min(2 ** (misses - FREE_MISSES + 1), LONGEST_WAIT_SECONDS);
}

function keyOf(name: string, address: string): string {
  return `${name.toLowerCase().slice(0, 256)}\0${network(address)}`;
}

/** An IPv4 address as it is; of an IPv6 address the /64, since each customer has a whole one to send from. */
export function network(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('%', 1)[0]?.split('::') ?? [];
  const front = head.split(':').filter(Boolean);
  const back = tail?.split(':').filter(Boolean) ?? [];
  const zeros =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0');
  return [...front, ...zeros, ...back]
    .slice(0, 4)
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(':');
}
