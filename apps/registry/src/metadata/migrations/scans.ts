import type { Migration } from './migration.ts';

/** Scans by the scanner that the operator registered. Reports apart, so that rows stay small for whoever looks for what is due. */
export const scans: Migration = {
  version: 17,
  name: 'scans of manifests and their reports',
  statements: ({ text, bytes }) => [
    `CREATE TABLE scans (
      repository_id BIGINT NOT NULL,
      digest ${text} NOT NULL,
      state ${text} NOT NULL CHECK (state IN ('waiting', 'submitted', 'done', 'failed')),
      requested_at BIGINT NOT NULL,
      due_at BIGINT CHECK ((due_at IS NULL) = (state IN ('done', 'failed'))),
      failures INTEGER NOT NULL CHECK (failures >= 0),
      scan_id ${text},
      submitted_at BIGINT,
      finished_at BIGINT,
      reason ${text},
      severity ${text},
      scanner ${text},
      PRIMARY KEY (repository_id, digest),
      FOREIGN KEY (repository_id, digest) REFERENCES manifests (repository_id, digest)
    )`,
    'CREATE INDEX scans_due ON scans (due_at, repository_id, digest) WHERE due_at IS NOT NULL',
    `CREATE TABLE scan_reports (
      repository_id BIGINT NOT NULL,
      digest ${text} NOT NULL,
      report ${bytes} NOT NULL,
      PRIMARY KEY (repository_id, digest),
      FOREIGN KEY (repository_id, digest) REFERENCES scans (repository_id, digest)
    )`,
  ],
};
