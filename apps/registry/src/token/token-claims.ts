import {
  type AccessGrant,
  type Action,
  DELETED_ACTIONS,
  QUARANTINE_WRITE,
  REPOSITORY_ACTIONS,
  registryAction,
} from '../access/principal.ts';
import { wordOf } from './scope.ts';

const ISSUER = 'Azure Container Registry';
const TOKEN_VERSION = '1.0';

export type TokenKind = 'access_token' | 'refresh_token';

/**
 * Both kinds differ twice, in the signed header and in the signed claims, so that neither passes as the other
 * (RFC 8725, section 3.11). Clients read neither: only `exp`, `aud` and `access`.
 */
export const TOKEN_TYPES: Readonly<Record<TokenKind, string>> = { access_token: 'at+jwt', refresh_token: 'rt+jwt' };

/** What a verified token says. */
export interface TokenClaims {
  readonly subject: string;
  /** Row id of the registry that it is for. */
  readonly registryId: string;
  /** Row id of the credential that it was got with. */
  readonly credential: string;
  readonly notBefore: number;
  /** When it was issued, to the millisecond: a repository may be deleted and made again within a second. */
  readonly issuedAt: Date;
  readonly expires: number;
  /** Of access tokens: the ceiling. */
  readonly access: readonly AccessGrant[];
}

/** One line of `access` as clients see it; az check-health compares the lower-case keys. */
export interface WireAccess {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/**
 * The claims as on Azure ("Azure AD OAuth 2.0 and Azure Container Registry", samples of both tokens), and three of our
 * own: `registry` and `credential`, row ids that a registry or password made again under the same name does not get back,
 * and the exact time.
 */
export function buildPayload(
  kind: TokenKind,
  token: {
    id: string;
    subject: string;
    service: string;
    registryId: string;
    credential: string;
    /** Milliseconds since 1970. */
    issuedAt: number;
    expires: number;
    access: readonly AccessGrant[];
  },
): Record<string, unknown> {
  return {
    jti: token.id,
    sub: token.subject,
    nbf: Math.floor(token.issuedAt / 1000),
    exp: token.expires,
    iat: Math.floor(token.issuedAt / 1000),
    iss: ISSUER,
    aud: token.service,
    version: TOKEN_VERSION,
    ...(kind === 'access_token' ? { access: toWireAccess(token.access) } : {}),
    grant_type: kind,
    roles: [],
    registry: token.registryId,
    credential: token.credential,
    issued_at_ms: token.issuedAt,
  };
}

/** Reads a payload whose signature is right; undefined unless every claim is there and has its form. */
export function readPayload(payload: unknown, kind: TokenKind): TokenClaims | undefined {
  if (!isRecord(payload)) return undefined;
  const { jti, sub, aud, registry, credential, nbf, iat, exp, issued_at_ms: issuedAt } = payload;
  if (payload.iss !== ISSUER || payload.version !== TOKEN_VERSION || payload.grant_type !== kind) return undefined;
  if (!isText(jti) || !isText(sub) || !isText(aud) || !isText(registry) || !isText(credential)) return undefined;
  if (!isSeconds(nbf) || !isSeconds(iat) || !isSeconds(exp) || !isSeconds(issuedAt)) return undefined;
  const access = kind === 'access_token' ? fromWireAccess(payload.access) : [];
  if (!access) return undefined;
  // Nothing that claims to be issued later than it starts is ours.
  return {
    subject: sub,
    registryId: registry,
    credential,
    notBefore: Math.max(nbf, iat),
    issuedAt: new Date(issuedAt),
    expires: exp,
    access,
  };
}

/** Registry actions are spelled outside as in scopes: `registry:catalog:*`. */
function toWireAccess(access: readonly AccessGrant[]): WireAccess[] {
  return access.map((grant) => ({
    type: grant.type,
    name: grant.name,
    actions: grant.actions.map(wordOf),
  }));
}

function fromWireAccess(value: unknown): AccessGrant[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const grants: AccessGrant[] = [];
  for (const entry of value as unknown[]) {
    if (!isRecord(entry) || !isText(entry.name) || !Array.isArray(entry.actions)) return undefined;
    const actions = entry.actions as unknown[];
    const known = actions.map((word) => registryAction(entry.name as string, String(word)));
    if (entry.type === 'registry' && known.every((action) => action !== undefined)) {
      grants.push({ type: 'registry', name: entry.name, actions: known });
    } else if (entry.type === 'repository' && actions.every(isRepositoryAction)) {
      grants.push({ type: 'repository', name: entry.name, actions });
    } else {
      return undefined;
    }
  }
  return grants;
}

function isRepositoryAction(value: unknown): value is Action {
  return [...REPOSITORY_ACTIONS, ...DELETED_ACTIONS, QUARANTINE_WRITE].some((action) => action === value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0;
}

function isSeconds(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
