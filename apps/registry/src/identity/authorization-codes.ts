import { hash, timingSafeEqual } from 'node:crypto';
import type { AuthorizationCodeRow, UserRow } from '../metadata/directory.ts';
import type { MetadataStore, MetadataTx } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import { oauthError } from './oauth-error.ts';

/** The client redeems it at once; RFC 6749, section 4.1.2 has ten minutes as the most. */
const LIFETIME_MS = 300_000;
/** It is kept beyond its end, so that a second use is known as one. */
const REMEMBERED_MS = 3_600_000;
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

export interface RedeemableCode {
  readonly digest: string;
  readonly user: UserRow;
  readonly scope: string;
  readonly nonce?: string | undefined;
}

/** Codes that a browser carries from the sign-in page to the client: good once, for one client, one address, one verifier. */
export class AuthorizationCodes {
  readonly #store: MetadataStore;
  readonly #clock: Clock;
  readonly #ids: Ids;

  constructor(d: { store: MetadataStore; clock: Clock; ids: Ids }) {
    this.#store = d.store;
    this.#clock = d.clock;
    this.#ids = d.ids;
  }

  async issue(
    of: Pick<AuthorizationCodeRow, 'clientId' | 'redirectUri' | 'codeChallenge' | 'scope' | 'nonce'> & {
      user: UserRow;
    },
  ): Promise<string> {
    const code = this.#ids.secret();
    const { user, ...rest } = of;
    const row: AuthorizationCodeRow = {
      ...rest,
      digest: digestOf(code),
      userId: user.id,
      passwordId: user.passwordId,
      redeemed: false,
      expiresAt: new Date(this.#clock.now().getTime() + REMEMBERED_MS),
    };
    await this.#store.transaction((tx) => tx.authorizationCodes.insert(row));
    return code;
  }

  /** What the code is good for. Throws `oauth.invalid-grant`, and ends what followed from it when it is shown again. */
  async redeemable(shown: {
    code: string;
    clientId: string;
    redirectUri: string;
    verifier: string | undefined;
  }): Promise<RedeemableCode> {
    const digest = digestOf(shown.code);
    const found = await this.#store.transaction(async (tx) => {
      const row = await tx.authorizationCodes.find(digest);
      if (row?.redeemed && row.familyId !== undefined) await tx.refreshFamilies.end(row.familyId);
      return row && { row, user: await tx.users.find(row.userId) };
    });
    if (!found || found.row.clientId !== shown.clientId) throw invalid(70000, 'is not valid');
    const { row, user } = found;
    if (row.redeemed) throw invalid(54005, 'was already redeemed');
    const issuedAt = row.expiresAt.getTime() - REMEMBERED_MS;
    if (this.#clock.now().getTime() >= issuedAt + LIFETIME_MS) throw invalid(70008, 'has expired');
    if (row.redirectUri !== shown.redirectUri) {
      throw invalid(500112, 'was issued for another redirect_uri');
    }
    if (shown.verifier === undefined || !matches(row.codeChallenge, shown.verifier)) {
      throw invalid(501481, 'needs the code_verifier that belongs to the code_challenge');
    }
    // It carries the password that it was got with, and dies with it.
    if (!user?.enabled || user.passwordId !== row.passwordId)
      throw invalid(50173, 'was revoked: the account or its password changed');
    return { digest, user, scope: row.scope, nonce: row.nonce };
  }

  /** Within the transaction that makes the tokens: of two at the same time, one gets them. */
  async redeem(tx: MetadataTx, { digest }: RedeemableCode, familyId: string | undefined): Promise<void> {
    if (await tx.authorizationCodes.redeem(digest, familyId)) return;
    throw invalid(54005, 'was already redeemed');
  }
}

export function isChallenge(text: string): boolean {
  return CHALLENGE.test(text);
}

/** RFC 7636, section 4.6: S256 and nothing else. */
function matches(challenge: string, verifier: string): boolean {
  if (!VERIFIER.test(verifier)) return false;
  return timingSafeEqual(Buffer.from(challenge), Buffer.from(hash('sha256', verifier, 'base64url')));
}

function digestOf(code: string): string {
  return hash('sha256', code.slice(0, 200), 'hex');
}

function invalid(number: number, why: string) {
  return oauthError('oauth.invalid-grant', number, `The provided authorization code ${why}. Start the sign-in again.`);
}
