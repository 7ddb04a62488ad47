import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cleanUpRegistry } from './carry-out.ts';
import { digest, Stock } from './test-stock.ts';

// What happens between the look that finds something and the transaction that takes it. Azure's own retention purged what had got a
// tag again (Azure/acr#520).

let stock: Stock;
beforeEach(async () => {
  stock = await Stock.open({ retention: { status: 'enabled', days: 7 } });
});
afterEach(() => stock.metadata.close());

/** Carries the policies out; `meanwhile` happens once, after something was found and before it is taken. */
async function run(meanwhile: () => Promise<unknown>) {
  let happened = false;
  return cleanUpRegistry(stock.dependencies, stock.registry, async () => {
    if (!happened) {
      happened = true;
      await meanwhile();
    }
    return true;
  });
}
const nothing = { tags: 0, manifests: 0 };

describe('a manifest without a tag that was found', () => {
  beforeEach(async () => {
    await stock.push(1);
    await stock.days(8);
  });

  it('goes when nothing happens', async () => {
    expect(await run(async () => undefined)).toEqual({ tags: 0, manifests: 1 });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['gets a tag', () => stock.tag('v1', 1)],
    ['gets a tag and loses it', () => stock.tag('v1', 1).then(() => stock.untag('v1'))],
    ['becomes part of an index', () => stock.push(10, { children: [1], tags: ['v1'] })],
    [
      'is pushed again',
      () => stock.metadata.transaction((tx) => tx.manifests.touch(stock.id, digest(1), stock.clock.now())),
    ],
    ['is locked', () => stock.lock('manifest', digest(1))],
    [
      'is out of the policy, which is switched off',
      () => {
        const policies = JSON.stringify({ retention: { status: 'disabled', days: 7 } });
        return stock.metadata.transaction((tx) => tx.registries.update({ ...stock.registry, policies }));
      },
    ],
    [
      'is in a registry that is deleted',
      () => stock.metadata.transaction((tx) => tx.registries.delete('r1', stock.clock.now())),
    ],
  ])('stays when it %s meanwhile', async (_, meanwhile) => {
    expect(await run(meanwhile)).toEqual(nothing);
    expect(await stock.manifests()).toContain(1);
  });
});

describe('a tag that was found', () => {
  beforeEach(async () => {
    for (const n of [1, 2, 3]) {
      await stock.push(n, { tags: [`t${n}`] });
      await stock.days(1);
    }
    await stock.push(4, { tags: ['other'] });
    await stock.policy('latest', { tags: { match: ['t*'], keepLatest: 2, notPulledForDays: 1 } });
  });

  it('goes when nothing happens', async () => {
    expect(await run(async () => undefined)).toEqual({ tags: 1, manifests: 1 });
    expect(await stock.tags()).toEqual(['other', 't2', 't3']);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['is moved', () => stock.tag('t1', 4)],
    ['is pushed again', () => stock.tag('t1', 1)],
    ['is one of the latest, since another one is taken away', () => stock.untag('t3')],
    ['is locked', () => stock.lock('tag', 't1')],
    ['is made immutable', () => stock.immutable('all', { match: ['*'] })],
    ['is pulled', () => stock.pull(1)],
    [
      'is out of the policy, which is changed',
      () => stock.policy('latest', { tags: { match: ['t*'], keepLatest: 3 } }),
    ],
  ])('stays when it %s meanwhile', async (_, meanwhile) => {
    expect(await run(meanwhile)).toEqual(nothing);
    expect(await stock.tags()).toContain('t1');
  });

  it('stays when it is pulled meanwhile, and the pull is not written down yet', async () => {
    const pulls = { flush: () => stock.pull(1) };
    const taken = await cleanUpRegistry({ ...stock.dependencies, pulls }, stock.registry, async () => true);
    expect(taken).toEqual(nothing);
  });
});
