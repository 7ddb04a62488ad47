import type { Dialect, Migration } from './migration.ts';

/** When each manifest was pulled last. A table of its own: it is written for pulls, and the rows of lists are not. */
export const pulls: Migration = {
  version: 11,
  name: 'last pulls of manifests',
  statements: ({ text }: Dialect) => [
    `CREATE TABLE manifest_pulls (
      repository_id BIGINT NOT NULL,
      digest ${text} NOT NULL,
      pulled_at BIGINT NOT NULL,
      PRIMARY KEY (repository_id, digest)
    )`,
  ],
};
