/** What may be asked of a registry's content; the words of ACR's token scopes plus the catalog. */
export const ACTIONS = ['catalog', 'pull', 'push', 'delete', 'metadata_read', 'metadata_write'] as const;
export type Action = (typeof ACTIONS)[number];

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
