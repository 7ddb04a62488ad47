import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { RepositoryName } from '@holdfast/oci/reference';
import { expect, it } from 'vitest';
import { at, digest, manifestRow, registry, tagName } from '../suite/fixture.ts';
import { openSqliteMetadataStore } from './open.ts';

// A mark that stays would show nowhere but in time: lists of tags would walk over manifests that have none.
it('marks manifests that have tags, as long as they have one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hf-tagged-'));
  const path = join(folder, 'metadata.db');
  const store = openSqliteMetadataStore({ path });
  await store.migrate();
  const id = await store.transaction(async (tx) => {
    await tx.registries.create(registry);
    const row = await tx.repositories.findOrCreate('r1', 'team/app' as RepositoryName, at(0));
    for (const n of [1, 2]) await tx.manifests.insert(manifestRow(row.id, n), Buffer.from(`${n}`), []);
    return row.id;
  });
  const db = new DatabaseSync(path, { readOnly: true });
  const tagged = () =>
    db
      .prepare('SELECT untagged_at IS NULL AS tagged FROM manifest_metadata ORDER BY digest')
      .all()
      .map((row) => row.tagged);
  const put = (name: string, n: number) => store.transaction((tx) => tx.tags.put(id, tagName(name), digest(n), at(1)));
  const remove = (name: string) => store.transaction((tx) => tx.tags.delete(id, tagName(name), at(2)));
  expect(tagged()).toEqual([0, 0]);
  await put('a', 1);
  await put('b', 1);
  expect(tagged()).toEqual([1, 0]);
  await put('a', 2);
  expect(tagged()).toEqual([1, 1]);
  await put('b', 2);
  expect(tagged()).toEqual([0, 1]);
  await remove('a');
  expect(tagged()).toEqual([0, 1]);
  await remove('b');
  expect(tagged()).toEqual([0, 0]);
  db.close();
  await store.close();
  await rm(folder, { recursive: true });
});
