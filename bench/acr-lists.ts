/**
 * `node bench/acr-lists.ts [COUNT]`: what pages of `/acr/v1` take at COUNT repositories, tags and manifests (100,000), with and
 * without locks, and what the deletion of a repository of COUNT manifests takes, and takes from others. Prints a table;
 * exit code 1 when a page takes longer than 20 ms.
 */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openSqliteMetadataStore } from '../apps/registry/src/metadata/sqlite/open.ts';
import { registryRow } from '../apps/registry/src/metadata/test-rows.ts';
import type { Digest } from '../packages/oci/src/digest.ts';
import type { RepositoryName, TagName } from '../packages/oci/src/reference.ts';
import { startRegistry, type TestRegistry } from '../test/support/start-registry.ts';

const COUNT = Number(process.argv[2] ?? 100_000);
const LIMIT_MS = 20;
const BATCH = 2000;
const REPEATS = 9;
const START = Date.UTC(2026, 0, 1);
const TYPE = 'application/vnd.oci.image.manifest.v1+json';

const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}` as Digest;
const number = (n: number) => String(n).padStart(8, '0');

/** Repositories `r/…` of one image each, one of COUNT tags, one of COUNT manifests, and that once more with locks. */
async function fill(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const store = openSqliteMetadataStore({ path: join(dataDir, 'metadata.db') });
  await store.migrate();
  await store.transaction((tx) => tx.registries.create(registryRow({ id: 'r1', name: 'registry' })));
  const inBatches = async (
    work: (tx: Parameters<Parameters<typeof store.transaction>[0]>[0], n: number) => Promise<void>,
  ) => {
    for (let from = 0; from < COUNT; from += BATCH) {
      await store.transaction(async (tx) => {
        for (let n = from; n < Math.min(from + BATCH, COUNT); n++) await work(tx, n);
      });
    }
  };
  const repository = (name: string) =>
    store.transaction((tx) => tx.repositories.findOrCreate('r1', name as RepositoryName, new Date(START)));
  const row = (repositoryId: number, n: number) => ({
    repositoryId,
    digest: digestOf(String(n)),
    mediaType: TYPE,
    size: 500,
    pushedBy: 'bench',
    pushedAt: new Date(START + ((n * 7919) % COUNT) * 1000),
  });
  await inBatches(async (tx, n) => {
    const { id } = await tx.repositories.findOrCreate('r1', `r/${number(n)}` as RepositoryName, new Date(START));
    await tx.manifests.insert(row(id, 0), Buffer.from('0'), []);
  });
  for (const suffix of ['', '-locked']) {
    const tags = await repository(`many/tags${suffix}`);
    await store.transaction((tx) => tx.manifests.insert(row(tags.id, 0), Buffer.from('0'), []));
    await inBatches(async (tx, n) => {
      await tx.tags.put(tags.id, `t${number(n)}` as TagName, digestOf('0'), row(0, n).pushedAt);
    });
    const manifests = await repository(`many/manifests${suffix}`);
    await inBatches(async (tx, n) => {
      await tx.manifests.insert(row(manifests.id, n), Buffer.from(String(n)), [
        { digest: digestOf('base'), kind: 'layer', mediaType: 'application/gzip', size: 1000 },
      ]);
      await tx.tags.put(manifests.id, `t${number(n)}` as TagName, digestOf(String(n)), row(0, n).pushedAt);
    });
    if (suffix === '') continue;
    const lock = { flag: 'list', setBy: 'bench', setAt: new Date(START) } as const;
    await inBatches(async (tx, n) => {
      if (n % 10 !== 0) return;
      await tx.locks.set({ ...lock, repositoryId: tags.id, kind: 'tag', name: `t${number(n)}` });
      await tx.locks.set({ ...lock, repositoryId: manifests.id, kind: 'manifest', name: digestOf(String(n)) });
    });
  }
  await store.close();
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

async function best(registry: TestRegistry, target: string): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < REPEATS; i++) {
    times.push(
      await time(async () => {
        const answer = await registry.ask('GET', target);
        if (answer.status !== 200) throw new Error(`${target}: ${answer.status} ${answer.text}`);
      }),
    );
  }
  return Math.min(...times); // the one that the rest of the machine disturbed least
}

/** The page behind the middle of the list, where a cost that grows with the place would show. */
function targets(): string[] {
  const middle = number(COUNT >> 1);
  const all: string[] = [];
  for (const n of [100, 1000]) {
    all.push(`/acr/v1/_catalog?n=${n}`, `/acr/v1/_catalog?n=${n}&last=r/${middle}`);
    for (const suffix of ['', '-locked']) {
      for (const order of ['', 'timedesc', 'timeasc']) {
        all.push(`/acr/v1/many/tags${suffix}/_tags?n=${n}&orderby=${order}&last=t${middle}`);
        const last = encodeURIComponent(digestOf(String(COUNT >> 1)));
        all.push(`/acr/v1/many/manifests${suffix}/_manifests?n=${n}&orderby=${order}&last=${last}`);
      }
    }
  }
  return [...all, '/acr/v1/many/tags', `/acr/v1/many/manifests/_tags/t${middle}`];
}

async function deletion(registry: TestRegistry): Promise<void> {
  const pushes: number[] = [];
  let running = true;
  const body = Buffer.from('{}');
  const pushing = (async () => {
    for (let i = 0; running; i++) {
      const target = `/v2/side/by-side/manifests/v${i}`;
      pushes.push(
        await time(() => registry.ask('PUT', target, { headers: { 'Content-Type': 'application/x' }, body })),
      );
    }
  })();
  const answered = await time(() => registry.ask('DELETE', '/acr/v1/many/manifests'));
  await new Promise((resolve) => setTimeout(resolve, COUNT < 10_000 ? 1000 : 90_000)); // the job begins within a minute
  running = false;
  await pushing;
  pushes.sort((a, b) => a - b);
  const at = (part: number) => pushes[Math.floor(pushes.length * part)]?.toFixed(1);
  console.log(`DELETE of ${COUNT} manifests and tags answered in ${answered.toFixed(0)} ms`);
  console.log(
    `pushes meanwhile: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(0.999999)} ms, of ${pushes.length}`,
  );
}

const begun = performance.now();
const registry = await startRegistry({ prepare: fill });
console.log(
  `${COUNT} of each filled in ${((performance.now() - begun) / 1000).toFixed(1)} s; best of ${REPEATS}, client's time`,
);
let slow = 0;
for (const target of targets()) {
  const ms = await best(registry, target);
  if (ms > LIMIT_MS) slow++;
  console.log(`${ms.toFixed(1).padStart(7)} ms  ${ms > LIMIT_MS ? 'SLOW ' : ''}${target}`);
}
await deletion(registry);
await registry.stop();
process.exitCode = slow > 0 ? 1 : 0;
