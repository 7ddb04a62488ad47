import { ANONYMOUS, type Principal } from '../access/principal.ts';
import type { Identity } from '../identity/identity.ts';
import { isRefused, type Refused } from '../identity/refused.ts';
import { type Awaitable, andThen } from '../platform/awaitable.ts';
import type { AccessTokens } from '../token/access-token.ts';
import { parseBasic, signInBasic } from '../token/basic-sign-in.ts';
import type { Authenticate } from './door.ts';

/** Basic and Bearer (RFC 7617, RFC 6750); anything else is not valid, no header is anonymous. */
export function createAuthenticate(doors: { identity: Identity; tokens: AccessTokens }): Authenticate {
  return (authorization, registry, source) => {
    if (authorization === undefined) return ANONYMOUS;
    const blank = authorization.indexOf(' ');
    const scheme = authorization.slice(0, blank).toLowerCase();
    const value = authorization.slice(blank + 1).trim();
    if (scheme === 'bearer') {
      return andThen(
        doors.tokens.verifyBearer(value, { registry: registry.name }),
        (principal): Awaitable<Principal | Refused> => {
          const kinds = ['access_token'] as const;
          return principal ?? doors.tokens.explainRefusal(value, { registryId: registry.id, kinds });
        },
      );
    }
    const credentials = scheme === 'basic' ? parseBasic(value) : undefined;
    if (!credentials) return { refused: 'malformed' };
    return signInBasic(doors, { registry, source, ...credentials }).then((signIn) =>
      isRefused(signIn) ? signIn : signIn.principal,
    );
  };
}
