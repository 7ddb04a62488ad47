import { describe, expect, it } from 'vitest';
import type { MetadataStore } from '../metadata/metadata-store.ts';
import { openMemoryMetadataStore } from '../metadata/sqlite/open.ts';
import { FakeClock, systemClock } from '../platform/clock.ts';
import { systemIds } from '../platform/ids.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { type Job, JobWorker } from './worker.ts';

const silent = createLogger({ level: 'silent', terminal: false, stream: { write: () => undefined } });

async function site(jobs: readonly Job[], store?: MetadataStore, clock = new FakeClock(), logger = silent) {
  const metadata = store ?? openMemoryMetadataStore();
  await metadata.migrate();
  const worker = new JobWorker({ store: metadata, clock, ids: systemIds, logger, metrics: createMetrics(), jobs });
  return { metadata, clock, worker };
}

const find = (store: MetadataStore, id: string) => store.transaction((tx) => tx.jobs.find(id));

describe('the job worker', () => {
  it('runs a scheduled job when it is due and again after its interval', async () => {
    let runs = 0;
    const job: Job = { kind: 'tick', everySeconds: 600, run: async () => ({ runs: ++runs }) };
    const { clock, worker } = await site([job]);
    await worker.start();
    expect(await worker.runNext()).toBe(false);
    clock.advance(61_000);
    expect(await worker.runNext()).toBe(true);
    expect(await worker.runNext()).toBe(false);
    clock.advance(599_000);
    expect(await worker.runNext()).toBe(false);
    clock.advance(1_000);
    expect(await worker.runNext()).toBe(true);
    expect(runs).toBe(2);
    await worker.stop();
  });

  it('gives a failed job back, later each time, with what went wrong', async () => {
    const job: Job = {
      kind: 'broken',
      everySeconds: 600,
      run: async () => {
        throw new Error('no disk');
      },
    };
    const { metadata, clock, worker } = await site([job]);
    await worker.start();
    clock.advance(61_000);
    await worker.runNext();
    expect(await find(metadata, 'broken')).toMatchObject({ attempts: 1, lastError: 'no disk', leaseOwner: undefined });
    clock.advance(9_000);
    expect(await worker.runNext()).toBe(false);
    clock.advance(1_000);
    expect(await worker.runNext()).toBe(true);
    clock.advance(59_000);
    expect(await worker.runNext()).toBe(false);
    await worker.stop();
  });

  it.each(['a sleep of the system', 'a sleep of the test', 'a look at the signal'])(
    'gives a job that the stop broke off in %s to whoever comes next: that is no failure, and takes none back',
    async (kind) => {
      const told: string[] = [];
      const telling = createLogger({ level: 'error', terminal: false, stream: { write: (line) => told.push(line) } });
      const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
      const clock = new FakeClock();
      const sleeper = kind === 'a sleep of the system' ? systemClock : clock;
      let failed = false;
      const long: Job = {
        kind: 'long',
        everySeconds: 600,
        run: async ({ signal }) => {
          if (!failed) {
            failed = true;
            throw new Error('no disk');
          }
          begin();
          const sleep = sleeper.sleep(3_600_000, signal);
          await (kind === 'a look at the signal' ? sleep.catch(() => undefined) : sleep);
          return {};
        },
      };
      const { metadata, worker } = await site([long], undefined, clock, telling);
      await worker.start();
      clock.advance(61_000);
      await worker.runNext();
      told.length = 0;
      clock.advance(10_000);
      const running = worker.runNext();
      await begun;
      await worker.stop();
      await running;
      expect(told).toEqual([]);
      expect(await find(metadata, 'long')).toMatchObject({ attempts: 1, lastError: 'no disk', leaseOwner: undefined });
      const quick: Job = { kind: 'long', everySeconds: 600, run: async () => ({}) };
      const next = await site([quick], metadata, clock);
      expect(await next.worker.runNext()).toBe(true);
    },
  );

  it('breaks off what an operator pauses, and lets it go on once it is resumed: that is no failure', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const clock = new FakeClock();
    let runs = 0;
    const long: Job = {
      kind: 'long',
      everySeconds: 600,
      run: async ({ signal }) => {
        if (++runs > 1) return {};
        begin();
        await clock.sleep(3_600_000, signal);
        return {};
      },
    };
    const { metadata, worker } = await site([long], undefined, clock);
    await worker.start();
    clock.advance(61_000);
    const running = worker.runNext();
    await begun;
    const pause = (since: Date | undefined) => metadata.transaction((tx) => tx.jobs.setPaused('long', since));
    await pause(clock.now());
    clock.advance(1_000);
    expect(await running).toBe(true);
    expect(await find(metadata, 'long')).toMatchObject({ attempts: 0, lastError: undefined, leaseOwner: undefined });
    expect(await worker.runNext()).toBe(false);
    await pause(undefined);
    expect(await worker.runNext()).toBe(true);
    expect(runs).toBe(2);
    await worker.stop();
  });

  it('leaves a leased job to its worker until the lease runs out, then takes it over', async () => {
    const clock = new FakeClock();
    const { promise: hold, resolve: letGo } = Promise.withResolvers<void>();
    let mine: boolean | undefined;
    const slow: Job = {
      kind: 'slow',
      everySeconds: 600,
      run: async ({ stillMine }) => {
        await hold;
        mine = await stillMine();
        return {};
      },
    };
    const first = await site([slow], undefined, clock);
    await first.worker.start();
    clock.advance(61_000);
    const running = first.worker.runNext();
    const quick: Job = { kind: 'slow', everySeconds: 600, run: async () => ({}) };
    const second = await site([quick], first.metadata, clock);
    expect(await second.worker.runNext()).toBe(false);
    clock.advance(61_000);
    expect(await second.worker.runNext()).toBe(true);
    letGo();
    await running;
    expect(mine).toBe(false);
    await first.worker.stop();
  });
});
