import type { DirectoryPrincipal } from '../access/principal.ts';
import type { SignInTokens, TokenAudience } from '../identity/sign-in-tokens.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { Exchange } from './exchange.ts';

export interface BearerDoor {
  readonly signInTokens: SignInTokens;
  /** Where a client without a token finds one. */
  readonly authority: () => string;
}

/** Whose sign-in token the request shows (RFC 6750, section 2.1), or 401 that says why it does not do. */
export async function signInByBearer(
  door: BearerDoor,
  exchange: Exchange,
  audience: TokenAudience,
): Promise<DirectoryPrincipal> {
  const token = /^bearer +(\S+) *$/i.exec(exchange.header('authorization') ?? '')?.[1];
  const verified = token === undefined ? undefined : await door.signInTokens.verify(token, audience);
  if (verified && 'principal' in verified) return verified.principal;
  const problem = verified
    ? `The access token is not accepted: ${verified.problem}. Sign in again, for example with az login.`
    : "Authentication failed. The 'Authorization' header is missing or is not 'Bearer <token>'. Sign in, for example with az login.";
  const error = new DomainError('unauthenticated', verified ? 'access.token-invalid' : 'auth.required', problem);
  // No `claims=`: the SDKs would take it for a challenge to sign in anew, in a loop.
  error.headers = { 'WWW-Authenticate': `Bearer authorization_uri="${door.authority()}", error="invalid_token"` };
  throw error;
}
