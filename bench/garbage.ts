/**
 * `node bench/garbage.ts [--manifests N] [--garbage N] [--out FILE]`: what collecting garbage costs a site of that size, and
 * those who pull meanwhile. N manifests (100,000) of five layers each; of those, garbage blobs (20,000) that no manifest names
 * any more, as files. Bars of the issue: a dry run under 5 s, 2,000 blobs a second freed, p99 of manifest GET during the sweep at most
 * 1.5 times of that without.
 *
 * Exit code 1 when a request failed or something was freed that should not be, or not freed that should.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type { MetadataStore } from '../apps/registry/src/metadata/metadata-store.ts';
import { openSqliteMetadataStore } from '../apps/registry/src/metadata/sqlite/open.ts';
import type { RequestsJob } from './jobs.ts';
import { holdfast } from './programs.ts';
import { mustRun } from './run-client.ts';
import { Server } from './server.ts';

const { values: options } = parseArgs({
  options: {
    manifests: { type: 'string', default: '100000' },
    garbage: { type: 'string', default: '20000' },
    out: { type: 'string' },
  },
});
const size = { manifests: Number(options.manifests), garbage: Number(options.garbage) };
const LAYERS = 5;
const BLOB_BYTES = 1024;
const BATCH = 500;
const DAY = 86_400_000;
const REPOSITORY = 'gc/app';
const MEDIA_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const SECONDS = 4;
const ROUNDS = 5;
/** What a dry run may take. */
const DRY_RUN_SECONDS = 5;

const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-garbage-'));
const program = holdfast(folder);
const data = join(folder, 'data');
const old = new Date(Date.now() - 3 * DAY);
const digestOf = (text: string | Buffer) => `sha256:${createHash('sha256').update(text).digest('hex')}` as Digest;
const fileOf = (digest: Digest) => join(data, 'blobs/sha256', digest.slice(7, 9), digest.slice(7));

try {
  await main();
} finally {
  Server.killAll();
  rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<void> {
  await (await Server.start(program)).stop();
  const store = openSqliteMetadataStore({ path: join(data, 'metadata.db') });
  await store.migrate();
  const begun = performance.now();
  const repositoryId = await fill(store);
  const garbage = await spoil(store, repositoryId);
  // The first sweep comes when the pulls without one have been measured.
  const sweepAt = new Date(Date.now() + 40_000 + ROUNDS * DRY_RUN_SECONDS * 1000);
  await store.transaction(async (tx) => {
    const far = new Date(Date.now() + DAY);
    await tx.jobs.claim('bench', ['sweep-blobs'], far, far);
    await tx.jobs.complete('sweep-blobs', 'bench', sweepAt);
  });
  await store.close();
  console.log(`filled with ${JSON.stringify(size)} in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  const dryRuns = Array.from({ length: ROUNDS }, dryRun);
  const figures = { size, dryRunSeconds: median(dryRuns), ...(await sweep(garbage)) };
  console.log(JSON.stringify(figures, undefined, 2));
  if (options.out) writeFileSync(options.out, `${JSON.stringify(figures, undefined, 2)}\n`);
}

/** Manifests whose layers are shared by five neighbours each. */
async function fill(store: MetadataStore): Promise<number> {
  const registryId = (await store.read.registries.byName('registry'))?.id ?? '';
  const { id } = await store.transaction((tx) =>
    tx.repositories.findOrCreate(registryId, REPOSITORY as RepositoryName, old),
  );
  for (let from = 0; from < size.manifests; from += BATCH) {
    await store.transaction(async (tx) => {
      for (let n = from; n < Math.min(from + BATCH, size.manifests); n++) {
        const layers = Array.from({ length: LAYERS }, (_, i) => digestOf(`layer ${n + i}`));
        for (const digest of layers) await tx.blobs.link(id, { digest, size: BLOB_BYTES }, old);
        await insert(tx, id, `image ${n}`, layers);
        await tx.tags.put(id, `t${n}` as TagName, digestOf(`image ${n}`), old);
      }
    });
  }
  return id;
}

async function insert(
  tx: Parameters<Parameters<MetadataStore['transaction']>[0]>[0],
  repositoryId: number,
  text: string,
  layers: readonly Digest[],
): Promise<void> {
  const row = {
    repositoryId,
    digest: digestOf(text),
    mediaType: MEDIA_TYPE,
    size: text.length,
    pushedBy: 'bench',
    pushedAt: old,
  };
  const references = layers.map((digest) => ({ digest, kind: 'layer' as const, mediaType: 'layer', size: BLOB_BYTES }));
  await tx.manifests.insert(row, Buffer.from(text), references);
}

/** Images of five layers of their own, with files, and all of them deleted. */
async function spoil(store: MetadataStore, id: number): Promise<Digest[]> {
  const garbage = Array.from({ length: size.garbage }, (_, i) => Buffer.alloc(BLOB_BYTES, `garbage ${i} `));
  const digests = garbage.map(digestOf);
  for (const [i, digest] of digests.entries()) {
    mkdirSync(dirname(fileOf(digest)), { recursive: true });
    writeFileSync(fileOf(digest), garbage[i] as Buffer);
  }
  for (let from = 0; from < digests.length; from += BATCH) {
    await store.transaction(async (tx) => {
      for (let i = from; i < Math.min(from + BATCH, digests.length); i += LAYERS) {
        const layers = digests.slice(i, i + LAYERS);
        for (const digest of layers) await tx.blobs.link(id, { digest, size: BLOB_BYTES }, old);
        await insert(tx, id, `spoilt ${i}`, layers);
        await tx.manifests.delete(id, digestOf(`spoilt ${i}`), old);
      }
    });
  }
  return digests;
}

/** Seconds of the whole command, beside nobody. */
function dryRun(): number {
  const begun = performance.now();
  const [bin = ''] = program.command;
  const report = JSON.parse(execFileSync(bin, ['gc', '--dry-run', '--json', '--data', data], { encoding: 'utf8' })) as {
    now: { count: number };
  };
  if (report.now.count !== size.garbage) throw new Error(`the dry run found ${report.now.count} blobs`);
  return (performance.now() - begun) / 1000;
}

async function sweep(garbage: readonly Digest[]) {
  const server = await Server.start(program);
  await server.signIn([REPOSITORY]);
  const paths = Array.from(
    { length: 200 },
    (_, i) => `/v2/${REPOSITORY}/manifests/t${i * Math.floor(size.manifests / 200)}`,
  );
  const job: RequestsJob = { kind: 'requests', method: 'GET', paths, connections: 4, seconds: SECONDS };
  // A sample, since looking takes a core's time, too; blobs are freed in the order of their digests.
  const sample = garbage.toSorted().filter((_, i) => i % Math.ceil(garbage.length / 500) === 0);
  const left = () => sample.filter((digest) => existsSync(fileOf(digest))).length;
  const without: number[] = [];
  for (let i = 0; i < ROUNDS; i++) without.push((await mustRun(server, job)).p99Ms);
  if (left() !== sample.length) throw new Error('the sweep began before it should');
  while (left() === sample.length) await sleep(20);
  const begun = performance.now();
  const share = left() / sample.length;
  const during: number[] = [];
  let ended = 0;
  const watch = (async () => {
    while (left() > 0) await sleep(200);
    ended = performance.now();
  })();
  while (ended === 0) during.push((await mustRun(server, { ...job, seconds: 1 })).p99Ms);
  await watch;
  await server.stop();
  const seconds = (ended - begun) / 1000;
  const p99 = { without: median(without), during: median(during) };
  return {
    freedPerSecond: Math.round((garbage.length * share) / seconds),
    seconds,
    p99Ms: p99,
    ratio: p99.during / p99.without,
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
