import {
  directoryKey,
  type GroupReader,
  type GroupRow,
  type GroupWriter,
  type MemberRow,
  type MembershipReader,
  type MembershipWriter,
  MOST_GROUPS,
  type NameFilter,
} from '../directory.ts';
import type { PageRequest } from '../page-request.ts';
import { raiseGeneration } from './generation.ts';
import type { Session } from './session.ts';
import { command, NO_LIMIT, query } from './statements.ts';
import { deleteMemberships, keyRange } from './users.ts';

const GROUP = 'id, display_name, mail_nickname, description, created_at FROM groups';
const findGroup = query(`SELECT ${GROUP} WHERE id = ?`);
const listGroups = query(`SELECT ${GROUP} WHERE sort_key > ? AND sort_key < ? ORDER BY sort_key LIMIT ?`);
const insertGroup = command(`
  INSERT INTO groups (sort_key, display_name, mail_nickname, description, id, created_at) VALUES (?, ?, ?, ?, ?, ?)`);
const updateGroup = command(
  'UPDATE groups SET sort_key = ?, display_name = ?, mail_nickname = ?, description = ? WHERE id = ?',
);
const deleteGroup = command('DELETE FROM groups WHERE id = ?');
const deleteMembersOf = command('DELETE FROM group_members WHERE group_id = ?');
const membersOf = query(`
  SELECT group_id, member_id, member_type FROM group_members
  WHERE group_id = ? AND member_id > ? ORDER BY member_id LIMIT ?`);
const groupsOf = query(
  'SELECT group_id FROM group_members WHERE member_id = ? AND group_id > ? ORDER BY group_id LIMIT ?',
);
const groupsOfAll = query('SELECT group_id FROM group_members WHERE member_id IN (SELECT value FROM json_each(?))');
const addMember = command(`
  INSERT INTO group_members (group_id, member_id, member_type) VALUES (?, ?, ?)
  ON CONFLICT (group_id, member_id) DO NOTHING`);
const removeMember = command('DELETE FROM group_members WHERE group_id = ? AND member_id = ?');

interface GroupColumns {
  id: string;
  display_name: string;
  mail_nickname: string;
  description: string | null;
  created_at: number;
}

interface MemberColumns {
  group_id: string;
  member_id: string;
  member_type: MemberRow['memberType'];
}

export class SqliteGroupReader implements GroupReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  find(id: string): GroupRow | undefined {
    const row = this.session.get<GroupColumns>(findGroup, id);
    return row && toGroup(row);
  }

  list(filter: NameFilter, { last, limit = NO_LIMIT }: PageRequest): GroupRow[] {
    return this.session.all<GroupColumns>(listGroups, ...keyRange(filter, last), limit).map(toGroup);
  }
}

export class SqliteGroupWriter extends SqliteGroupReader implements GroupWriter {
  insert(row: GroupRow): void {
    this.session.run(insertGroup, ...changeable(row), row.id, row.createdAt.getTime());
    raiseGeneration(this.session);
  }

  update(row: GroupRow): boolean {
    const updated = this.session.run(updateGroup, ...changeable(row), row.id) > 0;
    if (updated) raiseGeneration(this.session);
    return updated;
  }

  delete(id: string): boolean {
    this.session.run(deleteMembersOf, id);
    deleteMemberships(this.session, id);
    const deleted = this.session.run(deleteGroup, id) > 0;
    if (deleted) raiseGeneration(this.session);
    return deleted;
  }
}

export class SqliteMembershipReader implements MembershipReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  members(groupId: string, { last = '', limit = NO_LIMIT }: PageRequest): MemberRow[] {
    return this.session.all<MemberColumns>(membersOf, groupId, last, limit).map((row) => ({
      groupId: row.group_id,
      memberId: row.member_id,
      memberType: row.member_type,
    }));
  }

  direct(memberId: string, { last = '', limit = NO_LIMIT }: PageRequest): string[] {
    return this.session.all<{ group_id: string }>(groupsOf, memberId, last, limit).map((row) => row.group_id);
  }

  transitive(memberId: string): string[] {
    const found = new Set<string>();
    // Level by level: each group is looked at once, however the groups contain each other.
    for (let level = [memberId]; level.length > 0 && found.size < MOST_GROUPS; ) {
      const rows = this.session.all<{ group_id: string }>(groupsOfAll, JSON.stringify(level));
      level = [...new Set(rows.map((row) => row.group_id))].filter((id) => !found.has(id)).sort();
      for (const id of level.slice(0, MOST_GROUPS - found.size)) found.add(id);
    }
    return [...found];
  }
}

export class SqliteMembershipWriter extends SqliteMembershipReader implements MembershipWriter {
  add({ groupId, memberId, memberType }: MemberRow): boolean {
    return this.#changed(this.session.run(addMember, groupId, memberId, memberType));
  }

  remove(groupId: string, memberId: string): boolean {
    return this.#changed(this.session.run(removeMember, groupId, memberId));
  }

  #changed(rows: number): boolean {
    if (rows > 0) raiseGeneration(this.session);
    return rows > 0;
  }
}

function changeable(row: GroupRow) {
  return [directoryKey(row), row.displayName, row.mailNickname, row.description] as const;
}

function toGroup(row: GroupColumns): GroupRow {
  return {
    id: row.id,
    displayName: row.display_name,
    mailNickname: row.mail_nickname,
    description: row.description ?? undefined,
    createdAt: new Date(row.created_at),
  };
}
