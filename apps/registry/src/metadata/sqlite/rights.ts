import { DomainError } from '../../platform/domain-error.ts';
import type { PageRequest } from '../page-request.ts';
import type {
  Grant,
  PrincipalType,
  RoleAssignmentReader,
  RoleAssignmentRow,
  RoleAssignmentWriter,
  RoleDefinitionReader,
  RoleDefinitionRow,
  RoleDefinitionWriter,
} from '../rights.ts';
import { isDuplicate, translate } from './errors.ts';
import { raiseGeneration } from './generation.ts';
import { below } from './prefix.ts';
import type { Session } from './session.ts';
import { command, NO_LIMIT, query } from './statements.ts';

const ASSIGNMENT =
  'id, scope, scope_key, role_id, principal_id, principal_type, description, created_at, created_by FROM role_assignments';
const findAssignment = query(`SELECT ${ASSIGNMENT} WHERE id = ?`);
const assignmentsOf = query(`SELECT ${ASSIGNMENT} WHERE principal_id IN (SELECT value FROM json_each(?))`);
const grantsOf = query(`
  SELECT id, scope_key AS scopeKey, role_id AS roleId FROM role_assignments
  WHERE principal_id IN (SELECT value FROM json_each(?))`);
const assignmentsAt = query(`SELECT ${ASSIGNMENT} WHERE scope_key IN (SELECT value FROM json_each(?))`);
const assignmentsFrom = query(`SELECT ${ASSIGNMENT} WHERE id > ? ORDER BY id LIMIT ?`);
// In the order of ids, so that a page ends the walk; the empty text keeps the scope's index out of it, after which all would
// have to be sorted.
const assignmentsWithin = query(`
  SELECT ${ASSIGNMENT}
  WHERE id > ? AND (scope_key || '' = ? OR (scope_key || '' > ? AND scope_key || '' < ?)) ORDER BY id LIMIT ?`);
const assignmentsOfRole = query(`SELECT ${ASSIGNMENT} WHERE role_id = ? ORDER BY id LIMIT ?`);
const insertAssignment = command(`
  INSERT INTO role_assignments
    (id, scope, scope_key, role_id, principal_id, principal_type, description, created_at, created_by)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (principal_id, role_id, scope_key) DO NOTHING`);
const deleteAssignment = command('DELETE FROM role_assignments WHERE id = ?');
const deleteAssignmentsWithin = command(
  'DELETE FROM role_assignments WHERE scope_key = ? OR (scope_key > ? AND scope_key < ?)',
);
const deleteAssignmentsOf = command('DELETE FROM role_assignments WHERE principal_id = ?');

interface AssignmentColumns {
  id: string;
  scope: string;
  scope_key: string;
  role_id: string;
  principal_id: string;
  principal_type: PrincipalType;
  description: string | null;
  created_at: number;
  created_by: string;
}

export class SqliteRoleAssignmentReader implements RoleAssignmentReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  find(id: string): RoleAssignmentRow | undefined {
    const row = this.session.get<AssignmentColumns>(findAssignment, id);
    return row && toAssignment(row);
  }

  ofPrincipals(principalIds: readonly string[]): RoleAssignmentRow[] {
    return this.session.all<AssignmentColumns>(assignmentsOf, JSON.stringify(principalIds)).map(toAssignment);
  }

  grantsOf(principalIds: readonly string[]): Grant[] {
    return this.session.all<Grant>(grantsOf, JSON.stringify(principalIds));
  }

  at(scopeKeys: readonly string[]): RoleAssignmentRow[] {
    const rows = this.session.all<AssignmentColumns>(assignmentsAt, JSON.stringify(scopeKeys)).map(toAssignment);
    return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  within(scopeKey: string, { last = '', limit = NO_LIMIT }: PageRequest): RoleAssignmentRow[] {
    if (scopeKey === '/') return this.session.all<AssignmentColumns>(assignmentsFrom, last, limit).map(toAssignment);
    const rows = this.session.all<AssignmentColumns>(assignmentsWithin, last, scopeKey, ...below(scopeKey), limit);
    return rows.map(toAssignment);
  }

  ofRole(roleId: string, limit: number): RoleAssignmentRow[] {
    return this.session.all<AssignmentColumns>(assignmentsOfRole, roleId, limit).map(toAssignment);
  }
}

export class SqliteRoleAssignmentWriter extends SqliteRoleAssignmentReader implements RoleAssignmentWriter {
  insert(row: RoleAssignmentRow): boolean {
    const inserted = translate(
      () =>
        this.session.run(
          insertAssignment,
          row.id,
          row.scope,
          row.scopeKey,
          row.roleId,
          row.principalId,
          row.principalType,
          row.description,
          row.createdAt.getTime(),
          row.createdBy,
        ),
      isDuplicate,
      () =>
        new DomainError(
          'conflict',
          'role-assignment.update-not-permitted',
          `The role assignment ${row.id} exists already, for another role, principal or scope, and cannot be changed. Choose another GUID as its name.`,
        ),
    );
    if (inserted > 0) raiseGeneration(this.session);
    return inserted > 0;
  }

  delete(id: string): boolean {
    return this.#changed(this.session.run(deleteAssignment, id)) > 0;
  }

  deleteWithin(scopeKey: string): number {
    return this.#changed(this.session.run(deleteAssignmentsWithin, scopeKey, ...below(scopeKey)));
  }

  deleteOfPrincipal(principalId: string): number {
    return this.#changed(this.session.run(deleteAssignmentsOf, principalId));
  }

  #changed(rows: number): number {
    if (rows > 0) raiseGeneration(this.session);
    return rows;
  }
}

function toAssignment(row: AssignmentColumns): RoleAssignmentRow {
  return {
    id: row.id,
    scope: row.scope,
    scopeKey: row.scope_key,
    roleId: row.role_id,
    principalId: row.principal_id,
    principalType: row.principal_type,
    description: row.description ?? undefined,
    createdAt: new Date(row.created_at),
    createdBy: row.created_by,
  };
}

const DEFINITION =
  'id, name, description, permissions, assignable_scopes, created_at, created_by, updated_at, updated_by FROM role_definitions';
const findDefinition = query(`SELECT ${DEFINITION} WHERE id = ?`);
const definitionByName = query(`SELECT ${DEFINITION} WHERE name_key = ?`);
const allDefinitions = query(`SELECT ${DEFINITION} WHERE id > ? ORDER BY id`);
const putDefinition = command(`
  INSERT INTO role_definitions
    (id, name_key, name, description, permissions, assignable_scopes, created_at, created_by, updated_at, updated_by)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET
    name_key = excluded.name_key, name = excluded.name, description = excluded.description,
    permissions = excluded.permissions, assignable_scopes = excluded.assignable_scopes,
    updated_at = excluded.updated_at, updated_by = excluded.updated_by`);
const deleteDefinition = command('DELETE FROM role_definitions WHERE id = ?');

interface DefinitionColumns {
  id: string;
  name: string;
  description: string;
  permissions: string;
  assignable_scopes: string;
  created_at: number;
  created_by: string;
  updated_at: number;
  updated_by: string;
}

export class SqliteRoleDefinitionReader implements RoleDefinitionReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  find(id: string): RoleDefinitionRow | undefined {
    const row = this.session.get<DefinitionColumns>(findDefinition, id);
    return row && toDefinition(row);
  }

  byName(name: string): RoleDefinitionRow | undefined {
    const row = this.session.get<DefinitionColumns>(definitionByName, name.toLowerCase());
    return row && toDefinition(row);
  }

  all(): RoleDefinitionRow[] {
    return this.session.all<DefinitionColumns>(allDefinitions, '').map(toDefinition);
  }
}

export class SqliteRoleDefinitionWriter extends SqliteRoleDefinitionReader implements RoleDefinitionWriter {
  put(row: RoleDefinitionRow): void {
    translate(
      () =>
        this.session.run(
          putDefinition,
          row.id,
          row.name.toLowerCase(),
          row.name,
          row.description,
          row.permissions,
          row.assignableScopes,
          row.createdAt.getTime(),
          row.createdBy,
          row.updatedAt.getTime(),
          row.updatedBy,
        ),
      isDuplicate,
      () =>
        new DomainError(
          'conflict',
          'role-definition.name-exists',
          `Another role is named "${row.name}" already. Choose another name, or change that role.`,
        ),
    );
    raiseGeneration(this.session);
  }

  delete(id: string): boolean {
    const deleted = this.session.run(deleteDefinition, id) > 0;
    if (deleted) raiseGeneration(this.session);
    return deleted;
  }
}

function toDefinition(row: DefinitionColumns): RoleDefinitionRow {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    permissions: row.permissions,
    assignableScopes: row.assignable_scopes,
    createdAt: new Date(row.created_at),
    createdBy: row.created_by,
    updatedAt: new Date(row.updated_at),
    updatedBy: row.updated_by,
  };
}
