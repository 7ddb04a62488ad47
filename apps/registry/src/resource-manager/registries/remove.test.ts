import { describe, expect, it } from 'vitest';
import { openMemoryMetadataStore } from '../../metadata/sqlite/open.ts';
import { registryRow } from '../../metadata/test-rows.ts';
import { FakeClock } from '../../platform/clock.ts';
import type { ArmCaller, ResourceManager } from '../context.ts';
import { removeRegistry } from './remove.ts';

describe('a registry that is removed', () => {
  it('takes along its webhooks, with their secrets and what was to be sent, and nobody else’s', async () => {
    const metadata = openMemoryMetadataStore();
    await metadata.migrate();
    const clock = new FakeClock();
    const rows = ['mine1', 'other'].map((name) => registryRow({ id: name, name }));
    await metadata.transaction(async (tx) => {
      for (const row of rows) {
        await tx.registries.create(row);
        await tx.webhooks.put({
          id: `hook of ${row.id}`,
          registryId: row.id,
          name: 'hook01',
          location: 'local',
          status: 'enabled',
          scope: '',
          actions: '["push"]',
          tags: '{}',
          sealedTarget: new Uint8Array([1]),
          createdAt: clock.now(),
          updatedAt: clock.now(),
        });
        const now = clock.now();
        const event = { id: `event of ${row.id}`, webhookId: `hook of ${row.id}`, subject: 'app', action: 'push' };
        await tx.webhookEvents.append({ ...event, content: '{}', createdAt: now, giveUpAt: now });
      }
    });
    const principal = { kind: 'user', id: 'somebody', name: 'somebody' } as const;
    const caller: ArmCaller = { principal, scope: '/', client: '127.0.0.1', correlationId: 'c' };
    await metadata.transaction((tx) =>
      removeRegistry({ clock } as unknown as ResourceManager, caller, tx, rows[0] as (typeof rows)[number]),
    );
    const left = await metadata.read.webhooks.ofRegistries(['mine1', 'other']);
    expect(left.map(({ registryId }) => registryId)).toEqual(['other']);
    expect(await metadata.read.webhookEvents.nextDue('')).toMatchObject({ webhookId: 'hook of other' });
    expect(await metadata.read.webhookEvents.nextDue('hook of other')).toBeUndefined();
    await metadata.close();
  });
});
