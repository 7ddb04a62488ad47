import type { DirectoryPrincipal } from '../access/principal.ts';
import type { MetadataStore } from '../metadata/metadata-store.ts';
import { BoundedCache } from '../platform/bounded-cache.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import { currentPrincipal } from './accounts.ts';
import type { RequestedAudience } from './audiences.ts';
import { signEs256, verifyEs256 } from './es256.ts';
import type { IssuerKeys } from './issuer-keys.ts';
import type { SignInTokens, TokenAudience } from './sign-in-tokens.ts';

/** As on Azure: long enough for a deployment, short enough to lose. */
const LIFETIME_SECONDS = 3600;
const MAX_TOKEN_CHARACTERS = 16 * 1024;
const CACHED_TOKENS = 10_000;
/** Nodes' clocks may differ that much. */
const SKEW_SECONDS = 60;
const COMPACT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{86})$/;

/** Whose token is to be made, and for what. */
export interface TokenRequest {
  readonly principal: DirectoryPrincipal & { readonly credential: string };
  readonly displayName: string;
  readonly clientId: string;
  readonly issuer: string;
  readonly tenantId: string;
  /** The token does not outlive what it was got with. */
  readonly notAfter?: Date | undefined;
}

export interface IssuedToken {
  readonly token: string;
  readonly issuedAt: number;
  readonly expiresIn: number;
}

interface Claims {
  readonly kind: DirectoryPrincipal['kind'];
  readonly id: string;
  readonly credential: string;
  readonly audience: TokenAudience;
  readonly notBefore: number;
  readonly expires: number;
}

interface Entry {
  readonly claims: Claims;
  readonly principal: DirectoryPrincipal;
  readonly generation: number;
}

const REVOKED =
  'it was revoked: its account was disabled or deleted, or the password, secret, certificate or session that it was got with was changed or removed';
const FOREIGN = 'it was not issued by this site';

/**
 * Issues and verifies what people and service principals sign in with. Like the registry's own tokens they say who asks
 * and never what is allowed; and while the generation stands still, a token that was looked at before costs a look into
 * a table.
 */
export class IssuedTokens implements SignInTokens {
  readonly #keys: IssuerKeys;
  readonly #store: MetadataStore;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #verified = new BoundedCache<Entry>(CACHED_TOKENS);

  constructor(d: { keys: IssuerKeys; store: MetadataStore; clock: Clock; ids: Ids }) {
    this.#keys = d.keys;
    this.#store = d.store;
    this.#clock = d.clock;
    this.#ids = d.ids;
  }

  async issueAccessToken(request: TokenRequest, { audience, kind }: RequestedAudience): Promise<IssuedToken> {
    const { principal, displayName, clientId, tenantId } = request;
    const { now, expires } = this.#times(request);
    const person = principal.kind === 'user';
    const claims = {
      aud: audience,
      iss: request.issuer,
      iat: now,
      nbf: now,
      exp: expires,
      jti: this.#ids.uuid(),
      tid: tenantId,
      oid: principal.id,
      sub: principal.id,
      appid: clientId,
      ver: '1.0',
      ...(person
        ? { upn: principal.name, unique_name: principal.name, name: displayName, scp: 'user_impersonation' }
        : { idtyp: 'app', app_displayname: displayName }),
      // Of our own. `aud` is spelled as it was asked for; `plane` says which of the two services that is.
      plane: kind,
      kind: principal.kind,
      credential: principal.credential,
    };
    return { token: await this.#sign('at+jwt', claims), issuedAt: now, expiresIn: expires - now };
  }

  /** OpenID Connect Core, section 2. az reads `tid` and `preferred_username`, and stops without them. */
  async issueIdToken(request: TokenRequest, nonce: string | undefined, authenticatedAt: number): Promise<string> {
    const { principal, displayName, clientId, tenantId } = request;
    const { now, expires } = this.#times(request);
    return this.#sign('JWT', {
      aud: clientId,
      iss: request.issuer,
      iat: now,
      nbf: now,
      exp: expires,
      auth_time: authenticatedAt,
      sub: principal.id,
      oid: principal.id,
      tid: tenantId,
      upn: principal.name,
      unique_name: principal.name,
      preferred_username: principal.name,
      name: displayName,
      ver: '2.0',
      ...(nonce === undefined ? {} : { nonce }),
    });
  }

  async verify(token: string, audience: TokenAudience) {
    const known = this.#verified.get(token);
    const claims = known?.claims ?? (await this.#read(token));
    if (!claims) return { problem: FOREIGN };
    const now = this.#clock.now().getTime() / 1000;
    if (now >= claims.expires) {
      this.#verified.delete(token);
      return { problem: `it expired at ${new Date(claims.expires * 1000).toISOString()}` };
    }
    if (now < claims.notBefore - SKEW_SECONDS) return { problem: 'it is not valid yet: the clocks differ' };
    if (claims.audience !== audience)
      return { problem: `it is for another audience, the ${serviceName(claims.audience)}` };
    // Read before the account: what changes meanwhile is newer than this, and found out at the next request.
    const generation = await this.#store.read.generation.current();
    if (known?.generation === generation) return { principal: known.principal };
    const principal = await currentPrincipal({ read: this.#store.read, clock: this.#clock }, claims);
    if (!principal) {
      this.#verified.delete(token);
      return { problem: REVOKED };
    }
    this.#verified.set(token, { claims, principal, generation });
    return { principal };
  }

  #times({ notAfter }: TokenRequest): { now: number; expires: number } {
    const now = Math.floor(this.#clock.now().getTime() / 1000);
    const latest = notAfter ? Math.floor(notAfter.getTime() / 1000) : Number.POSITIVE_INFINITY;
    return { now, expires: Math.min(now + LIFETIME_SECONDS, latest) };
  }

  async #sign(type: string, claims: object): Promise<string> {
    const { kid, key } = this.#keys.ready ?? (await this.#keys.current());
    const text = `${encodeHeader(type, kid)}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
    return `${text}.${signEs256(text, key)}`;
  }

  async #read(token: string): Promise<Claims | undefined> {
    const [, header = '', payload = '', signature = ''] =
      token.length > MAX_TOKEN_CHARACTERS ? [] : (COMPACT.exec(token) ?? []);
    const kid = kidOf(header);
    // The header is ours byte for byte or it is refused: no other algorithm, no jwk, jku, x5u, x5c or crit, no id token.
    if (kid === undefined || header !== encodeHeader('at+jwt', kid)) return undefined;
    const key = await this.#keys.find(kid);
    if (!key) return undefined;
    const right = verifyEs256(`${header}.${payload}`, signature, key);
    return right ? claimsOf(payload) : undefined;
  }
}

/** Encoded once a key: a few short texts. */
const headers = new BoundedCache<string>(20);

function encodeHeader(type: string, kid: string): string {
  const name = `${type} ${kid}`;
  const known = headers.get(name);
  if (known !== undefined) return known;
  const encoded = Buffer.from(JSON.stringify({ alg: 'ES256', typ: type, kid })).toString('base64url');
  headers.set(name, encoded);
  return encoded;
}

function kidOf(header: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
    const kid = typeof parsed === 'object' && parsed !== null && 'kid' in parsed ? parsed.kid : undefined;
    // Its length alone: whether there is such a key is asked of the store.
    return typeof kid === 'string' && kid.length === 43 ? kid : undefined;
  } catch {
    return undefined;
  }
}

/** What we signed has its form; what else a future version signs with these keys is refused here. */
function claimsOf(payload: string): Claims | undefined {
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  if (typeof claims !== 'object' || claims === null) return undefined;
  const { kind, oid, credential, plane, nbf, exp } = claims as Record<string, unknown>;
  if (kind !== 'user' && kind !== 'service-principal') return undefined;
  if (plane !== 'management' && plane !== 'graph') return undefined;
  if (typeof oid !== 'string' || typeof credential !== 'string') return undefined;
  if (typeof nbf !== 'number' || typeof exp !== 'number') return undefined;
  return { kind, id: oid, credential, audience: plane, notBefore: nbf, expires: exp };
}

function serviceName(audience: TokenAudience): string {
  return audience === 'management' ? 'resource manager' : 'directory (Graph)';
}
