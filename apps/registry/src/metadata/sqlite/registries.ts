import { DomainError } from '../../platform/domain-error.ts';
import type { PageRequest } from '../page-request.ts';
import type { RegistryFilter, RegistryReader, RegistryRow, RegistryWriter } from '../resources.ts';
import { isDuplicate, translate } from './errors.ts';
import { raiseGeneration } from './generation.ts';
import { deletePoliciesOf } from './policies.ts';
import { deleteTokensOf } from './registry-tokens.ts';
import type { Session } from './session.ts';
import { command, hotQuery, NO_LIMIT, query } from './statements.ts';

const REGISTRY = `id, name, subscription_id, resource_group, location, sku, admin_user_enabled, anonymous_pull_enabled,
  network_rules, policies, tags, created_at, updated_at FROM registries`;
const registryByName = hotQuery(`SELECT ${REGISTRY} WHERE name_key = ? AND deleted_at IS NULL`);
const registryById = hotQuery(`SELECT ${REGISTRY} WHERE id = ? AND deleted_at IS NULL`);
/** Whether a registry lies in one of the scopes of a JSON array. */
const READABLE = `(
    '/subscriptions/' || subscription_id IN (SELECT value FROM json_each(?))
    OR '/subscriptions/' || subscription_id || '/resourcegroups/' || group_key IN (SELECT value FROM json_each(?))
    OR '/subscriptions/' || subscription_id || '/resourcegroups/' || group_key ||
      '/providers/microsoft.containerregistry/registries/' || name_key IN (SELECT value FROM json_each(?)))`;
const LIVE = 'deleted_at IS NULL AND name_key > ?';
const ORDER = 'ORDER BY name_key LIMIT ?';
const registriesOfAll = query(`SELECT ${REGISTRY} WHERE ${LIVE} ${ORDER}`);
const registriesOfSubscription = query(`SELECT ${REGISTRY} WHERE subscription_id = ? AND ${LIVE} ${ORDER}`);
const registriesOfGroup = query(`SELECT ${REGISTRY} WHERE subscription_id = ? AND group_key = ? AND ${LIVE} ${ORDER}`);
const readableOfAll = query(`SELECT ${REGISTRY} WHERE ${READABLE} AND ${LIVE} ${ORDER}`);
const readableOfSubscription = query(
  `SELECT ${REGISTRY} WHERE subscription_id = ? AND ${READABLE} AND ${LIVE} ${ORDER}`,
);
const readableOfGroup = query(
  `SELECT ${REGISTRY} WHERE subscription_id = ? AND group_key = ? AND ${READABLE} AND ${LIVE} ${ORDER}`,
);
const countRegistries = query(
  'SELECT count(*) AS count FROM registries WHERE subscription_id = ? AND deleted_at IS NULL',
);
const insertRegistry = command(`
  INSERT INTO registries (id, name, name_key, subscription_id, resource_group, group_key, location, sku,
    admin_user_enabled, anonymous_pull_enabled, network_rules, policies, tags, created_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
const updateRegistry = command(`
  UPDATE registries SET sku = ?, admin_user_enabled = ?, anonymous_pull_enabled = ?, network_rules = ?, policies = ?,
    tags = ?, updated_at = ?
  WHERE id = ? AND deleted_at IS NULL`);
// A name that is no registry name, so the freed one can be taken and nobody can ask for this.
const deleteRegistry = command(`
  UPDATE registries SET deleted_at = ?, name_key = 'deleted:' || id WHERE id = ? AND deleted_at IS NULL`);
const deleteCredentials = command('DELETE FROM credentials WHERE registry_id = ?');

interface RegistryColumns {
  id: string;
  name: string;
  subscription_id: string;
  resource_group: string;
  location: string;
  sku: RegistryRow['sku'];
  admin_user_enabled: number;
  anonymous_pull_enabled: number;
  network_rules: string | null;
  policies: string;
  tags: string;
  created_at: number;
  updated_at: number;
}

export class SqliteRegistryReader implements RegistryReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  byName(name: string): RegistryRow | undefined {
    return this.session.made(registryByName, toRegistry, nameKey(name));
  }

  byId(id: string): RegistryRow | undefined {
    return this.session.made(registryById, toRegistry, id);
  }

  list(filter: RegistryFilter, { last = '', limit = NO_LIMIT }: PageRequest): RegistryRow[] {
    const { subscriptionId, resourceGroup } = filter;
    const place = [subscriptionId?.toLowerCase(), resourceGroup?.toLowerCase()].filter((part) => part !== undefined);
    const readable = filter.readable?.includes('/') ? undefined : filter.readable;
    const [all, some] =
      resourceGroup !== undefined
        ? [registriesOfGroup, readableOfGroup]
        : subscriptionId !== undefined
          ? [registriesOfSubscription, readableOfSubscription]
          : [registriesOfAll, readableOfAll];
    if (!readable) return this.session.all<RegistryColumns>(all, ...place, last, limit).map(toRegistry);
    const scopes = JSON.stringify(readable);
    const rows = this.session.all<RegistryColumns>(some, ...place, scopes, scopes, scopes, last, limit);
    return rows.map(toRegistry);
  }

  count(subscriptionId: string): number {
    return this.session.get<{ count: number }>(countRegistries, subscriptionId.toLowerCase())?.count ?? 0;
  }
}

export class SqliteRegistryWriter extends SqliteRegistryReader implements RegistryWriter {
  create(row: RegistryRow): void {
    translate(
      () =>
        this.session.run(
          insertRegistry,
          row.id,
          row.name,
          nameKey(row.name),
          row.subscriptionId.toLowerCase(),
          row.resourceGroup,
          row.resourceGroup.toLowerCase(),
          row.location,
          row.sku,
          row.adminUserEnabled ? 1 : 0,
          row.anonymousPullEnabled ? 1 : 0,
          row.networkRules,
          row.policies,
          row.tags,
          row.createdAt.getTime(),
          row.updatedAt.getTime(),
        ),
      isDuplicate,
      () =>
        new DomainError(
          'conflict',
          'registry.name-taken',
          `The registry ${row.name} exists already. Choose another name.`,
        ),
    );
    raiseGeneration(this.session);
  }

  update(row: RegistryRow): boolean {
    const updated = this.session.run(
      updateRegistry,
      row.sku,
      row.adminUserEnabled ? 1 : 0,
      row.anonymousPullEnabled ? 1 : 0,
      row.networkRules,
      row.policies,
      row.tags,
      row.updatedAt.getTime(),
      row.id,
    );
    if (updated > 0) raiseGeneration(this.session);
    return updated > 0;
  }

  delete(id: string, now: Date): boolean {
    if (this.session.run(deleteRegistry, now.getTime(), id) === 0) return false;
    this.session.run(deleteCredentials, id);
    deleteTokensOf(this.session, id);
    deletePoliciesOf(this.session, id);
    raiseGeneration(this.session);
    return true;
  }
}

const nameKey = (name: string): string => name.toLowerCase();

function toRegistry(row: RegistryColumns): RegistryRow {
  return {
    id: row.id,
    name: row.name,
    subscriptionId: row.subscription_id,
    resourceGroup: row.resource_group,
    location: row.location,
    sku: row.sku,
    adminUserEnabled: row.admin_user_enabled === 1,
    anonymousPullEnabled: row.anonymous_pull_enabled === 1,
    networkRules: row.network_rules ?? undefined,
    policies: row.policies,
    tags: row.tags,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  };
}
