import type { AuditEntry, AuditLog, Outbox, OutboxEvent } from '../metadata-store.ts';
import type { Session } from './session.ts';
import { command, query } from './statements.ts';

const appendEntry = command(`
  INSERT INTO audit (time, registry_id, principal, action, repository, target, outcome, reason, correlation_id)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
// By place in the log, not by time: the clock may have been set back.
const recentEntries = query(`
  SELECT time, registry_id, principal, action, repository, target, outcome, reason, correlation_id
  FROM audit WHERE registry_id = ? ORDER BY id DESC LIMIT ?`);
const appendEvent = command('INSERT INTO outbox (id, time, registry_id, kind, payload) VALUES (?, ?, ?, ?, ?)');
const pendingEvents = query(
  'SELECT id, time, registry_id, kind, payload FROM outbox WHERE place > 0 ORDER BY place LIMIT ?',
);
const deleteEvent = command('DELETE FROM outbox WHERE id = ?');

interface AuditColumns {
  time: number;
  registry_id: string;
  principal: string;
  action: string;
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
      entry.registryId,
      entry.principal,
      entry.action,
      entry.repository,
      entry.target,
      entry.outcome,
      entry.reason,
      entry.correlationId,
    );
  }

  recent(registryId: string, limit: number): AuditEntry[] {
    return this.#session.all<AuditColumns>(recentEntries, registryId, limit).map((row) => ({
      time: new Date(row.time),
      registryId: row.registry_id,
      principal: row.principal,
      action: row.action,
      repository: row.repository ?? undefined,
      target: row.target ?? undefined,
      outcome: row.outcome,
      reason: row.reason ?? undefined,
      correlationId: row.correlation_id,
    }));
  }
}

interface OutboxColumns {
  id: string;
  time: number;
  registry_id: string;
  kind: OutboxEvent['kind'];
  payload: string;
}

export class SqliteOutbox implements Outbox {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  append(event: OutboxEvent): void {
    this.#session.run(appendEvent, event.id, event.time.getTime(), event.registryId, event.kind, event.payload);
  }

  pending(limit: number): OutboxEvent[] {
    return this.#session.all<OutboxColumns>(pendingEvents, limit).map((row) => ({
      id: row.id,
      time: new Date(row.time),
      registryId: row.registry_id,
      kind: row.kind,
      payload: row.payload,
    }));
  }

  delete(id: string): boolean {
    return this.#session.run(deleteEvent, id) === 1;
  }
}
