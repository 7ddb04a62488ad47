import type { Dialect, Migration } from './migration.ts';

/** Webhooks with what they were sent, events of the quarantine, and how much each registry stores. */
export const webhooks: Migration = {
  version: 7,
  name: 'webhooks, their events, usage of registries',
  statements: (dialect) => [...webhookTables(dialect), ...outboxWithQuarantine(dialect), ...usage(dialect)],
};

function webhookTables({ identity, text, bytes }: Dialect): string[] {
  return [
    `CREATE TABLE webhooks (
      id ${text} NOT NULL PRIMARY KEY,
      registry_id ${text} NOT NULL REFERENCES registries (id),
      name_key ${text} NOT NULL,
      name ${text} NOT NULL,
      location ${text} NOT NULL,
      status ${text} NOT NULL CHECK (status IN ('enabled', 'disabled')),
      scope ${text} NOT NULL,
      actions ${text} NOT NULL,
      tags ${text} NOT NULL,
      sealed_target ${bytes} NOT NULL,
      created_at BIGINT NOT NULL,
      updated_at BIGINT NOT NULL,
      UNIQUE (registry_id, name_key)
    )`,
    // Pending ones are few; those that are done stay for whoever asks what became of them.
    `CREATE TABLE webhook_events (
      place ${identity},
      id ${text} NOT NULL UNIQUE,
      webhook_id ${text} NOT NULL REFERENCES webhooks (id),
      action ${text} NOT NULL,
      content ${text} NOT NULL,
      created_at BIGINT NOT NULL,
      pending INTEGER NOT NULL CHECK (pending IN (0, 1)),
      attempts INTEGER NOT NULL CHECK (attempts >= 0),
      lease_until BIGINT,
      request ${text},
      response ${text},
      CHECK (pending = 1 OR lease_until IS NULL)
    )`,
    'CREATE INDEX webhook_events_webhook ON webhook_events (webhook_id, place)',
    'CREATE INDEX webhook_events_pending ON webhook_events (webhook_id, place, lease_until) WHERE pending = 1',
    'CREATE INDEX webhook_events_done ON webhook_events (webhook_id, place) WHERE pending = 0',
    'CREATE INDEX webhook_events_age ON webhook_events (created_at, place)',
  ];
}

/**
 * A column's CHECK cannot be changed in SQLite: the table is made anew around its rows. Those that were handed out stay for
 * a day: the proof that nothing got lost, and what a replay can begin from.
 */
function outboxWithQuarantine({ identity, text }: Dialect): string[] {
  return [
    `CREATE TABLE outbox_events (
      place ${identity},
      id ${text} NOT NULL UNIQUE,
      time BIGINT NOT NULL,
      registry_id ${text} NOT NULL,
      kind ${text} NOT NULL CHECK (kind IN ('push', 'delete', 'quarantine')),
      payload ${text} NOT NULL,
      pending INTEGER NOT NULL CHECK (pending IN (0, 1))
    )`,
    // Nobody waits for those of before: there was no webhook.
    `INSERT INTO outbox_events (id, time, registry_id, kind, payload, pending)
      SELECT id, time, registry_id, kind, payload, 0 FROM outbox ORDER BY place`,
    'DROP TABLE outbox',
    'ALTER TABLE outbox_events RENAME TO outbox',
    'CREATE INDEX outbox_pending ON outbox (place) WHERE pending = 1',
    'CREATE INDEX outbox_done ON outbox (time, place) WHERE pending = 0',
  ];
}

/** Kept with every link and manifest, since it is a sum over all of them. A digest counts once in a registry. Derived, so no foreign key. */
function usage({ text }: Dialect): string[] {
  return [
    `CREATE TABLE registry_usage (
      registry_id ${text} NOT NULL PRIMARY KEY,
      bytes BIGINT NOT NULL CHECK (bytes >= 0)
    )`,
    `INSERT INTO registry_usage (registry_id, bytes)
      SELECT registry_id, SUM(size) FROM (
        SELECT l.registry_id AS registry_id, l.digest AS digest, b.size AS size
        FROM (SELECT DISTINCT registry_id, digest FROM repository_blobs) l JOIN blobs b ON b.digest = l.digest
        UNION ALL
        SELECT r.registry_id, m.digest, MAX(m.size) FROM manifests m JOIN repositories r ON r.id = m.repository_id
        GROUP BY r.registry_id, m.digest
      ) stored GROUP BY registry_id`,
  ];
}
