import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Facts, FsyncHabit, Measurement, Results } from './results.ts';

/** What must be the same, or figures of two sittings say nothing together. */
const SAME = ['commit', 'changed', 'quick', 'rounds', 'cores', 'cpu', 'kernel', 'node', 'peer', 'secondPeer'] as const;

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
    const before = goOn && file && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : undefined;
    for (const name of before ? SAME : []) {
      const [then, now] = [before?.facts[name], facts[name]].map((value) => JSON.stringify(value));
      if (then !== now) throw new Error(`${file} cannot be continued: its ${name} is ${then}, here it is ${now}`);
    }
    this.#measurements.push(...(before?.measurements ?? []));
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

  results(more: Partial<Facts> = {}): Results {
    return { facts: { ...this.#facts, ...more }, measurements: this.#measurements, fsync: this.#fsync };
  }

  #write(): void {
    if (this.#file === undefined) return;
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(`${this.#file}.part`, `${JSON.stringify(this.results(), null, 1)}\n`);
    renameSync(`${this.#file}.part`, this.#file);
  }
}
