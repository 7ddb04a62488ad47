import { DomainError } from '../../platform/domain-error.ts';
import type { PageRequest } from '../page-request.ts';
import type {
  RegistryTokenReader,
  RegistryTokenRow,
  RegistryTokenWriter,
  ScopeMapReader,
  ScopeMapRow,
  ScopeMapWriter,
  TokenPasswordName,
  TokenPasswordRow,
} from '../registry-tokens.ts';
import { isForeignKeyViolation, translate } from './errors.ts';
import { raiseGeneration } from './generation.ts';
import type { Session } from './session.ts';
import { command, NO_LIMIT, query } from './statements.ts';

const SCOPE_MAP = 'registry_id, name, description, actions, created_at FROM scope_maps';
const findScopeMap = query(`SELECT ${SCOPE_MAP} WHERE registry_id = ? AND name_key = ?`);
const listScopeMaps = query(
  `SELECT ${SCOPE_MAP} WHERE registry_id = ? AND name_key > ? ORDER BY registry_id, name_key LIMIT ?`,
);
const putScopeMap = command(`
  INSERT INTO scope_maps (registry_id, name_key, name, description, actions, created_at) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (registry_id, name_key) DO UPDATE SET description = excluded.description, actions = excluded.actions`);
const tokenOfScopeMap = query('SELECT name FROM registry_tokens WHERE registry_id = ? AND scope_map_key = ? LIMIT 1');
const deleteScopeMap = command('DELETE FROM scope_maps WHERE registry_id = ? AND name_key = ?');
const deleteScopeMaps = command('DELETE FROM scope_maps WHERE registry_id = ?');

interface ScopeMapColumns {
  registry_id: string;
  name: string;
  description: string | null;
  actions: string;
  created_at: number;
}

export class SqliteScopeMapReader implements ScopeMapReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  find(registryId: string, name: string): ScopeMapRow | undefined {
    const row = this.session.get<ScopeMapColumns>(findScopeMap, registryId, name.toLowerCase());
    return row && toScopeMap(row);
  }

  list(registryId: string, { last = '', limit = NO_LIMIT }: PageRequest): ScopeMapRow[] {
    return this.session.all<ScopeMapColumns>(listScopeMaps, registryId, last, limit).map(toScopeMap);
  }
}

export class SqliteScopeMapWriter extends SqliteScopeMapReader implements ScopeMapWriter {
  put(row: ScopeMapRow): void {
    const { registryId, name, description, actions, createdAt } = row;
    translate(
      () =>
        this.session.run(putScopeMap, registryId, name.toLowerCase(), name, description, actions, createdAt.getTime()),
      isForeignKeyViolation,
      registryGone,
    );
    raiseGeneration(this.session);
  }

  delete(registryId: string, name: string): boolean {
    const key = name.toLowerCase();
    const token = this.session.get<{ name: string }>(tokenOfScopeMap, registryId, key);
    if (token) {
      throw new DomainError(
        'conflict',
        'resource.in-use',
        `The scope map '${name}' cannot be deleted: the token '${token.name}' refers to it. Give that token another scope map, or delete it first.`,
      );
    }
    if (this.session.run(deleteScopeMap, registryId, key) === 0) return false;
    raiseGeneration(this.session);
    return true;
  }
}

function toScopeMap(row: ScopeMapColumns): ScopeMapRow {
  return {
    registryId: row.registry_id,
    name: row.name,
    description: row.description ?? undefined,
    actions: row.actions,
    createdAt: new Date(row.created_at),
  };
}

const TOKEN = 'id, registry_id, name, scope_map_key, status, created_at FROM registry_tokens';
const findToken = query(`SELECT ${TOKEN} WHERE registry_id = ? AND name_key = ?`);
const listTokens = query(
  `SELECT ${TOKEN} WHERE registry_id = ? AND name_key > ? ORDER BY registry_id, name_key LIMIT ?`,
);
const PASSWORD = 'token_key, id, name, digest, created_at, expires_at FROM registry_token_passwords';
const passwordsOf = query(`SELECT ${PASSWORD} WHERE registry_id = ? AND token_key = ? ORDER BY name`);
const passwordsBetween = query(
  `SELECT ${PASSWORD} WHERE registry_id = ? AND token_key > ? AND token_key <= ? ORDER BY token_key, name`,
);
const putToken = command(`
  INSERT INTO registry_tokens (registry_id, name_key, id, name, scope_map_key, status, created_at)
  VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (registry_id, name_key) DO UPDATE
  SET scope_map_key = excluded.scope_map_key, status = excluded.status`);
const deleteToken = command('DELETE FROM registry_tokens WHERE registry_id = ? AND name_key = ?');
const deleteTokens = command('DELETE FROM registry_tokens WHERE registry_id = ?');
const putPassword = command(`
  INSERT INTO registry_token_passwords (registry_id, token_key, name, id, digest, created_at, expires_at)
  VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (registry_id, token_key, name) DO UPDATE
  SET id = excluded.id, digest = excluded.digest, created_at = excluded.created_at, expires_at = excluded.expires_at`);
const deletePassword = command(
  'DELETE FROM registry_token_passwords WHERE registry_id = ? AND token_key = ? AND name = ?',
);
const deletePasswordsOfToken = command('DELETE FROM registry_token_passwords WHERE registry_id = ? AND token_key = ?');
const deletePasswords = command('DELETE FROM registry_token_passwords WHERE registry_id = ?');

interface TokenColumns {
  id: string;
  registry_id: string;
  name: string;
  scope_map_key: string;
  status: RegistryTokenRow['status'];
  created_at: number;
}

interface PasswordColumns {
  token_key: string;
  id: string;
  name: TokenPasswordName;
  digest: Uint8Array;
  created_at: number;
  expires_at: number | null;
}

export class SqliteRegistryTokenReader implements RegistryTokenReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  find(registryId: string, name: string): RegistryTokenRow | undefined {
    const key = name.toLowerCase();
    const row = this.session.get<TokenColumns>(findToken, registryId, key);
    return row && toToken(row, this.session.all<PasswordColumns>(passwordsOf, registryId, key));
  }

  list(registryId: string, { last = '', limit = NO_LIMIT }: PageRequest): RegistryTokenRow[] {
    const rows = this.session.all<TokenColumns>(listTokens, registryId, last, limit);
    const end = rows.at(-1)?.name.toLowerCase() ?? last;
    const passwords = this.session.all<PasswordColumns>(passwordsBetween, registryId, last, end);
    const byToken = Map.groupBy(passwords, (password) => password.token_key);
    return rows.map((row) => toToken(row, byToken.get(row.name.toLowerCase()) ?? []));
  }
}

export class SqliteRegistryTokenWriter extends SqliteRegistryTokenReader implements RegistryTokenWriter {
  put(row: Omit<RegistryTokenRow, 'passwords'>): void {
    const { id, registryId, name, scopeMap, status, createdAt } = row;
    translate(
      () =>
        this.session.run(
          putToken,
          registryId,
          name.toLowerCase(),
          id,
          name,
          scopeMap.toLowerCase(),
          status,
          createdAt.getTime(),
        ),
      isForeignKeyViolation,
      registryGone,
    );
    raiseGeneration(this.session);
  }

  delete(registryId: string, name: string): boolean {
    const key = name.toLowerCase();
    this.session.run(deletePasswordsOfToken, registryId, key);
    if (this.session.run(deleteToken, registryId, key) === 0) return false;
    raiseGeneration(this.session);
    return true;
  }

  putPassword(registryId: string, token: string, password: TokenPasswordRow): void {
    const { id, name, digest, createdAt, expiresAt } = password;
    const times = [createdAt.getTime(), expiresAt?.getTime()] as const;
    translate(
      () => this.session.run(putPassword, registryId, token.toLowerCase(), name, id, digest, ...times),
      isForeignKeyViolation,
      () => new DomainError('not-found', 'resource.unknown', `The token '${token}' does not exist (any more).`),
    );
    raiseGeneration(this.session);
  }

  keepPasswords(registryId: string, token: string, names: readonly TokenPasswordName[]): void {
    for (const name of ['password1', 'password2'] as const) {
      if (!names.includes(name)) this.session.run(deletePassword, registryId, token.toLowerCase(), name);
    }
    raiseGeneration(this.session);
  }
}

/** Of a registry that is being deleted; its caller raises the generation. */
export function deleteTokensOf(session: Session, registryId: string): void {
  session.run(deletePasswords, registryId);
  session.run(deleteTokens, registryId);
  session.run(deleteScopeMaps, registryId);
}

function toToken(row: TokenColumns, passwords: readonly PasswordColumns[]): RegistryTokenRow {
  return {
    id: row.id,
    registryId: row.registry_id,
    name: row.name,
    scopeMap: row.scope_map_key,
    status: row.status,
    createdAt: new Date(row.created_at),
    passwords: passwords.map((password) => ({
      id: password.id,
      name: password.name,
      digest: password.digest,
      createdAt: new Date(password.created_at),
      expiresAt: password.expires_at === null ? undefined : new Date(password.expires_at),
    })),
  };
}

function registryGone(): DomainError {
  return new DomainError('not-found', 'registry.unknown', 'The registry does not exist (any more).');
}
