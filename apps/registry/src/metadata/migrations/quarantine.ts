import type { Migration } from './migration.ts';

/**
 * What scanners said of manifests. In tables of their own, which nobody asks where the policy is off.
 *
 * `released_blobs` says by which manifests that have passed a blob is named: whether a blob may be pulled is then one look,
 * however many manifests that have not passed name it, too.
 */
export const quarantine: Migration = {
  version: 9,
  name: 'quarantine of manifests',
  statements: ({ text }) => [
    `CREATE TABLE quarantine (
      repository_id BIGINT NOT NULL,
      digest ${text} NOT NULL,
      state ${text} NOT NULL CHECK (state IN ('Quarantined', 'Passed', 'Failed')),
      details ${text},
      changed_by ${text} NOT NULL,
      changed_at BIGINT NOT NULL,
      PRIMARY KEY (repository_id, digest),
      FOREIGN KEY (repository_id, digest) REFERENCES manifests (repository_id, digest)
    )`,
    `CREATE INDEX quarantine_waiting ON quarantine (changed_at, repository_id, digest) WHERE state = 'Quarantined'`,
    `CREATE TABLE released_blobs (
      repository_id BIGINT NOT NULL,
      digest ${text} NOT NULL,
      manifest_digest ${text} NOT NULL,
      PRIMARY KEY (repository_id, digest, manifest_digest),
      FOREIGN KEY (repository_id, manifest_digest) REFERENCES quarantine (repository_id, digest)
    )`,
    'CREATE INDEX released_blobs_manifest ON released_blobs (repository_id, manifest_digest)',
  ],
};
