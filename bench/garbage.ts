/**
 * `node bench/garbage.ts [--manifests N] [--garbage N] [--rounds N] [--pace N] [--no-peer] [--out FILE]`: what collecting garbage costs a
 * site of that size, and those who pull meanwhile. N manifests (100,000) of five layers each; in each round, garbage blobs (30,000) that
 * no manifest names any more, as files. Bars of the issue: a dry run under 5 s, 2,000 blobs a second freed, p99 of manifest GET during the
 * sweep at most 1.5 times of that without. Then the peer's collection, which is offline, beside ours at 10,000 manifests.
 *
 * A round pulls for some seconds without the sweep and then while it runs, against one server: the figures are medians of the rounds, and
 * the ratio is the median of their ratios, so that what else the machine does hits both alike. Pulls are `--pace` a second (1,000), each
 * timed from when it was due: clients that only wait for their answers, which `--pace 0` has, send nothing while the server pauses, so that
 * a pause of 100 ms is four slow answers among thousands.
 *
 * In each round pulls are also measured beside the least that collecting can be (`bench/floor/collect.ts`), which tells how
 * much of what they feel is the disk's and the processors' and how much is ours.
 *
 * Exit code 1 when a request failed or something was freed that should not be, or not freed that should.
 */
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Digest } from '@holdfast/oci/digest';
import type { MetadataStore } from '../apps/registry/src/metadata/metadata-store.ts';
import { openSqliteMetadataReader, openSqliteMetadataStore } from '../apps/registry/src/metadata/sqlite/open.ts';
import { measureOffline } from './garbage-offline.ts';
import type { GarbageResults, OnlineRound } from './garbage-results.ts';
import { deleteImages, fileOf, fill, imageOf, LAYERS, REPOSITORY, repositoryOf, storeImages } from './garbage-stock.ts';
import type { RequestsJob } from './jobs.ts';
import { holdfast } from './programs.ts';
import { median } from './results.ts';
import { mustRun } from './run-client.ts';
import { Server } from './server.ts';

const { values: options } = parseArgs({
  options: {
    manifests: { type: 'string', default: '100000' },
    garbage: { type: 'string', default: '30000' },
    rounds: { type: 'string', default: '5' },
    'offline-manifests': { type: 'string', default: '10000' },
    'no-peer': { type: 'boolean', default: false },
    pace: { type: 'string', default: '1000' },
    out: { type: 'string' },
  },
});
const size = { manifests: Number(options.manifests), garbage: Number(options.garbage) };
const rounds = Number(options.rounds);
const pace = Number(options.pace);
const DAY = 86_400_000;
/**
 * How long is pulled without the sweep, and as long during it: by one client each, for a new one compiles its own code in its
 * first second, and where there are two processors the slowest hundredth of a window of a second was that.
 */
const WINDOW_SECONDS = 10;
/** A server that has just started compiles its code for as long: what is measured first would be slower than what is measured behind it. */
const WARM_SECONDS = 10;
/** From the start of a round to its sweep: the server starts, signs in and answers the windows without and beside the least. */
const LEAD_MS = 46_000;
/** Blobs a second that the least collector frees: the bar, and less than ours by default. */
const RATE = 2000;

const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-garbage-'));
// The files of the images that stay are not here: a check of what is stored would find all of them missing.
const config = join(folder, 'holdfast.yaml');
writeFileSync(config, 'scrub: { everyDays: 0 }\n');
const program = holdfast(folder, { env: { HOLDFAST_CONFIG: config } });
const data = join(folder, 'data');
const database = join(data, 'metadata.db');

try {
  await main();
} finally {
  Server.killAll();
  rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<void> {
  const time = new Date().toISOString();
  await (await Server.start(program)).stop();
  const begun = performance.now();
  await withStore(async (store) => fill(store, await repositoryOf(store), size.manifests));
  console.log(`filled with ${JSON.stringify(size)} in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  const dryRuns: number[] = [];
  const measured: OnlineRound[] = [];
  for (let round = 0; round < rounds; round++) {
    const garbage = await spoil(round);
    dryRuns.push(dryRun(garbage.length));
    const figures = await measureRound(garbage);
    console.log(JSON.stringify(figures));
    measured.push(figures);
  }
  const offline = options['no-peer'] ? undefined : await measureOffline(folder, Number(options['offline-manifests']));
  const results: GarbageResults = {
    time,
    perSecond: pace,
    size: { ...size, links: size.manifests * LAYERS },
    dryRunSeconds: median(dryRuns),
    rounds: measured,
    ratio: median(measured.map(({ p99Ms }) => p99Ms.during / p99Ms.without)),
    leastRatio: median(measured.map(({ p99Ms }) => p99Ms.least / p99Ms.without)),
    freedPerSecond: Math.round(median(measured.map((round) => round.freedPerSecond))),
    offline,
  };
  console.log(JSON.stringify(results, undefined, 2));
  if (options.out) writeFileSync(options.out, `${JSON.stringify(results, undefined, 2)}\n`);
}

async function withStore<T>(work: (store: MetadataStore) => Promise<T>): Promise<T> {
  const store = openSqliteMetadataStore({ path: database });
  try {
    await store.migrate();
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Images of five layers of their own, with files, and all of them deleted; no sweep comes before the round's own. */
async function spoil(round: number): Promise<Digest[]> {
  const names = Array.from({ length: size.garbage / LAYERS }, (_, n) => `garbage ${round} ${n}`);
  await withStore(async (store) => {
    const id = await repositoryOf(store);
    await storeImages(store, data, id, names, () => false);
    await deleteImages(store, id, names);
    await sweepIn(store, DAY);
  });
  return names.flatMap((name) => imageOf(name).layers.map(({ digest }) => digest));
}

async function sweepIn(store: MetadataStore, ms: number): Promise<void> {
  await store.transaction(async (tx) => {
    const far = new Date(Date.now() + 3 * DAY);
    for (const kind of ['sweep-blobs', 'sweep-orphans']) {
      await tx.jobs.claim('bench', [kind], far, far);
      await tx.jobs.complete(kind, 'bench', new Date(Date.now() + (kind === 'sweep-blobs' ? ms : DAY)));
    }
  });
}

/** Seconds of the whole command, beside nobody. */
function dryRun(garbage: number): number {
  const begun = performance.now();
  const [bin = ''] = program.command;
  const report = JSON.parse(execFileSync(bin, ['gc', '--dry-run', '--json', '--data', data], { encoding: 'utf8' })) as {
    now: { count: number };
  };
  if (report.now.count !== garbage) throw new Error(`the dry run found ${report.now.count} blobs`);
  return (performance.now() - begun) / 1000;
}

async function measureRound(garbage: readonly Digest[]): Promise<OnlineRound> {
  await withStore((store) => sweepIn(store, LEAD_MS));
  const server = await Server.start(program);
  await server.signIn([REPOSITORY]);
  const paths = Array.from(
    { length: 200 },
    (_, i) => `/v2/${REPOSITORY}/manifests/t${i * Math.floor(size.manifests / 200)}`,
  );
  const job: RequestsJob = {
    kind: 'requests',
    method: 'GET',
    paths,
    connections: 4,
    seconds: WINDOW_SECONDS,
    ...(options.pace ? { perSecond: Number(options.pace) } : {}),
  };
  const window = async () => {
    const { p50Ms, p99Ms } = await mustRun(server, job);
    return { p50Ms, p99Ms };
  };
  await mustRun(server, { ...job, seconds: WARM_SECONDS });
  const without = await window();
  const least = await besideTheLeast(window);
  const sweep = watchSweep(garbage);
  const begun = await sweep.begun;
  const during = await window();
  if (!sweep.left()) throw new Error('the sweep was over before the window was: give it more garbage');
  const ended = await sweep.ended();
  await sleep(1000); // its last slice
  await server.stop();
  const seconds = (ended - begun) / 1000;
  return {
    seconds,
    freedPerSecond: Math.round(garbage.length / seconds),
    p50Ms: { without: without.p50Ms, during: during.p50Ms, least: least.p50Ms },
    p99Ms: { without: without.p99Ms, during: during.p99Ms, least: least.p99Ms },
  };
}

/** What pulls feel of `bench/floor/collect.ts`, in a process of its own. */
async function besideTheLeast<T>(window: () => Promise<T>): Promise<T> {
  const files = join(folder, 'least');
  const child = fork(join(import.meta.dirname, 'floor/collect.ts'), [files, String(RATE)]);
  const ended = once(child, 'exit');
  try {
    await once(child, 'message');
    child.send('begin');
    return await window();
  } finally {
    child.kill();
    await ended;
    rmSync(files, { recursive: true, force: true });
  }
}

/**
 * From the first link that is taken away to the last file. Looks at the oldest link, and at a sample of the files; at these only
 * when asked, for a look takes milliseconds of a processor, and requests that are timed meanwhile would wait for it.
 */
function watchSweep(garbage: readonly Digest[]) {
  const sample = garbage.toSorted().filter((_, i) => i % Math.ceil(garbage.length / 200) === 0);
  const left = () => sample.some((digest) => existsSync(fileOf(data, digest)));
  const begun = (async () => {
    const { read, close } = openSqliteMetadataReader(database);
    const oldest = async () => (await read.garbage.waiting({ limit: 1 }))[0]?.digest;
    const first = await oldest();
    if (first === undefined || !left()) throw new Error('the sweep began before it should');
    while ((await oldest()) === first) await sleep(10);
    close();
    return performance.now();
  })();
  const ended = async () => {
    while (left()) await sleep(50);
    return performance.now();
  };
  return { begun, left, ended };
}
