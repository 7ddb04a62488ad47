import type { SettingReader, SettingWriter } from '../metadata-store.ts';
import type { Session } from './session.ts';
import { command, query } from './statements.ts';

const findSetting = query('SELECT value FROM settings WHERE name = ?');
const putSetting = command(
  'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
);

export class SqliteSettingReader implements SettingReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  get(name: string): string | undefined {
    return this.session.get<{ value: string }>(findSetting, name)?.value;
  }
}

export class SqliteSettingWriter extends SqliteSettingReader implements SettingWriter {
  put(name: string, value: string): string {
    this.session.run(putSetting, name, value);
    return value;
  }
}
