import { matchesRepository } from '@holdfast/oci/patterns';
import { type Awaitable, andThen } from '../platform/awaitable.ts';
import { enoughFor, isContentAction, READ_QUARANTINED } from './actions.ts';
import {
  type AccessGrant,
  type Action,
  type DirectoryPrincipal,
  type Principal,
  QUARANTINE_WRITE,
  REGISTRY_ACTIONS,
  type RegistryAction,
  type ResourceAction,
  type ResourceScope,
  type ScannerPrincipal,
  type ScopeMapPrincipal,
} from './principal.ts';
import type { PrincipalRights, Rights } from './rights.ts';
import { isWithin, REPOSITORIES } from './scope-path.ts';

export type RefusalReason = 'not-signed-in' | 'no-assignment' | 'outside-token-scope' | 'repository-replaced';

export type Decision =
  | { readonly allow: true; readonly by: string }
  | { readonly allow: false; readonly reason: RefusalReason };

/** What somebody sees of a registry's repositories: all, or those below some paths. */
export type RepositoryView = 'all' | readonly string[];

interface Question {
  readonly principal: Principal;
  readonly action: Action | ResourceAction;
  readonly resource: ResourceScope;
}

/** The ONE place that says yes or no. Asked before anything is looked up; denies unless something allows. */
export interface Authorizer {
  check(question: Question): Awaitable<Decision>;
  /** Lower-case scopes at and below which the principal may do it: the filter for lists of resources. */
  scopesAllowing(principal: Principal, action: ResourceAction): Promise<readonly string[]>;
  /** Lower-case scopes at which the principal holds any assignment: whoever holds one below a subscription sees that. */
  scopesOf(principal: Principal): Promise<readonly string[]>;
  /** Ids of the roles that the principal holds at the scope (lower case), by assignments there or above. */
  rolesAt(principal: Principal, scope: string): Promise<readonly string[]>;
  /** The repositories of a registry that the principal may see: the filter for the catalog. */
  repositoriesVisible(principal: Principal, registry: ResourceScope): Promise<RepositoryView>;
}

export interface AuthorizerDependencies {
  readonly rights: Rights;
  /** Whether anybody may pull from the registry without signing in. */
  readonly anonymousPull: (registry: string) => Awaitable<boolean>;
  /** When the repository of that name was last deleted; a token of before does not open the next one of the name. */
  readonly deletedAt: (registry: string, repository: string) => Awaitable<Date | undefined>;
}

export function createAuthorizer(d: AuthorizerDependencies): Authorizer {
  return {
    check: (question) => {
      const { principal, action, resource } = question;
      if (principal.registry !== undefined && principal.registry !== resource.registry) return no('no-assignment');
      if (!principal.grants) return ofPrincipal(d, question);
      if (!covered(principal.grants, action, resource)) return no('outside-token-scope');
      return andThen(isReplaced(d, principal.grantedAt, resource), (replaced) =>
        replaced ? no('repository-replaced') : ofPrincipal(d, question),
      );
    },
    scopesAllowing: async (principal, action) => (await directoryRights(d, principal))?.scopesAllowing(action) ?? [],
    scopesOf: async (principal) => (await directoryRights(d, principal))?.scopes ?? [],
    rolesAt: async (principal, scope) => (await directoryRights(d, principal))?.rolesAt(scope) ?? [],
    repositoriesVisible: (principal, registry) => visible(d, principal, registry),
  };
}

// What decides is compared strictly: whatever is neither an answer nor a promise (`andThen`) is no yes.
const no = (reason: RefusalReason): Decision => ({ allow: false, reason });

/** What the principal may, whatever the ceiling of what it shows. */
function ofPrincipal(d: AuthorizerDependencies, question: Question): Awaitable<Decision> {
  const { principal, action, resource } = question;
  if (principal.kind === 'anonymous') return anonymous(d, question);
  if (isOfDirectory(principal)) return andThen(d.rights.of(principal.id), (rights) => assigned(rights, question));
  if (principal.kind === 'scanner') return scanning(principal, action, resource);
  // Only a role that names it gives a right over the quarantine, or over trust, and these have no roles.
  if (!isContentAction(action) || action === QUARANTINE_WRITE || action === 'bundle_trust') return no('no-assignment');
  if (principal.kind === 'admin-user') return { allow: true, by: principal.id };
  return mapped(principal, action, resource);
}

function anonymous(d: AuthorizerDependencies, { action, resource }: Question): Awaitable<Decision> {
  const { registry, repository } = resource;
  const open = action === 'pull' || action === 'metadata_read';
  if (!open || registry === undefined || repository === undefined) return no('not-signed-in');
  return andThen(d.anonymousPull(registry), (pulls) =>
    pulls === true ? { allow: true, by: 'anonymous-pull' } : no('not-signed-in'),
  );
}

function isReplaced(
  d: AuthorizerDependencies,
  grantedAt: Date | undefined,
  { registry, repository }: ResourceScope,
): Awaitable<boolean> {
  if (grantedAt === undefined || registry === undefined || repository === undefined) return false;
  return andThen(d.deletedAt(registry, repository), (deletedAt) => deletedAt !== undefined && !(deletedAt < grantedAt));
}

function assigned(rights: PrincipalRights, { action, resource }: Question): Decision {
  const { id, repository } = resource;
  const scope = repository === undefined ? id : `${id}${REPOSITORIES}${repository}`;
  for (const enough of enoughFor(action)) {
    const by = rights.allowing(enough, scope);
    if (by !== undefined) return { allow: true, by };
  }
  // Whoever may read a single repository may ask for the catalog: it shows that repository, and no other. So with bundles.
  if (BY_REPOSITORY.has(action)) {
    const below = scopesWithin(rights, action as Action, id);
    if (below.length > 0) return { allow: true, by: below[0] as string };
  }
  return no('no-assignment');
}

/** Asked of a registry, and then again of each of its repositories that matters. */
const BY_REPOSITORY: ReadonlySet<string> = new Set<Action>(['catalog', 'mount', 'bundle_read', 'bundle_write']);

function scopesWithin(rights: PrincipalRights, action: Action, registry: string): string[] {
  const scopes = enoughFor(action).flatMap((enough) => rights.scopesAllowing(enough));
  return scopes.filter((scope) => isWithin(scope, `${registry}${REPOSITORIES.slice(0, -1)}`));
}

function scanning(
  { id, repository }: ScannerPrincipal,
  action: Action | ResourceAction,
  resource: ResourceScope,
): Decision {
  const pulls = action === 'pull' || action === READ_QUARANTINED;
  return pulls && resource.repository === repository ? { allow: true, by: id } : no('no-assignment');
}

function mapped(principal: ScopeMapPrincipal, action: Action, { repository }: ResourceScope): Decision {
  const gives = (actions: readonly Action[], wanted: Action) =>
    actions.includes(wanted) ||
    (wanted === 'catalog' && actions.includes('metadata_read')) ||
    ((wanted === 'mount' || wanted === 'bundle_read') && actions.includes('pull')) ||
    (wanted === 'bundle_write' && actions.includes('push'));
  const found = principal.allows.some(
    (line) =>
      gives(line.actions, action) && (repository === undefined || matchesRepository(line.repository, repository)),
  );
  return found ? { allow: true, by: principal.id } : no('no-assignment');
}

function covered(grants: readonly AccessGrant[], action: Action | ResourceAction, resource: ResourceScope): boolean {
  if (!isContentAction(action)) return false;
  if (resource.repository === undefined) {
    const name = action in REGISTRY_ACTIONS ? REGISTRY_ACTIONS[action as RegistryAction].name : undefined;
    return grants.some((g) => g.type === 'registry' && g.name === name && g.actions.includes(action));
  }
  return grants.some((g) => g.type === 'repository' && g.name === resource.repository && g.actions.includes(action));
}

async function directoryRights(d: AuthorizerDependencies, principal: Principal) {
  return isOfDirectory(principal) ? d.rights.of(principal.id) : undefined;
}

function isOfDirectory(principal: Principal): principal is DirectoryPrincipal {
  return principal.kind === 'user' || principal.kind === 'service-principal';
}

async function visible(
  d: AuthorizerDependencies,
  principal: Principal,
  registry: ResourceScope,
): Promise<RepositoryView> {
  if (principal.kind === 'anonymous' || principal.kind === 'scanner') return [];
  if (principal.kind === 'admin-user') return principal.registry === registry.registry ? 'all' : [];
  if (principal.kind === 'scope-map-token') {
    if (principal.registry !== registry.registry) return [];
    const lines = principal.allows.filter((line) => line.actions.includes('metadata_read'));
    return lines.some((line) => line.repository === '*') ? 'all' : lines.map((line) => line.repository);
  }
  const rights = await d.rights.of(principal.id);
  for (const enough of enoughFor('catalog')) if (rights.allowing(enough, registry.id) !== undefined) return 'all';
  const root = `${registry.id}${REPOSITORIES}`;
  return scopesWithin(rights, 'catalog', registry.id).flatMap((scope) => {
    const path = scope.slice(root.length);
    return path === '' ? [] : [path, `${path}/*`];
  });
}
