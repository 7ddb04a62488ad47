import { hash } from 'node:crypto';
import type { DeviceCodeRow, UserRow } from '../metadata/directory.ts';
import type { MetadataStore, MetadataTx } from '../metadata/metadata-store.ts';
import { BoundedCache } from '../platform/bounded-cache.ts';
import type { Clock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { Ids } from '../platform/ids.ts';
import { network } from './guess-lock.ts';
import { oauthError } from './oauth-error.ts';

const LIFETIME_SECONDS = 900;
const INTERVAL_SECONDS = 5;
/** Networks deliver late: who keeps the interval is not told to slow down. */
const TOLERANCE_SECONDS = 1;
/** RFC 8628, section 6.1: no vowels, so no words; no letters that are taken for others. 20^8 of them. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';
const CODE_LETTERS = 8;
/** Anybody may ask for a code, and each is a row: so many in ten minutes from one address. */
const MOST_CODES = 100;
const COUNTED_MS = 600_000;

export interface IssuedDeviceCode {
  readonly deviceCode: string;
  /** `ABCD-EFGH` */
  readonly userCode: string;
  readonly expiresIn: number;
  readonly interval: number;
}

export interface ApprovedDevice {
  readonly digest: string;
  readonly user: UserRow;
  readonly scope: string;
}

/** Sign-in on a device without a browser (RFC 8628): the device polls while a person types its code elsewhere. */
export class DeviceCodes {
  readonly #store: MetadataStore;
  readonly #clock: Clock;
  readonly #ids: Ids;
  /** Who polls too often is slowed down on this node; nothing else depends on it. */
  readonly #polls = new BoundedCache<{ last: number; interval: number }>(10_000);
  readonly #asked = new BoundedCache<{ count: number; since: number }>(10_000);

  constructor(d: { store: MetadataStore; clock: Clock; ids: Ids }) {
    this.#store = d.store;
    this.#clock = d.clock;
    this.#ids = d.ids;
  }

  async issue(of: { clientId: string; scope: string; source: string }): Promise<IssuedDeviceCode> {
    this.#count(of.source);
    const deviceCode = this.#ids.secret();
    const userCode = this.#userCode();
    const row: DeviceCodeRow = {
      digest: digestOf(deviceCode),
      userCode,
      clientId: of.clientId,
      scope: of.scope,
      state: 'pending',
      expiresAt: new Date(this.#clock.now().getTime() + LIFETIME_SECONDS * 1000),
    };
    await this.#store.transaction((tx) => tx.deviceCodes.insert(row));
    return { deviceCode, userCode: shownCode(userCode), expiresIn: LIFETIME_SECONDS, interval: INTERVAL_SECONDS };
  }

  /** What the device may have now. Throws `oauth.authorization-pending` until a person has decided. */
  async poll(deviceCode: string, clientId: string): Promise<ApprovedDevice> {
    const digest = digestOf(deviceCode);
    const row = await this.#store.read.deviceCodes.find(digest);
    if (!row || row.clientId !== clientId)
      throw oauthError(
        'oauth.invalid-grant',
        70000,
        'The device code is not valid, or was used. Start the sign-in again.',
      );
    if (row.expiresAt <= this.#clock.now()) throw expired();
    this.#requirePatience(digest);
    if (row.state === 'denied')
      throw oauthError('oauth.access-denied', 70020, 'The person pressed No on the sign-in page.');
    if (row.state === 'pending' || row.userId === undefined) {
      throw oauthError(
        'oauth.authorization-pending',
        70016,
        'OAuth 2.0 device flow error. Authorization is pending. Continue polling.',
      );
    }
    const user = await this.#store.read.users.find(row.userId);
    // The approval carries the password that it was given with, and dies with it.
    if (!user?.enabled || user.passwordId !== row.passwordId) {
      throw oauthError(
        'oauth.invalid-grant',
        50173,
        'The approval was revoked: the account or its password changed. Start the sign-in again.',
      );
    }
    return { digest, user, scope: row.scope };
  }

  async redeem(tx: MetadataTx, { digest }: ApprovedDevice): Promise<void> {
    if (await tx.deviceCodes.delete(digest)) return;
    throw oauthError('oauth.invalid-grant', 54005, 'The device code was already redeemed. Start the sign-in again.');
  }

  /** The pending request behind what a person typed, however it is spelled; undefined when there is none. */
  async pending(typed: string): Promise<DeviceCodeRow | undefined> {
    const userCode = typed.toUpperCase().replace(/[^A-Z]/g, '');
    if (userCode.length !== CODE_LETTERS) return undefined;
    const row = await this.#store.read.deviceCodes.byUserCode(userCode);
    return row?.state === 'pending' && row.expiresAt > this.#clock.now() ? row : undefined;
  }

  /** False when it was decided before or has expired. `by` undefined says No. */
  async decide(digest: string, by: Pick<UserRow, 'id' | 'passwordId'> | undefined): Promise<boolean> {
    return this.#store.transaction(async (tx) => {
      const row = await tx.deviceCodes.find(digest);
      if (!row || row.expiresAt <= this.#clock.now()) return false;
      const user = by && (await tx.users.find(by.id));
      if (by && (!user?.enabled || user.passwordId !== by.passwordId)) return false;
      return tx.deviceCodes.decide(digest, by && { userId: by.id, passwordId: by.passwordId });
    });
  }

  #requirePatience(digest: string): void {
    const now = this.#clock.monotonic();
    const { last, interval } = this.#polls.get(digest) ?? {
      last: Number.NEGATIVE_INFINITY,
      interval: INTERVAL_SECONDS,
    };
    const hasty = now - last < (interval - TOLERANCE_SECONDS) * 1000;
    this.#polls.set(digest, { last: now, interval: hasty ? interval + INTERVAL_SECONDS : interval });
    if (!hasty) return;
    // RFC 8628, section 3.5: the interval grows by five seconds.
    throw oauthError(
      'oauth.slow-down',
      undefined,
      `Poll less often: every ${interval + INTERVAL_SECONDS} seconds from now on.`,
    );
  }

  #count(source: string): void {
    const now = this.#clock.monotonic();
    const key = network(source);
    const known = this.#asked.get(key);
    const counted = known && now - known.since < COUNTED_MS ? known : { count: 0, since: now };
    this.#asked.set(key, { ...counted, count: counted.count + 1 });
    if (counted.count < MOST_CODES) return;
    const retryAfter = Math.ceil((counted.since + COUNTED_MS - now) / 1000);
    const message = `This address asked for ${MOST_CODES} device codes in ten minutes, the most that is given. Try again in ${retryAfter} seconds.`;
    throw new DomainError('unavailable', 'server.unavailable', message, { retryAfter });
  }

  /** Each letter as likely as any other: bytes beyond the last multiple of 20 are thrown away. */
  #userCode(): string {
    let code = '';
    while (code.length < CODE_LETTERS) {
      for (const byte of this.#ids.bytes(16)) {
        if (byte < 240 && code.length < CODE_LETTERS) code += LETTERS[byte % LETTERS.length];
      }
    }
    return code;
  }
}

export function shownCode(userCode: string): string {
  return `${userCode.slice(0, 4)}-${userCode.slice(4)}`;
}

function digestOf(code: string): string {
  return hash('sha256', code.slice(0, 200), 'hex');
}

function expired() {
  return oauthError('oauth.expired-token', 70019, 'The device code has expired. Start the sign-in again.');
}
