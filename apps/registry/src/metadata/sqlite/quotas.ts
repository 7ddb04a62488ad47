import {
  DEFAULT_QUOTA,
  type QuotaReader,
  type QuotaRow,
  type QuotaWriter,
  type ReservationTable,
  type StorageState,
} from '../quotas.ts';
import type { Session } from './session.ts';
import { command, query } from './statements.ts';

const GIB = 2 ** 30;
const CAPACITY = 'maximumCapacityInGiB';

const QUOTA = 'name, registries, gibibytes, created_at, updated_at FROM quotas';
const findQuota = query(`SELECT ${QUOTA} WHERE name_key = ?`);
const allQuotas = query(`SELECT ${QUOTA} ORDER BY name_key`);
const quotaOfSubscription = query(`
  SELECT ${QUOTA} WHERE name_key = COALESCE((SELECT quota_key FROM subscriptions WHERE id = ?), 'default')`);
const subscriptionsOf = query('SELECT id FROM subscriptions WHERE quota_key = ? ORDER BY id LIMIT ?');
// One statement, since every push asks it.
const storageOf = query(`
  SELECT q.name AS quota, q.gibibytes AS gibibytes,
    COALESCE((SELECT bytes FROM registry_usage WHERE registry_id = r.id), 0) AS used,
    COALESCE((SELECT SUM(bytes) FROM reservations WHERE registry_id = r.id AND expires_at > ?), 0) AS reserved,
    COALESCE((SELECT SUM(bytes) FROM registry_usage), 0) AS site_used,
    COALESCE((SELECT SUM(bytes) FROM reservations WHERE expires_at > ?), 0) AS site_reserved,
    (SELECT value FROM settings WHERE name = '${CAPACITY}') AS site_gibibytes
  FROM registries r
  JOIN quotas q ON q.name_key = COALESCE((SELECT quota_key FROM subscriptions WHERE id = r.subscription_id), 'default')
  WHERE r.id = ?`);
const reservedInSite = query('SELECT COALESCE(SUM(bytes), 0) AS bytes FROM reservations WHERE expires_at > ?');
const usedInSite = query('SELECT COALESCE(SUM(bytes), 0) AS bytes FROM registry_usage');
const siteCapacity = query(`SELECT value FROM settings WHERE name = '${CAPACITY}'`);

const putQuota = command(`
  INSERT INTO quotas (name_key, name, registries, gibibytes, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (name_key) DO UPDATE SET registries = excluded.registries, gibibytes = excluded.gibibytes,
    updated_at = excluded.updated_at`);
const deleteQuota = command('DELETE FROM quotas WHERE name_key = ?');
const assignQuota = command('UPDATE subscriptions SET quota_key = ? WHERE id = ?');
const putCapacity = command(`
  INSERT INTO settings (name, value) VALUES ('${CAPACITY}', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`);

const deleteCapacity = command(`DELETE FROM settings WHERE name = '${CAPACITY}'`);

const putReservation = command(`
  INSERT INTO reservations (upload_id, registry_id, bytes, expires_at) VALUES (?, ?, ?, ?)
  ON CONFLICT (upload_id) DO UPDATE SET bytes = excluded.bytes, expires_at = excluded.expires_at`);
const reservationOf = query('SELECT bytes FROM reservations WHERE upload_id = ?');
const reservationUntil = query('SELECT bytes FROM reservations WHERE upload_id = ? AND expires_at >= ?');
const deleteReservation = command('DELETE FROM reservations WHERE upload_id = ?');
const deleteExpired = command(`
  DELETE FROM reservations WHERE upload_id IN (
    SELECT upload_id FROM reservations WHERE expires_at < ? ORDER BY expires_at, upload_id LIMIT ?
  )`);

interface QuotaColumns {
  name: string;
  registries: number;
  gibibytes: number;
  created_at: number;
  updated_at: number;
}

interface StorageColumns {
  quota: string;
  gibibytes: number;
  used: number;
  reserved: number;
  site_used: number;
  site_reserved: number;
  site_gibibytes: string | null;
}

export class SqliteQuotaReader implements QuotaReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  find(name: string): QuotaRow | undefined {
    const row = this.session.get<QuotaColumns>(findQuota, name.toLowerCase());
    return row && toQuota(row);
  }

  all(): QuotaRow[] {
    return this.session.all<QuotaColumns>(allQuotas).map(toQuota);
  }

  ofSubscription(subscriptionId: string): QuotaRow {
    const row = this.session.get<QuotaColumns>(quotaOfSubscription, subscriptionId.toLowerCase());
    if (!row) throw new Error(`The quota of the subscription ${subscriptionId} is not there`);
    return toQuota(row);
  }

  assignedTo(name: string, limit: number): string[] {
    return this.session.all<{ id: string }>(subscriptionsOf, name.toLowerCase(), limit).map(({ id }) => id);
  }

  storage(registryId: string, now: Date): StorageState | undefined {
    const time = now.getTime();
    const row = this.session.get<StorageColumns>(storageOf, time, time, registryId);
    return (
      row && {
        quota: row.quota,
        limit: row.gibibytes * GIB,
        used: row.used,
        reserved: row.reserved,
        site: {
          limit: row.site_gibibytes === null ? undefined : Number(row.site_gibibytes) * GIB,
          used: row.site_used,
          reserved: row.site_reserved,
        },
      }
    );
  }

  reservedFor(uploadId: string, until: Date): number {
    return this.session.get<{ bytes: number }>(reservationUntil, uploadId, until.getTime())?.bytes ?? 0;
  }

  site(now: Date): StorageState['site'] {
    const capacity = this.siteCapacity();
    return {
      limit: capacity === undefined ? undefined : capacity * GIB,
      used: this.session.get<{ bytes: number }>(usedInSite)?.bytes ?? 0,
      reserved: this.session.get<{ bytes: number }>(reservedInSite, now.getTime())?.bytes ?? 0,
    };
  }

  siteCapacity(): number | undefined {
    const row = this.session.get<{ value: string }>(siteCapacity);
    return row && Number(row.value);
  }
}

export class SqliteQuotaWriter extends SqliteQuotaReader implements QuotaWriter {
  put(row: QuotaRow): void {
    const { name, numberOfRegistries, capacityPerRegistryInGiB, createdAt, updatedAt } = row;
    const times = [createdAt.getTime(), updatedAt.getTime()];
    this.session.run(putQuota, name.toLowerCase(), name, numberOfRegistries, capacityPerRegistryInGiB, ...times);
  }

  delete(name: string): boolean {
    return this.session.run(deleteQuota, name.toLowerCase()) === 1;
  }

  assign(subscriptionId: string, name: string | undefined): boolean {
    const key = name === undefined || name.toLowerCase() === DEFAULT_QUOTA.toLowerCase() ? null : name.toLowerCase();
    return this.session.run(assignQuota, key, subscriptionId.toLowerCase()) === 1;
  }

  setSiteCapacity(gibibytes: number | undefined): void {
    if (gibibytes === undefined) this.session.run(deleteCapacity);
    else this.session.run(putCapacity, String(gibibytes));
  }
}

export class SqliteReservationTable implements ReservationTable {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  put(uploadId: string, registryId: string, bytes: number, expiresAt: Date): void {
    this.#session.run(putReservation, uploadId, registryId, bytes, expiresAt.getTime());
  }

  of(uploadId: string): number {
    return this.#session.get<{ bytes: number }>(reservationOf, uploadId)?.bytes ?? 0;
  }

  release(uploadId: string): void {
    releaseReservation(this.#session, uploadId);
  }

  deleteExpired(before: Date, limit: number): number {
    return this.#session.run(deleteExpired, before.getTime(), limit);
  }
}

/** With the end of its upload. */
export function releaseReservation(session: Session, uploadId: string): void {
  session.run(deleteReservation, uploadId);
}

function toQuota(row: QuotaColumns): QuotaRow {
  return {
    name: row.name,
    numberOfRegistries: row.registries,
    capacityPerRegistryInGiB: row.gibibytes,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  };
}
