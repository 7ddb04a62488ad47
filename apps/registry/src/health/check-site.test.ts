import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MetadataStore } from '../metadata/metadata-store.ts';
import { openMemoryMetadataStore } from '../metadata/sqlite/open.ts';
import { registryRow } from '../metadata/test-rows.ts';
import { FakeClock } from '../platform/clock.ts';
import type { CertificateFacts } from './certificates.ts';
import { checkSite, type SiteHealth } from './check-site.ts';

const MINUTE = 60_000;

let metadata: MetadataStore;
let clock: FakeClock;
let health: SiteHealth;
beforeEach(async () => {
  metadata = openMemoryMetadataStore();
  clock = new FakeClock();
  await metadata.migrate();
  await metadata.transaction((tx) => tx.registries.create(registryRow({ id: 'r1', name: 'contoso' })));
  health = { metadata, clock, disk: async () => ({ free: 50, total: 100 }), certificates: async () => [] };
});
afterEach(() => metadata.close());

const states = async (of: Partial<SiteHealth> = {}) =>
  Object.fromEntries((await checkSite({ ...health, ...of })).map(({ name, state }) => [name, state]));
const find = async (name: string, of: Partial<SiteHealth> = {}) =>
  (await checkSite({ ...health, ...of })).find((check) => check.name === name);

/** The same site, of which something else is read. */
const reading = (read: MetadataStore['read']): SiteHealth['metadata'] => ({
  read,
  problem: () => undefined,
  transaction: (work) => metadata.transaction(work),
});

const certificate = (more: Partial<CertificateFacts>): CertificateFacts => ({
  name: 'server',
  use: 'server',
  subject: 'CN=a',
  issuer: 'CN=b',
  names: [],
  from: new Date(0),
  to: clock.now(),
  serialNumber: '1',
  fingerprint: 'AA',
  daysLeft: 90,
  state: 'good',
  renewsItself: false,
  chain: [],
  ...more,
});

describe("the site's own check", () => {
  it('finds nothing wrong with a site of which nothing is wrong, and says nothing to do', async () => {
    const checks = await checkSite(health);
    expect(new Set(checks.map(({ state }) => state))).toEqual(new Set(['good']));
    expect(checks.map(({ name }) => name)).toEqual([
      'database',
      'disk',
      'clock',
      'queue-events',
      'queue-deliveries',
      'queue-scans',
      'dead-deliveries',
      'jobs',
      'damage',
    ]);
    expect(checks.filter(({ next }) => next !== undefined)).toEqual([]);
  });

  it('says so when nothing can be written, and asks nothing of the database then that would write', async () => {
    const broken = {
      read: metadata.read,
      problem: () => 'the disk is full',
      transaction: () => Promise.reject(new Error('broken')),
    };
    expect(await find('database', { metadata: broken })).toMatchObject({
      state: 'bad',
      values: { problem: 'the disk is full' },
      next: expect.stringContaining('restart'),
    });
  });

  it.each([
    [10, 'good'],
    [9, 'warn'],
    [3, 'warn'],
    [2, 'bad'],
  ])('with %i %% of the disk free is %s', async (free, state) => {
    expect((await states({ disk: async () => ({ free, total: 100 }) })).disk).toBe(state);
  });

  it.each([
    [89, 'good'],
    [90, 'warn'],
    [100, 'bad'],
  ])('with %i %% of what the site may have is %s', async (used, state) => {
    const quotas = { ...metadata.read.quotas, site: () => ({ used, limit: 100, reserved: 0 }) };
    const read = { ...metadata.read, quotas } as unknown as MetadataStore['read'];
    expect((await states({ metadata: reading(read) })).capacity).toBe(state);
  });

  it('sees by the log that the clock was set back', async () => {
    const entry = { principal: 'me', action: 'x', outcome: 'done', correlationId: 'c' } as const;
    const write = (ms: number) =>
      metadata.transaction((tx) => tx.audit.append({ ...entry, time: new Date(clock.now().getTime() + ms) }));
    await write(50_000);
    expect((await states()).clock).toBe('good');
    await write(90_000);
    expect(await find('clock')).toMatchObject({ state: 'bad', values: { seconds: 90 } });
  });

  it('sees a queue that does not move', async () => {
    const event = { id: 'e1', time: clock.now(), registryId: 'r1', kind: 'push', payload: '{}' } as const;
    await metadata.transaction((tx) => tx.outbox.append(event));
    clock.advance(10 * MINUTE);
    expect(await find('queue-events')).toMatchObject({ state: 'good', values: { waiting: 1, minutes: 10 } });
    clock.advance(1);
    expect(await find('queue-events')).toMatchObject({ state: 'warn', next: expect.any(String) });
  });

  it('names jobs that fail, that are late and that are paused, and each once', async () => {
    const enqueue = (id: string) =>
      metadata.transaction((tx) =>
        tx.jobs.enqueue({ id, kind: id, payload: '{}', runAt: clock.now(), attempts: 0, everySeconds: 60 }),
      );
    for (const id of ['failing', 'late', 'paused', 'running']) await enqueue(id);
    expect((await states()).jobs).toBe('good');
    const later = new Date(clock.now().getTime() + 60 * MINUTE);
    await metadata.transaction(async (tx) => {
      await tx.jobs.claim('w', ['failing'], clock.now(), later);
      await tx.jobs.fail('failing', 'w', 'no room', clock.now());
      await tx.jobs.claim('w', ['running'], clock.now(), later);
      await tx.jobs.setPaused('paused', clock.now());
    });
    clock.advance(10 * MINUTE + 1);
    const found = await checkSite(health);
    const about = found.filter(({ name }) => name.startsWith('jobs'));
    expect(about.map(({ name, state, values }) => [name, state, values.jobs])).toEqual([
      ['jobs-failing', 'bad', 'failing'],
      ['jobs-late', 'warn', 'late'],
      ['jobs-paused', 'warn', 'paused'],
    ]);
  });

  it('takes the worst of the certificates', async () => {
    const of = (...all: CertificateFacts[]) => find('certificates', { certificates: async () => all });
    expect(await of(certificate({}))).toMatchObject({ state: 'good', values: { subject: 'CN=a', days: 90 } });
    expect(await of(certificate({}), certificate({ state: 'ends-soon', daysLeft: 20, subject: 'CN=c' }))).toMatchObject(
      {
        state: 'warn',
        values: { subject: 'CN=c', days: 20 },
      },
    );
    expect((await of(certificate({ problem: 'unreadable' })))?.state).toBe('warn');
    expect((await of(certificate({ state: 'ended' }), certificate({ state: 'ends-soon' })))?.state).toBe('bad');
  });

  it('counts what is damaged and what was given up', async () => {
    const backlog = { queues: () => [], deadDeliveries: () => 3, damaged: () => 2 };
    const read = { ...metadata.read, backlog } as MetadataStore['read'];
    const of = { metadata: reading(read) };
    expect(await find('damage', of)).toMatchObject({ state: 'bad', values: { count: 2 } });
    expect(await find('dead-deliveries', of)).toMatchObject({ state: 'warn', values: { count: 3 } });
  });
});
