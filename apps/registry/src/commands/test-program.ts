import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const main = join(import.meta.dirname, '../main.ts');

export const startProgram = (...args: string[]): ChildProcess =>
  spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });

/** A line a second: whether there is one depends on how quick the machine is. */
const PROGRESS = /^\{"event":"progress".*\n/gm;

/** The real program; without lines of progress on stderr. Not waited for synchronously, since a server may run in this process. */
export async function runProgram(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const child = startProgram(...args);
  const told = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => (told.stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (told.stderr += chunk.toString()));
  const [status] = (await once(child, 'close')) as [number];
  return { status, stdout: told.stdout, stderr: told.stderr.replace(PROGRESS, '') };
}
