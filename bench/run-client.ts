/** Runs one job in a load client of its own, and makes a sample of its result. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Job, Result, Target } from './jobs.ts';
import type { Sample, Unit } from './results.ts';

const GIB = 1024 ** 3;

export async function runClient(target: Target, job: Job): Promise<Result> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'client.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: 30 * 60_000, // a server that never answers
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const { authorization, pid, port } = target;
  child.stdin.end(JSON.stringify({ target: { authorization, pid, port }, job }));
  const told = await text(child.stdout);
  const code = await ended;
  if (code !== 0) throw new Error(`the load client ended with code ${code}`);
  return JSON.parse(told) as Result;
}

/** As `runClient`, for what only prepares: an error ends the benchmark. */
export async function mustRun(target: Target, job: Job): Promise<Result> {
  const result = await runClient(target, job);
  if (result.errors > 0) throw new Error(`${job.kind}: ${result.errors} errors, the first: ${result.firstError}`);
  return result;
}

export function sampleOf(result: Result, unit: Unit): Sample {
  const { digests: _, ...detail } = result;
  const { seconds, done, bytes, serverCpuSeconds } = result;
  const shared = {
    peakBytes: result.serverPeakBytes,
    errors: result.errors,
    firstError: result.firstError,
    detail,
  };
  const each = (serverCpuSeconds / Math.max(done, 1)) * 1e6;
  if (unit === 'GB/s') return { value: bytes / 1e9 / seconds, cpu: serverCpuSeconds / (bytes / GIB), ...shared };
  if (unit === 'requests/s') return { value: done / seconds, cpu: each, ...shared };
  if (unit === 'MB') return { value: result.serverPeakBytes / 1e6, ...shared };
  // The mean of requests that follow each other on one connection.
  const milliseconds = (seconds * 1000) / Math.max(done, 1);
  return { value: unit === 'ms' ? milliseconds : milliseconds * 1000, cpu: each, ...shared };
}
