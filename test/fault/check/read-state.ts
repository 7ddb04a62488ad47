import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import type { Digest } from '@holdfast/oci/digest';
import { databasePath } from '../workload/stores.ts';

export interface UploadState {
  readonly repository: string;
  readonly offset: number;
  readonly completed: Digest | undefined;
}

/** What is in a data folder, read past the product's own readers. Keys are `repository|digest` and `repository|tag`. */
export interface State {
  readonly tags: ReadonlyMap<string, Digest>;
  readonly manifests: ReadonlyMap<string, { readonly sound: boolean }>;
  readonly links: ReadonlySet<string>;
  /** Digests that manifests name, `repository|digest`, with the manifest. */
  readonly references: readonly { readonly manifest: string; readonly named: string; readonly kind: string }[];
  readonly blobs: ReadonlyMap<Digest, { readonly size: number; readonly links: number }>;
  readonly uploads: ReadonlyMap<string, UploadState>;
  /** By correlation id. */
  readonly audit: ReadonlyMap<
    string,
    readonly { action: string; repository: string; target: string; outcome: string }[]
  >;
  /** How many events each correlation id has. */
  readonly events: ReadonlyMap<string, number>;
  /** What the database says of itself. */
  readonly complaints: readonly string[];
  /** Stored bytes: digest by its place, and whether they have it. */
  readonly files: ReadonlyMap<Digest, { readonly size: number; readonly sound: boolean }>;
  readonly staged: ReadonlySet<string>;
}

type Row = Record<string, SQLOutputValue>;

/** `known`: files that were hashed before; nobody changes a published file, so they are not hashed again. */
export function readState(folder: string, known?: State['files']): State {
  const db = new DatabaseSync(databasePath(folder), { readOnly: true });
  try {
    const rows = (sql: string): Row[] => db.prepare(sql).all();
    const at = 'JOIN repositories r ON r.id = x.repository_id';
    const audit = new Map<string, { action: string; repository: string; target: string; outcome: string }[]>();
    for (const row of rows('SELECT * FROM audit ORDER BY id')) {
      const key = String(row.correlation_id);
      const entry = {
        action: text(row.action),
        repository: text(row.repository),
        target: text(row.target),
        outcome: text(row.outcome),
      };
      audit.set(key, [...(audit.get(key) ?? []), entry]);
    }
    const events = new Map<string, number>();
    for (const row of rows('SELECT payload FROM outbox')) {
      const { correlationId } = JSON.parse(text(row.payload)) as { correlationId: string };
      events.set(correlationId, (events.get(correlationId) ?? 0) + 1);
    }
    return {
      tags: new Map(
        rows(`SELECT r.name AS r, x.name AS n, x.digest AS d FROM tags x ${at}`).map((x) => [
          `${x.r}|${x.n}`,
          x.d as Digest,
        ]),
      ),
      manifests: new Map(
        rows(
          `SELECT r.name AS r, x.digest AS d, c.bytes AS b FROM manifests x ${at} JOIN manifest_contents c ON c.digest = x.digest`,
        ).map((x) => [`${x.r}|${x.d}`, { sound: hasDigest(x.b as Uint8Array, text(x.d)) }]),
      ),
      links: new Set(
        rows(`SELECT r.name AS r, x.digest AS d FROM repository_blobs x ${at}`).map((x) => `${x.r}|${x.d}`),
      ),
      references: rows(
        `SELECT r.name AS r, m.digest AS m, x.digest AS d, x.kind AS k
          FROM manifest_references x LEFT JOIN manifest_metadata m ON m.id = x.manifest_id ${at}`,
      ).map((x) => ({ manifest: `${x.r}|${x.m}`, named: `${x.r}|${x.d}`, kind: text(x.k) })),
      blobs: new Map(
        rows('SELECT digest AS d, size AS s, link_count AS l FROM blobs').map((x) => [
          x.d as Digest,
          { size: Number(x.s), links: Number(x.l) },
        ]),
      ),
      uploads: new Map(
        rows(`SELECT x.*, r.name AS r FROM uploads x ${at}`).map((x) => [
          text(x.id),
          {
            repository: text(x.r),
            offset: Number(x.offset_bytes),
            completed: (x.completed ?? undefined) as Digest | undefined,
          },
        ]),
      ),
      audit,
      events,
      complaints: complaintsOf(rows),
      ...filesIn(folder, known),
    };
  } finally {
    db.close();
  }
}

const text = (value: SQLOutputValue | undefined): string => String(value ?? '');

/** What must be true of the rows by themselves, whatever was asked. */
function complaintsOf(rows: (sql: string) => Row[]): string[] {
  const wrong: [string, string][] = [
    [
      'link_count',
      'SELECT digest AS x FROM blobs b WHERE link_count <> (SELECT count(*) FROM repository_blobs rb WHERE rb.digest = b.digest)',
    ],
    [
      'manifest_count',
      `SELECT name AS x FROM repositories r WHERE deleted_at IS NULL AND manifest_count <> (
        SELECT count(*) FROM manifests m WHERE m.repository_id = r.id)`,
    ],
    [
      'tag_count',
      `SELECT name AS x FROM repositories r WHERE deleted_at IS NULL AND tag_count <> (
        SELECT count(*) FROM tags t WHERE t.repository_id = r.id)`,
    ],
    [
      'lock_count',
      `SELECT name AS x FROM repositories r WHERE deleted_at IS NULL AND lock_count <> (
        SELECT count(*) FROM locks l WHERE l.repository_id = r.id)`,
    ],
    [
      'manifest without its facts',
      `SELECT digest AS x FROM manifests m WHERE NOT EXISTS (
        SELECT 1 FROM manifest_metadata f WHERE f.repository_id = m.repository_id AND f.digest = m.digest)`,
    ],
    [
      'lock on what is not there',
      `SELECT name AS x FROM locks l WHERE
        (kind = 'tag' AND NOT EXISTS (SELECT 1 FROM tags t WHERE t.repository_id = l.repository_id AND t.name = l.name))
        OR (kind = 'manifest' AND NOT EXISTS (
          SELECT 1 FROM manifests m WHERE m.repository_id = l.repository_id AND m.digest = l.name))`,
    ],
    ['listed', 'SELECT name AS x FROM repositories WHERE listed <> (manifest_count > 0)'],
    [
      'referenced',
      `SELECT digest AS x FROM repository_blobs rb WHERE referenced <> EXISTS (
        SELECT 1 FROM manifest_references m WHERE m.repository_id = rb.repository_id AND m.digest = rb.digest)`,
    ],
    [
      'content that no manifest has',
      'SELECT digest AS x FROM manifest_contents c WHERE NOT EXISTS (SELECT 1 FROM manifests m WHERE m.digest = c.digest)',
    ],
    [
      'link without its blob',
      'SELECT digest AS x FROM repository_blobs WHERE digest NOT IN (SELECT digest FROM blobs)',
    ],
  ];
  const found = wrong.flatMap(([what, sql]) => rows(sql).map((row) => `${what} is wrong: ${row.x}`));
  for (const row of rows('PRAGMA integrity_check')) {
    if (row.integrity_check !== 'ok') found.push(`integrity_check: ${row.integrity_check}`);
  }
  for (const row of rows('PRAGMA foreign_key_check')) found.push(`foreign_key_check: ${row.table} ${row.rowid}`);
  return found;
}

function filesIn(folder: string, known: State['files'] | undefined): Pick<State, 'files' | 'staged'> {
  const files = new Map<Digest, { size: number; sound: boolean }>();
  for (const algorithm of list(join(folder, 'blobs'))) {
    for (const prefix of list(join(folder, 'blobs', algorithm))) {
      for (const hex of list(join(folder, 'blobs', algorithm, prefix))) {
        const path = join(folder, 'blobs', algorithm, prefix, hex);
        const digest = `${algorithm}:${hex}` as Digest;
        const before = known?.get(digest);
        if (before?.size === statSync(path).size) files.set(digest, before);
        else {
          const bytes = readFileSync(path);
          files.set(digest, { size: bytes.length, sound: hasDigest(bytes, digest) });
        }
      }
    }
  }
  return { files, staged: new Set(list(join(folder, 'uploads'))) };
}

const list = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

function hasDigest(bytes: Uint8Array, digest: string): boolean {
  const [algorithm = '', hex] = digest.split(':');
  return createHash(algorithm).update(bytes).digest('hex') === hex;
}
