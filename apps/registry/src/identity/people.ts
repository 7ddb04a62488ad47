import { createHmac, timingSafeEqual } from 'node:crypto';
import type { UserRow } from '../metadata/directory.ts';
import type { MetadataReader } from '../metadata/metadata-store.ts';
import { BoundedCache } from '../platform/bounded-cache.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import { GuessLock } from './guess-lock.ts';
import { MAX_PASSWORD_BYTES, normalized, type PasswordHasher } from './passwords.ts';

/** Passwords that were right lately: whoever uses Basic shows its password with every request. */
const REMEMBERED = 1000;
const MOST_NAME_CHARACTERS = 256;

export interface PersonSignIn {
  readonly username: string;
  readonly password: string;
  /** Address of the client. */
  readonly source: string;
}

export type PersonVerdict =
  | { readonly user: UserRow }
  | { readonly refused: 'wrong' }
  | { readonly refused: 'guessed-too-often'; readonly waitSeconds: number };

/** Checks names and passwords of people. A wrong name, a wrong password and a disabled account look and take the same. */
export class People {
  readonly #read: Pick<MetadataReader, 'users'>;
  readonly #hasher: PasswordHasher;
  readonly #lock: GuessLock;
  /** Of this process alone: what is remembered of passwords is worth nothing elsewhere. */
  readonly #secret: Buffer;
  readonly #right = new BoundedCache<{ readonly passwordId: string; readonly digest: Buffer }>(REMEMBERED);
  readonly #underWay = new Map<string, Promise<PersonVerdict>>();

  constructor(d: { read: Pick<MetadataReader, 'users'>; hasher: PasswordHasher; clock: Clock; ids: Ids }) {
    this.#read = d.read;
    this.#hasher = d.hasher;
    this.#lock = new GuessLock(d.clock);
    this.#secret = d.ids.bytes(32);
  }

  async verify({ username, password, source }: PersonSignIn): Promise<PersonVerdict> {
    if (username.length > MOST_NAME_CHARACTERS || Buffer.byteLength(password) > MAX_PASSWORD_BYTES) {
      return { refused: 'wrong' };
    }
    const digest = createHmac('sha256', this.#secret).update(normalized(password)).digest();
    const key = `${username.toLowerCase()}\0${source}\0${digest.toString('base64url')}`;
    // Who comes several times at once (a node that pulls layers in parallel) is one guess, and one scrypt.
    const known = this.#underWay.get(key);
    if (known) return known;
    const verdict = this.#verify(username, password, source, digest).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, verdict);
    return verdict;
  }

  async #verify(username: string, password: string, source: string, digest: Buffer): Promise<PersonVerdict> {
    const waitSeconds = this.#lock.guess(username, source);
    if (waitSeconds > 0) return { refused: 'guessed-too-often', waitSeconds };
    const user = await this.#read.users.byUpn(username);
    const right = user !== undefined && (await this.#isRight(user, password, digest));
    if (!user) await this.#hasher.verify(password, this.#hasher.nobodys);
    if (!right || !user?.enabled) return { refused: 'wrong' };
    this.#lock.right(username, source);
    return { user };
  }

  async #isRight(user: UserRow, password: string, digest: Buffer): Promise<boolean> {
    const known = this.#right.get(user.id);
    if (known?.passwordId === user.passwordId && timingSafeEqual(known.digest, digest)) return true;
    if (!(await this.#hasher.verify(password, user.passwordHash))) return false;
    this.#right.set(user.id, { passwordId: user.passwordId, digest });
    return true;
  }
}
