/**
 * `node bench/profile.ts ID [--seconds N] [--out FILE]`: the CPU profile of the server under one workload of the benchmark (`npm run bench --
 * --list` has the ids), and the functions that took most of it. FILE (server.cpuprofile) opens in Chromium's developer tools.
 */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Fixtures } from './fixtures.ts';
import { holdfast } from './programs.ts';
import { mustRun } from './run-client.ts';
import { Server } from './server.ts';
import { FULL, REPOSITORY, workloads } from './workloads.ts';

const SHOWN = 40;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '6' }, out: { type: 'string', default: 'server.cpuprofile' } },
});
const workload = workloads.find(({ id }) => id === positionals[0]);
if (!workload) throw new Error(`no workload ${positionals[0]}; npm run bench -- --list tells them`);
const sizes = { ...FULL, seconds: Number(options.seconds) };

const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-profile-'));
try {
  const profiles = join(folder, 'profiles');
  const fixtures = await filled();
  const profiled = holdfast(folder, { env: { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profiles}` } });
  const server = await Server.start(profiled);
  await server.signIn(Object.values(REPOSITORY));
  const result = await mustRun(server, workload.job(fixtures.fixture, sizes));
  await server.stop();
  const [profile = ''] = readdirSync(profiles)
    .map((name) => join(profiles, name))
    .sort((a, b) => readFileSync(b).length - readFileSync(a).length);
  console.log(`${workload.title}: ${result.done} in ${result.seconds.toFixed(1)} s`);
  tell(JSON.parse(readFileSync(profile, 'utf8')) as Profile);
  copyFileSync(profile, options.out);
} finally {
  Server.killAll();
  rmSync(folder, { recursive: true, force: true });
}

/** By a server of its own, so that filling is not in the profile. */
async function filled(): Promise<Fixtures> {
  const server = await Server.start(holdfast(folder));
  const fixtures = new Fixtures(server, sizes);
  await fixtures.ensure(workload?.needs ?? []);
  await server.stop();
  return fixtures;
}

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  /** Microseconds. */
  readonly timeDeltas: readonly number[];
}

function tell({ nodes, samples, timeDeltas }: Profile): void {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
      const where = url === '' ? '' : ` ${url.split('/').slice(-2).join('/')}:${lineNumber + 1}`;
      return [id, `${functionName || '(nameless)'}${where}`];
    }),
  );
  const own = new Map<string, number>();
  for (const [i, id] of samples.entries()) {
    const name = names.get(id) ?? '';
    own.set(name, (own.get(name) ?? 0) + (timeDeltas[i] ?? 0));
  }
  own.delete('(idle)');
  const busy = [...own.values()].reduce((sum, time) => sum + time, 0);
  for (const [name, time] of [...own].sort(([, a], [, b]) => b - a).slice(0, SHOWN)) {
    console.log(
      `${((100 * time) / busy).toFixed(1).padStart(5)} %  ${(time / 1000).toFixed(0).padStart(6)} ms  ${name}`,
    );
  }
}
