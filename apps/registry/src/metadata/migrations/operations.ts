import type { Migration } from './migration.ts';

/** What the operator of the site looks at: jobs that he paused, and what was stored when. One sample an hour is some 9,000 rows a year. */
export const operations: Migration = {
  version: 18,
  name: 'paused jobs and capacity over time',
  statements: () => [
    'ALTER TABLE jobs ADD COLUMN paused_at BIGINT',
    `CREATE TABLE capacity_samples (
      at BIGINT NOT NULL PRIMARY KEY,
      used BIGINT NOT NULL CHECK (used >= 0),
      capacity BIGINT
    )`,
  ],
};
