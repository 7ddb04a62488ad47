import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Digest, digestOf } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Collector } from '../collector.ts';
import type { MetadataStore, RepositoryId } from '../metadata-store.ts';
import { registryRow } from '../test-rows.ts';
import { openSqliteMetadataStore } from './open.ts';
import { Connection } from './session.ts';
import { CHANGED_BY_COLLECTOR, COLLECTED, declaredStatements } from './statements.ts';

const PUSHED = new Date(1000);
const SLICE = { forget: [], links: 10, before: new Date(9000), since: new Date(8000) };
const registry = registryRow({ id: 'r', name: 'Default', createdAt: PUSHED });
const [ONE, TWO] = ['one', 'two'] as RepositoryName[] as [RepositoryName, RepositoryName];
const TAG = 'v1' as TagName;
const blob = (text: string) => ({ digest: digestOf(Buffer.from(text)), size: 100 });
const [KEPT, RELEASED, SHARED, NEVER_NAMED] = ['kept', 'released', 'shared', 'never named'].map(blob) as [
  ReturnType<typeof blob>,
  ReturnType<typeof blob>,
  ReturnType<typeof blob>,
  ReturnType<typeof blob>,
];

let folder: string;
let path: string;
let store: MetadataStore;
let collector: Collector;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-collector-'));
  path = join(folder, 'metadata.db');
  store = openSqliteMetadataStore({ path });
  await store.migrate();
  await store.transaction(async (tx) => {
    await tx.registries.create(registry);
    const [one, two] = [
      (await tx.repositories.findOrCreate(registry.id, ONE, PUSHED)).id,
      (await tx.repositories.findOrCreate(registry.id, TWO, PUSHED)).id,
    ];
    for (const each of [KEPT, RELEASED, SHARED, NEVER_NAMED]) await tx.blobs.link(one, each, PUSHED);
    await tx.blobs.link(two, SHARED, PUSHED);
    await insert(tx, one, 'kept', [KEPT.digest]);
    await tx.tags.put(one, TAG, digestOf(Buffer.from('kept')), PUSHED);
    await insert(tx, one, 'deleted', [RELEASED.digest]);
    await insert(tx, two, 'other', [SHARED.digest]);
    await tx.manifests.delete(one, digestOf(Buffer.from('deleted')), PUSHED);
  });
  collector = (store.openCollector as () => Collector)();
});
afterEach(async () => {
  await collector.close();
  await store.close();
  await rm(folder, { recursive: true });
});

type Transaction = Parameters<Parameters<MetadataStore['transaction']>[0]>[0];

async function insert(tx: Transaction, repositoryId: RepositoryId, text: string, layers: readonly Digest[]) {
  const bytes = Buffer.from(text);
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const row = {
    ...{ repositoryId, digest: digestOf(bytes), mediaType, size: bytes.length, pushedBy: 'someone', pushedAt: PUSHED },
    ...{ artifactType: undefined, configMediaType: undefined, subject: undefined, annotations: undefined },
  };
  const references = layers.map((digest) => ({ digest, kind: 'layer' as const, mediaType: 'l', size: 100 }));
  await tx.manifests.insert(row, bytes, references);
}

/** Whoever changes what the collector does not change, is refused. */
function guardTheRest(): void {
  const database = new DatabaseSync(path);
  const names = (sql: string) => database.prepare(sql).all() as unknown as { name: string }[];
  const changed: readonly string[] = CHANGED_BY_COLLECTOR.tables;
  const changedColumns: readonly string[] = CHANGED_BY_COLLECTOR.columns;
  const refuse = "BEGIN SELECT RAISE(ABORT, 'it changes what it does not say'); END";
  for (const { name } of names("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")) {
    if (changed.includes(name)) continue;
    const columns = names(`SELECT name FROM pragma_table_info('${name}')`).map((column) => column.name);
    const rest = columns.filter((column) => !changedColumns.includes(column)).join(', ');
    database.exec(`CREATE TRIGGER "guard insert ${name}" BEFORE INSERT ON ${name} ${refuse}`);
    database.exec(`CREATE TRIGGER "guard delete ${name}" BEFORE DELETE ON ${name} ${refuse}`);
    database.exec(`CREATE TRIGGER "guard update ${name}" BEFORE UPDATE OF ${rest} ON ${name} ${refuse}`);
  }
  database.close();
}

it('changes nothing but what it says, so that readers may keep the rest', async () => {
  guardTheRest();
  await collector.start();
  const first = await collector.take(SLICE);
  expect(first.links).toBe(3); // released, shared, never named
  const gone = first.unlinked.map(({ digest }) => digest);
  expect(gone.toSorted()).toEqual([RELEASED.digest, NEVER_NAMED.digest].toSorted());
  expect((await collector.take({ ...SLICE, forget: gone })).forgotten).toEqual(gone);
  const one = await store.read.repositories.find(registry.id, ONE);
  const others = store.transaction((tx) => tx.tags.put(one?.id as RepositoryId, TAG, KEPT.digest, new Date(2000)));
  await expect(others).rejects.toThrow('it changes what it does not say');
});

it('no hot query reads columns that it does not name', () => {
  const hot = declaredStatements().filter((statement) => statement.hot);
  expect(hot.length).toBeGreaterThan(10);
  expect(hot.filter(({ sql }) => /SELECT \*|\w\.\*/.test(sql))).toEqual([]);
  expect(hot.filter(({ reads }) => reads.some((name) => COLLECTED !== 'anything' && COLLECTED.has(name)))).toHaveLength(
    1,
  ); // the links of blobs
});

it('leaves what readers keep, but for blobs', async () => {
  const one = (await store.read.repositories.find(registry.id, ONE))?.id as RepositoryId;
  const pull = async () => (await store.read.tags.find(one, TAG))?.digest;
  const links = async () => [KEPT, NEVER_NAMED].map(async ({ digest }) => store.read.blobs.linked(one, digest));
  const linked = async () => (await Promise.all(await links())).map((link) => link?.digest);
  expect(await pull()).toBe(digestOf(Buffer.from('kept')));
  expect(await linked()).toEqual([KEPT.digest, NEVER_NAMED.digest]);
  await collector.take(SLICE);
  const asked = vi.spyOn(Connection.prototype, 'get');
  try {
    expect(await pull()).toBe(digestOf(Buffer.from('kept')));
    expect(asked).not.toHaveBeenCalled();
    expect(await linked()).toEqual([KEPT.digest, undefined]);
    await store.transaction((tx) => tx.tags.delete(one, TAG, new Date(3000)));
    expect(await pull()).toBeUndefined();
  } finally {
    asked.mockRestore();
  }
});
