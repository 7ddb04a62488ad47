import type { AnonymousPrincipal } from '../access/principal.ts';
import type { MetadataReader } from '../metadata/metadata-store.ts';
import type { IdentitySource } from './identities.ts';

/** What tokens for nobody in particular say in the place of a subject and a credential. */
const ANONYMOUS_SUBJECT = 'anonymous';
const ANONYMOUS_CREDENTIAL = 'anonymous-pull';

/** Whoever may pull from a registry without signing in, as the token endpoint issues tokens to it. */
export function anonymousAt(registry: string): AnonymousPrincipal {
  return { kind: 'anonymous', id: ANONYMOUS_SUBJECT, registry, credential: ANONYMOUS_CREDENTIAL };
}

/**
 * Clients fetch a token even where none is needed, and show it; so there are tokens for nobody. They end the moment the
 * registry's anonymous pull is switched off.
 */
export function anonymousPull(read: Pick<MetadataReader, 'registries'>): IdentitySource {
  return {
    verifyBasic: async () => undefined,
    resolve: async ({ registry, registryId, subject, credential }) => {
      if (subject !== ANONYMOUS_SUBJECT || credential !== ANONYMOUS_CREDENTIAL) return undefined;
      const row = await read.registries.byName(registry);
      return row?.id === registryId && row.anonymousPullEnabled ? anonymousAt(row.id) : undefined;
    },
  };
}
