import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { MetadataStore } from '../metadata/metadata-store.ts';
import { openMemoryMetadataStore } from '../metadata/sqlite/open.ts';
import { at, digest, manifestRow } from '../metadata/suite/fixture.ts';
import { registryRow } from '../metadata/test-rows.ts';
import { FakeClock } from '../platform/clock.ts';
import { LastPulls } from './last-pulls.ts';

let store: MetadataStore;
let repository: number;
let clock: FakeClock;
let pulls: LastPulls;
beforeEach(async () => {
  store = openMemoryMetadataStore();
  await store.migrate();
  clock = new FakeClock(at(0));
  pulls = new LastPulls({ metadata: store, clock });
  repository = await store.transaction(async (tx) => {
    await tx.registries.create(registryRow({ id: 'r1', name: 'contoso' }));
    const { id } = await tx.repositories.findOrCreate('r1', 'team/app' as never, at(0));
    for (const n of [1, 2]) await tx.manifests.insert(manifestRow(id, n), Buffer.from(`${n}`), []);
    return id;
  });
});
afterEach(() => store.close());
const last = (n: number) => store.read.pulls.last(repository, digest(n));

it('writes once in a while, however many pull', async () => {
  const transactions = vi.spyOn(store, 'transaction');
  pulls.start();
  for (let i = 0; i < 1000; i++) {
    clock.advance(1);
    for (let node = 0; node < 15; node++) pulls.note(repository, digest(1));
  }
  pulls.note(repository, digest(2));
  expect(transactions).not.toHaveBeenCalled();
  clock.advance(30_000);
  await vi.waitFor(async () => expect(await last(1)).toEqual(new Date(at(0).getTime() + 1000)));
  expect(await last(2)).toEqual(new Date(at(0).getTime() + 1000));
  expect(transactions).toHaveBeenCalledOnce();
  await pulls.stop();
  expect(transactions).toHaveBeenCalledOnce();
});

it('writes what waits when it is stopped', async () => {
  pulls.start();
  pulls.note(repository, digest(1));
  await pulls.stop();
  expect(await last(1)).toEqual(at(0));
});

it('does not let what waits grow without end', async () => {
  const transactions = vi.spyOn(store, 'transaction');
  for (let n = 0; n < 20_000; n++) pulls.note(repository, digest(n));
  await vi.waitFor(() => expect(transactions).toHaveBeenCalledTimes(2));
});
