import { describe, expect, it } from 'vitest';
import { openMemoryMetadataStore } from '../metadata/sqlite/open.ts';
import { FakeClock } from '../platform/clock.ts';
import { expireSignIns } from './expire-sign-ins.ts';

describe('the sweep of sign-ins', () => {
  it('takes everything that has expired, however much, and leaves the rest', async () => {
    const metadata = openMemoryMetadataStore();
    await metadata.migrate();
    const clock = new FakeClock();
    const later = new Date(clock.now().getTime() + 1000);
    await metadata.transaction(async (tx) => {
      for (let n = 0; n < 450; n++) await tx.clientAssertions.use('c', `old ${n}`, clock.now());
      await tx.clientAssertions.use('c', 'new', later);
      const device = { clientId: 'c', scope: '', state: 'pending' } as const;
      await tx.deviceCodes.insert({ ...device, digest: 'old', userCode: 'A', expiresAt: clock.now() });
      await tx.deviceCodes.insert({ ...device, digest: 'new', userCode: 'B', expiresAt: later });
    });
    const context = { signal: new AbortController().signal, stillMine: async () => true };
    const job = expireSignIns({ metadata, clock });
    expect(await job.run(context)).toEqual({ expired: 451 });
    expect(await metadata.read.deviceCodes.find('new')).toBeDefined();
    expect(await metadata.transaction((tx) => tx.clientAssertions.use('c', 'new', later))).toBe(false);
    expect(await job.run(context)).toEqual({ expired: 0 });
    await metadata.close();
  });

  it('stops when another worker took over, or the site stops', async () => {
    const metadata = openMemoryMetadataStore();
    await metadata.migrate();
    const clock = new FakeClock();
    await metadata.transaction((tx) => tx.clientAssertions.use('c', 'old', clock.now()));
    const job = expireSignIns({ metadata, clock });
    const lost = { signal: new AbortController().signal, stillMine: async () => false };
    expect(await job.run(lost)).toEqual({ expired: 0 });
    expect(await job.run({ signal: AbortSignal.abort(), stillMine: async () => true })).toEqual({ expired: 0 });
    await metadata.close();
  });
});
