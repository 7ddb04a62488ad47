/** What may be asked of a repository: the words of ACR's token scopes. */
export const REPOSITORY_ACTIONS = ['pull', 'push', 'delete', 'metadata_read', 'metadata_write'] as const;
export type RepositoryAction = (typeof REPOSITORY_ACTIONS)[number];
/**
 * What may be asked of a registry as a whole, with the name and the word that a token's scope has for it:
 * `registry:catalog:*` lists repositories, `registry:deleted_catalog:*` those from which something was deleted that can be restored, `registry:blobs:mount` takes blobs over from wherever the identity may pull
 * them, which a token for single repositories must not.
 */
/**
 * Bundles are of a registry, their content of its repositories: `registry:bundles:read` shows and takes out, `:write` brings in
 * and makes, both as far as the identity's own rights to the repositories go, since a token has no room for all of their names.
 * `:trust` says whose signatures count.
 */
export const REGISTRY_ACTIONS = {
  catalog: { name: 'catalog', word: '*' },
  deleted_catalog: { name: 'deleted_catalog', word: '*' },
  mount: { name: 'blobs', word: 'mount' },
  bundle_read: { name: 'bundles', word: 'read' },
  bundle_write: { name: 'bundles', word: 'write' },
  bundle_trust: { name: 'bundles', word: 'trust' },
} as const;
export type RegistryAction = keyof typeof REGISTRY_ACTIONS;
/** What may be asked of a registry's content, by the words of tokens. */
export type Action = RepositoryAction | RegistryAction | DeletedAction | typeof QUARANTINE_WRITE;
/** To see and to bring back what was deleted. Words of their own: neither `*` of a scope nor a scope map has them. */
export const DELETED_ACTIONS = ['deleted_read', 'deleted_restore'] as const;
export type DeletedAction = (typeof DELETED_ACTIONS)[number];
/**
 * To say that an image passed the quarantine, or failed it. A word of its own and no `RepositoryAction`: neither `*` of a
 * scope nor a scope map nor an admin user has it, only who holds a role that names the right.
 */
export const QUARANTINE_WRITE = 'quarantine_write';
export const ACTIONS: readonly Action[] = [
  ...(Object.keys(REGISTRY_ACTIONS) as RegistryAction[]),
  ...REPOSITORY_ACTIONS,
  ...DELETED_ACTIONS,
  QUARANTINE_WRITE,
];
/** What may be asked of a resource, by the names of roles: `Microsoft.ContainerRegistry/registries/read`. */
export type ResourceAction = `Microsoft.${string}/${string}`;

/** The registry action that a scope's name and word mean. */
export function registryAction(name: string, word: string): RegistryAction | undefined {
  const entries = Object.entries(REGISTRY_ACTIONS) as [RegistryAction, { name: string; word: string }][];
  return entries.find(([, scope]) => scope.name === name && scope.word === word)?.[0];
}

export function isRegistryAction(action: Action): action is RegistryAction {
  return action in REGISTRY_ACTIONS;
}

/** Where an action happens: a resource of the resource manager, a registry, or one of a registry's repositories. */
export interface ResourceScope {
  /** Resource id, in lower case: `/subscriptions/…/resourcegroups/…/providers/microsoft.containerregistry/registries/…`. */
  readonly id: string;
  /** Row id of the registry, never the name: a registry made again under the same name is another one. */
  readonly registry?: string;
  readonly repository?: string;
}

/** One line of a token's `access` claim: the most that its bearer may do there. */
export interface AccessGrant {
  readonly type: 'repository' | 'registry';
  readonly name: string;
  readonly actions: readonly Action[];
}

interface SignedIn {
  /** Stable id that uploads and the audit log carry, for example `admin-user:registry` or the object id of a user. */
  readonly id: string;
  /** Row id of the credential it signed in with; tokens carry it, so that renewing the credential ends them. */
  readonly credential?: string;
  /** When that credential ends: no token that was got with it lives longer. */
  readonly credentialExpiresAt?: Date;
  /**
   * The ceiling that a token sets: undefined for a direct sign-in (no ceiling), otherwise nothing outside it is allowed,
   * whatever the identity's own rights are.
   */
  readonly grants?: readonly AccessGrant[];
  /** When the token with these grants was issued: it opens no repository that was deleted since. */
  readonly grantedAt?: Date;
}

/** The admin user of a registry, who may do everything in it and nothing elsewhere. */
export interface AdminUserPrincipal extends SignedIn {
  readonly kind: 'admin-user';
  /** Row id of its registry. */
  readonly registry: string;
}

/** A token resource of a registry, whose rights are those of its scope map. */
export interface ScopeMapPrincipal extends SignedIn {
  readonly kind: 'scope-map-token';
  readonly registry: string;
  /** Name of its scope map. */
  readonly scopeMap: string;
  /** As its scope map says now: a repository's name, or a prefix that ends in `*`. */
  readonly allows: readonly { readonly repository: string; readonly actions: readonly RepositoryAction[] }[];
}

/** A user or a service principal of the directory; its rights are its role assignments and those of its groups. */
export interface DirectoryPrincipal extends SignedIn {
  readonly kind: 'user' | 'service-principal';
  /** User principal name, or application id: what texts call it. */
  readonly name: string;
  /** Row id of the registry whose token it shows; undefined at the resource manager. */
  readonly registry?: string;
}

/** The scanner that the operator registered, while it scans: it pulls from one repository, also what is in quarantine there. */
export interface ScannerPrincipal extends SignedIn {
  readonly kind: 'scanner';
  readonly registry: string;
  readonly repository: string;
}

/** Nobody in particular; with a registry and grants when it shows a token for anonymous pulls from there. */
export interface AnonymousPrincipal extends Partial<SignedIn> {
  readonly kind: 'anonymous';
  readonly registry?: string;
}

/** Who asks. */
export type Principal =
  | AnonymousPrincipal
  | AdminUserPrincipal
  | ScopeMapPrincipal
  | DirectoryPrincipal
  | ScannerPrincipal;

export const ANONYMOUS: Principal = { kind: 'anonymous' };

/** The id that uploads and the audit log carry. */
export function principalId(principal: Principal): string {
  return principal.kind === 'anonymous' ? 'anonymous' : principal.id;
}

/** The same identity as if it had signed in directly: without the ceiling of the token that it shows. */
export function withoutCeiling(principal: Principal): Principal {
  const { grants: _, grantedAt: __, ...own } = principal;
  return own;
}
