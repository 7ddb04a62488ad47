import type {
  AuthorizationCodeRow,
  AuthorizationCodeTable,
  ClientAssertionTable,
  DeviceCodeReader,
  DeviceCodeRow,
  DeviceCodeTable,
  RefreshFamilyReader,
  RefreshFamilyRow,
  RefreshFamilyWriter,
} from '../directory.ts';
import type { SigningKeyReader, SigningKeyRow, SigningKeyWriter } from '../metadata-store.ts';
import { raiseGeneration } from './generation.ts';
import type { Session } from './session.ts';
import { command, hotQuery, query, type Statement } from './statements.ts';

const FAMILY = 'id, user_id, password_id, client_id, counter, rotated_at, idle_until, ends_at FROM refresh_families';
const findFamily = hotQuery(`SELECT ${FAMILY} WHERE id = ?`);
const insertFamily = command(`
  INSERT INTO refresh_families (id, user_id, password_id, client_id, counter, rotated_at, idle_until, ends_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
const rotateFamily = command(
  'UPDATE refresh_families SET counter = counter + 1, rotated_at = ?, idle_until = ? WHERE id = ? AND counter = ?',
);
const endFamily = command('DELETE FROM refresh_families WHERE id = ?');
const idleFamilies = query('SELECT id FROM refresh_families WHERE idle_until <= ? ORDER BY idle_until LIMIT ?');

const CODE =
  'digest, user_id, password_id, client_id, redirect_uri, code_challenge, scope, nonce, redeemed, family_id, expires_at FROM authorization_codes';
const findCode = query(`SELECT ${CODE} WHERE digest = ?`);
const insertCode = command(`
  INSERT INTO authorization_codes (digest, user_id, password_id, client_id, redirect_uri, code_challenge, scope, nonce,
    redeemed, family_id, expires_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
const redeemCode = command(
  'UPDATE authorization_codes SET redeemed = 1, family_id = ? WHERE digest = ? AND redeemed = 0',
);
const deleteCode = command('DELETE FROM authorization_codes WHERE digest = ?');
const expiredCodes = query(
  'SELECT digest AS id FROM authorization_codes WHERE expires_at <= ? ORDER BY expires_at LIMIT ?',
);

const DEVICE = 'digest, user_code, client_id, scope, state, user_id, password_id, expires_at FROM device_codes';
const findDevice = query(`SELECT ${DEVICE} WHERE digest = ?`);
const deviceByUserCode = query(`SELECT ${DEVICE} WHERE user_code = ?`);
const insertDevice = command(`
  INSERT INTO device_codes (digest, user_code, client_id, scope, state, user_id, password_id, expires_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
const decideDevice = command(
  "UPDATE device_codes SET state = ?, user_id = ?, password_id = ? WHERE digest = ? AND state = 'pending'",
);
const deleteDevice = command('DELETE FROM device_codes WHERE digest = ?');
const expiredDevices = query('SELECT digest AS id FROM device_codes WHERE expires_at <= ? ORDER BY expires_at LIMIT ?');

const useAssertion = command(`
  INSERT INTO client_assertions (client_id, jti, expires_at) VALUES (?, ?, ?) ON CONFLICT (client_id, jti) DO NOTHING`);
const deleteAssertion = command('DELETE FROM client_assertions WHERE client_id = ? AND jti = ?');
const expiredAssertions = query(
  'SELECT client_id, jti FROM client_assertions WHERE expires_at <= ? ORDER BY expires_at LIMIT ?',
);

const allKeys = query(`
  SELECT kid, public_jwk, sealed_private_jwk, created_at, retires_at, expires_at FROM sign_in_keys
  ORDER BY created_at DESC, kid DESC`);
const insertKey = command(`
  INSERT INTO sign_in_keys (kid, public_jwk, sealed_private_jwk, created_at, retires_at, expires_at)
  VALUES (?, ?, ?, ?, ?, ?)`);
const deleteExpiredKeys = command('DELETE FROM sign_in_keys WHERE expires_at <= ?');

/** Deletes in small steps what `expired` finds, so that the writer is never kept for long. */
function sweep(session: Session, expired: Statement, remove: Statement, now: Date, limit: number): number {
  const rows = session.all<{ id: string }>(expired, now.getTime(), limit);
  for (const { id } of rows) session.run(remove, id);
  return rows.length;
}

interface FamilyColumns {
  id: string;
  user_id: string;
  password_id: string;
  client_id: string;
  counter: number;
  rotated_at: number;
  idle_until: number;
  ends_at: number;
}

export class SqliteRefreshFamilyReader implements RefreshFamilyReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  find(id: string): RefreshFamilyRow | undefined {
    const row = this.session.get<FamilyColumns>(findFamily, id);
    return (
      row && {
        id: row.id,
        userId: row.user_id,
        passwordId: row.password_id,
        clientId: row.client_id,
        counter: row.counter,
        rotatedAt: new Date(row.rotated_at),
        idleUntil: new Date(row.idle_until),
        endsAt: new Date(row.ends_at),
      }
    );
  }
}

export class SqliteRefreshFamilyWriter extends SqliteRefreshFamilyReader implements RefreshFamilyWriter {
  /** Raises no generation: nobody can have asked about it before. */
  insert(row: RefreshFamilyRow): void {
    const times = [row.rotatedAt.getTime(), row.idleUntil.getTime(), row.endsAt.getTime()];
    this.session.run(insertFamily, row.id, row.userId, row.passwordId, row.clientId, row.counter, ...times);
  }

  /** Raises no generation either: what was got by the token before is as good as it was. */
  rotate(id: string, counter: number, now: Date, idleUntil: Date): boolean {
    return this.session.run(rotateFamily, now.getTime(), idleUntil.getTime(), id, counter) > 0;
  }

  end(id: string): boolean {
    const ended = this.session.run(endFamily, id) > 0;
    if (ended) raiseGeneration(this.session);
    return ended;
  }

  /** Raises no generation: whoever looks at a family looks at its end, too. */
  deleteExpired(now: Date, limit: number): number {
    return sweep(this.session, idleFamilies, endFamily, now, limit);
  }
}

interface CodeColumns {
  digest: string;
  user_id: string;
  password_id: string;
  client_id: string;
  redirect_uri: string;
  code_challenge: string;
  scope: string;
  nonce: string | null;
  redeemed: number;
  family_id: string | null;
  expires_at: number;
}

export class SqliteAuthorizationCodeTable implements AuthorizationCodeTable {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  find(digest: string): AuthorizationCodeRow | undefined {
    const row = this.#session.get<CodeColumns>(findCode, digest);
    return (
      row && {
        digest: row.digest,
        userId: row.user_id,
        passwordId: row.password_id,
        clientId: row.client_id,
        redirectUri: row.redirect_uri,
        codeChallenge: row.code_challenge,
        scope: row.scope,
        nonce: row.nonce ?? undefined,
        redeemed: row.redeemed === 1,
        familyId: row.family_id ?? undefined,
        expiresAt: new Date(row.expires_at),
      }
    );
  }

  insert(row: AuthorizationCodeRow): void {
    this.#session.run(
      insertCode,
      row.digest,
      row.userId,
      row.passwordId,
      row.clientId,
      row.redirectUri,
      row.codeChallenge,
      row.scope,
      row.nonce,
      Number(row.redeemed),
      row.familyId,
      row.expiresAt.getTime(),
    );
  }

  redeem(digest: string, familyId: string | undefined): boolean {
    return this.#session.run(redeemCode, familyId, digest) > 0;
  }

  deleteExpired(now: Date, limit: number): number {
    return sweep(this.#session, expiredCodes, deleteCode, now, limit);
  }
}

interface DeviceColumns {
  digest: string;
  user_code: string;
  client_id: string;
  scope: string;
  state: DeviceCodeRow['state'];
  user_id: string | null;
  password_id: string | null;
  expires_at: number;
}

export class SqliteDeviceCodeReader implements DeviceCodeReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  find(digest: string): DeviceCodeRow | undefined {
    return this.#row(this.session.get<DeviceColumns>(findDevice, digest));
  }

  byUserCode(userCode: string): DeviceCodeRow | undefined {
    return this.#row(this.session.get<DeviceColumns>(deviceByUserCode, userCode));
  }

  #row(row: DeviceColumns | undefined): DeviceCodeRow | undefined {
    return (
      row && {
        digest: row.digest,
        userCode: row.user_code,
        clientId: row.client_id,
        scope: row.scope,
        state: row.state,
        userId: row.user_id ?? undefined,
        passwordId: row.password_id ?? undefined,
        expiresAt: new Date(row.expires_at),
      }
    );
  }
}

export class SqliteDeviceCodeTable extends SqliteDeviceCodeReader implements DeviceCodeTable {
  insert(row: DeviceCodeRow): void {
    this.session.run(
      insertDevice,
      row.digest,
      row.userCode,
      row.clientId,
      row.scope,
      row.state,
      row.userId,
      row.passwordId,
      row.expiresAt.getTime(),
    );
  }

  decide(digest: string, by: { userId: string; passwordId: string } | undefined): boolean {
    return this.session.run(decideDevice, by ? 'approved' : 'denied', by?.userId, by?.passwordId, digest) > 0;
  }

  delete(digest: string): boolean {
    return this.session.run(deleteDevice, digest) > 0;
  }

  deleteExpired(now: Date, limit: number): number {
    return sweep(this.session, expiredDevices, deleteDevice, now, limit);
  }
}

export class SqliteClientAssertionTable implements ClientAssertionTable {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  use(clientId: string, jti: string, expiresAt: Date): boolean {
    return this.#session.run(useAssertion, clientId, jti, expiresAt.getTime()) > 0;
  }

  deleteExpired(now: Date, limit: number): number {
    const rows = this.#session.all<{ client_id: string; jti: string }>(expiredAssertions, now.getTime(), limit);
    for (const { client_id: client, jti } of rows) this.#session.run(deleteAssertion, client, jti);
    return rows.length;
  }
}

interface KeyColumns {
  kid: string;
  public_jwk: string;
  sealed_private_jwk: Uint8Array;
  created_at: number;
  retires_at: number;
  expires_at: number;
}

/** The keys of sign-in tokens: like those of registry tokens, in a table of their own. */
export class SqliteSignInKeyReader implements SigningKeyReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  all(): SigningKeyRow[] {
    return this.session.all<KeyColumns>(allKeys).map((row) => ({
      kid: row.kid,
      publicJwk: row.public_jwk,
      sealedPrivateJwk: row.sealed_private_jwk,
      createdAt: new Date(row.created_at),
      retiresAt: new Date(row.retires_at),
      expiresAt: new Date(row.expires_at),
    }));
  }
}

export class SqliteSignInKeyWriter extends SqliteSignInKeyReader implements SigningKeyWriter {
  insert(row: SigningKeyRow): void {
    const times = [row.createdAt.getTime(), row.retiresAt.getTime(), row.expiresAt.getTime()];
    this.session.run(insertKey, row.kid, row.publicJwk, row.sealedPrivateJwk, ...times);
  }

  deleteExpired(now: Date): number {
    return this.session.run(deleteExpiredKeys, now.getTime());
  }
}
