import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName } from '@holdfast/oci/reference';
import type { RepositoryId } from '../metadata-store.ts';
import type {
  ExaminedManifest,
  QuarantineReader,
  QuarantineRow,
  QuarantineState,
  QuarantineWriter,
  WaitingManifest,
} from '../quarantine.ts';
import type { Session } from './session.ts';
import { command, hotQuery, query } from './statements.ts';

const ROW = 'repository_id, digest, state, details, changed_by, changed_at';
const anyRow = hotQuery('SELECT 1 AS found FROM quarantine WHERE repository_id = ? LIMIT 1');
const findRow = query(`SELECT ${ROW} FROM quarantine WHERE repository_id = ? AND digest = ?`);
const rowsOf = query(
  `SELECT ${ROW} FROM quarantine WHERE repository_id = ? AND digest IN (SELECT value FROM json_each(?))`,
);
// The manifest itself comes first, so that one which has not passed, or is not there, costs one look, whatever it names. UNION: what is
// reached on two ways is looked at once. By `manifest_metadata`, whose rows are small.
const unreleasedBelow = hotQuery(`
  WITH RECURSIVE below (digest) AS (
    SELECT ?
    UNION
    SELECT child.digest
    FROM below CROSS JOIN manifest_metadata m CROSS JOIN manifest_references named CROSS JOIN manifest_metadata child
    WHERE m.repository_id = ? AND m.digest = below.digest AND named.manifest_id = m.id AND named.kind = 'manifest'
      AND child.repository_id = m.repository_id AND child.digest = named.digest
  )
  SELECT below.digest AS digest FROM below
    LEFT JOIN quarantine passed ON passed.repository_id = ? AND passed.digest = below.digest AND passed.state = 'Passed'
  WHERE passed.digest IS NULL LIMIT 1`);
const releasedBlob = hotQuery('SELECT 1 AS found FROM released_blobs WHERE repository_id = ? AND digest = ? LIMIT 1');
const passedAncestors = query(`
  WITH RECURSIVE ancestors (digest) AS (
    SELECT parent.digest FROM manifest_references named CROSS JOIN manifest_metadata parent
    WHERE named.repository_id = ? AND named.digest = ? AND parent.id = named.manifest_id
    UNION
    SELECT parent.digest FROM ancestors CROSS JOIN manifest_references named CROSS JOIN manifest_metadata parent
    WHERE named.repository_id = ? AND named.digest = ancestors.digest AND parent.id = named.manifest_id
  )
  SELECT ancestors.digest AS digest FROM ancestors CROSS JOIN quarantine
  WHERE quarantine.repository_id = ? AND quarantine.digest = ancestors.digest AND quarantine.state = 'Passed' LIMIT ?`);
// Whatever has passed is in the page, too: a page that skipped it would cost the more the more has.
const examinedPage = query(`
  SELECT r.id AS repository_id, r.name AS repository, m.digest AS digest, m.child_count AS child_count, q.state AS state
  FROM repositories r CROSS JOIN manifest_metadata m
    LEFT JOIN quarantine q ON q.repository_id = m.repository_id AND q.digest = m.digest
  WHERE r.registry_id = ? AND r.name >= ? AND r.deleted_at IS NULL
    AND m.repository_id = r.id AND m.digest > CASE WHEN r.name = ? THEN ? ELSE '' END
  ORDER BY r.name, m.digest LIMIT ?`);
const waitingPage = query(`
  SELECT q.repository_id AS repository_id, q.digest AS digest, q.state AS state, q.details AS details,
    q.changed_by AS changed_by, q.changed_at AS changed_at, r.registry_id AS registry_id, r.name AS repository
  FROM quarantine q CROSS JOIN repositories r
  WHERE q.state = 'Quarantined' AND q.changed_at < ? AND r.id = q.repository_id
  ORDER BY q.changed_at, q.repository_id, q.digest LIMIT ?`);
const putRow = command(`
  INSERT INTO quarantine (repository_id, digest, state, details, changed_by, changed_at) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (repository_id, digest) DO UPDATE SET
    state = excluded.state, details = excluded.details, changed_by = excluded.changed_by, changed_at = excluded.changed_at`);
// Not DISTINCT: for its order SQLite would walk through all references of the repository.
const releaseBlobs = command(`
  INSERT INTO released_blobs (repository_id, digest, manifest_digest)
  SELECT m.repository_id, named.digest, m.digest FROM manifest_metadata m CROSS JOIN manifest_references named
  WHERE m.repository_id = ? AND m.digest = ? AND named.manifest_id = m.id AND named.kind <> 'manifest'
  ON CONFLICT (repository_id, digest, manifest_digest) DO NOTHING`);
const withholdBlobs = command('DELETE FROM released_blobs WHERE repository_id = ? AND manifest_digest = ?');
const deleteRow = command('DELETE FROM quarantine WHERE repository_id = ? AND digest = ?');

interface QuarantineColumns {
  repository_id: number;
  digest: Digest;
  state: QuarantineState;
  details: string | null;
  changed_by: string;
  changed_at: number;
}

interface ExaminedColumns {
  repository_id: number;
  repository: RepositoryName;
  digest: Digest;
  child_count: number;
  state: QuarantineState | null;
}

export class SqliteQuarantineReader implements QuarantineReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  find(repositoryId: RepositoryId, digest: Digest): QuarantineRow | undefined {
    const row = this.session.get<QuarantineColumns>(findRow, repositoryId, digest);
    return row && toRow(row);
  }

  of(repositoryId: RepositoryId, digests: readonly Digest[]): Map<Digest, QuarantineRow> {
    if (!this.session.get(anyRow, repositoryId)) return new Map();
    const rows = this.session.all<QuarantineColumns>(rowsOf, repositoryId, JSON.stringify(digests));
    return new Map(rows.map((row) => [row.digest, toRow(row)]));
  }

  unreleased(id: RepositoryId, digest: Digest): Digest | undefined {
    return this.session.get<{ digest: Digest }>(unreleasedBelow, digest, id, id)?.digest;
  }

  blobReleased(repositoryId: RepositoryId, digest: Digest): boolean {
    return this.session.get(releasedBlob, repositoryId, digest) !== undefined;
  }

  passedAncestors(id: RepositoryId, digest: Digest, limit: number): Digest[] {
    return this.session
      .all<{ digest: Digest }>(passedAncestors, id, digest, id, id, limit)
      .map((ancestor) => ancestor.digest);
  }

  examine(
    registryId: string,
    { repository, digest }: { readonly repository: string; readonly digest: string },
    limit: number,
  ): ExaminedManifest[] {
    return this.session
      .all<ExaminedColumns>(examinedPage, registryId, repository, repository, digest, limit)
      .map((row) => ({
        repositoryId: row.repository_id,
        repository: row.repository,
        digest: row.digest,
        childCount: row.child_count,
        state: row.state ?? undefined,
      }));
  }

  waiting(before: Date, limit: number): WaitingManifest[] {
    return this.session
      .all<QuarantineColumns & { registry_id: string; repository: RepositoryName }>(
        waitingPage,
        before.getTime(),
        limit,
      )
      .map((row) => ({ row: toRow(row), registryId: row.registry_id, repository: row.repository }));
  }
}

export class SqliteQuarantineWriter extends SqliteQuarantineReader implements QuarantineWriter {
  put({ repositoryId, digest, state, details, changedBy, changedAt }: QuarantineRow): void {
    this.session.run(withholdBlobs, repositoryId, digest);
    this.session.run(putRow, repositoryId, digest, state, details, changedBy, changedAt.getTime());
    if (state === 'Passed') this.session.run(releaseBlobs, repositoryId, digest);
  }
}

/** With its manifest, before that goes. */
export function dropQuarantine(session: Session, repositoryId: RepositoryId, digest: Digest): void {
  session.run(withholdBlobs, repositoryId, digest);
  session.run(deleteRow, repositoryId, digest);
}

function toRow(row: QuarantineColumns): QuarantineRow {
  return {
    repositoryId: row.repository_id,
    digest: row.digest,
    state: row.state,
    details: row.details ?? undefined,
    changedBy: row.changed_by,
    changedAt: new Date(row.changed_at),
  };
}
