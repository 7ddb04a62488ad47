import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { pushImage } from '../../apps/registry/src/distribution/test-content.ts';
import { FakeClock } from '../../apps/registry/src/platform/clock.ts';
import { startRegistry } from '../support/start-registry.ts';

const PULLS = 1000;

it('of a thousand pulls of one tag at once none writes, and all together cost one row', {
  timeout: 60_000,
}, async () => {
  const clock = new FakeClock(new Date('2026-05-01T00:00:00Z'));
  const registry = await startRegistry({ clock });
  const { digest } = await pushImage(registry, 'team/app', { tag: 'v1' });
  const token = await registry.token('repository:team/app:pull');
  const db = new DatabaseSync(join(registry.dataDir, 'metadata.db'), { readOnly: true });
  // It changes with each commit of any other connection (https://www.sqlite.org/pragma.html#pragma_data_version).
  const version = () => Number(db.prepare('PRAGMA data_version').get()?.data_version);
  const rows = () => db.prepare('SELECT digest, pulled_at FROM manifest_pulls').all();
  const before = version();
  const pulls = await Promise.all(
    Array.from({ length: PULLS }, () => registry.ask('GET', '/v2/team/app/manifests/v1', { as: token })),
  );
  expect(new Set(pulls.map((answer) => answer.status))).toEqual(new Set([200]));
  expect(version()).toBe(before);
  expect(rows()).toEqual([]);
  await expect
    .poll(() => {
      clock.advance(30_000);
      return rows().length;
    })
    .toBe(1);
  expect(rows()[0]).toEqual({ digest, pulled_at: Date.parse('2026-05-01T00:00:00Z') });
  expect(version()).not.toBe(before); // so it would have shown above
  db.close();
  expect(registry.problems).toEqual([]);
  await registry.stop();
});
