/**
 * `node bench/content-lists.ts [COUNT]`: what pages of tags and manifests in each order, and the usage, take in a repository of
 * COUNT (1,000,000) manifests with a tag each, and what a push of a manifest costs in it. Prints median and p95 of the client's
 * time; exit code 1 when a page of 100 takes 10 ms or the usage 5 ms (median).
 */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openSqliteMetadataStore } from '../apps/registry/src/metadata/sqlite/open.ts';
import { registryRow } from '../apps/registry/src/metadata/test-rows.ts';
import type { Digest } from '../packages/oci/src/digest.ts';
import type { RepositoryName, TagName } from '../packages/oci/src/reference.ts';
import { startRegistry, type TestRegistry } from '../test/support/start-registry.ts';

const COUNT = Number(process.argv[2] ?? 1_000_000);
const PAGE_MS = 10;
const USAGE_MS = 5;
const REPEATS = 41;
const PUSHES = 300;
const BATCH = 20_000;
const START = Date.UTC(2026, 0, 1);
const TYPE = 'application/vnd.oci.image.manifest.v1+json';
const ORDERS = ['', 'timeasc', 'timedesc', 'sizeasc', 'sizedesc', 'pullasc', 'pulldesc'];

const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}` as Digest;
/** Mixed, so that no order is that of the pushes. */
const mixed = (n: number, factor: number) => (n * factor) % COUNT;

/** A thousand sizes, half of the manifests pulled at some time. */
async function fill(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const store = openSqliteMetadataStore({ path: join(dataDir, 'metadata.db') });
  await store.migrate();
  await store.transaction((tx) => tx.registries.create(registryRow({ id: 'r1', name: 'registry' })));
  const { id } = await store.transaction((tx) =>
    tx.repositories.findOrCreate('r1', 'many/app' as RepositoryName, new Date(START)),
  );
  // In the order of digests and many in a transaction: the same rows, in a quarter of the time.
  const all = Array.from({ length: COUNT }, (_, n) => ({ n, digest: digestOf(String(n)) }));
  all.sort((a, b) => (a.digest < b.digest ? -1 : 1));
  for (let from = 0; from < COUNT; from += BATCH) {
    await store.transaction(async (tx) => {
      for (const { n, digest } of all.slice(from, from + BATCH)) {
        const pushedAt = new Date(START + mixed(n, 7919) * 1000);
        const row = { repositoryId: id, digest, mediaType: TYPE, size: 500, pushedBy: 'bench', pushedAt };
        const layer = { digest: digestOf('base'), kind: 'layer', mediaType: 'application/gzip' } as const;
        await tx.manifests.insert(row, Buffer.from(String(n)), [{ ...layer, size: 1000 + (mixed(n, 104_729) % 1000) }]);
        await tx.tags.put(id, `t${String(n).padStart(8, '0')}` as TagName, digest, pushedAt);
        if (n % 2 === 0) {
          const at = new Date(START + mixed(n, 15_485_863) * 1000);
          await tx.pulls.record([{ repositoryId: id, digest, at }]);
        }
      }
    });
  }
  await store.close();
}

interface Figures {
  readonly median: number;
  readonly p95: number;
}

async function measure(times: number, work: (n: number) => Promise<unknown>): Promise<Figures> {
  const taken: number[] = [];
  for (let n = 0; n < times; n++) {
    const begun = performance.now();
    await work(n);
    taken.push(performance.now() - begun);
  }
  taken.sort((a, b) => a - b);
  const at = (part: number) => taken[Math.floor(taken.length * part)] ?? Number.NaN;
  return { median: at(0.5), p95: at(0.95) };
}

function tell(what: string, { median, p95 }: Figures, limit?: number): boolean {
  const slow = limit !== undefined && median >= limit;
  console.log(`${median.toFixed(2).padStart(8)} ms  ${p95.toFixed(2).padStart(8)} ms  ${slow ? 'SLOW ' : ''}${what}`);
  return slow;
}

async function get(registry: TestRegistry, target: string): Promise<string | undefined> {
  const answer = await registry.ask('GET', target);
  if (answer.status !== 200) throw new Error(`${target}: ${answer.status} ${answer.text}`);
  return /^<([^>]*)>/.exec(answer.header('Link') ?? '')?.[1];
}

/** The first page, and those that its links lead to, one after the other, from the middle of the list on. */
async function pages(registry: TestRegistry): Promise<number> {
  const n = (COUNT >> 1) + 137; // in the middle of each order, as good as
  const middle = { _tags: `t${String(n).padStart(8, '0')}`, _manifests: digestOf(String(n)) };
  let slow = 0;
  for (const [list, last] of Object.entries(middle)) {
    for (const order of ORDERS) {
      const first = `/acr/v1/many/app/${list}?n=100&orderby=${order}`;
      if (tell(first, await measure(REPEATS, () => get(registry, first)), PAGE_MS)) slow++;
      const begin = `${first}&last=${encodeURIComponent(last)}`;
      let next: string | undefined = begin;
      const walk = async () => {
        next = await get(registry, next ?? begin);
      };
      if (tell(`${begin.slice(0, 70)}… and on`, await measure(REPEATS, walk), PAGE_MS)) slow++;
    }
  }
  return slow;
}

/** What the subscription's usage is made of, without the resource manager around it: the figure that is kept. */
async function usage(dataDir: string): Promise<boolean> {
  const store = openSqliteMetadataStore({ path: join(dataDir, 'metadata.db') });
  const figures = await measure(REPEATS, async () => {
    await store.read.quotas.storage('r1', new Date());
  });
  await store.close();
  return tell('usage of the registry', figures, USAGE_MS);
}

async function pushes(registry: TestRegistry): Promise<void> {
  const put = (n: number) => {
    const body = Buffer.from(JSON.stringify({ schemaVersion: 2, annotations: { n: String(n) } }));
    const headers = { 'Content-Type': 'application/x' };
    return registry.ask('PUT', `/v2/many/app/manifests/new${n}`, { headers, body });
  };
  await measure(50, (n) => put(-1 - n));
  tell(`PUT of a manifest with a new tag, ${PUSHES} of them`, await measure(PUSHES, put));
}

const begun = performance.now();
let folder = '';
let slow = 0;
const registry = await startRegistry({
  prepare: async (dataDir) => {
    folder = dataDir;
    await fill(dataDir);
  },
});
console.log(`${COUNT} manifests and tags filled in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
console.log('  median         p95');
slow += await pages(registry);
const whole = await measure(REPEATS, () => get(registry, '/acr/v1/many/app/_usage'));
if (tell('_usage of the repository', whole, USAGE_MS)) slow++;
await pushes(registry);
await registry.halt();
if (await usage(folder)) slow++;
await registry.stop();
process.exitCode = slow > 0 ? 1 : 0;
