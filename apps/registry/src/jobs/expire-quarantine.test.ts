import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName } from '@holdfast/oci/reference';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MetadataStore } from '../metadata/metadata-store.ts';
import type { QuarantineState } from '../metadata/quarantine.ts';
import { openMemoryMetadataStore } from '../metadata/sqlite/open.ts';
import { registryRow } from '../metadata/test-rows.ts';
import { FakeClock } from '../platform/clock.ts';
import { systemIds as ids } from '../platform/ids.ts';
import { expireQuarantine } from './expire-quarantine.ts';

const HOUR = 3_600_000;
const digest = (n: number) => `sha256:${n.toString(16).padStart(64, '0')}` as Digest;
const context = { signal: new AbortController().signal, stillMine: async () => true };

let metadata: MetadataStore;
let clock: FakeClock;
let repositoryId: number;
beforeEach(async () => {
  metadata = openMemoryMetadataStore();
  clock = new FakeClock();
  await metadata.migrate();
  await metadata.transaction(async (tx) => {
    await tx.registries.create(registryRow({ id: 'r1', name: 'contoso' }));
    ({ id: repositoryId } = await tx.repositories.findOrCreate('r1', 'team/app' as RepositoryName, clock.now()));
  });
});
afterEach(() => metadata.close());

async function put(n: number, state: QuarantineState): Promise<void> {
  const changedAt = clock.now();
  await metadata.transaction(async (tx) => {
    const row = { repositoryId, digest: digest(n), mediaType: 'x/y', size: 1, pushedBy: 'me', pushedAt: changedAt };
    await tx.manifests.insert(row, Buffer.from(String(n)), []);
    await tx.quarantine.put({ repositoryId, digest: digest(n), state, changedBy: 'me', changedAt });
  });
}
const stateOf = async (n: number) => (await metadata.read.quarantine.find(repositoryId, digest(n)))?.state;

describe('the time-out of the quarantine', () => {
  it('fails what waited for longer than it may, and nothing else, and says so', async () => {
    await put(1, 'Quarantined');
    await put(2, 'Passed');
    clock.advance(HOUR);
    await put(3, 'Quarantined');
    clock.advance(47 * HOUR + 1);
    const job = expireQuarantine({ metadata, clock, ids, timeoutHours: 48 });
    expect(await job.run(context)).toEqual({ failed: 1 });
    expect([await stateOf(1), await stateOf(2), await stateOf(3)]).toEqual(['Failed', 'Passed', 'Quarantined']);
    const row = await metadata.read.quarantine.find(repositoryId, digest(1));
    expect(row).toMatchObject({ changedBy: 'system', details: expect.stringContaining('within 48 hours') });
    expect(await metadata.transaction((tx) => tx.audit.recent('r1', 9))).toMatchObject([
      {
        action: 'manifest.quarantine',
        repository: 'team/app',
        target: digest(1),
        principal: 'system',
        outcome: 'done',
      },
    ]);
    expect(await job.run(context)).toEqual({ failed: 0 });
  });

  it('never comes by itself', async () => {
    await put(1, 'Quarantined');
    clock.advance(100_000 * HOUR);
    expect(await expireQuarantine({ metadata, clock, ids, timeoutHours: 0 }).run(context)).toEqual({ failed: 0 });
    expect(await stateOf(1)).toBe('Quarantined');
  });

  it('takes as many as there are, in batches, and stops when another worker took over', async () => {
    for (let n = 1; n <= 450; n++) await put(n, 'Quarantined');
    clock.advance(2 * HOUR);
    const job = expireQuarantine({ metadata, clock, ids, timeoutHours: 1 });
    expect(await job.run({ ...context, stillMine: async () => false })).toEqual({ failed: 0 });
    expect(await job.run({ ...context, signal: AbortSignal.abort() })).toEqual({ failed: 0 });
    expect(await job.run(context)).toEqual({ failed: 450 });
  });
});
