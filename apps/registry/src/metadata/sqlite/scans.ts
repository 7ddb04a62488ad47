import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName } from '@holdfast/oci/reference';
import type { RepositoryId } from '../metadata-store.ts';
import type { DueScan, ScanReader, ScanRow, ScanState, ScanWriter } from '../scans.ts';
import type { Session } from './session.ts';
import { command, query } from './statements.ts';

const findScan = query(`
  SELECT repository_id, digest, state, requested_at, due_at, failures, scan_id, submitted_at, finished_at, reason, severity, scanner
  FROM scans WHERE repository_id = ? AND digest = ?`);
const duePage = query(`
  SELECT s.repository_id AS repository_id, s.digest AS digest, s.state AS state, s.requested_at AS requested_at, s.due_at AS due_at,
    s.failures AS failures, s.scan_id AS scan_id, s.submitted_at AS submitted_at, s.finished_at AS finished_at, s.reason AS reason,
    s.severity AS severity, s.scanner AS scanner, r.registry_id AS registry_id, r.name AS repository
  FROM scans s CROSS JOIN repositories r
  WHERE s.due_at IS NOT NULL AND s.due_at <= ? AND r.id = s.repository_id AND r.deleted_at IS NULL
  ORDER BY s.due_at, s.repository_id, s.digest LIMIT ?`);
const putScan = command(`
  INSERT INTO scans (
    repository_id, digest, state, requested_at, due_at, failures, scan_id, submitted_at, finished_at, reason, severity, scanner
  ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (repository_id, digest) DO UPDATE SET
    state = excluded.state, requested_at = excluded.requested_at, due_at = excluded.due_at, failures = excluded.failures,
    scan_id = excluded.scan_id, submitted_at = excluded.submitted_at, finished_at = excluded.finished_at,
    reason = excluded.reason, severity = excluded.severity, scanner = excluded.scanner`);
const findReport = query('SELECT report FROM scan_reports WHERE repository_id = ? AND digest = ?');
const putReport = command(`
  INSERT INTO scan_reports (repository_id, digest, report) VALUES (?, ?, ?)
  ON CONFLICT (repository_id, digest) DO UPDATE SET report = excluded.report`);
const deleteReport = command('DELETE FROM scan_reports WHERE repository_id = ? AND digest = ?');
const deleteScan = command('DELETE FROM scans WHERE repository_id = ? AND digest = ?');

interface ScanColumns {
  repository_id: number;
  digest: Digest;
  state: ScanState;
  requested_at: number;
  due_at: number | null;
  failures: number;
  scan_id: string | null;
  submitted_at: number | null;
  finished_at: number | null;
  reason: string | null;
  severity: string | null;
  scanner: string | null;
}

export class SqliteScanReader implements ScanReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  find(repositoryId: RepositoryId, digest: Digest): ScanRow | undefined {
    const row = this.session.get<ScanColumns>(findScan, repositoryId, digest);
    return row && toRow(row);
  }

  report(repositoryId: RepositoryId, digest: Digest): Uint8Array | undefined {
    return this.session.get<{ report: Uint8Array }>(findReport, repositoryId, digest)?.report;
  }

  due(now: Date, limit: number): DueScan[] {
    return this.session
      .all<ScanColumns & { registry_id: string; repository: RepositoryName }>(duePage, now.getTime(), limit)
      .map((row) => ({ row: toRow(row), registryId: row.registry_id, repository: row.repository }));
  }
}

export class SqliteScanWriter extends SqliteScanReader implements ScanWriter {
  put(row: ScanRow): void {
    this.session.run(
      putScan,
      row.repositoryId,
      row.digest,
      row.state,
      row.requestedAt.getTime(),
      row.dueAt?.getTime(),
      row.failures,
      row.scanId,
      row.submittedAt?.getTime(),
      row.finishedAt?.getTime(),
      row.reason,
      row.severity,
      row.scanner,
    );
  }

  putReport(repositoryId: RepositoryId, digest: Digest, report: Uint8Array): void {
    this.session.run(putReport, repositoryId, digest, report);
  }
}

/** With its manifest, before that goes. */
export function dropScan(session: Session, repositoryId: RepositoryId, digest: Digest): void {
  session.run(deleteReport, repositoryId, digest);
  session.run(deleteScan, repositoryId, digest);
}

function toRow(row: ScanColumns): ScanRow {
  return {
    repositoryId: row.repository_id,
    digest: row.digest,
    state: row.state,
    requestedAt: new Date(row.requested_at),
    dueAt: time(row.due_at),
    failures: row.failures,
    scanId: row.scan_id ?? undefined,
    submittedAt: time(row.submitted_at),
    finishedAt: time(row.finished_at),
    reason: row.reason ?? undefined,
    severity: row.severity ?? undefined,
    scanner: row.scanner ?? undefined,
  };
}

const time = (milliseconds: number | null) => (milliseconds === null ? undefined : new Date(milliseconds));
