import { DomainError } from '../../platform/domain-error.ts';
import type {
  CredentialReader,
  CredentialRow,
  CredentialWriter,
  SigningKeyReader,
  SigningKeyRow,
  SigningKeyWriter,
} from '../metadata-store.ts';
import { isForeignKeyViolation, translate } from './errors.ts';
import { raiseGeneration } from './generation.ts';
import type { Session } from './session.ts';
import { command, query } from './statements.ts';

const credentialsByRegistry = query(
  'SELECT id, registry_id, name, sealed, created_at FROM credentials WHERE registry_id = ? ORDER BY name',
);
const putCredential = command(`
  INSERT INTO credentials (id, registry_id, name, sealed, created_at) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (registry_id, name) DO UPDATE
  SET id = excluded.id, sealed = excluded.sealed, created_at = excluded.created_at`);
const allKeys = query(`
  SELECT kid, public_jwk, sealed_private_jwk, created_at, retires_at, expires_at
  FROM signing_keys ORDER BY created_at DESC, kid DESC`);
const insertKey = command(`
  INSERT INTO signing_keys (kid, public_jwk, sealed_private_jwk, created_at, retires_at, expires_at)
  VALUES (?, ?, ?, ?, ?, ?)`);
const deleteExpiredKeys = command('DELETE FROM signing_keys WHERE expires_at <= ?');

interface CredentialColumns {
  id: string;
  registry_id: string;
  name: CredentialRow['name'];
  sealed: Uint8Array;
  created_at: number;
}

export class SqliteCredentialReader implements CredentialReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  byRegistry(registryId: string): CredentialRow[] {
    return this.session.all<CredentialColumns>(credentialsByRegistry, registryId).map((row) => ({
      id: row.id,
      registryId: row.registry_id,
      name: row.name,
      sealed: row.sealed,
      createdAt: new Date(row.created_at),
    }));
  }
}

export class SqliteCredentialWriter extends SqliteCredentialReader implements CredentialWriter {
  put(row: CredentialRow): void {
    translate(
      () => this.session.run(putCredential, row.id, row.registryId, row.name, row.sealed, row.createdAt.getTime()),
      isForeignKeyViolation,
      () => new DomainError('not-found', 'registry.unknown', 'The registry of this password does not exist.'),
    );
    raiseGeneration(this.session);
  }
}

interface SigningKeyColumns {
  kid: string;
  public_jwk: string;
  sealed_private_jwk: Uint8Array;
  created_at: number;
  retires_at: number;
  expires_at: number;
}

export class SqliteSigningKeyReader implements SigningKeyReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  all(): SigningKeyRow[] {
    return this.session.all<SigningKeyColumns>(allKeys).map((row) => ({
      kid: row.kid,
      publicJwk: row.public_jwk,
      sealedPrivateJwk: row.sealed_private_jwk,
      createdAt: new Date(row.created_at),
      retiresAt: new Date(row.retires_at),
      expiresAt: new Date(row.expires_at),
    }));
  }
}

export class SqliteSigningKeyWriter extends SqliteSigningKeyReader implements SigningKeyWriter {
  insert(row: SigningKeyRow): void {
    this.session.run(
      insertKey,
      row.kid,
      row.publicJwk,
      row.sealedPrivateJwk,
      row.createdAt.getTime(),
      row.retiresAt.getTime(),
      row.expiresAt.getTime(),
    );
  }

  deleteExpired(now: Date): number {
    return this.session.run(deleteExpiredKeys, now.getTime());
  }
}
