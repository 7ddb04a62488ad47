import type { PageRequest } from '../awaitable.ts';
import type {
  WebhookEventReader,
  WebhookEventRow,
  WebhookEventWriter,
  WebhookReader,
  WebhookRow,
  WebhookWriter,
} from '../webhooks.ts';
import type { Session } from './session.ts';
import { command, NO_LIMIT, query } from './statements.ts';

const WEBHOOK = `id, registry_id, name, location, status, scope, actions, tags, sealed_target, created_at, updated_at
  FROM webhooks`;
const findWebhook = query(`SELECT ${WEBHOOK} WHERE registry_id = ? AND name_key = ?`);
const webhookById = query(`SELECT ${WEBHOOK} WHERE id = ?`);
const webhooksOfRegistry = query(`SELECT ${WEBHOOK} WHERE registry_id = ? AND name_key > ? ORDER BY name_key LIMIT ?`);
const webhooksOfRegistries = query(
  `SELECT ${WEBHOOK} WHERE registry_id IN (SELECT value FROM json_each(?)) ORDER BY registry_id, name_key`,
);
const countWebhooks = query('SELECT count(*) AS count FROM webhooks WHERE registry_id = ?');
const putWebhook = command(`
  INSERT INTO webhooks (id, registry_id, name_key, name, location, status, scope, actions, tags, sealed_target, created_at,
    updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET location = excluded.location, status = excluded.status, scope = excluded.scope,
    actions = excluded.actions, tags = excluded.tags, sealed_target = excluded.sealed_target,
    updated_at = excluded.updated_at`);
const deleteWebhook = command('DELETE FROM webhooks WHERE id = ?');
const deleteEventsOf = command('DELETE FROM webhook_events WHERE webhook_id = ?');

const EVENT = 'id, webhook_id, action, content, created_at, attempts, request, response FROM webhook_events';
const eventPlace = query('SELECT place FROM webhook_events WHERE id = ?');
const recentEvents = query(`SELECT ${EVENT} WHERE webhook_id = ? AND place < ? ORDER BY place DESC LIMIT ?`);
const nextPending = query(
  'SELECT webhook_id FROM webhook_events WHERE pending = 1 AND webhook_id > ? ORDER BY webhook_id LIMIT 1',
);
const appendEvent = command(`
  INSERT INTO webhook_events (id, webhook_id, action, content, created_at, pending, attempts) VALUES (?, ?, ?, ?, ?, 1, 0)`);
const claimable = query(`
  SELECT id FROM webhook_events
  WHERE pending = 1 AND webhook_id = ? AND (lease_until IS NULL OR lease_until <= ?) ORDER BY place LIMIT ?`);
const claimEvent = command(`
  UPDATE webhook_events SET lease_until = ?, attempts = attempts + 1 WHERE id = ?
  RETURNING id, webhook_id, action, content, created_at, attempts, request, response`);
const finishEvent = command(`
  UPDATE webhook_events SET pending = 0, lease_until = NULL, request = ?, response = ? WHERE id = ?`);
const trimming = (pending: 0 | 1) => ({
  first: query(`
    SELECT place FROM webhook_events WHERE pending = ${pending} AND webhook_id = ? ORDER BY place DESC LIMIT 1 OFFSET ?`),
  rest: command(`DELETE FROM webhook_events WHERE pending = ${pending} AND webhook_id = ? AND place <= ?`),
});
const trim = { done: trimming(0), pending: trimming(1) };
const deleteOldEvents = command(`
  DELETE FROM webhook_events WHERE place IN (
    SELECT place FROM webhook_events WHERE created_at < ? ORDER BY created_at, place LIMIT ?
  )`);

interface WebhookColumns {
  id: string;
  registry_id: string;
  name: string;
  location: string;
  status: WebhookRow['status'];
  scope: string;
  actions: string;
  tags: string;
  sealed_target: Uint8Array;
  created_at: number;
  updated_at: number;
}

export class SqliteWebhookReader implements WebhookReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  find(registryId: string, name: string): WebhookRow | undefined {
    const row = this.session.get<WebhookColumns>(findWebhook, registryId, name.toLowerCase());
    return row && toWebhook(row);
  }

  byId(id: string): WebhookRow | undefined {
    const row = this.session.get<WebhookColumns>(webhookById, id);
    return row && toWebhook(row);
  }

  list(registryId: string, { last = '', limit = NO_LIMIT }: PageRequest): WebhookRow[] {
    return this.session.all<WebhookColumns>(webhooksOfRegistry, registryId, last, limit).map(toWebhook);
  }

  ofRegistries(registryIds: readonly string[]): WebhookRow[] {
    return this.session.all<WebhookColumns>(webhooksOfRegistries, JSON.stringify(registryIds)).map(toWebhook);
  }

  count(registryId: string): number {
    return this.session.get<{ count: number }>(countWebhooks, registryId)?.count ?? 0;
  }
}

export class SqliteWebhookWriter extends SqliteWebhookReader implements WebhookWriter {
  put(row: WebhookRow): void {
    this.session.run(
      putWebhook,
      row.id,
      row.registryId,
      row.name.toLowerCase(),
      row.name,
      row.location,
      row.status,
      row.scope,
      row.actions,
      row.tags,
      row.sealedTarget,
      row.createdAt.getTime(),
      row.updatedAt.getTime(),
    );
  }

  delete(id: string): boolean {
    this.session.run(deleteEventsOf, id);
    return this.session.run(deleteWebhook, id) === 1;
  }

  deleteOf(registryId: string): number {
    const rows = this.list(registryId, {});
    for (const { id } of rows) this.delete(id);
    return rows.length;
  }
}

function toWebhook(row: WebhookColumns): WebhookRow {
  return {
    id: row.id,
    registryId: row.registry_id,
    name: row.name,
    location: row.location,
    status: row.status,
    scope: row.scope,
    actions: row.actions,
    tags: row.tags,
    sealedTarget: row.sealed_target,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  };
}

interface EventColumns {
  id: string;
  webhook_id: string;
  action: string;
  content: string;
  created_at: number;
  attempts: number;
  request: string | null;
  response: string | null;
}

export class SqliteWebhookEventReader implements WebhookEventReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  list(webhookId: string, { last, limit = NO_LIMIT }: PageRequest): WebhookEventRow[] {
    const before = last === undefined ? NO_LIMIT : this.session.get<{ place: number }>(eventPlace, last)?.place;
    if (before === undefined) return []; // it was swept meanwhile, and with it all that is older
    return this.session.all<EventColumns>(recentEvents, webhookId, before, limit).map(toEvent);
  }

  nextPending(after: string): string | undefined {
    return this.session.get<{ webhook_id: string }>(nextPending, after)?.webhook_id;
  }
}

export class SqliteWebhookEventWriter extends SqliteWebhookEventReader implements WebhookEventWriter {
  append(row: Parameters<WebhookEventWriter['append']>[0]): void {
    this.session.run(appendEvent, row.id, row.webhookId, row.action, row.content, row.createdAt.getTime());
  }

  claim(webhookId: string, now: Date, leaseUntil: Date, limit: number): WebhookEventRow[] {
    const free = this.session.all<{ id: string }>(claimable, webhookId, now.getTime(), limit);
    return free.flatMap(({ id }) => {
      const row = this.session.get<EventColumns>(claimEvent, leaseUntil.getTime(), id);
      return row ? [toEvent(row)] : [];
    });
  }

  finish(id: string, { request, response }: Parameters<WebhookEventWriter['finish']>[1]): boolean {
    return this.session.run(finishEvent, request, response, id) === 1;
  }

  trim(webhookId: string, which: 'pending' | 'done', keep: number): number {
    const first = this.session.get<{ place: number }>(trim[which].first, webhookId, keep);
    return first ? this.session.run(trim[which].rest, webhookId, first.place) : 0;
  }

  deleteBefore(before: Date, limit: number): number {
    return this.session.run(deleteOldEvents, before.getTime(), limit);
  }
}

function toEvent(row: EventColumns): WebhookEventRow {
  return {
    id: row.id,
    webhookId: row.webhook_id,
    action: row.action,
    content: row.content,
    createdAt: new Date(row.created_at),
    attempts: row.attempts,
    request: row.request ?? undefined,
    response: row.response ?? undefined,
  };
}
