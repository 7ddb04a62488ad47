import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryId } from '../metadata-store.ts';
import type { Pull, PullReader, PullWriter } from '../pulls.ts';
import type { Session } from './session.ts';
import { command, query } from './statements.ts';

const lastPull = query('SELECT pulled_at FROM manifest_pulls WHERE repository_id = ? AND digest = ?');
const recordPull = command(`
  INSERT INTO manifest_pulls (repository_id, digest, pulled_at)
  SELECT m.repository_id, m.digest, ? FROM manifests m WHERE m.repository_id = ? AND m.digest = ?
  ON CONFLICT (repository_id, digest) DO UPDATE SET pulled_at = excluded.pulled_at
  WHERE manifest_pulls.pulled_at < excluded.pulled_at`);
const rankPull = command(
  'UPDATE manifest_metadata SET pulled_at = ? WHERE repository_id = ? AND digest = ? AND pulled_at < ?',
);
const rankRepository = command('UPDATE repositories SET pulled_at = ? WHERE id = ? AND pulled_at < ?');
const latestOf = (half: string) => `
  SELECT (
    SELECT pulled_at FROM manifest_metadata WHERE repository_id = ? AND ${half} ORDER BY pulled_at DESC, digest DESC LIMIT 1
  ) AS latest`;
// Those with tags and those without have an index each.
const latestPull = query(`
  SELECT COALESCE(max(latest), 0) AS pulled_at FROM (
    ${latestOf('untagged_at IS NULL')} UNION ALL ${latestOf('untagged_at IS NOT NULL')}
  ) AS halves`);
const forgetPulls = command('DELETE FROM manifest_pulls WHERE repository_id = ? AND digest = ?');
const setRepositoryPull = command('UPDATE repositories SET pulled_at = ? WHERE id = ?');

export class SqlitePullReader implements PullReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  last(repositoryId: RepositoryId, digest: Digest): Date | undefined {
    const row = this.session.get<{ pulled_at: number }>(lastPull, repositoryId, digest);
    return row && new Date(row.pulled_at);
  }

  lastOf(repositoryId: RepositoryId): Date | undefined {
    const row = this.session.get<{ pulled_at: number }>(latestPull, repositoryId, repositoryId);
    return row && row.pulled_at > 0 ? new Date(row.pulled_at) : undefined;
  }
}

export class SqlitePullWriter extends SqlitePullReader implements PullWriter {
  record(pulls: readonly Pull[]): void {
    for (const { repositoryId, digest, at } of pulls) {
      const time = at.getTime();
      if (this.session.run(recordPull, time, repositoryId, digest) === 0) continue;
      this.session.run(rankRepository, time, repositoryId, time);
      this.session.run(rankPull, time, repositoryId, digest, time);
    }
  }
}

/** After the manifest's summary: what was pulled last of the repository may be another one by now. */
export function deletePulls(session: Session, repositoryId: RepositoryId, digest: Digest): void {
  if (session.run(forgetPulls, repositoryId, digest) === 0) return;
  const latest = session.get<{ pulled_at: number }>(latestPull, repositoryId, repositoryId);
  session.run(setRepositoryPull, latest?.pulled_at ?? 0, repositoryId);
}
