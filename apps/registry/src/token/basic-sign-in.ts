import type { Principal } from '../access/principal.ts';
import type { Identity } from '../identity/identity.ts';
import { isRefused, type Refused } from '../identity/refused.ts';
import type { AccessTokens } from './access-token.ts';

/** The user name that says "the password is a token": how `az acr login` hands one to docker. */
export const TOKEN_USER = '00000000-0000-0000-0000-000000000000';

/** User name up to the first colon, then the password (RFC 7617, section 2). */
export function parseBasic(value: string): { username: string; password: string } | undefined {
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

export interface SignIn {
  readonly principal: Principal;
  /** What was shown: decides whether a refresh token may be issued and how long an access token may live. */
  readonly with: 'password' | 'refresh_token' | 'access_token';
  /** Of a token: its end. */
  readonly expiresAt?: Date;
}

interface RegistryCredentials {
  readonly registry: { readonly id: string; readonly name: string };
  readonly username: string;
  readonly password: string;
  /** Address of the client. */
  readonly source: string;
}

/**
 * Who signs in with a user name and a password, at the token endpoint or directly on `/v2` and `/acr/v1`; or why not. With
 * ACR's user of zeros the password is a refresh token, or an access token with its ceiling ("Authenticate with an Azure
 * container registry": `az acr login --expose-token`).
 */
export async function signInBasic(
  doors: { identity: Identity; tokens: AccessTokens },
  credentials: RegistryCredentials,
): Promise<SignIn | Refused> {
  const { username, password, source } = credentials;
  const registry = credentials.registry.name;
  if (username !== TOKEN_USER) {
    const found = await doors.identity.verifyBasic({ registry, username, password, source });
    if (!found) return { refused: 'wrong-password', typed: username };
    return isRefused(found) ? found : { principal: found, with: 'password' };
  }
  const refresh = await doors.tokens.verifyRefreshToken(password, { registry });
  if (refresh) return { ...refresh, with: 'refresh_token' };
  const access = await doors.tokens.verifyAccessToken(password, { registry });
  if (access) return { ...access, with: 'access_token' };
  const kinds = ['refresh_token', 'access_token'] as const;
  return doors.tokens.explainRefusal(password, { registryId: credentials.registry.id, kinds });
}
