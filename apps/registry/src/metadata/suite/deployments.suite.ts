import { describe, expect, it } from 'vitest';
import type { DeploymentRow } from '../deployments.ts';
import { at, type Fixture } from './fixture.ts';

const row = (name: string, more: Partial<DeploymentRow> = {}): DeploymentRow => ({
  id: `id-${name}`,
  scope: '/Subscriptions/S/resourceGroups/G',
  scopeKey: '/subscriptions/s/resourcegroups/g',
  name,
  state: 'Succeeded',
  mode: 'Incremental',
  correlationId: 'c',
  createdBy: 'alice',
  startedAt: at(1),
  endedAt: at(2),
  template: '{"resources":[]}',
  details: '{}',
  sealedOutputs: new Uint8Array([1, 2]),
  ...more,
});

/** Deployments of templates. */
export function deployments(f: Fixture): void {
  const put = (...rows: DeploymentRow[]) =>
    f.store.transaction(async (tx) => {
      for (const one of rows) await tx.deployments.put(one);
    });
  const names = async (scopeKey: string) => (await f.store.read.deployments.list(scopeKey, {})).map(({ name }) => name);

  describe('deployments', () => {
    it('are found by name without regard to case, and listed by name without what is large', async () => {
      await put(row('b'), row('Alpha'), row('c', { scopeKey: '/subscriptions/s', scope: '/Subscriptions/S' }));
      const { deployments: read } = f.store.read;
      expect(await read.find('/subscriptions/s/resourcegroups/g', 'ALPHA')).toEqual(row('Alpha'));
      expect(await read.find('/subscriptions/s', 'alpha')).toBeUndefined();
      expect(await names('/subscriptions/s/resourcegroups/g')).toEqual(['Alpha', 'b']);
      const { template: _, details: __, sealedOutputs: ___, ...summary } = row('b');
      expect(await read.list('/subscriptions/s/resourcegroups/g', { last: 'alpha', limit: 1 })).toEqual([summary]);
    });

    it('are replaced as a whole, but for the spelling of their name', async () => {
      await put(row('Again'));
      const next = row('again', { id: 'other', state: 'Running', endedAt: undefined, sealedOutputs: undefined });
      await put(next);
      const found = await f.store.read.deployments.find(next.scopeKey, 'again');
      expect(found).toEqual({ ...next, name: 'Again' });
      expect(await f.store.read.deployments.running()).toEqual([found]);
    });

    it('go one by one, or with their scope and what is below it', async () => {
      const below = '/subscriptions/s/resourcegroups/g';
      await put(
        row('a'),
        row('b'),
        row('c', { scopeKey: '/subscriptions/s' }),
        row('d', { scopeKey: '/subscriptions/st' }),
      );
      expect(await f.store.transaction((tx) => tx.deployments.delete(below, 'A'))).toBe(true);
      expect(await f.store.transaction((tx) => tx.deployments.delete(below, 'A'))).toBe(false);
      expect(await f.store.transaction((tx) => tx.deployments.deleteWithin('/subscriptions/s'))).toBe(2);
      expect(await names('/subscriptions/st')).toEqual(['d']);
    });

    it('are kept up to a number, the oldest of those that ended going first', async () => {
      const running = row('r', { state: 'Running', endedAt: undefined, startedAt: at(0) });
      await put(running, ...[5, 3, 9, 7].map((second) => row(`n${second}`, { endedAt: at(second) })));
      expect(await f.store.transaction((tx) => tx.deployments.trim(running.scopeKey, 2))).toBe(2);
      expect(await names(running.scopeKey)).toEqual(['n7', 'n9', 'r']);
      expect(await f.store.transaction((tx) => tx.deployments.trim(running.scopeKey, 2))).toBe(0);
    });
  });
}
