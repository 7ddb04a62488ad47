import { azurePlane } from './migrations/azure-plane.ts';
import { bundles } from './migrations/bundles.ts';
import { contentAttributes } from './migrations/content-attributes.ts';
import { deployments } from './migrations/deployments.ts';
import { directory } from './migrations/directory.ts';
import { listOrders } from './migrations/list-orders.ts';
import type { Dialect, Migration } from './migrations/migration.ts';
import { numberedManifests } from './migrations/numbered-manifests.ts';
import { operations } from './migrations/operations.ts';
import { outboxPlaces } from './migrations/outbox-places.ts';
import { policies } from './migrations/policies.ts';
import { pulls } from './migrations/pulls.ts';
import { quarantine } from './migrations/quarantine.ts';
import { quotas } from './migrations/quotas.ts';
import { registryTokens } from './migrations/registry-tokens.ts';
import { repositoryOrders } from './migrations/repository-orders.ts';
import { repositoryUsage } from './migrations/repository-usage.ts';
import { scans } from './migrations/scans.ts';
import { softDelete } from './migrations/soft-delete.ts';
import { webhookRetries } from './migrations/webhook-retries.ts';
import { webhooks } from './migrations/webhooks.ts';

export type { Migration, MigrationStep } from './migrations/migration.ts';

export const sqliteDialect: Dialect = {
  // Without AUTOINCREMENT the id of a deleted repository would be given to the next one, and whoever still holds the
  // old id would write into a stranger's repository.
  identity: 'INTEGER PRIMARY KEY AUTOINCREMENT',
  text: 'TEXT',
  bytes: 'BLOB',
  clustered: ' WITHOUT ROWID',
};

/**
 * In order, never changed once released: a mistake is mended by a further migration. Times are integer milliseconds
 * since 1970, Booleans are 0 and 1. Whatever a query counts or pages over has an index that it can answer from.
 */
export const migrations: readonly Migration[] = [
  {
    version: 1,
    name: 'registries, content, uploads, audit, outbox, jobs',
    statements: (dialect) => [
      ...registryTables(dialect),
      ...repositoryTables(dialect),
      ...manifestTables(dialect),
      ...uploadTables(dialect),
      ...journalTables(dialect),
      ...jobTables(dialect),
    ],
  },
  {
    version: 2,
    name: 'damage that was found in stored bytes',
    statements: ({ text }) => [
      'ALTER TABLE blobs ADD COLUMN damaged_at BIGINT',
      `ALTER TABLE blobs ADD COLUMN damage ${text}
        CHECK ((damage IS NULL) = (damaged_at IS NULL) AND damage IN ('missing', 'wrong-size', 'wrong-bytes', 'unreadable'))`,
      // In the row of each repository, not once beside the bytes: whoever reads a manifest reads this row anyway, and
      // behind bytes of megabytes a column costs as much as they do.
      'ALTER TABLE manifests ADD COLUMN damaged_at BIGINT',
      'CREATE INDEX manifests_damaged ON manifests (digest) WHERE damaged_at IS NOT NULL',
    ],
  },
  azurePlane,
  directory,
  registryTokens,
  contentAttributes,
  webhooks,
  quotas,
  quarantine,
  webhookRetries,
  pulls,
  deployments,
  softDelete,
  policies,
  listOrders,
  repositoryUsage,
  scans,
  operations,
  bundles,
  repositoryOrders,
  numberedManifests,
  outboxPlaces,
];

export const versionTable =
  'CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL)';

function registryTables({ text, bytes }: Dialect): string[] {
  return [
    `CREATE TABLE settings (name ${text} NOT NULL PRIMARY KEY, value ${text} NOT NULL)`,
    `CREATE TABLE registries (
      id ${text} NOT NULL PRIMARY KEY,
      name ${text} NOT NULL,
      name_key ${text} NOT NULL UNIQUE,
      admin_user_enabled INTEGER NOT NULL CHECK (admin_user_enabled IN (0, 1)),
      created_at BIGINT NOT NULL
    )`,
    `CREATE TABLE credentials (
      id ${text} NOT NULL PRIMARY KEY,
      registry_id ${text} NOT NULL REFERENCES registries (id),
      name ${text} NOT NULL CHECK (name IN ('password', 'password2')),
      sealed ${bytes} NOT NULL,
      created_at BIGINT NOT NULL,
      UNIQUE (registry_id, name)
    )`,
    `CREATE TABLE signing_keys (
      kid ${text} NOT NULL PRIMARY KEY,
      public_jwk ${text} NOT NULL,
      sealed_private_jwk ${bytes} NOT NULL,
      created_at BIGINT NOT NULL,
      retires_at BIGINT NOT NULL,
      expires_at BIGINT NOT NULL
    )`,
  ];
}

function repositoryTables({ identity, text }: Dialect): string[] {
  return [
    // `listed` says manifest_count > 0 in a column that rarely changes, so that a push to a listed repository does not
    // touch the catalog's index.
    `CREATE TABLE repositories (
      id ${identity},
      registry_id ${text} NOT NULL REFERENCES registries (id),
      name ${text} NOT NULL,
      manifest_count INTEGER NOT NULL,
      listed INTEGER NOT NULL,
      created_at BIGINT NOT NULL,
      UNIQUE (registry_id, name),
      CHECK ((listed = 0 AND manifest_count = 0) OR (listed = 1 AND manifest_count > 0))
    )`,
    'CREATE INDEX repositories_catalog ON repositories (registry_id, listed, name)',
    'CREATE INDEX repositories_unlisted ON repositories (created_at) WHERE listed = 0',
    `CREATE TABLE blobs (
      digest ${text} NOT NULL PRIMARY KEY,
      size BIGINT NOT NULL CHECK (size >= 0),
      link_count INTEGER NOT NULL,
      unlinked_at BIGINT,
      CHECK ((link_count = 0 AND unlinked_at IS NOT NULL) OR (link_count > 0 AND unlinked_at IS NULL))
    )`,
    'CREATE INDEX blobs_unlinked ON blobs (digest, unlinked_at, size) WHERE unlinked_at IS NOT NULL',
    // `referenced` says that a manifest of the repository names the digest. It is kept, not computed, because the
    // sweeper would otherwise look at every link of the installation to find the few that nothing names.
    // The repository's name, which never changes, is repeated so that a blob's repositories come in pages without sorting.
    `CREATE TABLE repository_blobs (
      repository_id BIGINT NOT NULL REFERENCES repositories (id),
      digest ${text} NOT NULL REFERENCES blobs (digest),
      linked_at BIGINT NOT NULL,
      referenced INTEGER NOT NULL CHECK (referenced IN (0, 1)),
      registry_id ${text} NOT NULL,
      repository_name ${text} NOT NULL,
      PRIMARY KEY (repository_id, digest)
    )`,
    'CREATE INDEX repository_blobs_digest ON repository_blobs (digest, registry_id, repository_name)',
    'CREATE INDEX repository_blobs_unreferenced ON repository_blobs (linked_at, repository_id, digest, referenced) WHERE referenced = 0',
  ];
}

function manifestTables({ text, bytes }: Dialect): string[] {
  return [
    `CREATE TABLE manifest_contents (digest ${text} NOT NULL PRIMARY KEY, bytes ${bytes} NOT NULL)`,
    `CREATE TABLE manifests (
      repository_id BIGINT NOT NULL REFERENCES repositories (id),
      digest ${text} NOT NULL REFERENCES manifest_contents (digest),
      media_type ${text} NOT NULL,
      size BIGINT NOT NULL CHECK (size >= 0),
      artifact_type ${text},
      config_media_type ${text},
      subject ${text},
      annotations ${text},
      pushed_by ${text} NOT NULL,
      pushed_at BIGINT NOT NULL,
      PRIMARY KEY (repository_id, digest)
    )`,
    'CREATE INDEX manifests_digest ON manifests (digest)',
    'CREATE INDEX manifests_subject ON manifests (repository_id, subject, digest) WHERE subject IS NOT NULL',
    'CREATE INDEX manifests_subject_type ON manifests (repository_id, subject, artifact_type, digest) WHERE subject IS NOT NULL',
    // A manifest may name one digest several times (images repeat the empty layer): the key is the place in the list.
    `CREATE TABLE manifest_references (
      repository_id BIGINT NOT NULL,
      manifest_digest ${text} NOT NULL,
      place INTEGER NOT NULL,
      digest ${text} NOT NULL,
      kind ${text} NOT NULL CHECK (kind IN ('config', 'layer', 'foreign-layer', 'manifest', 'blob')),
      media_type ${text} NOT NULL,
      size BIGINT NOT NULL,
      architecture ${text},
      os ${text},
      PRIMARY KEY (repository_id, manifest_digest, place),
      FOREIGN KEY (repository_id, manifest_digest) REFERENCES manifests (repository_id, digest)
    )`,
    'CREATE INDEX manifest_references_digest ON manifest_references (repository_id, digest, manifest_digest)',
    `CREATE TABLE tags (
      repository_id BIGINT NOT NULL,
      name ${text} NOT NULL,
      digest ${text} NOT NULL,
      created_at BIGINT NOT NULL,
      updated_at BIGINT NOT NULL,
      PRIMARY KEY (repository_id, name),
      FOREIGN KEY (repository_id, digest) REFERENCES manifests (repository_id, digest)
    )`,
    'CREATE INDEX tags_digest ON tags (repository_id, digest, name)',
  ];
}

function uploadTables({ text }: Dialect): string[] {
  return [
    `CREATE TABLE uploads (
      id ${text} NOT NULL PRIMARY KEY,
      repository_id BIGINT NOT NULL REFERENCES repositories (id),
      principal ${text} NOT NULL,
      offset_bytes BIGINT NOT NULL CHECK (offset_bytes >= 0),
      opaque ${text},
      started_at BIGINT NOT NULL,
      updated_at BIGINT NOT NULL,
      completed ${text}
    )`,
    'CREATE INDEX uploads_repository ON uploads (repository_id)',
    'CREATE INDEX uploads_open ON uploads (principal, updated_at, completed) WHERE completed IS NULL',
    'CREATE INDEX uploads_idle ON uploads (updated_at, id)',
  ];
}

/** What is written beside a change. No foreign keys: the record outlives what it is about. */
function journalTables({ identity, text }: Dialect): string[] {
  return [
    `CREATE TABLE audit (
      id ${identity},
      time BIGINT NOT NULL,
      registry_id ${text} NOT NULL,
      principal ${text} NOT NULL,
      action ${text} NOT NULL,
      repository ${text},
      target ${text},
      outcome ${text} NOT NULL CHECK (outcome IN ('done', 'refused')),
      reason ${text},
      correlation_id ${text} NOT NULL
    )`,
    'CREATE INDEX audit_registry ON audit (registry_id, id)',
    `CREATE TABLE outbox (
      place ${identity},
      id ${text} NOT NULL UNIQUE,
      time BIGINT NOT NULL,
      registry_id ${text} NOT NULL,
      kind ${text} NOT NULL CHECK (kind IN ('push', 'delete')),
      payload ${text} NOT NULL
    )`,
  ];
}

function jobTables({ text }: Dialect): string[] {
  return [
    `CREATE TABLE jobs (
      id ${text} NOT NULL PRIMARY KEY,
      kind ${text} NOT NULL,
      payload ${text} NOT NULL,
      run_at BIGINT NOT NULL,
      attempts INTEGER NOT NULL CHECK (attempts >= 0),
      every_seconds INTEGER CHECK (every_seconds > 0),
      lease_owner ${text},
      lease_until BIGINT,
      last_error ${text},
      CHECK ((lease_owner IS NULL AND lease_until IS NULL) OR (lease_owner IS NOT NULL AND lease_until IS NOT NULL))
    )`,
    'CREATE INDEX jobs_due ON jobs (kind, run_at, id)',
  ];
}
