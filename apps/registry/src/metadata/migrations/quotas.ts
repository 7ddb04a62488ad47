import type { Dialect, Migration } from './migration.ts';

/** How much registries may store, what uploads under way will need of it, and what each repository has. */
export const quotas: Migration = {
  version: 8,
  name: 'quotas, reservations, usage that falls with a deletion',
  statements: (dialect) => [
    ...releasedLinks(),
    ...repositoryBytes(),
    ...quotaTables(dialect),
    ...reservations(dialect),
  ],
};

/**
 * A released link is one that a manifest named and none does any more: it goes after the grace period, and counts for nothing
 * until then. One that no manifest has named yet is a push under way, and counts.
 */
function releasedLinks(): string[] {
  return [
    'ALTER TABLE repository_blobs ADD COLUMN released INTEGER NOT NULL DEFAULT 0 CHECK (released IN (0, 1))',
    'DROP INDEX repository_blobs_digest',
    'CREATE INDEX repository_blobs_digest ON repository_blobs (digest, registry_id, repository_name, released)',
  ];
}

/** Everything in a repository, however many others have it, too: which of them are large is asked when a push is refused. */
function repositoryBytes(): string[] {
  return [
    'ALTER TABLE repositories ADD COLUMN stored_bytes BIGINT NOT NULL DEFAULT 0 CHECK (stored_bytes >= 0)',
    `UPDATE repositories SET stored_bytes =
      COALESCE((SELECT SUM(b.size) FROM repository_blobs l JOIN blobs b ON b.digest = l.digest
        WHERE l.repository_id = repositories.id), 0)
      + COALESCE((SELECT SUM(m.size) FROM manifests m WHERE m.repository_id = repositories.id), 0)`,
    'CREATE INDEX repositories_largest ON repositories (registry_id, listed, stored_bytes, name)',
  ];
}

/** The default quota is what Azure Stack Hub ships; a subscription without one of its own has it. */
function quotaTables({ text }: Dialect): string[] {
  return [
    `CREATE TABLE quotas (
      name_key ${text} NOT NULL PRIMARY KEY,
      name ${text} NOT NULL,
      registries INTEGER NOT NULL CHECK (registries >= 0),
      gibibytes BIGINT NOT NULL CHECK (gibibytes >= 0),
      created_at BIGINT NOT NULL,
      updated_at BIGINT NOT NULL
    )`,
    `INSERT INTO quotas (name_key, name, registries, gibibytes, created_at, updated_at)
      VALUES ('default', 'Default', 20, 100, 0, 0)`,
    `ALTER TABLE subscriptions ADD COLUMN quota_key ${text}`,
    'CREATE INDEX subscriptions_quota ON subscriptions (quota_key, id) WHERE quota_key IS NOT NULL',
  ];
}

/** No foreign keys: an upload in one request has no row of its own, and what is left of a crash expires. */
function reservations({ text }: Dialect): string[] {
  return [
    `CREATE TABLE reservations (
      upload_id ${text} NOT NULL PRIMARY KEY,
      registry_id ${text} NOT NULL,
      bytes BIGINT NOT NULL CHECK (bytes >= 0),
      expires_at BIGINT NOT NULL
    )`,
    'CREATE INDEX reservations_registry ON reservations (registry_id, expires_at, bytes)',
    'CREATE INDEX reservations_expired ON reservations (expires_at, upload_id)',
  ];
}
