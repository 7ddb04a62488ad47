import type { BacklogReader, Queue } from '../backlog.ts';
import type { Session } from './session.ts';
import { query } from './statements.ts';

const countEvents = query(
  `SELECT count(*) AS count FROM (SELECT place FROM outbox WHERE pending = 1 AND place > 0 LIMIT ?) AS counted`,
);
const firstEvent = query('SELECT time AS due FROM outbox WHERE pending = 1 AND place > 0 ORDER BY place LIMIT 1');
// Of each webhook and subject the oldest has a time: what stands behind it waits for it, and is not late for another reason.
const DELIVERIES = "SELECT due_at FROM webhook_events WHERE due_at IS NOT NULL AND webhook_id > '' LIMIT ?";
const deliveries = query(`SELECT count(*) AS count, min(due_at) AS due FROM (${DELIVERIES}) AS counted`);
const SCANS = 'SELECT due_at FROM scans WHERE due_at IS NOT NULL AND due_at > 0 ORDER BY due_at LIMIT ?';
const scans = query(`SELECT count(*) AS count, min(due_at) AS due FROM (${SCANS}) AS counted`);
// Of each webhook only so many are kept.
const countDead = query(`
  SELECT count(*) AS count FROM webhooks CROSS JOIN webhook_events e
  WHERE webhooks.id > '' AND e.webhook_id = webhooks.id AND e.state = 'dead'`);
const damagedIn = (table: string) =>
  query(`SELECT digest FROM ${table} WHERE damaged_at IS NOT NULL AND digest > '' LIMIT ?`);
const damagedBlobs = damagedIn('blobs');
const damagedManifests = damagedIn('manifests');

interface Counted {
  count: number;
  due?: number | null;
}

export class SqliteBacklogReader implements BacklogReader {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  queues(most: number): Queue[] {
    const events = this.#session.get<Counted>(countEvents, most);
    const first = this.#session.get<{ due: number }>(firstEvent);
    return [
      toQueue('events', events && { ...events, due: first?.due ?? null }),
      toQueue('deliveries', this.#session.get<Counted>(deliveries, most)),
      toQueue('scans', this.#session.get<Counted>(scans, most)),
    ];
  }

  deadDeliveries(): number {
    return this.#session.get<Counted>(countDead)?.count ?? 0;
  }

  damaged(most: number): number {
    return this.#session.all(damagedBlobs, most).length + this.#session.all(damagedManifests, most).length;
  }
}

function toQueue(name: Queue['name'], row: Counted | undefined): Queue {
  const due = row?.due ?? undefined;
  return { name, waiting: row?.count ?? 0, due: due === undefined ? undefined : new Date(due) };
}
