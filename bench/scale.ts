/** Ours alone: what a page of a list costs when the list has ten thousand, a hundred thousand, a million entries. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type {
  ManifestRow,
  MetadataStore,
  MetadataTx,
  RepositoryId,
} from '../apps/registry/src/metadata/metadata-store.ts';
import { openSqliteMetadataStore } from '../apps/registry/src/metadata/sqlite/open.ts';
import type { Job } from './jobs.ts';
import { interleave, type Plan, settle, tell } from './measure.ts';
import { holdfast } from './programs.ts';
import type { Measurement } from './results.ts';
import { runClient, sampleOf } from './run-client.ts';
import { Server } from './server.ts';

export const REPOSITORY = 'scale/tags';
const BATCH = 2000;
const INDEX = 'application/vnd.oci.image.index.v1+json';

const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}` as Digest;
/** Every second manifest of the big repository refers to the first of these, ten to the other. */
const MANY = digestOf('the subject of many');
const FEW = digestOf('the subject of few');

export async function measureScale(plan: Plan): Promise<Measurement[]> {
  const servers = new Map<string, Server>();
  try {
    for (const level of plan.sizes.levels) {
      const side = level.toLocaleString('en').replaceAll(',', ' ');
      servers.set(side, await startFilled(plan, side, level));
    }
    const measurements: Measurement[] = [];
    for (const list of lists(plan)) {
      const samples = await interleave(plan.rounds, [...servers.keys()], async (side) => {
        const server = servers.get(side);
        if (!server) throw new Error(`no server ${side}`);
        await server.signIn([REPOSITORY]);
        settle(plan.folder);
        const level = Number(side.replaceAll(' ', ''));
        const path = list.path(String(Math.floor(level / 2)).padStart(7, '0'));
        const job: Job = {
          kind: 'requests',
          method: 'GET',
          paths: [path],
          connections: 1,
          seconds: plan.sizes.seconds,
        };
        return sampleOf(await runClient(server, job), 'µs');
      });
      const { id, title } = list;
      const target = { within: 1.5 };
      const measurement: Measurement = { id, group: 'scale', title, unit: 'µs', target, sides: samples };
      tell(measurement);
      measurements.push(measurement);
    }
    return measurements;
  } finally {
    for (const server of servers.values()) await server.stop();
  }
}

function lists({ sizes: { page } }: Plan): { id: string; title: string; path: (middle: string) => string }[] {
  const tags = `/v2/${REPOSITORY}/tags/list?n=${page}`;
  const catalog = `/v2/_catalog?n=${page}`;
  const referrers = `/v2/${REPOSITORY}/referrers`;
  return [
    { id: 'scale-tags-first', title: 'tags/list, first page of 100', path: () => tags },
    { id: 'scale-tags-middle', title: 'tags/list, page from the middle', path: (m) => `${tags}&last=t${m}` },
    { id: 'scale-catalog-first', title: '_catalog, first page of 100', path: () => catalog },
    { id: 'scale-catalog-middle', title: '_catalog, page from the middle', path: (m) => `${catalog}&last=scale/r${m}` },
    { id: 'scale-referrers-few', title: 'referrers, all ten of a manifest', path: () => `${referrers}/${FEW}` },
    {
      id: 'scale-referrers-many',
      title: 'referrers, page of 100 of many',
      path: () => `${referrers}/${MANY}?n=${page}`,
    },
  ];
}

/** The first start makes the database and the registry; it is filled while nobody runs; then the server is started again. */
async function startFilled(plan: Plan, side: string, level: number): Promise<Server> {
  const folder = join(plan.folder, `scale-${level}`);
  const program = holdfast(folder, { side });
  await (await Server.start(program)).stop();
  const begun = performance.now();
  const store = openSqliteMetadataStore({ path: join(folder, 'data/metadata.db') });
  await store.migrate();
  try {
    await fill(store, level);
  } finally {
    await store.close();
  }
  console.log(`${side} tags and repositories filled in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  return Server.start(program);
}

/** One repository of `level` tags, and `level` repositories. */
export async function fill(store: MetadataStore, level: number): Promise<void> {
  const registryId = (await store.read.registries.byName('registry'))?.id;
  if (registryId === undefined) throw new Error('the first start made no registry');
  const now = new Date();
  const create = (tx: MetadataTx, name: string) =>
    tx.repositories.findOrCreate(registryId, name as RepositoryName, now);
  const tagged = (await store.transaction((tx) => create(tx, REPOSITORY))).id;
  for (let from = 0; from < level; from += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, level - from) }, (_, i) => from + i);
    await store.transaction(async (tx) => {
      for (const n of numbers) {
        const name = String(n).padStart(7, '0');
        const body = Buffer.from(
          `{"schemaVersion":2,"mediaType":"${INDEX}","manifests":[],"annotations":{"n":"${name}"}}`,
        );
        await tx.manifests.insert(row(tagged, digestOf(body.toString()), body.length, subjectOf(n), now), body, []);
        await tx.tags.put(tagged, `t${name}` as TagName, digestOf(body.toString()), now);
        const repository = await create(tx, `scale/r${name}`);
        const same = Buffer.from(`{"schemaVersion":2,"mediaType":"${INDEX}","manifests":[]}`);
        await tx.manifests.insert(row(repository.id, digestOf(same.toString()), same.length, undefined, now), same, []);
      }
    });
  }
}

function subjectOf(n: number): Digest | undefined {
  if (n % 2 === 0) return MANY;
  return n < 20 ? FEW : undefined;
}

function row(
  repositoryId: RepositoryId,
  digest: Digest,
  size: number,
  subject: Digest | undefined,
  now: Date,
): ManifestRow {
  const artifactType = 'application/vnd.example.report';
  return { repositoryId, digest, mediaType: INDEX, size, artifactType, subject, pushedBy: 'bench', pushedAt: now };
}
