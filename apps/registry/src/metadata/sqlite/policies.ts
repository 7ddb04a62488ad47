import { DomainError } from '../../platform/domain-error.ts';
import type { PageRequest } from '../page-request.ts';
import type { PolicyKind, PolicyReader, PolicyRow, PolicyWriter } from '../policies.ts';
import { isForeignKeyViolation, translate } from './errors.ts';
import type { Session } from './session.ts';
import { command, NO_LIMIT, query } from './statements.ts';

const POLICY = 'registry_id, kind, name, definition, created_at, updated_at FROM registry_policies';
const findPolicy = query(`SELECT ${POLICY} WHERE registry_id = ? AND kind = ? AND name_key = ?`);
const policiesPage = query(`
  SELECT ${POLICY} WHERE registry_id = ? AND kind = ? AND name_key > ? ORDER BY registry_id, kind, name_key LIMIT ?`);
// A point query: most registries have no policy of a kind, and every push asks.
const anyPolicy = query('SELECT 1 AS found FROM registry_policies WHERE registry_id = ? AND kind = ? LIMIT 1');
const putPolicy = command(`
  INSERT INTO registry_policies (registry_id, kind, name_key, name, definition, created_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (registry_id, kind, name_key) DO UPDATE
  SET definition = excluded.definition, updated_at = excluded.updated_at`);
const deletePolicy = command('DELETE FROM registry_policies WHERE registry_id = ? AND kind = ? AND name_key = ?');
const deletePolicies = command('DELETE FROM registry_policies WHERE registry_id = ?');

interface PolicyColumns {
  registry_id: string;
  kind: PolicyKind;
  name: string;
  definition: string;
  created_at: number;
  updated_at: number;
}

export class SqlitePolicyReader implements PolicyReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  find(registryId: string, kind: PolicyKind, name: string): PolicyRow | undefined {
    const row = this.session.get<PolicyColumns>(findPolicy, registryId, kind, name.toLowerCase());
    return row && toPolicy(row);
  }

  list(registryId: string, kind: PolicyKind, { last = '', limit = NO_LIMIT }: PageRequest): PolicyRow[] {
    if (!this.session.get(anyPolicy, registryId, kind)) return [];
    return this.session.all<PolicyColumns>(policiesPage, registryId, kind, last, limit).map(toPolicy);
  }
}

export class SqlitePolicyWriter extends SqlitePolicyReader implements PolicyWriter {
  put({ registryId, kind, name, definition, createdAt, updatedAt }: PolicyRow): void {
    const times = [createdAt.getTime(), updatedAt.getTime()] as const;
    translate(
      () => this.session.run(putPolicy, registryId, kind, name.toLowerCase(), name, definition, ...times),
      isForeignKeyViolation,
      () => new DomainError('not-found', 'registry.unknown', 'The registry does not exist (any more).'),
    );
  }

  delete(registryId: string, kind: PolicyKind, name: string): boolean {
    return this.session.run(deletePolicy, registryId, kind, name.toLowerCase()) === 1;
  }
}

/** Of a registry that is being deleted. */
export function deletePoliciesOf(session: Session, registryId: string): void {
  session.run(deletePolicies, registryId);
}

function toPolicy(row: PolicyColumns): PolicyRow {
  return {
    registryId: row.registry_id,
    kind: row.kind,
    name: row.name,
    definition: row.definition,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  };
}
