import { ANONYMOUS } from '../access/principal.ts';
import type { Identity } from '../identity/identity.ts';
import type { AccessTokens } from '../token/access-token.ts';
import { parseBasic, signInBasic } from '../token/basic-sign-in.ts';
import type { Authenticate } from './door.ts';

/** Basic and Bearer (RFC 7617, RFC 6750); anything else is not valid, no header is anonymous. */
export function createAuthenticate(doors: { identity: Identity; tokens: AccessTokens }): Authenticate {
  return async (authorization, registry) => {
    if (authorization === undefined) return ANONYMOUS;
    const blank = authorization.indexOf(' ');
    const scheme = authorization.slice(0, blank).toLowerCase();
    const value = authorization.slice(blank + 1).trim();
    if (scheme === 'bearer') return doors.tokens.verifyBearer(value, { registry: registry.name });
    if (scheme !== 'basic') return undefined;
    const credentials = parseBasic(value);
    if (!credentials) return undefined;
    return (await signInBasic(doors, { registry: registry.name, ...credentials }))?.principal;
  };
}
