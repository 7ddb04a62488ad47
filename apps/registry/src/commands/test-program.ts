import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const main = join(import.meta.dirname, '../main.ts');

export const startProgram = (...args: string[]): ChildProcess =>
  spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });

/** The real program; not waited for synchronously, since a server may run in this process. */
export async function runProgram(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const child = startProgram(...args);
  const told = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => (told.stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (told.stderr += chunk.toString()));
  const [status] = (await once(child, 'close')) as [number];
  return { status, ...told };
}
