import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Principal } from '../access/principal.ts';
import type { BundleOperationRow } from '../metadata/bundle-journal.ts';
import type { MetadataStore } from '../metadata/metadata-store.ts';
import { openSqliteMetadataStore } from '../metadata/sqlite/open.ts';
import { registryRow } from '../metadata/test-rows.ts';
import { FakeClock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';
import { systemIds } from '../platform/ids.ts';
import { BundleOperations, type OperationKind, type OperationWork } from './operations.ts';

const registry = registryRow({ id: 'r1', name: 'registry', createdAt: new Date(0) });
const alice: Principal = { kind: 'admin-user', id: 'alice', registry: 'r1', credential: 'k1' };
const caller = { principal: alice, registry, correlationId: 'c' };

let folder: string;
let metadata: MetadataStore;
let known: Principal | undefined;
let errors: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-operations-'));
  metadata = openSqliteMetadataStore({ path: join(folder, 'metadata.db') });
  await metadata.migrate();
  await metadata.transaction((tx) => tx.registries.create(registry));
  [known, errors] = [alice, []];
});
afterEach(async () => {
  await metadata.close();
  await rm(folder, { recursive: true });
});

function opened(work: OperationWork): BundleOperations {
  const logger = { error: (_facts: object, message: string) => void errors.push(message) };
  const resolve = async () => known;
  const works = { create: work, verify: work, apply: work, import: work };
  return new BundleOperations({ metadata, clock: new FakeClock(), ids: systemIds, resolve, works, logger });
}

async function started(work: OperationWork): Promise<BundleOperations> {
  const operations = opened(work);
  await operations.start();
  return operations;
}

const begin = (operations: BundleOperations, kind: OperationKind = 'apply') => operations.begin(kind, caller, { n: 1 });
const stateOf = async ({ id }: BundleOperationRow) => (await metadata.read.bundleJournal.operation(id))?.state;
const ended = (row: BundleOperationRow) => expect.poll(() => stateOf(row)).not.toBe('running');
const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

describe('an operation on bundles', () => {
  it('is run again after a stop in its middle, with its request, and only then ends', async () => {
    const runs: unknown[] = [];
    const first = await started(async ({ row, signal }) => {
      runs.push(row.request);
      return untilAborted(signal);
    });
    const row = await begin(first);
    await expect.poll(() => runs).toHaveLength(1);
    await first.stop();
    expect(await stateOf(row)).toBe('running');
    await started(async ({ row: again }) => {
      runs.push(again.request);
      return { done: true };
    });
    await ended(row);
    expect(runs).toEqual(['{"n":1}', '{"n":1}']);
    expect(await metadata.read.bundleJournal.operation(row.id)).toMatchObject({
      state: 'succeeded',
      result: '{"done":true}',
    });
  });

  it('is run once although it was begun before those of the last life were taken up', async () => {
    const runs: string[] = [];
    const taken = Promise.withResolvers<object>();
    const operations = opened(({ row: { id } }) => {
      runs.push(id);
      return taken.promise;
    });
    const row = await begin(operations);
    await operations.start();
    taken.resolve({});
    await ended(row);
    await begin(operations, 'verify').then(ended); // each waits for those before it
    expect(runs.filter((id) => id === row.id)).toHaveLength(1);
  });

  it('asks at each step who its caller is now, and fails once that is nobody any more', async () => {
    const operations = await started(async ({ who }) => {
      await who();
      known = undefined;
      return who();
    });
    const row = await begin(operations);
    await ended(row);
    const { state, error = '' } = (await metadata.read.bundleJournal.operation(row.id)) ?? {};
    expect([state, JSON.parse(error)]).toMatchObject(['failed', { code: 'access.denied' }]);
  });

  it('waits for those before it in its registry', async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const order: string[] = [];
    const operations = await started(async ({ row }) => {
      order.push(`${row.kind} begins`);
      await gate;
      order.push(`${row.kind} ends`);
      return {};
    });
    const rows = [await begin(operations, 'create'), await begin(operations, 'apply')];
    await expect.poll(() => order).toEqual(['create begins']);
    open();
    for (const row of rows) await ended(row);
    expect(order).toEqual(['create begins', 'create ends', 'apply begins', 'apply ends']);
  });

  it('is cancelled while it works, and at once while it waits', async () => {
    const began: string[] = [];
    const operations = await started(async ({ row, signal }) => {
      began.push(row.id);
      return untilAborted(signal);
    });
    const working = await begin(operations);
    const waiting = await begin(operations);
    await expect.poll(() => began).toEqual([working.id]);
    await operations.cancel(waiting);
    expect([await stateOf(waiting), await stateOf(working)]).toEqual(['cancelled', 'running']);
    await operations.cancel(working);
    expect(await stateOf(working)).toBe('cancelled');
    await operations.stop();
    expect(began).toEqual([working.id]);
    expect(await stateOf(waiting)).toBe('cancelled');
  });

  it('tells its caller what the domain refused, and of what broke only where the operator finds it', async () => {
    const thrown = [
      new DomainError('disallowed', 'content.locked', 'it is locked'),
      Object.assign(new Error('/data/uploads/secret is gone'), { code: 'EIO' }),
    ];
    const operations = await started(async () => {
      throw thrown.shift();
    });
    const rows = [await begin(operations), await begin(operations)];
    for (const row of rows) await ended(row);
    const told = [];
    for (const { id } of rows) told.push((await metadata.read.bundleJournal.operation(id))?.error);
    expect(told[0]).toBe('{"code":"content.locked","message":"it is locked"}');
    expect(told[1]).not.toContain('secret');
    expect(errors).toEqual(['an operation failed']);
  });

  it('is refused when so many are unfinished that nobody could wait for them', async () => {
    const operations = await started(async ({ signal }) => untilAborted(signal));
    for (let n = 0; n < 20; n++) await begin(operations);
    await expect(begin(operations)).rejects.toMatchObject({ code: 'bundle.too-many' });
    await operations.stop();
  });
});
