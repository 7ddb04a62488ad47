import { hash, timingSafeEqual } from 'node:crypto';
import type { ScopeMapPrincipal } from '../access/principal.ts';
import { builtInScopeMap, linesOf } from '../access/scope-maps.ts';
import type { MetadataReader, RegistryRow } from '../metadata/metadata-store.ts';
import type { RegistryTokenRow, TokenPasswordRow } from '../metadata/registry-tokens.ts';
import { BoundedCache } from '../platform/bounded-cache.ts';
import type { Clock } from '../platform/clock.ts';
import type { IdentitySource } from './identities.ts';
import type { BasicCredentials, TokenSubject } from './identity.ts';
import type { Refused } from './refused.ts';

/** ACR's rule for names of tokens and scope maps. ASCII only, so that no case folding makes two names equal. */
export const REGISTRY_TOKEN_NAME = /^[a-zA-Z][a-zA-Z0-9-]{4,49}$/;

const MAX_PASSWORD_BYTES = 1024;
/** Tokens of which rights and digests are kept: some kilobytes each. */
const KEPT_TOKENS = 1000;
/** Compared when there is nothing to compare, so that a refusal takes equally long. */
const NO_DIGEST = Buffer.alloc(32);

interface Known {
  readonly generation: number;
  readonly registry: RegistryRow;
  readonly token: RegistryTokenRow;
  readonly allows: ScopeMapPrincipal['allows'];
}

type Reader = Pick<MetadataReader, 'generation' | 'registries' | 'registryTokens' | 'scopeMaps'>;

/**
 * Tokens as resources of a registry: a user name with two passwords, whose rights are those of its scope map as it is now
 * ("Create a token with repository-scoped permissions"). The passwords are random secrets of 256 bits, so that their plain
 * SHA-256 is enough and nobody needs to be locked out.
 */
export class RegistryTokens implements IdentitySource {
  readonly #read: Reader;
  readonly #clock: Clock;
  readonly #known = new BoundedCache<Known>(KEPT_TOKENS);

  constructor(deps: { read: Reader; clock: Clock }) {
    this.#read = deps.read;
    this.#clock = deps.clock;
  }

  async verifyBasic(credentials: BasicCredentials): Promise<ScopeMapPrincipal | Refused | undefined> {
    const presented = Buffer.from(credentials.password);
    if (presented.length > MAX_PASSWORD_BYTES) return undefined;
    const known = await this.#load(credentials.registry, credentials.username);
    const password = matching(known?.token.passwords ?? [], hash('sha256', presented, 'buffer'));
    if (!known || !password) return undefined;
    const who = idOf(known);
    // From here on the caller has proved the secret, and is told.
    if (known.token.status === 'disabled') return { refused: 'token-disabled', who };
    if (this.#expired(password)) return { refused: 'credential-expired', who, ...sinceOf(password) };
    return principalOf(known, password);
  }

  async resolve({ registry, registryId, subject, credential }: TokenSubject): Promise<ScopeMapPrincipal | undefined> {
    if (!subject.startsWith(PREFIX)) return undefined;
    const known = await this.#load(registry, subject.slice(subject.lastIndexOf('/') + 1));
    if (known?.registry.id !== registryId || idOf(known) !== subject || known.token.status === 'disabled') {
      return undefined;
    }
    const password = known.token.passwords.find(({ id }) => id === credential);
    return password && !this.#expired(password) ? principalOf(known, password) : undefined;
  }

  #expired({ expiresAt }: TokenPasswordRow): boolean {
    return expiresAt !== undefined && expiresAt <= this.#clock.now();
  }

  async #load(registryName: string, tokenName: string): Promise<Known | undefined> {
    if (!REGISTRY_TOKEN_NAME.test(tokenName)) return undefined;
    const key = `${registryName}/${tokenName}`.toLowerCase();
    // Read before the rows: what changes meanwhile is then newer than what is kept, and read again at the next request.
    const generation = await this.#read.generation.current();
    const before = this.#known.get(key);
    if (before?.generation === generation) return before;
    const registry = await this.#read.registries.byName(registryName);
    const token = registry && (await this.#read.registryTokens.find(registry.id, tokenName));
    // Only tokens that exist are kept, so made-up names cannot push them out.
    if (!registry || !token) {
      this.#known.delete(key);
      return undefined;
    }
    const known = { generation, registry, token, allows: linesOf(await this.#actions(token)) };
    this.#known.set(key, known);
    return known;
  }

  async #actions({ registryId, scopeMap }: RegistryTokenRow): Promise<readonly string[]> {
    const builtIn = builtInScopeMap(scopeMap);
    if (builtIn) return builtIn.actions;
    const row = await this.#read.scopeMaps.find(registryId, scopeMap);
    return row ? (JSON.parse(row.actions) as string[]) : [];
  }
}

const PREFIX = 'token:';

/** The id that uploads and the audit log carry. */
export function registryTokenId(registry: string, token: string): string {
  return `${PREFIX}${registry}/${token}`.toLowerCase();
}

const idOf = ({ registry, token }: Known): string => registryTokenId(registry.name, token.name);

function principalOf(known: Known, { id: credential, expiresAt }: TokenPasswordRow): ScopeMapPrincipal {
  return {
    kind: 'scope-map-token',
    id: idOf(known),
    registry: known.registry.id,
    credential,
    ...(expiresAt ? { credentialExpiresAt: expiresAt } : {}),
    scopeMap: known.token.scopeMap,
    allows: known.allows,
  };
}

/** Both are compared whatever the first one says, and whoever asks. */
function matching(passwords: readonly TokenPasswordRow[], digest: Buffer): TokenPasswordRow | undefined {
  let found: TokenPasswordRow | undefined;
  for (let i = 0; i < 2; i++) {
    const candidate = passwords[i];
    const equal = timingSafeEqual(digest, candidate?.digest ?? NO_DIGEST);
    if (equal && candidate) found = candidate;
  }
  return found;
}

function sinceOf({ expiresAt }: TokenPasswordRow): { since?: Date } {
  return expiresAt ? { since: expiresAt } : {};
}
