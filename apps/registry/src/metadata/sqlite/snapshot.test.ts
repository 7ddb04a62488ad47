import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { MetadataStore } from '../metadata-store.ts';
import { namesOn } from '../name-page.ts';
import { registryRow } from '../test-rows.ts';
import { openSqliteMetadataStore } from './open.ts';
import { Connection, SnapshotConnection } from './session.ts';

const now = new Date(0);
const registry = registryRow({ id: 'r', name: 'Default', createdAt: now });
const name = 'kept/app' as RepositoryName;
const tag = 'v1' as TagName;
const first = Buffer.from('{"first":1}');
const second = Buffer.from('{"second":2}');

let folder: string;
let store: MetadataStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-snapshot-'));
  store = openSqliteMetadataStore({ path: join(folder, 'metadata.db') });
  await store.migrate();
  await store.transaction((tx) => tx.registries.create(registry));
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

/** Pushes a manifest under the tag. */
async function push(bytes: Buffer, path = name): Promise<void> {
  await store.transaction(async (tx) => {
    const repository = await tx.repositories.findOrCreate(registry.id, path, now);
    const row = {
      repositoryId: repository.id,
      digest: digestOf(bytes),
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      size: bytes.length,
      artifactType: undefined,
      configMediaType: undefined,
      subject: undefined,
      annotations: undefined,
      pushedBy: 'someone',
      pushedAt: now,
    };
    await tx.manifests.insert(row, bytes, []);
    await tx.tags.put(repository.id, tag, digestOf(bytes), now);
  });
}

async function pull(): Promise<string | undefined> {
  const { read } = store;
  const repository = await read.repositories.find(registry.id, name);
  const found = repository && (await read.tags.find(repository.id, tag));
  const content = found && (await read.manifests.content(repository.id, found.digest));
  return content && Buffer.from(content.bytes).toString();
}

test('a hot query is asked once as long as nothing is committed', async () => {
  await push(first);
  const asked = vi.spyOn(Connection.prototype, 'get');
  try {
    for (let i = 0; i < 5; i++) expect(await pull()).toBe(first.toString());
    expect(asked).toHaveBeenCalledTimes(3);
  } finally {
    asked.mockRestore();
  }
});

test('what is made of a kept row is the same until a commit changes the row', async () => {
  await push(first);
  const rows = async () => {
    const repository = await store.read.repositories.find(registry.id, name);
    const found = await store.read.tags.find(repository?.id ?? 0, tag);
    return [found, await store.read.manifests.content(repository?.id ?? 0, found?.digest ?? digestOf(first))];
  };
  const before = await rows();
  expect(before).not.toContain(undefined);
  for (const [i, row] of (await rows()).entries()) expect(row).toBe(before[i]);
  await push(second);
  expect((await rows())[0]?.digest).toBe(digestOf(second));
});

test('every commit counts at the next read: what was not there, what moved, what went', async () => {
  expect(await pull()).toBeUndefined();
  await push(first);
  expect(await pull()).toBe(first.toString());
  await push(second);
  expect(await pull()).toBe(second.toString());
  const repository = await store.read.repositories.find(registry.id, name);
  await store.transaction((tx) => tx.tags.delete(repository?.id ?? 0, tag, new Date(3)));
  expect(await pull()).toBeUndefined();
});

test('a commit leaves what it did not change', async () => {
  await push(first);
  const who = () => store.read.registries.byName('default');
  expect((await who())?.id).toBe('r');
  expect(await pull()).toBe(first.toString());
  await push(second, 'another/app' as RepositoryName);
  const asked = vi.spyOn(Connection.prototype, 'get');
  try {
    expect((await who())?.id).toBe('r');
    expect(asked).not.toHaveBeenCalled();
    expect(await pull()).toBe(first.toString());
    expect(asked).toHaveBeenCalledTimes(3);
    await store.transaction((tx) => tx.registries.update({ ...registry, tags: '{"changed":"yes"}' }));
    expect((await who())?.tags).toBe('{"changed":"yes"}');
  } finally {
    asked.mockRestore();
  }
});

test('a page of names is asked for once as long as nothing is committed', async () => {
  await push(first);
  const page = async () => namesOn(await store.read.repositories.page(registry.id, { limit: 100 }));
  const asked = vi.spyOn(Connection.prototype, 'get');
  try {
    for (let i = 0; i < 5; i++) expect(await page()).toEqual([name]);
    expect(asked).toHaveBeenCalledTimes(1);
    await push(first, 'another/app' as RepositoryName);
    expect(await page()).toEqual(['another/app', name]);
  } finally {
    asked.mockRestore();
  }
});

test('kept rows take 16 MiB at most, and none of them more than 64 KiB', () => {
  const hot = { index: 0, sql: '', writes: false, changes: undefined, hot: true, reads: [] };
  let names = 'x'.repeat(64 * 1024);
  const asked = vi.spyOn(Connection.prototype, 'get').mockImplementation(() => ({ names }));
  try {
    const connection = new SnapshotConnection(undefined as never);
    const again = (key: number) => {
      const before = asked.mock.calls.length;
      connection.get(hot, key);
      return asked.mock.calls.length > before;
    };
    for (let key = 0; key < 256; key++) expect(again(key)).toBe(true);
    expect(again(0)).toBe(false);
    expect(again(256)).toBe(true); // one too many: all were forgotten
    expect(again(0)).toBe(true);
    names += 'x';
    expect(again(1000)).toBe(true);
    expect(again(1000)).toBe(true);
    names = '';
    for (let key = 2000; key < 6096; key++) expect(again(key)).toBe(true);
    expect(again(0)).toBe(true);
  } finally {
    asked.mockRestore();
  }
});

test('what was made of a row is made once and kept alone, so nobody gets the row, or what another makes of it', () => {
  const hot = { index: 0, sql: '', writes: false, changes: undefined, hot: true, reads: [] };
  const asked = vi.spyOn(Connection.prototype, 'get').mockImplementation(() => ({ n: 1 }));
  try {
    const connection = new SnapshotConnection(undefined as never);
    const make = vi.fn(({ n }: { n: number }) => ({ n: n + 1 }));
    const first = connection.made(hot, make, 'a');
    expect(first).toEqual({ n: 2 });
    expect(connection.made(hot, make, 'a')).toBe(first);
    expect([asked.mock.calls.length, make.mock.calls.length]).toEqual([1, 1]);
    expect(() => connection.get(hot, 'a')).toThrow('otherwise');
    expect(() => connection.made(hot, () => 0, 'a')).toThrow('otherwise');
    connection.get(hot, 'b');
    expect(() => connection.made(hot, make, 'b')).toThrow('otherwise');
    asked.mockImplementation(() => undefined);
    expect([connection.made(hot, make, 'none'), connection.made(hot, make, 'none')]).toEqual([undefined, undefined]);
    expect([asked.mock.calls.length, make.mock.calls.length]).toEqual([3, 1]);
  } finally {
    asked.mockRestore();
  }
});
