import { expect, it } from 'vitest';
import { openMemoryMetadataStore } from '../metadata/sqlite/open.ts';
import { FakeClock } from '../platform/clock.ts';
import { sampleCapacity } from './sample-capacity.ts';

it('notes what is stored and what may be, and forgets it after 400 days', async () => {
  const metadata = openMemoryMetadataStore();
  await metadata.migrate();
  const clock = new FakeClock();
  const job = sampleCapacity({ metadata, clock });
  const context = { signal: new AbortController().signal, stillMine: async () => true };
  await metadata.transaction((tx) => tx.quotas.setSiteCapacity(5));
  await job.run(context);
  const start = clock.now();
  const before = new Date(start.getTime() - 1);
  expect(await metadata.read.capacity.list(before, 9)).toEqual([{ at: start, used: 0, capacity: 5 * 2 ** 30 }]);
  clock.advance(400 * 24 * 3_600_000);
  expect(await job.run(context)).toMatchObject({ removed: 0 });
  clock.advance(1);
  expect(await job.run(context)).toMatchObject({ removed: 1 });
  await metadata.close();
});
