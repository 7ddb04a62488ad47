/** Ours alone: what a page of a list costs when the list has ten thousand, a hundred thousand, a million entries. */
import { join } from 'node:path';
import { openSqliteMetadataStore } from '../apps/registry/src/metadata/sqlite/open.ts';
import type { Job } from './jobs.ts';
import { interleave, type Plan, settle, tell } from './measure.ts';
import { holdfast } from './programs.ts';
import type { Measurement } from './results.ts';
import { runClient, sampleOf } from './run-client.ts';
import { FEW, fill, MANY, REPOSITORY } from './scale-rows.ts';
import { Server } from './server.ts';

/** Those whose ids `wanted` wants. */
export async function measureScale(
  plan: Plan,
  wanted: (id: string) => boolean,
  keep: (measurement: Measurement) => void,
): Promise<void> {
  const selected = lists(plan).filter(({ id }) => wanted(id));
  if (selected.length === 0) return;
  const servers = new Map<string, Server>();
  try {
    for (const level of plan.sizes.levels) {
      const side = level.toLocaleString('en').replaceAll(',', ' ');
      servers.set(side, await startFilled(plan, side, level));
    }
    for (const list of selected) {
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
      keep(measurement);
    }
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
