import type { Digest } from '@holdfast/oci/digest';
import type { UploadId, UploadState } from '../../storage/blob-store.ts';
import type { UploadReader, UploadRow, UploadWriter } from '../metadata-store.ts';
import { isForeignKeyViolation, repositoryGone, translate } from './errors.ts';
import { releaseReservation } from './quotas.ts';
import type { Session } from './session.ts';
import { command, query } from './statements.ts';

const findUpload = query(`
  SELECT id, repository_id, principal, offset_bytes, opaque, started_at, updated_at, completed FROM uploads WHERE id = ?`);
const countOpenUploads = query(`
  SELECT count(*) AS open FROM (
    SELECT 1 FROM uploads WHERE principal = ? AND completed IS NULL AND updated_at >= ? LIMIT ?
  ) AS some`);
const idleUploads = query(`
  SELECT id, repository_id, principal, offset_bytes, opaque, started_at, updated_at, completed FROM uploads
  WHERE updated_at < ? ORDER BY updated_at, id LIMIT ?`);
const insertUpload = command(`
  INSERT INTO uploads (id, repository_id, principal, offset_bytes, opaque, started_at, updated_at, completed)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
const advanceUpload = command(
  'UPDATE uploads SET offset_bytes = ?, opaque = ?, updated_at = ? WHERE id = ? AND completed IS NULL',
);
const touchUpload = command('UPDATE uploads SET updated_at = ? WHERE id = ? AND completed IS NULL');
const completeUpload = command('UPDATE uploads SET completed = ?, updated_at = ? WHERE id = ? AND completed IS NULL');
const deleteUpload = command('DELETE FROM uploads WHERE id = ?');

interface UploadColumns {
  id: UploadId;
  repository_id: number;
  principal: string;
  offset_bytes: number;
  opaque: string | null;
  started_at: number;
  updated_at: number;
  completed: Digest | null;
}

export class SqliteUploadReader implements UploadReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  find(id: UploadId): UploadRow | undefined {
    const row = this.session.get<UploadColumns>(findUpload, id);
    return row && toUpload(row);
  }

  countOpen(principal: string, touchedSince: Date, atMost: number): number {
    const since = touchedSince.getTime();
    return this.session.get<{ open: number }>(countOpenUploads, principal, since, atMost)?.open ?? 0;
  }

  idleSince(before: Date, limit: number): UploadRow[] {
    return this.session.all<UploadColumns>(idleUploads, before.getTime(), limit).map(toUpload);
  }
}

export class SqliteUploadWriter extends SqliteUploadReader implements UploadWriter {
  insert(row: UploadRow): void {
    translate(
      () =>
        this.session.run(
          insertUpload,
          row.id,
          row.repositoryId,
          row.principal,
          row.state.offset,
          row.state.opaque,
          row.startedAt.getTime(),
          row.updatedAt.getTime(),
          row.completed,
        ),
      isForeignKeyViolation,
      repositoryGone,
    );
  }

  advance(id: UploadId, state: UploadState, now: Date): boolean {
    return this.session.run(advanceUpload, state.offset, state.opaque, now.getTime(), id) === 1;
  }

  touch(id: UploadId, now: Date): boolean {
    return this.session.run(touchUpload, now.getTime(), id) === 1;
  }

  complete(id: UploadId, digest: Digest, now: Date): boolean {
    releaseReservation(this.session, id);
    return this.session.run(completeUpload, digest, now.getTime(), id) === 1;
  }

  delete(id: UploadId): boolean {
    releaseReservation(this.session, id);
    return this.session.run(deleteUpload, id) === 1;
  }
}

function toUpload(row: UploadColumns): UploadRow {
  return {
    id: row.id,
    repositoryId: row.repository_id,
    principal: row.principal,
    state: { offset: row.offset_bytes, opaque: row.opaque ?? undefined },
    startedAt: new Date(row.started_at),
    updatedAt: new Date(row.updated_at),
    completed: row.completed ?? undefined,
  };
}
