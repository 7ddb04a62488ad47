import { createHash, randomUUID } from 'node:crypto';
import { closeSync, fdatasync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { migrations } from '../../apps/registry/src/metadata/schema.ts';
import { applyMigration, refuseNewerSchema } from '../../apps/registry/src/metadata/sqlite/migrate.ts';
import { unpeeked } from '../../apps/registry/src/metadata/sqlite/statements.ts';

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

interface Descriptor {
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
}

interface Image {
  readonly mediaType: string;
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly annotations?: unknown;
}

/** A manifest as it came. */
export interface Pushed {
  readonly digest: string;
  readonly bytes: Buffer;
  readonly image: Image;
}

export function readPushed(bytes: Buffer): Pushed {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  return { digest, bytes, image: JSON.parse(bytes.toString()) as Image };
}

/**
 * The rows that a push of a manifest leaves, in the tables and indexes of the product, because other promises rest on each of them:
 * references (collection, deletion, explanations), lists in each order, what is stored (quotas, usage), the audit trail, the event (webhooks).
 * Of what a push has to ask only one thing is asked, which the peers ask too: whether the repository has each blob that the manifest names
 * (MANIFEST_BLOB_UNKNOWN). No constraint is checked but those of the tables' own keys, and what was pushed twice is not looked for.
 * What arrives in one turn shares a commit and one sync of the log, without which a 201 promises nothing. What was read is kept until the next commit.
 */
export class Rows {
  readonly #db: DatabaseSync;
  readonly #log: number;
  readonly #waiting: (() => void)[] = [];
  readonly #done: (() => void)[] = [];
  readonly #kept = new Map<string, Manifest>();
  readonly #pages = new Map<string, Page>();
  readonly #repositories = new Map<string, number>();
  readonly #statements: ReturnType<typeof statementsOf>;
  #draining = false;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#db = new DatabaseSync(join(folder, 'rows.db'));
    this.#db.exec(`PRAGMA foreign_keys = OFF; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
      PRAGMA wal_autocheckpoint = 16000; PRAGMA cache_size = -8192`);
    refuseNewerSchema(this.#db, migrations);
    for (const migration of migrations) applyMigration(this.#db, migration);
    this.#db.exec(`
      INSERT INTO registries (id, name, name_key, admin_user_enabled, created_at) VALUES ('r', 'r', 'r', 1, 0)
        ON CONFLICT DO NOTHING;
      INSERT INTO registry_usage (registry_id, bytes) VALUES ('r', 0) ON CONFLICT DO NOTHING`);
    this.#log = openSync(join(folder, 'rows.db-wal'), 'r');
    this.#statements = statementsOf(this.#db);
  }

  /** `asks`: also whether locks, policies and the quota let it in, as the product asks in the same transaction. */
  async put(repository: string, reference: string, bytes: Buffer, asks = false): Promise<string> {
    const pushed = readPushed(bytes);
    await this.keep(repository, reference, pushed, asks);
    return pushed.digest;
  }

  keep(repository: string, reference: string, { digest, bytes, image }: Pushed, asks = false): Promise<void> {
    return this.#durably(() => {
      if (asks) this.#ask(repository, bytes.length);
      this.#store(repository, reference, digest, bytes, image);
    });
  }

  #ask(repository: string, size: number): void {
    const asked = this.#statements.asked.get(this.#repository(repository), Date.now());
    const { locks, policies, taken, gibibytes } = asked as Record<string, number>;
    if (locks || policies) throw new Error(`${repository} is not open`);
    if ((taken ?? 0) + size > (gibibytes ?? 0) * 2 ** 30) throw new Error('there is no room');
  }

  /** Resolves when the repository has the blob, whatever happens then. A blob that is mounted has its size already. */
  link(repository: string, digest: string, size: number | undefined): Promise<void> {
    return this.#durably(() => {
      const { blob, link } = this.#statements;
      if (size !== undefined) blob.run(digest, size);
      link.run(this.#repository(repository), digest, Date.now(), repository);
    });
  }

  #store(name: string, reference: string, digest: string, bytes: Buffer, image: Image): void {
    const { linked, content, manifest, summary, named, count, use, tag, audit, event } = this.#statements;
    const id = this.#repository(name);
    const now = Date.now();
    const { mediaType, config, layers = [], annotations } = image;
    for (const blob of config ? [config, ...layers] : layers)
      if (linked.get(id, blob.digest)?.size !== blob.size) throw new Error(`${name} has no ${blob.digest}`);
    const configType = config?.mediaType ?? null;
    content.run(digest, bytes);
    if (
      manifest.run(id, digest, mediaType, bytes.length, configType, JSON.stringify(annotations) ?? null, now).changes
    ) {
      const size = layers.reduce((sum, layer) => sum + layer.size, config?.size ?? 0);
      const number = summary.run(id, digest, mediaType, configType, size, now, now).lastInsertRowid;
      let place = 0;
      if (config) named.run(number, place++, id, config.digest, 'config', config.mediaType, config.size);
      for (const layer of layers) named.run(number, place++, id, layer.digest, 'layer', layer.mediaType, layer.size);
      count.run(bytes.length, size, now, id);
      use.run(bytes.length);
    }
    if (reference !== digest) tag.run(id, reference, digest, now, now);
    audit.run(now, name, reference, randomUUID());
    const target = { mediaType, size: bytes.length, digest, tag: reference, repository: name };
    event.run(randomUUID(), now, JSON.stringify({ target, principal: 'admin-user:registry' }));
  }

  close(): void {
    this.#db.close();
    closeSync(this.#log);
  }

  #repository(name: string): number {
    const { findRepository, addRepository } = this.#statements;
    const known = this.#repositories.get(name) ?? (findRepository.get(name)?.id as number | undefined);
    const id = known ?? Number(addRepository.run(name).lastInsertRowid);
    this.#repositories.set(name, id);
    return id;
  }

  find(repository: string, reference: string): Manifest | undefined {
    const key = `${repository}\0${reference}`;
    const known = this.#kept.get(key);
    if (known) return known;
    const statement = reference.startsWith('sha256:') ? this.#statements.byDigest : this.#statements.byTag;
    const row = statement.get(this.#repository(repository), reference) as
      | { digest: string; bytes: Uint8Array }
      | undefined;
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
    const row = (
      list === 'catalog'
        ? this.#statements.catalog.get('r', after, limit)
        : this.#statements.tags.get(this.#repository(repository), after, limit)
    ) as { names: string; last: string; count: number };
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

function statementsOf(db: DatabaseSync) {
  const sql = (text: string) => db.prepare(unpeeked(text));
  const page = (from: string) =>
    sql(`SELECT json_group_array(name) AS names, max(name) AS last, count(*) AS count FROM (
      SELECT name FROM ${from} AND name > ? ORDER BY name LIMIT ?)`);
  return {
    findRepository: sql("SELECT id FROM repositories WHERE registry_id = 'r' AND name = ?"),
    addRepository: sql(`INSERT INTO repositories (registry_id, name, manifest_count, listed, created_at, updated_at)
      VALUES ('r', ?, 1, 1, 0, 0)`),
    blob: sql('INSERT INTO blobs (digest, size, link_count) VALUES (?, ?, 1) ON CONFLICT DO NOTHING'),
    link: sql(`INSERT INTO repository_blobs (repository_id, digest, linked_at, referenced, registry_id, repository_name)
      VALUES (?, ?, ?, 1, 'r', ?) ON CONFLICT DO NOTHING`),
    asked: sql(`SELECT (SELECT lock_count FROM repositories WHERE id = ?) AS locks,
      (SELECT count(*) FROM registry_policies WHERE registry_id = 'r' AND kind = 'immutable-tags') AS policies,
      (SELECT bytes FROM registry_usage WHERE registry_id = 'r')
        + COALESCE((SELECT SUM(bytes) FROM reservations WHERE registry_id = 'r' AND expires_at > ?), 0) AS taken,
      (SELECT gibibytes FROM quotas WHERE name_key = 'default') AS gibibytes`),
    linked: sql(`SELECT b.size AS size FROM repository_blobs l JOIN blobs b ON b.digest = l.digest
      WHERE l.repository_id = ? AND l.digest = ?`),
    content: sql('INSERT INTO manifest_contents (digest, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING'),
    manifest:
      sql(`INSERT INTO manifests (repository_id, digest, media_type, size, config_media_type, annotations, pushed_by, pushed_at)
      VALUES (?, ?, ?, ?, ?, ?, 'admin-user:registry', ?) ON CONFLICT DO NOTHING`),
    summary:
      sql(`INSERT INTO manifest_metadata (repository_id, digest, media_type, config_media_type, architecture, os, image_size,
        child_count, created_at, updated_at)
      VALUES (?, ?, ?, ?, 'amd64', 'linux', ?, 0, ?, ?)`),
    named: sql(`INSERT INTO manifest_references (manifest_id, place, repository_id, digest, kind, media_type, size)
      VALUES (?, ?, ?, ?, ?, ?, ?)`),
    count: sql(`UPDATE repositories SET stored_bytes = stored_bytes + ?, logical_bytes = logical_bytes + ?,
        manifest_count = manifest_count + 1, tag_count = tag_count + 1, updated_at = ?
      WHERE id = ?`),
    use: sql("UPDATE registry_usage SET bytes = bytes + ? WHERE registry_id = 'r'"),
    tag: sql(`INSERT INTO tags (repository_id, name, digest, created_at, updated_at) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (repository_id, name) DO UPDATE SET digest = excluded.digest, updated_at = excluded.updated_at`),
    audit:
      sql(`INSERT INTO audit (time, registry_id, principal, action, client, repository, target, outcome, correlation_id)
      VALUES (?, 'r', 'admin-user:registry', 'manifest.push', '127.0.0.1', ?, ?, 'done', ?)`),
    event: sql("INSERT INTO outbox (id, time, registry_id, kind, payload, pending) VALUES (?, ?, 'r', 'push', ?, 0)"),
    byTag: sql(
      `SELECT digest, bytes FROM tags JOIN manifest_contents USING (digest) WHERE repository_id = ? AND name = ?`,
    ),
    byDigest: sql(
      `SELECT digest, bytes FROM manifests JOIN manifest_contents USING (digest) WHERE repository_id = ? AND digest = ?`,
    ),
    catalog: page('repositories WHERE registry_id = ? AND listed = 1 AND hidden = 0'),
    tags: page('tags WHERE repository_id = ?'),
  };
}
