import { DomainError } from '../../platform/domain-error.ts';
import type { PageRequest } from '../page-request.ts';
import type {
  ResourceGroupReader,
  ResourceGroupRow,
  ResourceGroupWriter,
  ResourceLockReader,
  ResourceLockRow,
  ResourceLockWriter,
  SubscriptionReader,
  SubscriptionRow,
  SubscriptionWriter,
} from '../resources.ts';
import { isForeignKeyViolation, translate } from './errors.ts';
import { below } from './prefix.ts';
import type { Session } from './session.ts';
import { command, hotQuery, NO_LIMIT, query } from './statements.ts';

const findSubscription = hotQuery('SELECT id, display_name, created_at FROM subscriptions WHERE id = ?');
const allSubscriptions = query('SELECT id, display_name, created_at FROM subscriptions WHERE id > ? ORDER BY id');
const putSubscription = command(`
  INSERT INTO subscriptions (id, display_name, created_at) VALUES (?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name`);

interface SubscriptionColumns {
  id: string;
  display_name: string;
  created_at: number;
}

export class SqliteSubscriptionReader implements SubscriptionReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  find(id: string): SubscriptionRow | undefined {
    const row = this.session.get<SubscriptionColumns>(findSubscription, id.toLowerCase());
    return row && toSubscription(row);
  }

  all(): SubscriptionRow[] {
    return this.session.all<SubscriptionColumns>(allSubscriptions, '').map(toSubscription);
  }
}

export class SqliteSubscriptionWriter extends SqliteSubscriptionReader implements SubscriptionWriter {
  put(row: SubscriptionRow): void {
    this.session.run(putSubscription, row.id.toLowerCase(), row.displayName, row.createdAt.getTime());
  }
}

function toSubscription(row: SubscriptionColumns): SubscriptionRow {
  return { id: row.id, displayName: row.display_name, createdAt: new Date(row.created_at) };
}

const GROUP = 'subscription_id, name, location, tags, created_at, updated_at FROM resource_groups';
const findGroup = query(`SELECT ${GROUP} WHERE subscription_id = ? AND name_key = ?`);
const listGroups = query(`SELECT ${GROUP} WHERE subscription_id = ? AND name_key > ? ORDER BY name_key LIMIT ?`);
const putGroup = command(`
  INSERT INTO resource_groups (subscription_id, name_key, name, location, tags, created_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (subscription_id, name_key) DO UPDATE
  SET location = excluded.location, tags = excluded.tags, updated_at = excluded.updated_at`);
const registryInGroup = query(
  'SELECT name FROM registries WHERE subscription_id = ? AND group_key = ? AND deleted_at IS NULL LIMIT 1',
);
const deleteGroup = command('DELETE FROM resource_groups WHERE subscription_id = ? AND name_key = ?');

interface GroupColumns {
  subscription_id: string;
  name: string;
  location: string;
  tags: string;
  created_at: number;
  updated_at: number;
}

export class SqliteResourceGroupReader implements ResourceGroupReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  find(subscriptionId: string, name: string): ResourceGroupRow | undefined {
    const row = this.session.get<GroupColumns>(findGroup, subscriptionId.toLowerCase(), name.toLowerCase());
    return row && toGroup(row);
  }

  list(subscriptionId: string, { last = '', limit = NO_LIMIT }: PageRequest): ResourceGroupRow[] {
    return this.session.all<GroupColumns>(listGroups, subscriptionId.toLowerCase(), last, limit).map(toGroup);
  }
}

export class SqliteResourceGroupWriter extends SqliteResourceGroupReader implements ResourceGroupWriter {
  put(row: ResourceGroupRow): void {
    translate(
      () =>
        this.session.run(
          putGroup,
          row.subscriptionId.toLowerCase(),
          row.name.toLowerCase(),
          row.name,
          row.location,
          row.tags,
          row.createdAt.getTime(),
          row.updatedAt.getTime(),
        ),
      isForeignKeyViolation,
      () =>
        new DomainError(
          'not-found',
          'subscription.unknown',
          `The subscription '${row.subscriptionId}' could not be found. Ask for the list of your subscriptions.`,
        ),
    );
  }

  delete(subscriptionId: string, name: string): boolean {
    const key = [subscriptionId.toLowerCase(), name.toLowerCase()] as const;
    const registry = this.session.get<{ name: string }>(registryInGroup, ...key);
    if (registry) {
      throw new DomainError(
        'conflict',
        'resource-group.not-empty',
        `The resource group '${name}' still holds the registry '${registry.name}'. Delete the registry first.`,
      );
    }
    return this.session.run(deleteGroup, ...key) > 0;
  }
}

function toGroup(row: GroupColumns): ResourceGroupRow {
  return {
    subscriptionId: row.subscription_id,
    name: row.name,
    location: row.location,
    tags: row.tags,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  };
}

const LOCK = 'scope, scope_key, name, level, notes, created_at, created_by FROM resource_locks';
const findLock = query(`SELECT ${LOCK} WHERE scope_key = ? AND name_key = ?`);
const locksAt = query(`SELECT ${LOCK} WHERE scope_key IN (SELECT value FROM json_each(?))`);
const locksWithin = query(`SELECT ${LOCK} WHERE scope_key = ? OR (scope_key > ? AND scope_key < ?)`);
const putLock = command(`
  INSERT INTO resource_locks (scope_key, name_key, name, scope, level, notes, created_at, created_by)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (scope_key, name_key) DO UPDATE SET level = excluded.level, notes = excluded.notes`);
const deleteLock = command('DELETE FROM resource_locks WHERE scope_key = ? AND name_key = ?');
const deleteLocksWithin = command(
  'DELETE FROM resource_locks WHERE scope_key = ? OR (scope_key > ? AND scope_key < ?)',
);

interface LockColumns {
  scope: string;
  scope_key: string;
  name: string;
  level: ResourceLockRow['level'];
  notes: string | null;
  created_at: number;
  created_by: string;
}

export class SqliteResourceLockReader implements ResourceLockReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  find(scopeKey: string, name: string): ResourceLockRow | undefined {
    const row = this.session.get<LockColumns>(findLock, scopeKey, name.toLowerCase());
    return row && toLock(row);
  }

  at(scopeKeys: readonly string[]): ResourceLockRow[] {
    return this.session.all<LockColumns>(locksAt, JSON.stringify(scopeKeys)).map(toLock);
  }

  within(scopeKey: string): ResourceLockRow[] {
    return this.session.all<LockColumns>(locksWithin, scopeKey, ...below(scopeKey)).map(toLock);
  }
}

export class SqliteResourceLockWriter extends SqliteResourceLockReader implements ResourceLockWriter {
  put(row: ResourceLockRow): void {
    this.session.run(
      putLock,
      row.scopeKey,
      row.name.toLowerCase(),
      row.name,
      row.scope,
      row.level,
      row.notes,
      row.createdAt.getTime(),
      row.createdBy,
    );
  }

  delete(scopeKey: string, name: string): boolean {
    return this.session.run(deleteLock, scopeKey, name.toLowerCase()) > 0;
  }

  deleteWithin(scopeKey: string): number {
    return this.session.run(deleteLocksWithin, scopeKey, ...below(scopeKey));
  }
}

function toLock(row: LockColumns): ResourceLockRow {
  return {
    scope: row.scope,
    scopeKey: row.scope_key,
    name: row.name,
    level: row.level,
    notes: row.notes ?? undefined,
    createdAt: new Date(row.created_at),
    createdBy: row.created_by,
  };
}
