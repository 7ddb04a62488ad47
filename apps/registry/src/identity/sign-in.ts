import { availableParallelism } from 'node:os';
import type { MetadataStore } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import { AuthorizationCodes } from './authorization-codes.ts';
import { Clients } from './clients.ts';
import { DeviceCodes } from './device-codes.ts';
import { createDirectoryIdentities } from './directory-identities.ts';
import type { SignInEndpoints } from './endpoints.ts';
import { FormTokens } from './form-tokens.ts';
import type { IdentitySource } from './identities.ts';
import { IssuedTokens } from './issued-tokens.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { PasswordHasher } from './passwords.ts';
import { People } from './people.ts';
import { RefreshTokens } from './refresh-tokens.ts';
import type { SecretBox } from './sealed-secrets.ts';
import type { SignInTokens } from './sign-in-tokens.ts';
import { TokenGrants } from './token-grants.ts';

/** Everything that the routes of the sign-in service stand on. */
export interface SignIn {
  readonly clients: Clients;
  readonly people: People;
  readonly keys: IssuerKeys;
  readonly grants: TokenGrants;
  readonly refreshTokens: RefreshTokens;
  readonly authorizationCodes: AuthorizationCodes;
  readonly deviceCodes: DeviceCodes;
  readonly forms: FormTokens;
  readonly endpoints: () => SignInEndpoints;
  readonly tenantId: () => Promise<string>;
  readonly domain: string;
}

export interface SignInDependencies {
  readonly metadata: MetadataStore;
  readonly box: SecretBox;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly domain: string;
  readonly endpoints: () => SignInEndpoints;
}

/** Puts the sign-in service together; `signInTokens` and `identities` are what the other planes ask of it. */
export function createSignIn(d: SignInDependencies): {
  signIn: SignIn;
  signInTokens: SignInTokens;
  identities: IdentitySource;
  hasher: PasswordHasher;
} {
  const { metadata, box, clock, ids, domain, endpoints } = d;
  const store = metadata;
  // Half of the processors: whoever guesses passwords may not take them all.
  const hasher = new PasswordHasher({ ids, atATime: Math.floor(availableParallelism() / 2) });
  const people = new People({ read: metadata.read, hasher, clock, ids });
  const clients = new Clients({ metadata, clock, endpoints });
  const keys = new IssuerKeys({ store, box, clock });
  const tokens = new IssuedTokens({ keys, store, clock, ids });
  const tenantId = tenantOf(metadata);
  const shared = {
    clients,
    people,
    refreshTokens: new RefreshTokens({ store, box, clock, ids }),
    authorizationCodes: new AuthorizationCodes({ store, clock, ids }),
    deviceCodes: new DeviceCodes({ store, clock, ids }),
    endpoints,
    tenantId,
  };
  const grants = new TokenGrants({ ...shared, metadata, clock, tokens });
  return {
    signIn: { ...shared, keys, grants, domain, forms: new FormTokens({ box, clock, ids }) },
    signInTokens: tokens,
    identities: createDirectoryIdentities({ read: metadata.read, clients, people, clock }),
    hasher,
  };
}

/** Made at the first start, and the same ever after. */
function tenantOf(metadata: MetadataStore): () => Promise<string> {
  let known: string | undefined;
  return async () => {
    known ??= await metadata.read.settings.get('tenantId');
    return known ?? '';
  };
}
