import type { Authorizer } from '../access/authorizer.ts';
import type { Principal } from '../access/principal.ts';
import { testAuthorizer } from '../access/test-authorizer.ts';
import { AdminUsers } from '../identity/admin-user.ts';
import { anonymousPull } from '../identity/anonymous-pull.ts';
import { combineIdentities, type IdentitySource } from '../identity/identities.ts';
import type { Identity } from '../identity/identity.ts';
import { RegistryTokens } from '../identity/registry-tokens.ts';
import { createTestSite, REGISTRY, signedIn, type TestSite } from '../identity/test-site.ts';
import type { RoleAssignmentRow } from '../metadata/rights.ts';
import { systemIds } from '../platform/ids.ts';
import { AccessTokens, type TokenLifetimes } from './access-token.ts';
import { createRefusalLog, type RefusalLog } from './refusal-log.ts';
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
  readonly identity: Identity;
  readonly authorizer: Authorizer;
  readonly refusals: RefusalLog;
  readonly endpoint: TokenEndpoint;
}

export interface TokenRoomOptions {
  readonly lifetimes?: TokenLifetimes;
  /** Whoever signs in besides admin users and tokens. */
  readonly sources?: readonly IdentitySource[];
  readonly assignments?: readonly RoleAssignmentRow[];
}

export function createTokenRoom(site: TestSite, options: TokenRoomOptions = {}): TokenRoom {
  const { store, box, clock } = site;
  const lifetimes = options.lifetimes ?? LIFETIMES;
  const admins = new AdminUsers({ store, box, clock, ids: systemIds });
  const keys = new SigningKeys({ store, box, clock, tokenLifetimeSeconds: lifetimes.refreshSeconds });
  const { read } = store;
  const sources = [admins, new RegistryTokens({ read, clock }), anonymousPull(read), ...(options.sources ?? [])];
  const identity = combineIdentities(read, sources);
  const tokens = new AccessTokens({ keys, identity, clock, ids: systemIds, lifetimes });
  const authorizer = testAuthorizer(options.assignments, {
    anonymousPull: async () => (await read.registries.byName(REGISTRY.name))?.anonymousPullEnabled ?? false,
  });
  const refusals = createRefusalLog({ metadata: store, clock });
  const parts = { identity, tokens, authorizer, refusals };
  return { admins, keys, tokens, identity, authorizer, refusals, endpoint: createTokenEndpoint(parts) };
}

export async function createTokenSite(
  options: TokenRoomOptions = {},
): Promise<TestSite & TokenRoom & { admin: Principal }> {
  const site = await createTestSite();
  const room = createTokenRoom(site, options);
  const { password } = site.passwords;
  const credentials = { registry: REGISTRY.name, username: 'registry', password, source: '127.0.0.1' };
  const admin = signedIn(await room.admins.verifyBasic(credentials));
  return { ...site, ...room, admin };
}

/** The claims of a token, unverified, as az and the SDKs read them. */
export function decode(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}
