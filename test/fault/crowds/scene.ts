import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { digestOf } from '@holdfast/oci/digest';
import { type ServerProcess, startProcess } from '../../attacks/support/process.ts';
import { basic, type Loot, plunder } from '../../attacks/support/workbench.ts';
import { HttpClient } from '../../support/http-client.ts';

/** The real server; `server.client` is the attacker's, and the admin of another registry of the site has done nothing. */
export interface Scene {
  readonly server: ServerProcess;
  readonly neighbour: HttpClient;
  readonly loot: Loot;
}

export async function openScene(dataDir: string, options: { loot?: Loot; config?: string } = {}): Promise<Scene> {
  const { config = '{}' } = options;
  const loot = options.loot ?? (await plunder(dataDir));
  const server = await startProcess({ dataDir, config, shell: 'ulimit -n $(ulimit -H -n); exec "$@"' });
  const headers = {
    Host: 'another.azsacr.local.holdfast.internal',
    Authorization: basic('another', loot.otherRegistryPassword),
  };
  return { server, neighbour: new HttpClient(server.http, { headers }), loot };
}

export async function closeScene({ server, neighbour }: Scene): Promise<void> {
  await neighbour.close();
  await server.client.close();
  server.child.kill('SIGTERM');
  await server.exited;
}

export function residentMiB({ pid }: ServerProcess): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

/** The value below which this part of them lies. */
export function quantile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0;
}

/** Milliseconds of each of `count` runs. */
export async function timesOf(count: number, work: (i: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const begun = performance.now();
    await work(i);
    times.push(performance.now() - begun);
  }
  return times;
}

/** What somebody does all day: pulls something small and pushes it now and then. Milliseconds of each request. */
export function smallWork(client: HttpClient, count: number): Promise<number[]> {
  const bytes = Buffer.from('the layer of a neighbour');
  const digest = digestOf(bytes);
  return timesOf(count, async (i) => {
    const pushes = i % 10 === 0;
    const answer = pushes
      ? await client.request('POST', `/v2/n/blobs/uploads/?digest=${digest}`, { body: bytes })
      : await client.request(i % 2 === 0 ? 'HEAD' : 'GET', `/v2/n/blobs/${digest}`);
    if (answer.status !== (pushes ? 201 : 200)) throw new Error(`a small request was answered with ${answer.status}`);
    await sleep(2);
  });
}

/** Runs the work for every number below `count`, `width` at a time. */
export async function inParallel(count: number, width: number, work: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: width }, lane));
}
