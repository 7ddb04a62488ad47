import type { PageRequest } from '../page-request.ts';
import type {
  NewWebhookEvent,
  WebhookEventOutcome,
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

const EVENT_COLUMNS =
  'id, webhook_id, subject, action, content, created_at, give_up_at, state, due_at, attempts, request, response';
const EVENT = `${EVENT_COLUMNS} FROM webhook_events`;
const eventPlace = query('SELECT place FROM webhook_events WHERE id = ?');
const recentEvents = query(`SELECT ${EVENT} WHERE webhook_id = ? AND place < ? ORDER BY place DESC LIMIT ?`);
const nextDue = query(`
  SELECT webhook_id, due_at FROM webhook_events WHERE due_at IS NOT NULL AND webhook_id > ?
  ORDER BY webhook_id, due_at LIMIT 1`);
const IS_FIRST = `NOT EXISTS (
  SELECT 1 FROM webhook_events earlier
  WHERE earlier.webhook_id = ? AND earlier.subject = ? AND earlier.state = 'waiting')`;
const appendEvent = command(`
  INSERT INTO webhook_events (id, webhook_id, subject, action, content, created_at, give_up_at, state, due_at, attempts)
  SELECT ?, ?, ?, ?, ?, ?, ?, 'waiting', CASE WHEN ${IS_FIRST} THEN ? END, 0`);
const claimable = query(`
  SELECT id FROM webhook_events
  WHERE webhook_id = ? AND due_at IS NOT NULL AND due_at <= ? ORDER BY due_at, place LIMIT ?`);
const PINGS = "WHERE webhook_id = ? AND action = 'ping' AND due_at IS NOT NULL AND due_at <= ?";
const claimablePings = query(`SELECT id FROM webhook_events ${PINGS} ORDER BY due_at, place LIMIT ?`);
const anyPing = query(`SELECT 1 AS found FROM webhook_events ${PINGS} LIMIT 1`);
const claimEvent = command(`
  UPDATE webhook_events SET due_at = ?, attempts = attempts + 1 WHERE id = ? RETURNING ${EVENT_COLUMNS}`);
const settleEvent = command(`
  UPDATE webhook_events SET state = ?, due_at = ?, request = ?, response = ? WHERE id = ? AND state = 'waiting'
  RETURNING webhook_id, subject`);
const nextOfSubject = command(`
  UPDATE webhook_events SET due_at = ? WHERE due_at IS NULL AND place = (
    SELECT place FROM webhook_events WHERE webhook_id = ? AND subject = ? AND state = 'waiting' ORDER BY place LIMIT 1
  )`);
const overEvent = query(
  `SELECT id, subject FROM webhook_events WHERE id = ? AND webhook_id = ? AND state <> 'waiting'`,
);
const deadEvents = query(`
  SELECT id, subject FROM webhook_events WHERE webhook_id = ? AND state = 'dead' ORDER BY place LIMIT ?`);
const replayEvent = command(`
  UPDATE webhook_events SET state = 'waiting', give_up_at = ?, due_at = CASE WHEN ${IS_FIRST} THEN ? END WHERE id = ?`);
const newestOf = query(`
  SELECT place FROM webhook_events WHERE webhook_id = ? AND state = ? ORDER BY place DESC LIMIT 1 OFFSET ?`);
const deleteOlderOf = command('DELETE FROM webhook_events WHERE webhook_id = ? AND state = ? AND place <= ?');
const oldestWaiting = query(`
  SELECT id FROM webhook_events WHERE webhook_id = ? AND state = 'waiting' AND place <= ? ORDER BY place LIMIT ?`);
const deleteOldEvents = command(`
  DELETE FROM webhook_events WHERE place IN (
    SELECT place FROM webhook_events WHERE created_at < ? AND state <> 'waiting' ORDER BY created_at, place LIMIT ?
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
  subject: string;
  action: string;
  content: string;
  created_at: number;
  give_up_at: number;
  state: WebhookEventRow['state'];
  due_at: number | null;
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

  nextDue(after: string): { webhookId: string; dueAt: Date } | undefined {
    const row = this.session.get<{ webhook_id: string; due_at: number }>(nextDue, after);
    return row && { webhookId: row.webhook_id, dueAt: new Date(row.due_at) };
  }

  pingIsDue(webhookId: string, now: Date): boolean {
    return this.session.get(anyPing, webhookId, now.getTime()) !== undefined;
  }
}

export class SqliteWebhookEventWriter extends SqliteWebhookEventReader implements WebhookEventWriter {
  append({ id, webhookId, subject, action, content, createdAt, giveUpAt }: NewWebhookEvent): void {
    const time = createdAt.getTime();
    const row = [id, webhookId, subject, action, content, time, giveUpAt.getTime()];
    this.session.run(appendEvent, ...row, webhookId, subject, time);
  }

  claim(
    webhookId: string,
    { limit, pings = false }: { limit: number; pings?: boolean },
    now: Date,
    leaseUntil: Date,
  ): WebhookEventRow[] {
    const statement = pings ? claimablePings : claimable;
    const due = this.session.all<{ id: string }>(statement, webhookId, now.getTime(), limit);
    return due.flatMap(({ id }) => {
      const row = this.session.get<EventColumns>(claimEvent, leaseUntil.getTime(), id);
      return row ? [toEvent(row)] : [];
    });
  }

  settle(id: string, outcome: WebhookEventOutcome, now: Date): boolean {
    const { state, request, response } = outcome;
    const dueAt = outcome.state === 'waiting' ? outcome.dueAt.getTime() : undefined;
    return this.#settle([state, dueAt, request, response, id], now);
  }

  replay(webhookId: string, which: { id: string } | { dead: number }, now: Date, giveUpAt: Date): number {
    const rows =
      'id' in which
        ? this.session.all<{ id: string; subject: string }>(overEvent, which.id, webhookId)
        : this.session.all<{ id: string; subject: string }>(deadEvents, webhookId, which.dead);
    for (const { id, subject } of rows)
      this.session.run(replayEvent, giveUpAt.getTime(), webhookId, subject, now.getTime(), id);
    return rows.length;
  }

  trim(webhookId: string, which: 'done' | 'dead', keep: number): number {
    const first = this.session.get<{ place: number }>(newestOf, webhookId, which, keep);
    return first ? this.session.run(deleteOlderOf, webhookId, which, first.place) : 0;
  }

  giveUpOldest(webhookId: string, keep: number, limit: number, response: string, now: Date): number {
    const first = this.session.get<{ place: number }>(newestOf, webhookId, 'waiting', keep);
    if (!first) return 0;
    const rows = this.session.all<{ id: string }>(oldestWaiting, webhookId, first.place, limit);
    for (const { id } of rows) this.#settle(['dead', undefined, undefined, response, id], now);
    return rows.length;
  }

  deleteBefore(before: Date, limit: number): number {
    return this.session.run(deleteOldEvents, before.getTime(), limit);
  }

  #settle(parameters: (string | number | undefined)[], now: Date): boolean {
    const row = this.session.get<{ webhook_id: string; subject: string }>(settleEvent, ...parameters);
    if (!row) return false;
    const over = parameters[0] !== 'waiting';
    if (over) this.session.run(nextOfSubject, now.getTime(), row.webhook_id, row.subject);
    return true;
  }
}

function toEvent(row: EventColumns): WebhookEventRow {
  return {
    id: row.id,
    webhookId: row.webhook_id,
    subject: row.subject,
    action: row.action,
    content: row.content,
    createdAt: new Date(row.created_at),
    giveUpAt: new Date(row.give_up_at),
    state: row.state,
    dueAt: row.due_at === null ? undefined : new Date(row.due_at),
    attempts: row.attempts,
    request: row.request ?? undefined,
    response: row.response ?? undefined,
  };
}
