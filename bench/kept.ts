import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Facts, type FsyncHabit, type Measurement, type Results, verdict } from './results.ts';

/** What must be the same, or figures of two sittings say nothing together. */
const SAME = [
  'commit',
  'changed',
  'quick',
  'rounds',
  'cores',
  'cpu',
  'memoryBytes',
  'kernel',
  'node',
  'peer',
  'secondPeer',
  'fileSystem',
] as const;

/**
 * The results of a run that takes an hour, on the disk after each measurement. One that was ended goes on with those that are missing: each
 * measurement has all its sides and rounds in one sitting.
 */
export class Kept {
  readonly #file: string | undefined;
  readonly #facts: Facts;
  readonly #measurements: Measurement[] = [];
  #fsync: readonly FsyncHabit[] = [];

  /** `goOn`: with what `file` has. Throws when that was measured of something else. */
  constructor(file: string | undefined, facts: Facts, goOn = false) {
    this.#file = file;
    if (goOn && !(file && existsSync(file))) throw new Error('--continue needs the --out of a run that was ended');
    if (goOn && facts.changed)
      throw new Error('--continue needs a checkout without changes: they may be others than before');
    const before = goOn && file ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : undefined;
    for (const name of before ? SAME : []) {
      const [then, now] = [before?.facts[name], facts[name]].map((value) => JSON.stringify(value));
      if (then !== now) throw new Error(`${file} cannot be continued: its ${name} is ${then}, here it is ${now}`);
    }
    this.#measurements.push(...(before?.measurements ?? []).filter((m) => verdict(m) !== 'error'));
    this.#fsync = before?.fsync ?? [];
    this.#facts = before ? { ...facts, time: before.facts.time, sittings: (before.facts.sittings ?? 1) + 1 } : facts;
  }

  has(id: string): boolean {
    return this.#measurements.some((measurement) => measurement.id === id);
  }

  get hasFsync(): boolean {
    return this.#fsync.length > 0;
  }

  add(measurement: Measurement): void {
    this.#measurements.push(measurement);
    this.#write();
  }

  addFsync(habits: readonly FsyncHabit[]): void {
    this.#fsync = habits;
    this.#write();
  }

  /** With what is known at the end only. */
  finish(more: Partial<Facts>): Results {
    return this.#write(more);
  }

  #write(more: Partial<Facts> = {}): Results {
    const results = { facts: { ...this.#facts, ...more }, measurements: this.#measurements, fsync: this.#fsync };
    if (this.#file === undefined) return results;
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(`${this.#file}.part`, `${JSON.stringify(results, null, 1)}\n`);
    renameSync(`${this.#file}.part`, this.#file);
    return results;
  }
}
