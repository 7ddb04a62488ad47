import type { DeploymentReader, DeploymentRow, DeploymentSummary, DeploymentWriter } from '../deployments.ts';
import type { PageRequest } from '../page-request.ts';
import { below } from './prefix.ts';
import type { Session } from './session.ts';
import { command, NO_LIMIT, query } from './statements.ts';

const SUMMARY = 'id, scope, scope_key, name, state, mode, correlation_id, created_by, started_at, ended_at';
const WHOLE = `${SUMMARY}, template, details, sealed_outputs FROM deployments`;
const findDeployment = query(`SELECT ${WHOLE} WHERE scope_key = ? AND name_key = ?`);
const listDeployments = query(
  `SELECT ${SUMMARY} FROM deployments WHERE scope_key = ? AND name_key > ? ORDER BY name_key LIMIT ?`,
);
const runningDeployments = query(
  `SELECT ${WHOLE} WHERE state = 'Running' AND scope_key > ? ORDER BY scope_key, name_key`,
);
const putDeployment = command(`
  INSERT INTO deployments (scope_key, name_key, id, scope, name, state, mode, correlation_id, created_by, started_at,
    ended_at, template, details, sealed_outputs)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (scope_key, name_key) DO UPDATE SET id = excluded.id, state = excluded.state, mode = excluded.mode,
    correlation_id = excluded.correlation_id, created_by = excluded.created_by, started_at = excluded.started_at,
    ended_at = excluded.ended_at, template = excluded.template, details = excluded.details,
    sealed_outputs = excluded.sealed_outputs`);
const deleteDeployment = command('DELETE FROM deployments WHERE scope_key = ? AND name_key = ?');
const deleteDeploymentsWithin = command(
  'DELETE FROM deployments WHERE scope_key = ? OR (scope_key > ? AND scope_key < ?)',
);
const oldestKept = query(`
  SELECT ended_at FROM deployments WHERE scope_key = ? AND ended_at IS NOT NULL ORDER BY ended_at DESC LIMIT 1 OFFSET ?`);
const deleteEnded = command('DELETE FROM deployments WHERE scope_key = ? AND ended_at IS NOT NULL AND ended_at <= ?');

interface SummaryColumns {
  id: string;
  scope: string;
  scope_key: string;
  name: string;
  state: DeploymentRow['state'];
  mode: DeploymentRow['mode'];
  correlation_id: string;
  created_by: string;
  started_at: number;
  ended_at: number | null;
}

interface DeploymentColumns extends SummaryColumns {
  template: string;
  details: string;
  sealed_outputs: Uint8Array | null;
}

export class SqliteDeploymentReader implements DeploymentReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  find(scopeKey: string, name: string): DeploymentRow | undefined {
    const row = this.session.get<DeploymentColumns>(findDeployment, scopeKey, name.toLowerCase());
    return row && toDeployment(row);
  }

  list(scopeKey: string, { last = '', limit = NO_LIMIT }: PageRequest): DeploymentSummary[] {
    return this.session.all<SummaryColumns>(listDeployments, scopeKey, last, limit).map(toSummary);
  }

  running(): DeploymentRow[] {
    return this.session.all<DeploymentColumns>(runningDeployments, '').map(toDeployment);
  }
}

export class SqliteDeploymentWriter extends SqliteDeploymentReader implements DeploymentWriter {
  put(row: DeploymentRow): void {
    this.session.run(
      putDeployment,
      row.scopeKey,
      row.name.toLowerCase(),
      row.id,
      row.scope,
      row.name,
      row.state,
      row.mode,
      row.correlationId,
      row.createdBy,
      row.startedAt.getTime(),
      row.endedAt?.getTime(),
      row.template,
      row.details,
      row.sealedOutputs,
    );
  }

  delete(scopeKey: string, name: string): boolean {
    return this.session.run(deleteDeployment, scopeKey, name.toLowerCase()) > 0;
  }

  deleteWithin(scopeKey: string): number {
    return this.session.run(deleteDeploymentsWithin, scopeKey, ...below(scopeKey));
  }

  trim(scopeKey: string, keep: number): number {
    const oldest = this.session.get<{ ended_at: number }>(oldestKept, scopeKey, keep);
    return oldest ? this.session.run(deleteEnded, scopeKey, oldest.ended_at) : 0;
  }
}

function toSummary(row: SummaryColumns): DeploymentSummary {
  return {
    id: row.id,
    scope: row.scope,
    scopeKey: row.scope_key,
    name: row.name,
    state: row.state,
    mode: row.mode,
    correlationId: row.correlation_id,
    createdBy: row.created_by,
    startedAt: new Date(row.started_at),
    endedAt: row.ended_at === null ? undefined : new Date(row.ended_at),
  };
}

function toDeployment(row: DeploymentColumns): DeploymentRow {
  return {
    ...toSummary(row),
    template: row.template,
    details: row.details,
    sealedOutputs: row.sealed_outputs ?? undefined,
  };
}
