import type { CapacityReader, CapacitySample, CapacityWriter } from '../capacity.ts';
import type { Session } from './session.ts';
import { command, query } from './statements.ts';

const samplesAfter = query('SELECT at, used, capacity FROM capacity_samples WHERE at > ? ORDER BY at LIMIT ?');
const addSample = command(
  'INSERT INTO capacity_samples (at, used, capacity) VALUES (?, ?, ?) ON CONFLICT (at) DO NOTHING',
);
const deleteSamples = command('DELETE FROM capacity_samples WHERE at < ?');

export class SqliteCapacityReader implements CapacityReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  list(after: Date, limit: number): CapacitySample[] {
    return this.session
      .all<{ at: number; used: number; capacity: number | null }>(samplesAfter, after.getTime(), limit)
      .map(({ at, used, capacity }) => ({ at: new Date(at), used, capacity: capacity ?? undefined }));
  }
}

export class SqliteCapacityWriter extends SqliteCapacityReader implements CapacityWriter {
  add({ at, used, capacity }: CapacitySample): void {
    this.session.run(addSample, at.getTime(), used, capacity);
  }

  deleteBefore(before: Date): number {
    return this.session.run(deleteSamples, before.getTime());
  }
}
