import { CompactSign } from 'jose/jws/compact/sign';
import { compactVerify } from 'jose/jws/compact/verify';
import type { AccessGrant, Principal } from '../access/principal.ts';
import type { Identity } from '../identity/identity.ts';
import type { Refused } from '../identity/refused.ts';
import { type Awaitable, andThen } from '../platform/awaitable.ts';
import { BoundedCache } from '../platform/bounded-cache.ts';
import type { Clock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { Ids } from '../platform/ids.ts';
import { SIGNING_ALGORITHM, type SigningKeys } from './signing-keys.ts';
import { buildPayload, readPayload, TOKEN_TYPES, type TokenClaims, type TokenKind } from './token-claims.ts';

/** Looked at before anything is parsed. */
const MAX_TOKEN_CHARACTERS = 16 * 1024;
/** Many proxies refuse a request whose headers are larger than 16 KiB, so a token must leave room for the others. */
const MAX_ISSUED_CHARACTERS = 12 * 1024;
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}$/;
const CACHED_TOKENS = 10_000;
/** The second half of a signature, which no two have alike. */
const KEY_CHARACTERS = 43;
/** Nodes' clocks may differ that much: a token of a node that is ahead is not refused for being too new. */
const NOT_BEFORE_SKEW_SECONDS = 60;
export interface TokenLifetimes {
  readonly accessSeconds: number;
  readonly refreshSeconds: number;
}

export interface IssuedToken {
  readonly token: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

export interface VerifiedToken {
  /** As its identity is now; for an access token with the token's `grants` as the ceiling. */
  readonly principal: Principal;
  readonly expiresAt: Date;
}

/** A token whose signature and claims were found right, and what was last found about its identity. */
interface Entry {
  readonly token: string;
  readonly claims: TokenClaims;
  readonly principal: Principal;
  /** Of `principal`: for which registry's host and at which generation it was found. */
  readonly registry: string;
  readonly generation: number;
}

/**
 * Issues and verifies the registry's own tokens.
 *
 * A verified principal says who asks and sets the ceiling (`grants`), never a right: what the bearer may do is the
 * intersection of the ceiling with the identity's current rights, which the Authorizer decides at every request.
 */
export class AccessTokens {
  readonly lifetimes: TokenLifetimes;
  readonly #keys: SigningKeys;
  readonly #identity: Identity;
  readonly #clock: Clock;
  readonly #ids: Ids;
  /** By the end of the signature, and then compared whole: making a key of all of it took as long as everything else that is done with a known one. */
  readonly #verified: Readonly<Record<TokenKind, BoundedCache<Entry>>> = {
    access_token: new BoundedCache(CACHED_TOKENS),
    refresh_token: new BoundedCache(CACHED_TOKENS),
  };

  constructor(deps: { keys: SigningKeys; identity: Identity; clock: Clock; ids: Ids; lifetimes: TokenLifetimes }) {
    this.#keys = deps.keys;
    this.#identity = deps.identity;
    this.#clock = deps.clock;
    this.#ids = deps.ids;
    this.lifetimes = deps.lifetimes;
  }

  /** `service` is what the client calls this registry; `notAfter` keeps a token that was got with a token from outliving it. */
  issueAccessToken(request: {
    principal: Principal;
    service: string;
    access: readonly AccessGrant[];
    notAfter?: Date | undefined;
  }): Promise<IssuedToken> {
    return this.#issue('access_token', this.lifetimes.accessSeconds, request);
  }

  issueRefreshToken(request: { principal: Principal; service: string }): Promise<IssuedToken> {
    return this.#issue('refresh_token', this.lifetimes.refreshSeconds, { ...request, access: [] });
  }

  /** Whose access token this is; undefined for anything that is not one of this registry's, valid and unrevoked. */
  verifyBearer(token: string, at: { registry: string }): Awaitable<Principal | undefined> {
    return andThen(this.#verify('access_token', token, at.registry), (entry) => entry?.principal);
  }

  /** Like `verifyBearer`, with the end of its life. */
  verifyAccessToken(token: string, at: { registry: string }): Awaitable<VerifiedToken | undefined> {
    return andThen(this.#verify('access_token', token, at.registry), verified);
  }

  /** Only for the token endpoint: a refresh token opens no other door. */
  verifyRefreshToken(token: string, at: { registry: string }): Awaitable<VerifiedToken | undefined> {
    return andThen(this.#verify('refresh_token', token, at.registry), verified);
  }

  /**
   * Why a token was refused by all of the above, for the text of the answer. Only what we signed ourselves is told more than
   * that it is not valid: its bearer, or somebody before, proved a secret to get it.
   */
  async explainRefusal(token: string, at: { registryId: string; kinds: readonly TokenKind[] }): Promise<Refused> {
    if (token.length > MAX_TOKEN_CHARACTERS) return { refused: 'wrong-token' };
    for (const kind of ['access_token', 'refresh_token'] as const) {
      const claims = await this.#verifySignature(kind, token);
      if (!claims) continue;
      const who = claims.subject;
      if (!at.kinds.includes(kind)) return { refused: 'bearer-of-the-wrong-kind', who };
      if (claims.registryId !== at.registryId) return { refused: 'bearer-of-another-registry', who };
      const since = new Date(claims.expires * 1000);
      if (since <= this.#clock.now()) return { refused: 'bearer-expired', since, who };
      return { refused: 'bearer-revoked', who };
    }
    return { refused: 'wrong-token' };
  }

  async #issue(
    kind: TokenKind,
    seconds: number,
    request: { principal: Principal; service: string; access: readonly AccessGrant[]; notAfter?: Date | undefined },
  ): Promise<IssuedToken> {
    const { principal, service, access } = request;
    if (!principal.id || !principal.credential || !principal.registry) {
      throw new DomainError(
        'unauthenticated',
        'auth.required',
        'Only somebody who signed in gets a token. Sign in and ask again.',
      );
    }
    const issuedAt = this.#clock.now().getTime();
    const latest = [request.notAfter, principal.credentialExpiresAt].map(secondsOf);
    const expires = Math.min(Math.floor(issuedAt / 1000) + seconds, ...latest);
    const { kid, key } = await this.#keys.current();
    const { id: subject, registry: registryId, credential } = principal;
    const id = this.#ids.uuid();
    const payload = buildPayload(kind, { id, subject, service, registryId, credential, issuedAt, expires, access });
    const token = await new CompactSign(Buffer.from(JSON.stringify(payload)))
      .setProtectedHeader(headerOf(kind, kid))
      .sign(key);
    if (token.length > MAX_ISSUED_CHARACTERS) {
      throw new DomainError(
        'invalid',
        'token.invalid-request',
        'The token for all these scopes would not fit into a request header. Ask for fewer scopes at a time.',
      );
    }
    return { token, issuedAt: new Date(Math.floor(issuedAt / 1000) * 1000), expiresAt: new Date(expires * 1000) };
  }

  #verify(kind: TokenKind, token: string, registry: string): Awaitable<Entry | undefined> {
    if (token.length > MAX_TOKEN_CHARACTERS) return undefined;
    const kept = this.#verified[kind].get(keyOf(token));
    if (kept?.token === token) return this.#verifyKnown(kind, kept, registry);
    return andThen(this.#verifySignature(kind, token), (claims) => {
      if (!claims || !this.#isInForce(claims)) return undefined;
      return andThen(this.#identity.generation(), (generation) =>
        this.#resolve(kind, { token, claims }, registry, generation),
      );
    });
  }

  #verifyKnown(kind: TokenKind, known: Entry, registry: string): Awaitable<Entry | undefined> {
    if (!this.#isInForce(known.claims)) return this.#forget(kind, known);
    return andThen(this.#identity.generation(), (generation) => {
      const isFresh = known.generation === generation && known.registry === registry;
      return isFresh ? known : this.#resolve(kind, known, registry, generation);
    });
  }

  #isInForce({ notBefore, expires }: TokenClaims): boolean {
    const now = this.#clock.now().getTime() / 1000;
    return now >= notBefore - NOT_BEFORE_SKEW_SECONDS && now < expires;
  }

  #forget(kind: TokenKind, { token }: Pick<Entry, 'token'>): undefined {
    this.#verified[kind].delete(keyOf(token));
  }

  /**
   * Asks (again) who that is. No signature work: what was signed cannot have changed. The generation was read before: what changes
   * meanwhile is newer than it, and found out at the next request.
   */
  async #resolve(
    kind: TokenKind,
    { token, claims }: Pick<Entry, 'token' | 'claims'>,
    registry: string,
    generation: number,
  ): Promise<Entry | undefined> {
    const { subject, registryId, credential, access } = claims;
    const found = await this.#identity.resolve({ registry, registryId, subject, credential });
    if (!found) return this.#forget(kind, { token });
    const principal = kind === 'access_token' ? { ...found, grants: access, grantedAt: claims.issuedAt } : found;
    const entry = { token, claims, principal, registry, generation };
    this.#verified[kind].set(keyOf(token), entry);
    return entry;
  }

  async #verifySignature(kind: TokenKind, token: string): Promise<TokenClaims | undefined> {
    if (!COMPACT.test(token)) return undefined;
    const header = token.slice(0, token.indexOf('.'));
    const kid = kidOf(header);
    // The header is ours byte for byte or it is refused: no other algorithm, no jwk, jku, x5u, x5c or crit, no doubled key.
    if (kid === undefined || header !== encodeHeader(kind, kid)) return undefined;
    const key = await this.#keys.find(kid);
    if (!key) return undefined;
    try {
      const { payload } = await compactVerify(token, key, { algorithms: [SIGNING_ALGORITHM] });
      return readPayload(JSON.parse(Buffer.from(payload).toString('utf8')), kind);
    } catch {
      return undefined;
    }
  }
}

function keyOf(token: string): string {
  return token.slice(-KEY_CHARACTERS);
}

function verified(entry: Entry | undefined): VerifiedToken | undefined {
  return entry && { principal: entry.principal, expiresAt: new Date(entry.claims.expires * 1000) };
}

function secondsOf(time: Date | undefined): number {
  return time ? Math.floor(time.getTime() / 1000) : Number.POSITIVE_INFINITY;
}

function headerOf(kind: TokenKind, kid: string): { alg: string; typ: string; kid: string } {
  return { alg: SIGNING_ALGORITHM, typ: TOKEN_TYPES[kind], kid };
}

function encodeHeader(kind: TokenKind, kid: string): string {
  return Buffer.from(JSON.stringify(headerOf(kind, kid))).toString('base64url');
}

function kidOf(header: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
    const kid = typeof parsed === 'object' && parsed !== null && 'kid' in parsed ? parsed.kid : undefined;
    return typeof kid === 'string' ? kid : undefined;
  } catch {
    return undefined;
  }
}
