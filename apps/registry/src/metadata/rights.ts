import type { Awaitable } from '../platform/awaitable.ts';
import type { PageRequest } from './page-request.ts';

/** Counts changes of who somebody is and what somebody may. */
export interface GenerationReader {
  /**
   * Raised, in the same transaction, by every change of registries, credentials, identities, groups, roles and assignments.
   * While it stands still, what was found out about somebody's identity and rights is still right; so a change counts at
   * the very next request, and nobody has to be told.
   */
  current(): Awaitable<number>;
}

export type PrincipalType = 'User' | 'Group' | 'ServicePrincipal';

export interface RoleAssignmentRow {
  /** GUID, unique in the installation. */
  readonly id: string;
  /** As its creator spelled it; `scopeKey` of access/ is what is compared. */
  readonly scope: string;
  readonly scopeKey: string;
  /** GUID of a built-in or custom role. */
  readonly roleId: string;
  readonly principalId: string;
  readonly principalType: PrincipalType;
  readonly description?: string | undefined;
  readonly createdAt: Date;
  readonly createdBy: string;
}

export type Grant = Pick<RoleAssignmentRow, 'id' | 'scopeKey' | 'roleId'>;

export interface RoleAssignmentReader {
  find(id: string): Awaitable<RoleAssignmentRow | undefined>;
  ofPrincipals(principalIds: readonly string[]): Awaitable<RoleAssignmentRow[]>;
  /** Of the same, what a decision needs: asked when rights are not known yet, with a request that waits. */
  grantsOf(principalIds: readonly string[]): Awaitable<Grant[]>;
  /** Made exactly at one of the scopes, by id. */
  at(scopeKeys: readonly string[]): Awaitable<RoleAssignmentRow[]>;
  /** Made at the scope or below it, a page by id. */
  within(scopeKey: string, page: PageRequest): Awaitable<RoleAssignmentRow[]>;
  ofRole(roleId: string, limit: number): Awaitable<RoleAssignmentRow[]>;
}

export interface RoleAssignmentWriter extends RoleAssignmentReader {
  /** False when the same role, principal and scope are assigned already, under whatever id. */
  insert(row: RoleAssignmentRow): Awaitable<boolean>;
  delete(id: string): Awaitable<boolean>;
  /** Of a scope that ceased to exist, with everything below it. */
  deleteWithin(scopeKey: string): Awaitable<number>;
  deleteOfPrincipal(principalId: string): Awaitable<number>;
}

/** A custom role; the built-in ones are part of the program. */
export interface RoleDefinitionRow {
  /** GUID. */
  readonly id: string;
  /** Unique without case. */
  readonly name: string;
  readonly description: string;
  /** JSON: `RolePermission[]` of access/. */
  readonly permissions: string;
  /** JSON: string[], as their creator spelled them. */
  readonly assignableScopes: string;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly updatedAt: Date;
  readonly updatedBy: string;
}

export interface RoleDefinitionReader {
  find(id: string): Awaitable<RoleDefinitionRow | undefined>;
  byName(name: string): Awaitable<RoleDefinitionRow | undefined>;
  /** By id. */
  all(): Awaitable<RoleDefinitionRow[]>;
}

export interface RoleDefinitionWriter extends RoleDefinitionReader {
  /** Creates or replaces. */
  put(row: RoleDefinitionRow): Awaitable<void>;
  delete(id: string): Awaitable<boolean>;
}
