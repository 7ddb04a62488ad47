import type { Dialect, Migration } from './migration.ts';

/** Events of webhooks are tried again, in order for each repository; taking a tag away is an event, too. */
export const webhookRetries: Migration = {
  version: 10,
  name: 'webhook events that are tried again, events of tags taken away',
  statements: (dialect) => [...webhookEvents(dialect), ...outbox(dialect)],
};

/**
 * Of the waiting events of a webhook and a `subject` (a repository, or an event that has nothing to do with any other)
 * only the oldest has a `due_at`: it says when to send it next, or until when it is being sent. The others wait for it, and
 * get theirs one after the other. So whoever looks for work finds heads of queues only, however long the queues are.
 */
function webhookEvents({ identity, text }: Dialect): string[] {
  return [
    `CREATE TABLE webhook_queue (
      place ${identity},
      id ${text} NOT NULL UNIQUE,
      webhook_id ${text} NOT NULL REFERENCES webhooks (id),
      subject ${text} NOT NULL,
      action ${text} NOT NULL,
      content ${text} NOT NULL,
      created_at BIGINT NOT NULL,
      give_up_at BIGINT NOT NULL,
      state ${text} NOT NULL CHECK (state IN ('waiting', 'done', 'dead')),
      due_at BIGINT,
      attempts INTEGER NOT NULL CHECK (attempts >= 0),
      request ${text},
      response ${text},
      CHECK (state = 'waiting' OR due_at IS NULL)
    )`,
    // What waited had one attempt, in no order. Each is its own subject, so it is sent as it would have been.
    `INSERT INTO webhook_queue (place, id, webhook_id, subject, action, content, created_at, give_up_at, state, due_at,
        attempts, request, response)
      SELECT place, id, webhook_id, 'event:' || id, action, content, created_at, created_at + 86400000,
        CASE pending WHEN 1 THEN 'waiting' ELSE 'done' END,
        CASE pending WHEN 1 THEN COALESCE(lease_until, created_at) END, attempts, request, response
      FROM webhook_events ORDER BY place`,
    'DROP TABLE webhook_events',
    'ALTER TABLE webhook_queue RENAME TO webhook_events',
    'CREATE INDEX webhook_events_webhook ON webhook_events (webhook_id, place)',
    'CREATE INDEX webhook_events_due ON webhook_events (webhook_id, due_at, place) WHERE due_at IS NOT NULL',
    "CREATE INDEX webhook_events_pings ON webhook_events (webhook_id, due_at, place) WHERE due_at IS NOT NULL AND action = 'ping'",
    "CREATE INDEX webhook_events_order ON webhook_events (webhook_id, subject, place) WHERE state = 'waiting'",
    'CREATE INDEX webhook_events_state ON webhook_events (webhook_id, state, place)',
    "CREATE INDEX webhook_events_age ON webhook_events (created_at, place) WHERE state <> 'waiting'",
  ];
}

/** Made anew around its rows, because a column's CHECK cannot be changed in SQLite. */
function outbox({ identity, text }: Dialect): string[] {
  return [
    `CREATE TABLE outbox_events (
      place ${identity},
      id ${text} NOT NULL UNIQUE,
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
  ];
}
