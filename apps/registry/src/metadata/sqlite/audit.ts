import type { AuditEntry, AuditLog, AuditReader, AuditRow } from '../metadata-store.ts';
import type { Outbox, OutboxEvent, OutboxReader, PendingEvent } from '../outbox.ts';
import type { Session } from './session.ts';
import { command, query } from './statements.ts';

const appendEntry = command(`
  INSERT INTO audit
    (time, registry_id, principal, action, resource, client, repository, target, outcome, reason, correlation_id)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
const COLUMNS =
  'id, time, registry_id, principal, action, resource, client, repository, target, outcome, reason, correlation_id';
// By place in the log, not by time: the clock may have been set back.
const recentEntries = query(`SELECT ${COLUMNS} FROM audit WHERE registry_id = ? ORDER BY id DESC LIMIT ?`);
const entriesBetween = query(
  `SELECT ${COLUMNS} FROM audit WHERE id < ? AND time >= ? AND time <= ? ORDER BY id DESC LIMIT ?`,
);
const appendEvent = command(
  'INSERT INTO outbox (id, time, registry_id, kind, payload, pending) VALUES (?, ?, ?, ?, ?, 1)',
);
const pendingEvents = query(
  'SELECT place, id, time, registry_id, kind, payload FROM outbox WHERE pending = 1 AND place > 0 ORDER BY place LIMIT ?',
);
const handOut = command('UPDATE outbox SET pending = 0 WHERE place = ? AND pending = 1');
const deleteHandedOut = command(`
  DELETE FROM outbox WHERE place IN (
    SELECT place FROM outbox WHERE pending = 0 AND time < ? ORDER BY time, place LIMIT ?
  )`);

interface AuditColumns {
  id: number;
  time: number;
  registry_id: string;
  principal: string;
  action: string;
  resource: string | null;
  client: string | null;
  repository: string | null;
  target: string | null;
  outcome: AuditEntry['outcome'];
  reason: string | null;
  correlation_id: string;
}

export class SqliteAuditLog implements AuditLog {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  append(entry: AuditEntry): void {
    this.#session.run(
      appendEntry,
      entry.time.getTime(),
      entry.registryId ?? '',
      entry.principal,
      entry.action,
      entry.resource,
      entry.client,
      entry.repository,
      entry.target,
      entry.outcome,
      entry.reason,
      entry.correlationId,
    );
  }

  recent(registryId: string, limit: number): AuditEntry[] {
    return this.#session.all<AuditColumns>(recentEntries, registryId, limit).map(toEntry);
  }
}

export class SqliteAuditReader implements AuditReader {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  list(filter: Parameters<AuditReader['list']>[0], limit: number): AuditRow[] {
    const { from, until, before = Number.MAX_SAFE_INTEGER } = filter;
    const rows = this.#session.all<AuditColumns>(entriesBetween, before, from.getTime(), until.getTime(), limit);
    return rows.map((row) => ({ ...toEntry(row), place: row.id }));
  }
}

function toEntry(row: AuditColumns): AuditEntry {
  return {
    time: new Date(row.time),
    registryId: row.registry_id || undefined,
    principal: row.principal,
    action: row.action,
    resource: row.resource ?? undefined,
    client: row.client ?? undefined,
    repository: row.repository ?? undefined,
    target: row.target ?? undefined,
    outcome: row.outcome,
    reason: row.reason ?? undefined,
    correlationId: row.correlation_id,
  };
}

interface OutboxColumns {
  place: number;
  id: string;
  time: number;
  registry_id: string;
  kind: OutboxEvent['kind'];
  payload: string;
}

export class SqliteOutboxReader implements OutboxReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  pending(limit: number): PendingEvent[] {
    return this.session.all<OutboxColumns>(pendingEvents, limit).map((row) => ({
      place: row.place,
      id: row.id,
      time: new Date(row.time),
      registryId: row.registry_id,
      kind: row.kind,
      payload: row.payload,
    }));
  }
}

export class SqliteOutbox extends SqliteOutboxReader implements Outbox {
  append(event: OutboxEvent): void {
    this.session.run(appendEvent, event.id, event.time.getTime(), event.registryId, event.kind, event.payload);
  }

  handedOut(place: number): boolean {
    return this.session.run(handOut, place) === 1;
  }

  deleteHandedOut(before: Date, limit: number): number {
    return this.session.run(deleteHandedOut, before.getTime(), limit);
  }
}
