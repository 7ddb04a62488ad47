import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FakeClock } from '../../../apps/registry/src/platform/clock.ts';
import { type ServerProcess, startProcess } from '../../attacks/support/process.ts';
import { checkSweep, resumeUploads } from '../check/check-recovery.ts';
import { pullEverything } from '../check/check-served.ts';
import { checkState } from '../check/check-state.ts';
import { readState } from '../check/read-state.ts';
import { Timeline } from '../check/timeline.ts';
import { Random } from '../random.ts';
import type { Part } from '../score.ts';
import { Interrupted } from '../workload/access.ts';
import { Client, Memory } from '../workload/client.ts';
import { httpAccess } from '../workload/http-access.ts';
import { openComposition } from '../workload/stores.ts';

const ROUNDS = 6;
const CLIENTS = 6;
const HOUR = 3_600_000;

/** The server as its users run it, killed from outside under load. */
export const kills: Part = {
  name: 'kills',
  what: 'kill -9 of the real server at random moments under HTTP load',
  run: async ({ score, seed, folder }) => {
    let calls = 0;
    let inFlight = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const dataDir = join(folder, `round-${round}`);
      mkdirSync(dataDir);
      await score.trial(`round ${round} of seed ${seed}`, async () => {
        const random = new Random(seed * ROUNDS + round);
        const timeline = await loadAndKill(dataDir, random);
        calls += timeline.calls.length;
        inFlight += timeline.calls.filter(({ outcome }) => !outcome).length;
        if (round % 2 === 1) await killWhileStarting(dataDir, random);
        return checkAfterKill(dataDir, timeline);
      });
      rmSync(dataDir, { recursive: true, force: true });
    }
    console.log(`   ${ROUNDS} kills, ${calls} requests, ${inFlight} of them in flight`);
  },
};

async function loadAndKill(dataDir: string, random: Random): Promise<Timeline> {
  const server = await startProcess({ dataDir });
  const timeline = new Timeline();
  timeline.add({ mark: 'ready' });
  const access = httpAccess(server.http, server.basic);
  const memory = new Memory();
  let killed = false;
  const load = Array.from({ length: CLIENTS }, async () => {
    const client = new Client(access, random.fork(), memory, (mark) => timeline.add(mark));
    try {
      while (!killed) await client.step();
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
    }
  });
  const loaded = Promise.all(load);
  await Promise.race([sleep(150 + random.below(1200)), loaded]);
  server.child.kill('SIGKILL');
  killed = true;
  await server.exited;
  try {
    await loaded;
  } finally {
    await access.close();
    await server.client.close();
  }
  return timeline;
}

/** A restart that is cut short, too. */
async function killWhileStarting(dataDir: string, random: Random): Promise<void> {
  const starting = startProcess({ dataDir, shell: `"$@" & sleep 0.${random.below(400) + 100}; kill -9 $!; wait` });
  await starting.then(
    (server) => server.exited,
    () => undefined, // it was not ready yet
  );
}

async function checkAfterKill(dataDir: string, timeline: Timeline): Promise<string[]> {
  const complaints: string[] = [];
  const complain = (text: string): void => void complaints.push(text);
  const server = await startProcess({ dataDir });
  const state = readState(dataDir);
  try {
    checkState(timeline, state, complain);
    const access = httpAccess(server.http, server.basic);
    await resumeUploads(timeline, state, access, complain);
    await access.close();
    complaints.push(...(await pullEverything(server.client, dataDir)));
  } finally {
    await server.client.close();
    await stop(server);
  }
  const clock = new FakeClock(new Date(Date.now() + HOUR));
  const composition = await openComposition(dataDir, { clock });
  try {
    await checkSweep(dataDir, state, composition, clock, complain);
  } finally {
    await composition.close();
  }
  return complaints.slice(0, 20);
}

async function stop(server: ServerProcess): Promise<void> {
  server.child.kill('SIGTERM');
  await server.exited;
}
