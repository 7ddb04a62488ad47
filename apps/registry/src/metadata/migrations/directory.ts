import type { Dialect, Migration } from './migration.ts';

/** People, groups, applications, their credentials, and what is under way between a sign-in and its tokens. */
export const directory: Migration = {
  version: 4,
  name: 'users, groups, applications, sign-ins',
  statements: (dialect) => [...users(dialect), ...groups(dialect), ...applications(dialect), ...signIns(dialect)],
};

/** `sort_key` is the display name in lower case and the id: unique, so that one column finds, sorts and pages. */
function users({ text }: Dialect): string[] {
  return [
    `CREATE TABLE users (
      id ${text} NOT NULL PRIMARY KEY,
      upn_key ${text} NOT NULL UNIQUE,
      upn ${text} NOT NULL,
      sort_key ${text} NOT NULL UNIQUE,
      display_name ${text} NOT NULL,
      enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
      site_operator INTEGER NOT NULL CHECK (site_operator IN (0, 1)),
      password_id ${text} NOT NULL,
      password_hash ${text} NOT NULL,
      password_changed_at BIGINT NOT NULL,
      created_at BIGINT NOT NULL
    )`,
  ];
}

function groups({ text }: Dialect): string[] {
  return [
    `CREATE TABLE groups (
      id ${text} NOT NULL PRIMARY KEY,
      sort_key ${text} NOT NULL UNIQUE,
      display_name ${text} NOT NULL,
      mail_nickname ${text} NOT NULL,
      description ${text},
      created_at BIGINT NOT NULL
    )`,
    // A member is a user, a service principal or a group: so no foreign key.
    `CREATE TABLE group_members (
      group_id ${text} NOT NULL REFERENCES groups (id),
      member_id ${text} NOT NULL,
      member_type ${text} NOT NULL CHECK (member_type IN ('User', 'Group', 'ServicePrincipal')),
      PRIMARY KEY (group_id, member_id)
    )`,
    'CREATE INDEX group_members_member ON group_members (member_id, group_id)',
  ];
}

function applications({ text, bytes }: Dialect): string[] {
  return [
    `CREATE TABLE applications (
      id ${text} NOT NULL PRIMARY KEY,
      app_id ${text} NOT NULL UNIQUE,
      sort_key ${text} NOT NULL UNIQUE,
      display_name ${text} NOT NULL,
      redirect_uris ${text} NOT NULL,
      public_client INTEGER NOT NULL CHECK (public_client IN (0, 1)),
      created_at BIGINT NOT NULL,
      created_by ${text} NOT NULL
    )`,
    `CREATE TABLE service_principals (
      id ${text} NOT NULL PRIMARY KEY,
      app_id ${text} NOT NULL UNIQUE REFERENCES applications (app_id),
      sort_key ${text} NOT NULL UNIQUE,
      display_name ${text} NOT NULL,
      enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
      created_at BIGINT NOT NULL
    )`,
    // Secrets are random, so that their SHA-256 is enough; certificates have nothing to hide.
    `CREATE TABLE application_credentials (
      id ${text} NOT NULL PRIMARY KEY,
      app_id ${text} NOT NULL REFERENCES applications (app_id),
      owner_id ${text} NOT NULL,
      kind ${text} NOT NULL CHECK (kind IN ('password', 'certificate')),
      display_name ${text},
      hint ${text},
      digest ${bytes},
      certificate ${text},
      thumbprint_sha1 ${text},
      thumbprint_sha256 ${text},
      starts_at BIGINT NOT NULL,
      ends_at BIGINT NOT NULL,
      CHECK ((kind = 'password' AND digest IS NOT NULL) OR (kind = 'certificate' AND certificate IS NOT NULL))
    )`,
    'CREATE INDEX application_credentials_app ON application_credentials (app_id, id)',
  ];
}

function signIns({ text, bytes }: Dialect): string[] {
  return [
    // Of their own, apart from the keys of registry tokens: a token of one kind can then not even be read as the other.
    `CREATE TABLE sign_in_keys (
      kid ${text} NOT NULL PRIMARY KEY,
      public_jwk ${text} NOT NULL,
      sealed_private_jwk ${bytes} NOT NULL,
      created_at BIGINT NOT NULL,
      retires_at BIGINT NOT NULL,
      expires_at BIGINT NOT NULL
    )`,
    `CREATE TABLE refresh_families (
      id ${text} NOT NULL PRIMARY KEY,
      user_id ${text} NOT NULL REFERENCES users (id),
      password_id ${text} NOT NULL,
      client_id ${text} NOT NULL,
      counter INTEGER NOT NULL,
      rotated_at BIGINT NOT NULL,
      idle_until BIGINT NOT NULL,
      ends_at BIGINT NOT NULL
    )`,
    'CREATE INDEX refresh_families_user ON refresh_families (user_id)',
    'CREATE INDEX refresh_families_idle ON refresh_families (idle_until)',
    `CREATE TABLE authorization_codes (
      digest ${text} NOT NULL PRIMARY KEY,
      user_id ${text} NOT NULL REFERENCES users (id),
      password_id ${text} NOT NULL,
      client_id ${text} NOT NULL,
      redirect_uri ${text} NOT NULL,
      code_challenge ${text} NOT NULL,
      scope ${text} NOT NULL,
      nonce ${text},
      redeemed INTEGER NOT NULL CHECK (redeemed IN (0, 1)),
      family_id ${text},
      expires_at BIGINT NOT NULL
    )`,
    'CREATE INDEX authorization_codes_user ON authorization_codes (user_id)',
    'CREATE INDEX authorization_codes_expiry ON authorization_codes (expires_at)',
    `CREATE TABLE device_codes (
      digest ${text} NOT NULL PRIMARY KEY,
      user_code ${text} NOT NULL UNIQUE,
      client_id ${text} NOT NULL,
      scope ${text} NOT NULL,
      state ${text} NOT NULL CHECK (state IN ('pending', 'approved', 'denied')),
      user_id ${text} REFERENCES users (id),
      password_id ${text},
      expires_at BIGINT NOT NULL,
      CHECK ((state = 'approved') = (user_id IS NOT NULL AND password_id IS NOT NULL))
    )`,
    'CREATE INDEX device_codes_user ON device_codes (user_id) WHERE user_id IS NOT NULL',
    'CREATE INDEX device_codes_expiry ON device_codes (expires_at)',
    `CREATE TABLE client_assertions (
      client_id ${text} NOT NULL,
      jti ${text} NOT NULL,
      expires_at BIGINT NOT NULL,
      PRIMARY KEY (client_id, jti)
    )`,
    'CREATE INDEX client_assertions_expiry ON client_assertions (expires_at)',
  ];
}
