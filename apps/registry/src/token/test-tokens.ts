import { createAuthorizer } from '../access/authorizer.ts';
import type { Principal } from '../access/principal.ts';
import { AdminUsers } from '../identity/admin-user.ts';
import { createTestSite, REGISTRY, type TestSite } from '../identity/test-site.ts';
import { systemIds } from '../platform/ids.ts';
import { AccessTokens, type TokenLifetimes } from './access-token.ts';
import { SigningKeys } from './signing-keys.ts';
import { createTokenEndpoint, type TokenEndpoint } from './token-endpoint.ts';

/** 75 minutes and 3 hours, the defaults of the configuration. */
const LIFETIMES: TokenLifetimes = { accessSeconds: 75 * 60, refreshSeconds: 180 * 60 };

export const HOST = 'registry.azsacr.local.holdfast.internal:5443';

/** One process on a site's store: its own caches, as after a restart or on another node. */
export interface TokenRoom {
  readonly admins: AdminUsers;
  readonly keys: SigningKeys;
  readonly tokens: AccessTokens;
  readonly endpoint: TokenEndpoint;
}

export function createTokenRoom(site: TestSite, options: { lifetimes?: TokenLifetimes } = {}): TokenRoom {
  const { store, box, clock } = site;
  const lifetimes = options.lifetimes ?? LIFETIMES;
  const admins = new AdminUsers({ store, box, clock, ids: systemIds });
  const keys = new SigningKeys({ store, box, clock, tokenLifetimeSeconds: lifetimes.refreshSeconds });
  const tokens = new AccessTokens({ keys, identity: admins, clock, ids: systemIds, lifetimes });
  const parts = { identity: admins, tokens, authorizer: createAuthorizer() };
  return { admins, keys, tokens, endpoint: createTokenEndpoint(parts) };
}

export async function createTokenSite(): Promise<TestSite & TokenRoom & { admin: Principal }> {
  const site = await createTestSite();
  const room = createTokenRoom(site);
  const { password } = site.passwords;
  const admin = await room.admins.verifyBasic({ registry: REGISTRY.name, username: 'registry', password });
  if (!admin) throw new Error('the admin user does not sign in');
  return { ...site, ...room, admin };
}

/** The claims of a token, unverified, as az and the SDKs read them. */
export function decode(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}
