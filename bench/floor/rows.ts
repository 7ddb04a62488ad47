import { createHash } from 'node:crypto';
import { fdatasync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';

const sync = promisify(fdatasync);

export interface Manifest {
  readonly digest: string;
  readonly type: string;
  /** latin1 */
  readonly text: string;
}

/** `names` is JSON; `last` is there when the page is full. */
interface Page {
  readonly names: string;
  readonly last?: string;
}

/**
 * Manifests, tags and names of repositories in SQLite, and nothing else that a registry keeps. What arrives in one turn shares a commit
 * and one sync of the log, without which a 201 promises nothing. What was read is kept until the next commit.
 */
export class Rows {
  readonly #db: DatabaseSync;
  readonly #log: number;
  readonly #waiting: (() => void)[] = [];
  readonly #done: (() => void)[] = [];
  readonly #kept = new Map<string, Manifest>();
  readonly #pages = new Map<string, Page>();
  #draining = false;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#db = new DatabaseSync(join(folder, 'rows.db'));
    this.#db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS repositories (name TEXT PRIMARY KEY) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS manifests (repository TEXT, digest TEXT, bytes BLOB, PRIMARY KEY (repository, digest));
      CREATE TABLE IF NOT EXISTS tags (repository TEXT, name TEXT, digest TEXT, PRIMARY KEY (repository, name)) WITHOUT ROWID`);
    this.#log = openSync(join(folder, 'rows.db-wal'), 'r');
    const sql = (text: string) => this.#db.prepare(text);
    this.#addRepository = sql('INSERT OR IGNORE INTO repositories VALUES (?)');
    this.#addManifest = sql('INSERT OR IGNORE INTO manifests VALUES (?, ?, ?)');
    this.#addTag = sql('INSERT OR REPLACE INTO tags VALUES (?, ?, ?)');
    this.#byTag = sql(
      'SELECT digest, bytes FROM tags JOIN manifests USING (repository, digest) WHERE repository = ? AND name = ?',
    );
    this.#byDigest = sql('SELECT digest, bytes FROM manifests WHERE repository = ? AND digest = ?');
    const page = (from: string) =>
      sql(`SELECT json_group_array(name) AS names, max(name) AS last, count(*) AS count FROM (
      SELECT name FROM ${from} AND name > ? ORDER BY name LIMIT ?)`);
    this.#catalog = page("repositories WHERE ? = ''");
    this.#tags = page('tags WHERE repository = ?');
  }

  readonly #addRepository;
  readonly #addManifest;
  readonly #addTag;
  readonly #byTag;
  readonly #byDigest;
  readonly #catalog;
  readonly #tags;

  async put(repository: string, reference: string, bytes: Buffer): Promise<string> {
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    await this.#durably(() => {
      this.#addRepository.run(repository);
      this.#addManifest.run(repository, digest, bytes);
      if (reference !== digest) this.#addTag.run(repository, reference, digest);
    });
    return digest;
  }

  find(repository: string, reference: string): Manifest | undefined {
    const key = `${repository}\0${reference}`;
    const known = this.#kept.get(key);
    if (known) return known;
    const statement = reference.startsWith('sha256:') ? this.#byDigest : this.#byTag;
    const row = statement.get(repository, reference) as { digest: string; bytes: Uint8Array } | undefined;
    if (!row) return undefined;
    const text = Buffer.from(row.bytes).toString('latin1');
    const found = { digest: row.digest, type: 'application/vnd.oci.image.manifest.v1+json', text };
    this.#kept.set(key, found);
    return found;
  }

  page(list: 'catalog' | 'tags', repository: string, after: string, limit: number): Page {
    const key = `${list}\0${repository}\0${after}\0${limit}`;
    const known = this.#pages.get(key);
    if (known) return known;
    const statement = list === 'catalog' ? this.#catalog : this.#tags;
    const row = statement.get(repository, after, limit) as { names: string; last: string; count: number };
    const page = row.count < limit ? { names: row.names } : { names: row.names, last: row.last };
    this.#pages.set(key, page);
    return page;
  }

  #durably(work: () => void): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(work);
      this.#done.push(resolve);
      if (!this.#draining) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#draining = true;
    do {
      await nextTurn();
      const done = this.#done.splice(0);
      this.#db.exec('BEGIN');
      for (const work of this.#waiting.splice(0)) work();
      this.#db.exec('COMMIT');
      this.#kept.clear();
      this.#pages.clear();
      await sync(this.#log);
      for (const resolve of done) resolve();
    } while (this.#waiting.length > 0);
    this.#draining = false;
  }
}
