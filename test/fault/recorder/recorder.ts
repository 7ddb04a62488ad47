import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';

const SOURCE = join(import.meta.dirname, 'record.c');

/** Compiles the recorder into `folder`; undefined when there is no C compiler. */
export function compileRecorder(folder: string): string | undefined {
  const library = join(folder, 'record.so');
  for (const compiler of ['cc', 'gcc', 'clang']) {
    const made = spawnSync(compiler, ['-shared', '-fPIC', '-O1', '-o', library, SOURCE, '-ldl', '-lpthread']);
    if (made.error) continue;
    if (made.status !== 0) throw new Error(`${compiler} cannot compile record.c: ${made.stderr.toString()}`);
    return library;
  }
  return undefined;
}

export interface RecordedRun {
  readonly recorder: string;
  /** Below this folder every change is recorded. */
  readonly root: string;
  readonly log: string;
  readonly marks: string;
  /** The program and its arguments, for the Node that runs now. */
  readonly args: readonly string[];
  /** Microseconds that an fsync takes at most. */
  readonly syncMicros: number;
}

/** What makes a Node process record itself. */
export function recorderEnvironment(run: Omit<RecordedRun, 'args'>): NodeJS.ProcessEnv {
  return {
    ...process.env,
    LD_PRELOAD: run.recorder,
    HOLDFAST_RECORD_ROOT: run.root,
    HOLDFAST_RECORD_LOG: run.log,
    HOLDFAST_RECORD_MARKS: run.marks,
    HOLDFAST_RECORD_SYNC: String(run.syncMicros),
  };
}

/** Runs a program under the recorder to its end. */
export function record(run: RecordedRun): Promise<void> {
  const child = spawn(process.execPath, [...run.args], {
    env: recorderEnvironment(run),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const chunks: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) return resolve();
      reject(new Error(`The recorded process ended with ${signal ?? code}: ${Buffer.concat(chunks)}`));
    });
  });
}
