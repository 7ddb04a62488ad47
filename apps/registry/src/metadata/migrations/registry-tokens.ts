import type { Migration } from './migration.ts';

/** Tokens of registries and the scope maps that say what they may. */
export const registryTokens: Migration = {
  version: 5,
  name: 'scope maps and tokens of registries',
  statements: ({ text, bytes }) => [
    `CREATE TABLE scope_maps (
      registry_id ${text} NOT NULL REFERENCES registries (id),
      name_key ${text} NOT NULL,
      name ${text} NOT NULL,
      description ${text},
      actions ${text} NOT NULL,
      created_at BIGINT NOT NULL,
      PRIMARY KEY (registry_id, name_key)
    )`,
    // No foreign key to the scope map: the built-in ones are in the program.
    `CREATE TABLE registry_tokens (
      registry_id ${text} NOT NULL REFERENCES registries (id),
      name_key ${text} NOT NULL,
      id ${text} NOT NULL UNIQUE,
      name ${text} NOT NULL,
      scope_map_key ${text} NOT NULL,
      status ${text} NOT NULL CHECK (status IN ('enabled', 'disabled')),
      created_at BIGINT NOT NULL,
      PRIMARY KEY (registry_id, name_key)
    )`,
    'CREATE INDEX registry_tokens_scope_map ON registry_tokens (registry_id, scope_map_key)',
    `CREATE TABLE registry_token_passwords (
      registry_id ${text} NOT NULL,
      token_key ${text} NOT NULL,
      name ${text} NOT NULL CHECK (name IN ('password1', 'password2')),
      id ${text} NOT NULL UNIQUE,
      digest ${bytes} NOT NULL,
      created_at BIGINT NOT NULL,
      expires_at BIGINT,
      PRIMARY KEY (registry_id, token_key, name),
      FOREIGN KEY (registry_id, token_key) REFERENCES registry_tokens (registry_id, name_key)
    )`,
  ],
};
