import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { migrations } from '../schema.ts';
import { applyMigration, refuseNewerSchema } from '../sqlite/migrate.ts';
import { webhookRetries } from './webhook-retries.ts';

/** Three events of before: one is done, one waits, one was being sent when the server stopped. And an outbox with a place. */
const BEFORE = `
  INSERT INTO registries (id, name, name_key, admin_user_enabled, created_at, subscription_id, resource_group)
    VALUES ('r1', 'Contoso', 'contoso', 1, 1, 's', 'g');
  INSERT INTO webhooks (id, registry_id, name_key, name, location, status, scope, actions, tags, sealed_target, created_at,
      updated_at)
    VALUES ('w1', 'r1', 'hook1', 'Hook1', 'local', 'enabled', '', '["push"]', '{}', x'01', 1, 1);
  INSERT INTO webhook_events (place, id, webhook_id, action, content, created_at, pending, attempts, lease_until, request,
      response)
    VALUES (5, 'e1', 'w1', 'push', 'c1', 100, 0, 1, NULL, 'sent', 'answered'),
      (7, 'e2', 'w1', 'push', 'c2', 200, 1, 0, NULL, NULL, NULL),
      (8, 'e3', 'w1', 'delete', 'c3', 300, 1, 1, 9000, NULL, NULL);
  INSERT INTO outbox (place, id, time, registry_id, kind, payload, pending)
    VALUES (40, 'o1', 100, 'r1', 'push', '{}', 0), (41, 'o2', 200, 'r1', 'delete', '{}', 1)`;

it('takes over the events of before: what waited is due as it was, what was told stays', () => {
  const db = new DatabaseSync(':memory:');
  refuseNewerSchema(db, migrations);
  for (const migration of migrations.filter(({ version }) => version < webhookRetries.version))
    applyMigration(db, migration);
  db.exec(BEFORE);
  applyMigration(db, webhookRetries);
  const rows = (sql: string) =>
    db
      .prepare(sql)
      .all()
      .map((row) => Object.values(row));
  expect(
    rows(`SELECT place, id, subject, content, created_at, give_up_at, state, due_at, attempts, request, response
      FROM webhook_events ORDER BY place`),
  ).toEqual([
    [5, 'e1', 'event:e1', 'c1', 100, 86_400_100, 'done', null, 1, 'sent', 'answered'],
    [7, 'e2', 'event:e2', 'c2', 200, 86_400_200, 'waiting', 200, 0, null, null],
    [8, 'e3', 'event:e3', 'c3', 300, 86_400_300, 'waiting', 9000, 1, null, null],
  ]);
  expect(rows('SELECT place, id, pending FROM outbox ORDER BY place')).toEqual([
    [40, 'o1', 0],
    [41, 'o2', 1],
  ]);
  db.exec(
    "INSERT INTO outbox (id, time, registry_id, kind, payload, pending) VALUES ('o3', 1, 'r1', 'untag', '{}', 1)",
  );
  expect(rows("SELECT place FROM outbox WHERE id = 'o3'")).toEqual([[42]]);
  expect(rows('PRAGMA foreign_key_check')).toEqual([]);
});
