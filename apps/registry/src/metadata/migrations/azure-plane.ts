import type { Dialect, Migration } from './migration.ts';

/** Subscriptions, groups, registries as resources, roles and their assignments, and the generation that they raise. */
export const azurePlane: Migration = {
  version: 3,
  name: 'resources, roles and assignments',
  statements: (dialect) => [
    ...generation(),
    ...resources(dialect),
    ...registries(dialect),
    ...rights(dialect),
    ...audit(dialect),
  ],
};

function generation(): string[] {
  return [
    'CREATE TABLE generation (id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1), value BIGINT NOT NULL)',
    'INSERT INTO generation (id, value) VALUES (1, 1)',
  ];
}

function resources({ text }: Dialect): string[] {
  return [
    `CREATE TABLE subscriptions (
      id ${text} NOT NULL PRIMARY KEY,
      display_name ${text} NOT NULL,
      created_at BIGINT NOT NULL
    )`,
    `CREATE TABLE resource_groups (
      subscription_id ${text} NOT NULL REFERENCES subscriptions (id),
      name_key ${text} NOT NULL,
      name ${text} NOT NULL,
      location ${text} NOT NULL,
      tags ${text} NOT NULL,
      created_at BIGINT NOT NULL,
      updated_at BIGINT NOT NULL,
      PRIMARY KEY (subscription_id, name_key)
    )`,
    `CREATE TABLE resource_locks (
      scope_key ${text} NOT NULL,
      name_key ${text} NOT NULL,
      name ${text} NOT NULL,
      scope ${text} NOT NULL,
      level ${text} NOT NULL CHECK (level IN ('CanNotDelete', 'ReadOnly')),
      notes ${text},
      created_at BIGINT NOT NULL,
      created_by ${text} NOT NULL,
      PRIMARY KEY (scope_key, name_key)
    )`,
  ];
}

/**
 * The registries of version 1 become resources: of the one subscription that the first start named, in the group `default`.
 * A deleted registry keeps its row until its content is purged, under a name that nobody can ask for.
 */
function registries({ text }: Dialect): string[] {
  return [
    `INSERT INTO subscriptions (id, display_name, created_at)
      SELECT value, 'Default', 0 FROM settings WHERE name = 'subscriptionId'`,
    `INSERT INTO resource_groups (subscription_id, name_key, name, location, tags, created_at, updated_at)
      SELECT value, 'default', 'default', '', '{}', 0, 0 FROM settings WHERE name = 'subscriptionId'`,
    `ALTER TABLE registries ADD COLUMN subscription_id ${text} NOT NULL DEFAULT ''`,
    `ALTER TABLE registries ADD COLUMN group_key ${text} NOT NULL DEFAULT 'default'`,
    `ALTER TABLE registries ADD COLUMN resource_group ${text} NOT NULL DEFAULT 'default'`,
    `ALTER TABLE registries ADD COLUMN location ${text} NOT NULL DEFAULT ''`,
    `ALTER TABLE registries ADD COLUMN sku ${text} NOT NULL DEFAULT 'Standard' CHECK (sku IN ('Basic', 'Standard', 'Premium'))`,
    'ALTER TABLE registries ADD COLUMN anonymous_pull_enabled INTEGER NOT NULL DEFAULT 0 CHECK (anonymous_pull_enabled IN (0, 1))',
    `ALTER TABLE registries ADD COLUMN network_rules ${text}`,
    `ALTER TABLE registries ADD COLUMN policies ${text} NOT NULL DEFAULT '{}'`,
    `ALTER TABLE registries ADD COLUMN tags ${text} NOT NULL DEFAULT '{}'`,
    'ALTER TABLE registries ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0',
    'ALTER TABLE registries ADD COLUMN deleted_at BIGINT',
    `UPDATE registries SET
      subscription_id = COALESCE((SELECT value FROM settings WHERE name = 'subscriptionId'), ''),
      updated_at = created_at`,
    'CREATE INDEX registries_place ON registries (subscription_id, name_key, deleted_at) WHERE deleted_at IS NULL',
    'CREATE INDEX registries_group ON registries (subscription_id, group_key, name_key) WHERE deleted_at IS NULL',
    'CREATE INDEX registries_deleted ON registries (deleted_at, id) WHERE deleted_at IS NOT NULL',
  ];
}

function rights({ text }: Dialect): string[] {
  return [
    // No foreign key to a role or a principal: the built-in roles are in the program.
    `CREATE TABLE role_assignments (
      id ${text} NOT NULL PRIMARY KEY,
      scope_key ${text} NOT NULL,
      scope ${text} NOT NULL,
      role_id ${text} NOT NULL,
      principal_id ${text} NOT NULL,
      principal_type ${text} NOT NULL CHECK (principal_type IN ('User', 'Group', 'ServicePrincipal')),
      description ${text},
      created_at BIGINT NOT NULL,
      created_by ${text} NOT NULL,
      UNIQUE (principal_id, role_id, scope_key)
    )`,
    'CREATE INDEX role_assignments_scope ON role_assignments (scope_key, id)',
    'CREATE INDEX role_assignments_role ON role_assignments (role_id, id)',
    `CREATE TABLE role_definitions (
      id ${text} NOT NULL PRIMARY KEY,
      name_key ${text} NOT NULL UNIQUE,
      name ${text} NOT NULL,
      description ${text} NOT NULL,
      permissions ${text} NOT NULL,
      assignable_scopes ${text} NOT NULL,
      created_at BIGINT NOT NULL,
      created_by ${text} NOT NULL,
      updated_at BIGINT NOT NULL,
      updated_by ${text} NOT NULL
    )`,
  ];
}

function audit({ text }: Dialect): string[] {
  return [`ALTER TABLE audit ADD COLUMN resource ${text}`, `ALTER TABLE audit ADD COLUMN client ${text}`];
}
