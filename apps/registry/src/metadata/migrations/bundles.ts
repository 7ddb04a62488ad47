import type { Dialect, Migration } from './migration.ts';

/** The transfer station, each row of a registry: volumes that lie here, bundles that were made here, whose signatures count, and who had what in hand. */
export const bundles: Migration = {
  version: 19,
  name: 'bundles over the API',
  statements: (dialect) => [...fileTables(dialect), ...trustTables(dialect), ...journalTables(dialect)],
};

function fileTables({ text, bytes }: Dialect): string[] {
  return [
    `CREATE TABLE bundle_files (
      id ${text} NOT NULL PRIMARY KEY,
      registry_id ${text} NOT NULL,
      kind ${text} NOT NULL CHECK (kind IN ('volume', 'archive')),
      state ${text} NOT NULL CHECK (state IN ('receiving', 'making', 'ready', 'refused')),
      reason ${text},
      principal ${text} NOT NULL,
      name ${text} NOT NULL,
      carried_by ${text},
      size BIGINT NOT NULL CHECK (size >= 0),
      offset_bytes BIGINT NOT NULL CHECK (offset_bytes >= 0),
      opaque ${text},
      digest ${text},
      bundle ${text},
      number INTEGER,
      of_volumes INTEGER,
      signer ${text},
      verified_at BIGINT,
      operation ${text},
      started_at BIGINT NOT NULL,
      updated_at BIGINT NOT NULL
    )`,
    'CREATE INDEX bundle_files_registry ON bundle_files (registry_id, id)',
    'CREATE INDEX bundle_files_bundle ON bundle_files (registry_id, bundle, number, id) WHERE bundle IS NOT NULL',
    "CREATE INDEX bundle_files_receiving ON bundle_files (registry_id) WHERE state = 'receiving'",
    "CREATE INDEX bundle_files_idle ON bundle_files (updated_at, id) WHERE state = 'receiving'",
    `CREATE TABLE bundle_documents (
      registry_id ${text} NOT NULL,
      digest ${text} NOT NULL,
      made INTEGER NOT NULL CHECK (made IN (0, 1)),
      kept_at BIGINT NOT NULL,
      repositories ${text} NOT NULL,
      summary ${text} NOT NULL,
      document ${bytes} NOT NULL,
      PRIMARY KEY (registry_id, digest)
    )`,
    'CREATE INDEX bundle_documents_made ON bundle_documents (registry_id, kept_at, digest) WHERE made = 1',
  ];
}

function trustTables({ text }: Dialect): string[] {
  return [
    `CREATE TABLE trusted_signers (
      registry_id ${text} NOT NULL,
      key_id ${text} NOT NULL,
      name ${text} NOT NULL,
      public_pem ${text} NOT NULL,
      added_by ${text} NOT NULL,
      added_at BIGINT NOT NULL,
      PRIMARY KEY (registry_id, key_id)
    )`,
    `CREATE TABLE bundle_moves (
      registry_id ${text} NOT NULL,
      repository ${text} NOT NULL,
      tag ${text} NOT NULL,
      created ${text} NOT NULL,
      PRIMARY KEY (registry_id, repository, tag)
    )`,
  ];
}

/** The record outlives what it is about. */
function journalTables({ identity, text }: Dialect): string[] {
  return [
    `CREATE TABLE bundle_operations (
      id ${text} NOT NULL PRIMARY KEY,
      registry_id ${text} NOT NULL,
      kind ${text} NOT NULL CHECK (kind IN ('create', 'verify', 'apply', 'import')),
      principal ${text} NOT NULL,
      credential ${text},
      request ${text} NOT NULL,
      progress ${text},
      result ${text},
      error ${text},
      state ${text} NOT NULL CHECK (state IN ('running', 'succeeded', 'failed', 'cancelled')),
      correlation_id ${text} NOT NULL,
      client ${text},
      started_at BIGINT NOT NULL,
      updated_at BIGINT NOT NULL
    )`,
    'CREATE INDEX bundle_operations_registry ON bundle_operations (registry_id, started_at, id)',
    "CREATE INDEX bundle_operations_running ON bundle_operations (started_at, id) WHERE state = 'running'",
    "CREATE INDEX bundle_operations_ended ON bundle_operations (updated_at) WHERE state <> 'running'",
    `CREATE TABLE custody (
      place ${identity},
      registry_id ${text} NOT NULL,
      time BIGINT NOT NULL,
      who ${text} NOT NULL,
      action ${text} NOT NULL,
      bundle ${text},
      signer ${text},
      carried_by ${text},
      detail ${text} NOT NULL
    )`,
    'CREATE INDEX custody_registry ON custody (registry_id, place)',
    'CREATE INDEX custody_action ON custody (registry_id, action, place)',
  ];
}
