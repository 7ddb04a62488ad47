import { DomainError } from '../../platform/domain-error.ts';
import { directoryKey, type NameFilter, type UserReader, type UserRow, type UserWriter } from '../directory.ts';
import type { PageRequest } from '../page-request.ts';
import { isDuplicate, translate } from './errors.ts';
import { raiseGeneration } from './generation.ts';
import type { Session } from './session.ts';
import { command, hotQuery, NO_LIMIT, query } from './statements.ts';

const USER =
  'id, upn, display_name, enabled, site_operator, password_id, password_hash, password_changed_at, created_at FROM users';
const findUser = hotQuery(`SELECT ${USER} WHERE id = ?`);
const userByUpn = hotQuery(`SELECT ${USER} WHERE upn_key = ?`);
const listUsers = query(`SELECT ${USER} WHERE sort_key > ? AND sort_key < ? ORDER BY sort_key LIMIT ?`);
const insertUser = command(`
  INSERT INTO users (upn_key, sort_key, upn, display_name, enabled, site_operator, password_id, password_hash,
    password_changed_at, id, created_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
const updateUser = command(`
  UPDATE users SET upn_key = ?, sort_key = ?, upn = ?, display_name = ?, enabled = ?, site_operator = ?,
    password_id = ?, password_hash = ?, password_changed_at = ?
  WHERE id = ?`);
const deleteUser = command('DELETE FROM users WHERE id = ?');
const deleteFamiliesOf = command('DELETE FROM refresh_families WHERE user_id = ?');
const deleteCodesOf = command('DELETE FROM authorization_codes WHERE user_id = ?');
const deleteDeviceCodesOf = command('DELETE FROM device_codes WHERE user_id = ?');
const deleteMembershipsOf = command('DELETE FROM group_members WHERE member_id = ?');

interface UserColumns {
  id: string;
  upn: string;
  display_name: string;
  enabled: number;
  site_operator: number;
  password_id: string;
  password_hash: string;
  password_changed_at: number;
  created_at: number;
}

/**
 * Between which keys the wanted names lie: `last` may be one of them. The name in a key is followed by U+0001, which no
 * name contains; U+10FFFF comes after every character.
 */
export function keyRange({ startsWith, equals }: NameFilter, last: string | undefined): [string, string] {
  const [from, until] =
    equals === undefined
      ? [startsWith?.toLowerCase() ?? '', `${startsWith?.toLowerCase() ?? ''}\u{10FFFF}`]
      : [`${equals.toLowerCase()}\u0001`, `${equals.toLowerCase()}\u0002`];
  return [last === undefined || last < from ? from : last, until];
}

/** Whatever the object was a member of. */
export function deleteMemberships(session: Session, memberId: string): void {
  session.run(deleteMembershipsOf, memberId);
}

export class SqliteUserReader implements UserReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  find(id: string): UserRow | undefined {
    const row = this.session.get<UserColumns>(findUser, id);
    return row && toUser(row);
  }

  byUpn(upn: string): UserRow | undefined {
    const row = this.session.get<UserColumns>(userByUpn, upn.toLowerCase());
    return row && toUser(row);
  }

  list(filter: NameFilter, { last, limit = NO_LIMIT }: PageRequest): UserRow[] {
    return this.session.all<UserColumns>(listUsers, ...keyRange(filter, last), limit).map(toUser);
  }
}

export class SqliteUserWriter extends SqliteUserReader implements UserWriter {
  insert(row: UserRow): void {
    this.#unlessTaken(row, () => this.session.run(insertUser, ...changeable(row), row.id, row.createdAt.getTime()));
    raiseGeneration(this.session);
  }

  update(row: UserRow): boolean {
    const updated = this.#unlessTaken(row, () => this.session.run(updateUser, ...changeable(row), row.id)) > 0;
    if (updated) raiseGeneration(this.session);
    return updated;
  }

  delete(id: string): boolean {
    for (const statement of [deleteFamiliesOf, deleteCodesOf, deleteDeviceCodesOf]) this.session.run(statement, id);
    deleteMemberships(this.session, id);
    const deleted = this.session.run(deleteUser, id) > 0;
    raiseGeneration(this.session);
    return deleted;
  }

  #unlessTaken(row: UserRow, work: () => number): number {
    return translate(
      work,
      isDuplicate,
      () =>
        new DomainError(
          'conflict',
          'directory.exists',
          `Another object with the same value for property userPrincipalName already exists: "${row.upn}". Choose another name.`,
        ),
    );
  }
}

/** In the order of both statements. */
function changeable(row: UserRow) {
  return [
    row.upn.toLowerCase(),
    directoryKey(row),
    row.upn,
    row.displayName,
    Number(row.enabled),
    Number(row.siteOperator),
    row.passwordId,
    row.passwordHash,
    row.passwordChangedAt.getTime(),
  ] as const;
}

function toUser(row: UserColumns): UserRow {
  return {
    id: row.id,
    upn: row.upn,
    displayName: row.display_name,
    enabled: row.enabled === 1,
    siteOperator: row.site_operator === 1,
    passwordId: row.password_id,
    passwordHash: row.password_hash,
    passwordChangedAt: new Date(row.password_changed_at),
    createdAt: new Date(row.created_at),
  };
}
