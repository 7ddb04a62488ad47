import type { MetadataReader } from '../metadata/metadata-store.ts';
import { type Awaitable, andThen } from '../platform/awaitable.ts';
import { BoundedCache } from '../platform/bounded-cache.ts';
import { builtInRole } from './built-in-roles.ts';
import type { ResourceAction } from './principal.ts';
import { type CompiledPermission, compilePermission, type RolePermission } from './role-permissions.ts';
import { upwards } from './scope-path.ts';

/** Principals whose rights are kept compiled: some hundred bytes an assignment. */
const KEPT_PRINCIPALS = 1000;

interface Assigned {
  readonly assignmentId: string;
  readonly roleId: string;
  readonly permissions: readonly CompiledPermission[];
}

/** Everything that one principal may do, by scope, as of a generation. */
export interface PrincipalRights {
  /** The assignment that allows the action at the scope or above it; undefined when none does. */
  allowing(action: ResourceAction, scope: string): string | undefined;
  /** Scopes (lower case) of the assignments that allow the action: each holds for all that is below it. */
  scopesAllowing(action: ResourceAction): readonly string[];
  /** Every scope with an assignment, whatever it allows. */
  readonly scopes: readonly string[];
  /** Roles in force at the scope. */
  rolesAt(scope: string): readonly string[];
}

export interface Rights {
  of(principalId: string): Awaitable<PrincipalRights>;
}

export interface RightsDependencies {
  readonly read: Pick<MetadataReader, 'generation' | 'roleAssignments' | 'roleDefinitions'>;
  /** Ids of all groups that a user or service principal is in, directly or by another group. */
  readonly groupsOf: (principalId: string) => Awaitable<readonly string[]>;
}

/**
 * Rights as role assignments give them. What was compiled is good while the generation stands still: a change counts at
 * the very next request, and a request without one asks the database nothing.
 */
export function createRights({ read, groupsOf }: RightsDependencies): Rights {
  const kept = new BoundedCache<{ readonly generation: number; readonly rights: PrincipalRights }>(KEPT_PRINCIPALS);
  const roles = createRoles(read);
  const compile = async (principalId: string, generation: number): Promise<PrincipalRights> => {
    const ids = [principalId, ...(await groupsOf(principalId))];
    const rows = await read.roleAssignments.grantsOf(ids);
    const byScope = new Map<string, Assigned[]>();
    for (const row of rows) {
      const known = roles(row.roleId, generation);
      // Most are known: a hundred turns of waiting for nothing would take as long as the query.
      const permissions = known instanceof Promise ? await known : known;
      const assigned = { assignmentId: row.id, roleId: row.roleId, permissions };
      const list = byScope.get(row.scopeKey);
      if (list) list.push(assigned);
      else byScope.set(row.scopeKey, [assigned]);
    }
    const rights = rightsOf(byScope);
    kept.set(principalId, { generation, rights });
    return rights;
  };
  return {
    // The generation is read before the assignments: what changes meanwhile is then newer than it, and looked up again.
    of: (principalId) =>
      andThen(read.generation.current(), (generation) => {
        const known = kept.get(principalId);
        return known?.generation === generation ? known.rights : compile(principalId, generation);
      }),
  };
}

function rightsOf(byScope: ReadonlyMap<string, readonly Assigned[]>): PrincipalRights {
  const permits = ({ permissions }: Assigned, action: ResourceAction) => permissions.some((p) => p.permits(action));
  return {
    scopes: [...byScope.keys()],
    allowing: (action, scope) => {
      if (byScope.size === 0) return undefined;
      for (const above of upwards(scope)) {
        const found = byScope.get(above)?.find((assigned) => permits(assigned, action));
        if (found) return found.assignmentId;
      }
      return undefined;
    },
    scopesAllowing: (action) => {
      const scopes: string[] = [];
      for (const [scope, assigned] of byScope) if (assigned.some((a) => permits(a, action))) scopes.push(scope);
      return scopes;
    },
    rolesAt: (scope) => [...upwards(scope)].flatMap((above) => byScope.get(above)?.map((a) => a.roleId) ?? []),
  };
}

/** Compiled roles; custom ones as long as the generation stands still. */
function createRoles(read: RightsDependencies['read']) {
  const builtIn = new Map<string, readonly CompiledPermission[]>();
  let custom = new Map<string, readonly CompiledPermission[]>();
  let customOf = -1;
  const findCustom = async (roleId: string, generation: number): Promise<readonly CompiledPermission[]> => {
    const row = await read.roleDefinitions.find(roleId);
    const permissions = row ? (JSON.parse(row.permissions) as RolePermission[]).map(compilePermission) : [];
    if (customOf === generation) custom.set(roleId, permissions);
    return permissions;
  };
  return (roleId: string, generation: number): Awaitable<readonly CompiledPermission[]> => {
    const known = builtIn.get(roleId);
    if (known) return known;
    const role = builtInRole(roleId);
    if (role) {
      const compiled = [compilePermission(role)];
      builtIn.set(roleId, compiled);
      return compiled;
    }
    if (customOf !== generation) [custom, customOf] = [new Map(), generation];
    return custom.get(roleId) ?? findCustom(roleId, generation);
  };
}
