/** What may be asked of a repository: the words of ACR's token scopes. */
export const REPOSITORY_ACTIONS = ['pull', 'push', 'delete', 'metadata_read', 'metadata_write'] as const;
/**
 * What may be asked of a registry as a whole, with the name and the word that a token's scope has for it:
 * `registry:catalog:*` lists repositories, `registry:blobs:mount` takes blobs over from wherever the identity may pull
 * them, which a token for single repositories must not.
 */
export const REGISTRY_ACTIONS = {
  catalog: { name: 'catalog', word: '*' },
  mount: { name: 'blobs', word: 'mount' },
} as const;
export type RegistryAction = keyof typeof REGISTRY_ACTIONS;
export type Action = (typeof REPOSITORY_ACTIONS)[number] | RegistryAction;
export const ACTIONS: readonly Action[] = [
  ...(Object.keys(REGISTRY_ACTIONS) as RegistryAction[]),
  ...REPOSITORY_ACTIONS,
];

/** The registry action that a scope's name and word mean. */
export function registryAction(name: string, word: string): RegistryAction | undefined {
  const entries = Object.entries(REGISTRY_ACTIONS) as [RegistryAction, { name: string; word: string }][];
  return entries.find(([, scope]) => scope.name === name && scope.word === word)?.[0];
}

/** Where an action happens: a registry, or one of its repositories. */
export interface ResourceScope {
  /** Row id, never the name: a registry made again under the same name is another one. */
  readonly registry: string;
  readonly repository?: string;
}

/** One line of a token's `access` claim: the most that its bearer may do there. */
export interface AccessGrant {
  readonly type: 'repository' | 'registry';
  readonly name: string;
  readonly actions: readonly Action[];
}

/**
 * Who asks. `grants` is the ceiling that a token sets: undefined for a direct sign-in (no ceiling),
 * otherwise nothing outside it is allowed, whatever the identity's own rights are.
 */
export type Principal =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'admin-user';
      /** Stable id that uploads and the audit log carry, for example `admin-user:registry`. */
      readonly id: string;
      /** Row id of the registry it signed in to. */
      readonly registry: string;
      /** Row id of the password it signed in with; tokens carry it, so that renewing the password ends them. */
      readonly credential?: string;
      readonly grants?: readonly AccessGrant[];
    };

export const ANONYMOUS: Principal = { kind: 'anonymous' };

/** The id that uploads and the audit log carry. */
export function principalId(principal: Principal): string {
  return principal.kind === 'anonymous' ? 'anonymous' : principal.id;
}
