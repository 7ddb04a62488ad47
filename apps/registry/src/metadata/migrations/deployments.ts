import type { Migration } from './migration.ts';

/** Deployments of templates. */
export const deployments: Migration = {
  version: 12,
  name: 'deployments of templates',
  statements: ({ text, bytes }) => [
    `CREATE TABLE deployments (
      scope_key ${text} NOT NULL,
      name_key ${text} NOT NULL,
      id ${text} NOT NULL UNIQUE,
      scope ${text} NOT NULL,
      name ${text} NOT NULL,
      state ${text} NOT NULL CHECK (state IN ('Running', 'Succeeded', 'Failed', 'Canceled')),
      mode ${text} NOT NULL CHECK (mode IN ('Incremental', 'Complete')),
      correlation_id ${text} NOT NULL,
      created_by ${text} NOT NULL,
      started_at BIGINT NOT NULL,
      ended_at BIGINT,
      template ${text} NOT NULL,
      details ${text} NOT NULL,
      sealed_outputs ${bytes},
      PRIMARY KEY (scope_key, name_key),
      CHECK ((state = 'Running') = (ended_at IS NULL))
    )`,
    'CREATE INDEX deployments_ended ON deployments (scope_key, ended_at) WHERE ended_at IS NOT NULL',
    "CREATE INDEX deployments_running ON deployments (scope_key, name_key) WHERE state = 'Running'",
  ],
};
