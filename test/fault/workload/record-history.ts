import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type DiskRecord, readRecording } from '../recorder/read-recording.ts';
import { record } from '../recorder/recorder.ts';
import type { WorkloadOptions } from './run.ts';

export interface History {
  readonly seed: number;
  /** Where the recording lies. */
  readonly log: string;
  readonly records: readonly DiskRecord[];
}

/** Runs a history in a process of its own, on the folder `recorded` in `folder`, and reads what was recorded. */
export async function recordHistory(
  recorder: string,
  folder: string,
  options: Pick<WorkloadOptions, 'seed' | 'operations' | 'clients' | 'planted' | 'firstNumber'>,
): Promise<History> {
  const root = join(folder, 'recorded');
  mkdirSync(root, { recursive: true });
  const log = join(folder, 'recording');
  const marks = join(folder, 'marks');
  const workload: WorkloadOptions = { ...options, root, marks };
  const args = [join(import.meta.dirname, 'run.ts'), JSON.stringify(workload)];
  await record({ recorder, root, log, marks, args, syncMicros: 1500 });
  return { seed: options.seed, log, records: readRecording(log) };
}
