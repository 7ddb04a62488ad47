import type { Principal } from '../access/principal.ts';
import type { MetadataReader } from '../metadata/metadata-store.ts';
import type { BasicCredentials, Identity, TokenSubject } from './identity.ts';
import { isRefused, type Refused } from './refused.ts';

/** One kind of identity: admin users, tokens of registries, the directory. */
export interface IdentitySource {
  /** Undefined when it is none of its own, or the secret is wrong; a refusal says why the right secret does not help. */
  verifyBasic(credentials: BasicCredentials): Promise<Principal | Refused | undefined>;
  resolve(subject: TokenSubject): Promise<Principal | undefined>;
}

/**
 * All identities of the site as one. Each source is asked in turn and answers only for its own: a principal's id belongs to
 * one source (`admin-user:…`, a GUID), so no source can be mistaken for another. A user name may belong to two of them, for
 * example a token named like its registry: the one whose secret it is signs in.
 */
export function combineIdentities(
  read: Pick<MetadataReader, 'generation' | 'registries'>,
  sources: readonly IdentitySource[],
): Identity {
  return {
    generation: () => read.generation.current(),
    verifyBasic: async (credentials) => {
      let refused: Refused | undefined;
      for (const source of sources) {
        const result = await source.verifyBasic(credentials);
        if (result && !isRefused(result)) {
          const row = await read.registries.byName(credentials.registry);
          return row && at(result, row.id);
        }
        refused ??= result;
      }
      return refused;
    },
    resolve: async (subject) => {
      // A token is for one registry, the very one of its row. Said here, so that no source can forget it.
      const row = await read.registries.byName(subject.registry);
      if (row?.id !== subject.registryId) return undefined;
      for (const source of sources) {
        const principal = await source.resolve(subject);
        if (principal) return at(principal, row.id);
      }
      return undefined;
    },
  };
}

/** People and service principals are everywhere; whoever signs in to a registry is there, and nowhere else. */
function at(principal: Principal, registry: string): Principal {
  const ofDirectory = principal.kind === 'user' || principal.kind === 'service-principal';
  return ofDirectory ? { ...principal, registry } : principal;
}
