import type { RefreshFamilyRow, UserRow } from '../metadata/directory.ts';
import type { MetadataStore, MetadataTx } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import { oauthError } from './oauth-error.ts';
import type { SecretBox } from './sealed-secrets.ts';

const DAY_MS = 86_400_000;
/** A session that nobody uses ends. */
const IDLE_MS = 14 * DAY_MS;
/** And after that long one has to sign in again, whatever happens. */
const LONGEST_MS = 90 * DAY_MS;
/** Clients refresh several audiences at the same time with one token: each gets the same successor. */
const REUSE_MS = 30_000;
const MAX_CHARACTERS = 1024;
const CONTEXT = 'refresh-token';

export interface Refreshed {
  readonly user: UserRow;
  readonly familyId: string;
  readonly refreshToken: string;
  readonly signedInAt: Date;
  /** The session's end. */
  readonly endsAt: Date;
}

/**
 * Refresh tokens rotate (RFC 9700, section 4.14.2): each use gives the next one, and whoever shows an old one ends the
 * family, since one of two who have it is a thief. A token is nothing but the family's id and a number, sealed: the
 * database holds nothing that could be used as one.
 */
export class RefreshTokens {
  readonly #store: MetadataStore;
  readonly #box: SecretBox;
  readonly #clock: Clock;
  readonly #ids: Ids;

  constructor(d: { store: MetadataStore; box: SecretBox; clock: Clock; ids: Ids }) {
    this.#store = d.store;
    this.#box = d.box;
    this.#clock = d.clock;
    this.#ids = d.ids;
  }

  /** A new family, within the caller's transaction. */
  async begin(
    tx: MetadataTx,
    of: { user: UserRow; clientId: string },
  ): Promise<{ familyId: string; refreshToken: string }> {
    const now = this.#clock.now();
    const family: RefreshFamilyRow = {
      id: this.#ids.uuid(),
      userId: of.user.id,
      passwordId: of.user.passwordId,
      clientId: of.clientId,
      counter: 1,
      rotatedAt: now,
      idleUntil: later(now, IDLE_MS),
      endsAt: later(now, LONGEST_MS),
    };
    await tx.refreshFamilies.insert(family);
    return { familyId: family.id, refreshToken: this.#seal(family.id, 1) };
  }

  /** Trades a token for its successor. Throws `oauth.invalid-grant` for one that is not good (any more). */
  async refresh(token: string, clientId: string): Promise<Refreshed> {
    const shown = this.#open(token);
    if (!shown) throw invalid(70000, 'The provided refresh token is malformed or was not issued by this site.');
    const verdict = await this.#store.transaction(async (tx) => {
      const family = await tx.refreshFamilies.find(shown.familyId);
      if (!family) return 'ended' as const;
      const user = await tx.users.find(family.userId);
      if (!user?.enabled || user.passwordId !== family.passwordId) return 'revoked' as const;
      // The right token in the hands of another client was stolen from the first one.
      if (family.clientId !== clientId) return this.#endStolen(tx, family);
      return this.#rotate(tx, family, user, shown.counter);
    });
    if (verdict === 'ended') throw invalid(700082, 'The refresh token has expired, was signed out, or was used twice.');
    if (verdict === 'revoked')
      throw invalid(50173, 'The provided grant was revoked: the password was changed, or the account was disabled.');
    return verdict;
  }

  /** Signs out: ends the family with everything got by it. False for what is no token of a family. */
  async end(token: string): Promise<boolean> {
    const shown = this.#open(token);
    if (!shown) return false;
    return this.#store.transaction((tx) => tx.refreshFamilies.end(shown.familyId));
  }

  async #rotate(tx: MetadataTx, family: RefreshFamilyRow, user: UserRow, shown: number) {
    const now = this.#clock.now();
    if (family.idleUntil <= now || family.endsAt <= now) return this.#ended(tx, family);
    const answer = (counter: number): Refreshed => ({
      user,
      familyId: family.id,
      refreshToken: this.#seal(family.id, counter),
      signedInAt: later(family.endsAt, -LONGEST_MS),
      endsAt: family.endsAt,
    });
    if (shown === family.counter) {
      const idleUntil = new Date(Math.min(now.getTime() + IDLE_MS, family.endsAt.getTime()));
      await tx.refreshFamilies.rotate(family.id, shown, now, idleUntil);
      return answer(shown + 1);
    }
    const reusable = shown === family.counter - 1 && now.getTime() - family.rotatedAt.getTime() <= REUSE_MS;
    return reusable ? answer(family.counter) : this.#endStolen(tx, family);
  }

  async #ended(tx: MetadataTx, family: RefreshFamilyRow): Promise<'ended'> {
    await tx.refreshFamilies.end(family.id);
    return 'ended';
  }

  async #endStolen(tx: MetadataTx, family: RefreshFamilyRow): Promise<'ended'> {
    await tx.audit.append({
      time: this.#clock.now(),
      principal: family.userId,
      action: 'session.end',
      target: family.clientId,
      outcome: 'done',
      reason: 'refresh token was used again, or by another client',
      correlationId: family.id,
    });
    return this.#ended(tx, family);
  }

  #seal(familyId: string, counter: number): string {
    return Buffer.from(this.#box.seal(JSON.stringify([familyId, counter]), CONTEXT)).toString('base64url');
  }

  #open(token: string): { familyId: string; counter: number } | undefined {
    if (token.length > MAX_CHARACTERS || !/^[A-Za-z0-9_-]+$/.test(token)) return undefined;
    try {
      const opened: unknown = JSON.parse(this.#box.open(Buffer.from(token, 'base64url'), CONTEXT));
      if (!Array.isArray(opened)) return undefined;
      const [familyId, counter] = opened as unknown[];
      return typeof familyId === 'string' && typeof counter === 'number' ? { familyId, counter } : undefined;
    } catch {
      return undefined;
    }
  }
}

function later(time: Date, ms: number): Date {
  return new Date(time.getTime() + ms);
}

function invalid(number: number, message: string) {
  return oauthError('oauth.invalid-grant', number, `${message} Sign in again.`);
}
