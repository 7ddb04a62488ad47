import type { Dialect, Migration } from './migration.ts';

/**
 * Events are handed out by their place, so that their ids, which are random, need no tree of their own that every push writes a page of.
 * A constraint cannot be dropped in SQLite: the table is made anew around its rows.
 */
export const outboxPlaces: Migration = {
  version: 22,
  name: 'events of the outbox are known by their place',
  statements: ({ identity, text }: Dialect) => [
    `CREATE TABLE outbox_events (
      place ${identity},
      id ${text} NOT NULL,
      time BIGINT NOT NULL,
      registry_id ${text} NOT NULL,
      kind ${text} NOT NULL CHECK (kind IN ('push', 'delete', 'quarantine', 'untag')),
      payload ${text} NOT NULL,
      pending INTEGER NOT NULL CHECK (pending IN (0, 1))
    )`,
    `INSERT INTO outbox_events (place, id, time, registry_id, kind, payload, pending)
      SELECT place, id, time, registry_id, kind, payload, pending FROM outbox ORDER BY place`,
    'DROP TABLE outbox',
    'ALTER TABLE outbox_events RENAME TO outbox',
    'CREATE INDEX outbox_pending ON outbox (place) WHERE pending = 1',
    'CREATE INDEX outbox_done ON outbox (time, place) WHERE pending = 0',
  ],
};
