import { afterEach, describe, expect, it } from 'vitest';
import type { OutboxPayload } from '../../metadata/outbox.ts';
import { cleanUpRegistry } from './carry-out.ts';
import { companion, digest, Stock } from './test-stock.ts';

let stock: Stock;
const open = async (policies?: Record<string, unknown>) => {
  stock = await Stock.open(policies);
};
afterEach(() => stock.metadata.close());

const retention = (days: number) => ({ retention: { status: 'enabled', days } });

describe("ACR's retention policy", () => {
  it('takes manifests that have had no tag for so many days, whether it was on then or not, and nothing else', async () => {
    await open(retention(7));
    await stock.push(1);
    await stock.push(2, { tags: ['v1'] });
    await stock.push(3, { tags: ['latest'] });
    await stock.days(5);
    await stock.push(4, { tags: ['latest'] }); // 3 is untagged by it
    await stock.days(2);
    expect(await stock.preview()).toEqual(['goes 1 policy', 'stays 3 too-young']);
    expect(await stock.run()).toEqual({ tags: 0, manifests: 1 });
    await stock.days(5);
    expect(await stock.run()).toEqual({ tags: 0, manifests: 1 });
    expect([await stock.manifests(), await stock.tags()]).toEqual([
      [2, 4],
      ['latest', 'v1'],
    ]);
  });

  it('is off unless it is enabled', async () => {
    await open({ retention: { status: 'disabled', days: 0 } });
    await stock.push(1);
    await stock.days(100);
    expect([await stock.run(), await stock.preview()]).toEqual([{ tags: 0, manifests: 0 }, []]);
    expect(await stock.preview('retentionPolicy')).toEqual(['goes 1 policy']);
  });

  it('of 0 days leaves what was pushed within the hour: somebody may be about to name it', async () => {
    await open(retention(0));
    await stock.push(1);
    await stock.push(2, { tags: ['v1'] });
    stock.clock.advance(3_599_999);
    expect(await stock.preview()).toEqual(['stays 1 pushed-just-now']);
    stock.clock.advance(1);
    await stock.untag('v1');
    expect(await stock.run()).toEqual({ tags: 0, manifests: 2 });
  });

  it('begins anew when a manifest is pushed again', async () => {
    await open(retention(7));
    await stock.push(1);
    await stock.days(6);
    await stock.metadata.transaction((tx) => tx.manifests.touch(stock.id, digest(1), stock.clock.now()));
    await stock.days(6);
    expect(await stock.preview()).toEqual(['stays 1 too-young']);
    await stock.days(1);
    expect(await stock.preview()).toEqual(['goes 1 policy']);
  });

  it('leaves what an index that stays is made of, and takes all of an index that goes', async () => {
    await open(retention(7));
    for (const n of [1, 2, 3]) await stock.push(n);
    await stock.push(10, { children: [1, 2], tags: ['v1'] });
    await stock.push(11, { children: [2, 3] });
    await stock.push(12, { children: [11] });
    await stock.days(8);
    expect(await stock.preview()).toEqual([
      'goes 12 policy',
      'goes 11 with',
      'goes 3 with',
      'stays 1 part-of',
      'stays 2 part-of',
    ]);
    expect(await stock.run()).toEqual({ tags: 0, manifests: 3 });
    expect(await stock.manifests()).toEqual([1, 2, 10]);
  });

  it('leaves a part of it that was pushed again within the hour: another index may be about to name it', async () => {
    await open(retention(7));
    await stock.push(1);
    await stock.push(2);
    await stock.push(10, { children: [1, 2] });
    await stock.days(8);
    await stock.metadata.transaction((tx) => tx.manifests.touch(stock.id, digest(1), stock.clock.now()));
    expect(await stock.run()).toEqual({ tags: 0, manifests: 2 });
    expect(await stock.manifests()).toEqual([1]);
  });

  it('leaves what speaks of something that stays, with or without a subject, and takes it with what it speaks of', async () => {
    await open(retention(7));
    await stock.push(1, { tags: ['v1'] });
    await stock.push(2, { subject: 1 });
    await stock.push(3, { subject: 2 });
    await stock.push(4);
    await stock.push(5, { subject: 4 });
    await stock.push(6, { tags: [companion(4)] });
    await stock.push(7, { subject: 99 }); // of nothing that is here
    await stock.days(8);
    expect(await stock.preview()).toEqual([
      `goes ${companion(4)} with`,
      'goes 4 policy',
      'goes 6 with',
      'goes 5 with',
      'goes 7 policy',
      'stays 2 referrer-of',
      'stays 3 referrer-of',
    ]);
    expect(await stock.run()).toEqual({ tags: 1, manifests: 4 });
    expect([await stock.manifests(), await stock.tags()]).toEqual([[1, 2, 3], ['v1']]);
  });

  it('leaves what is locked, and by it what that needs', async () => {
    await open(retention(7));
    for (const n of [1, 2, 3]) await stock.push(n);
    await stock.push(10, { children: [1] });
    await stock.lock('manifest', digest(10), 'write');
    await stock.lock('manifest', digest(2), 'delete');
    await stock.lock('manifest', digest(3), 'read'); // forbids no deletion
    await stock.days(8);
    expect(await stock.preview()).toEqual(['goes 3 policy', 'stays 1 part-of', 'stays 2 locked', 'stays 10 locked']);
    expect(await stock.run()).toEqual({ tags: 0, manifests: 1 });
    expect(await stock.manifests()).toEqual([1, 2, 10]);
  });

  it('takes nothing of a repository that nobody may write to', async () => {
    await open(retention(7));
    await stock.push(1);
    await stock.lock('repository', '', 'write');
    await stock.days(8);
    expect(await stock.preview()).toEqual(['stays 1 locked']);
    expect(await stock.run()).toEqual({ tags: 0, manifests: 0 });
  });

  it('leaves what is in quarantine, unless a policy says that it goes, too', async () => {
    await open({ quarantine: 'enabled', ...retention(7) });
    await stock.push(1);
    await stock.push(2);
    const passed = { repositoryId: stock.id, digest: digest(2), state: 'Passed' as const, changedBy: 's' };
    await stock.metadata.transaction((tx) => tx.quarantine.put({ ...passed, changedAt: stock.clock.now() }));
    await stock.days(8);
    expect(await stock.preview()).toEqual(['goes 2 policy', 'stays 1 quarantined']);
    await stock.policy('hard', { untagged: { days: 1 }, includeQuarantined: true });
    expect(await stock.run()).toEqual({ tags: 0, manifests: 2 });
  });
});

describe('a rule for tags', () => {
  const tags = (rule: object) => stock.policy('p', { tags: { match: ['*'], ...rule } });

  it('keeps the latest of those that it is about, in each repository, and takes what was the last of a manifest', async () => {
    await open();
    for (const n of [1, 2, 3, 4]) {
      await stock.push(n, { tags: [`pr-${n}`] });
      await stock.days(1);
    }
    await stock.push(5, { tags: ['v1', 'pr-v'] });
    await tags({ match: ['pr-*'], except: ['pr-v'], keepLatest: 2 });
    expect(await stock.preview()).toEqual([
      'stays pr-4 among-latest',
      'stays pr-3 among-latest',
      'goes pr-2 policy',
      'goes 2 policy',
      'goes pr-1 policy',
      'goes 1 policy',
    ]);
    expect(await stock.run()).toEqual({ tags: 2, manifests: 2 });
    expect(await stock.tags()).toEqual(['pr-3', 'pr-4', 'pr-v', 'v1']);
    expect(await stock.run()).toEqual({ tags: 0, manifests: 0 });
  });

  it('takes a tag and leaves the manifest while another tag names it (harbor#8717)', async () => {
    await open();
    await stock.push(1, { tags: ['pr-1', 'v1'] });
    await stock.push(2, { tags: ['pr-2', 'pr-3'] });
    await stock.days(10);
    await tags({ match: ['pr-*'], olderThanDays: 7 });
    expect(await stock.preview()).toEqual([
      'goes pr-3 policy',
      'goes pr-2 policy',
      'goes 2 policy',
      'goes pr-1 policy',
    ]);
    expect(await stock.run()).toEqual({ tags: 3, manifests: 1 });
    expect([await stock.manifests(), await stock.tags()]).toEqual([[1], ['v1']]);
  });

  it('asks that everything it says is true: older, not pulled, not among the latest', async () => {
    await open();
    await stock.push(1, { tags: ['a'] });
    await stock.push(2, { tags: ['b'] });
    await stock.days(40);
    await stock.pull(1);
    await stock.push(3, { tags: ['c'] });
    await stock.days(10);
    await tags({ olderThanDays: 5, notPulledForDays: 30, keepLatest: 1 });
    expect(await stock.preview()).toEqual(['stays c among-latest', 'goes b policy', 'goes 2 policy', 'stays a pulled']);
    await stock.days(20);
    expect(await stock.run()).toEqual({ tags: 2, manifests: 2 });
    expect(await stock.tags()).toEqual(['c']);
  });

  it('counts a tag as young that was moved, and by last pull as pulled when it was pushed', async () => {
    await open();
    await stock.push(1, { tags: ['a'] });
    await stock.days(40);
    await stock.push(2);
    await stock.tag('b', 1);
    await stock.days(20);
    await tags({ notPulledForDays: 30 });
    expect(await stock.preview()).toEqual(['stays b pulled', 'goes a policy']);
  });

  it('takes a whole image of several platforms with its signatures, and leaves what others share (acr-cli#131)', async () => {
    await open();
    for (const n of [1, 2, 3]) await stock.push(n);
    await stock.push(10, { children: [1, 2], tags: ['pr-1'] });
    await stock.push(11, { children: [2, 3], tags: ['v1'] });
    await stock.push(20, { subject: 10 });
    await stock.push(21, { tags: [companion(1)] });
    await stock.push(22, { tags: [companion(11)] });
    await stock.days(10);
    await tags({ match: ['pr-*', 'sha256-*'], olderThanDays: 7 });
    expect(await stock.run()).toEqual({ tags: 2, manifests: 4 });
    expect([await stock.manifests(), await stock.tags()]).toEqual([
      [2, 3, 11, 22],
      [companion(11), 'v1'],
    ]);
  });

  it('leaves tags that are locked or immutable, and tags of manifests that are locked', async () => {
    await open();
    for (const n of [1, 2, 3, 4, 5]) await stock.push(n, { tags: [`t${n}`] });
    await stock.lock('tag', 't1', 'delete');
    await stock.lock('tag', 't2', 'write');
    await stock.lock('manifest', digest(3), 'delete');
    await stock.immutable('releases', { match: ['t4'] });
    await stock.days(10);
    await tags({ olderThanDays: 7 });
    const expected = ['goes t5 policy', 'goes 5 policy', 'stays t4 immutable', 'stays t3 locked', 'stays t2 locked'];
    expect(await stock.preview()).toEqual([...expected, 'stays t1 locked']);
    expect(await stock.run()).toEqual({ tags: 1, manifests: 1 });
    await stock.immutable('releases', { match: ['t4'], allowCleanUp: true });
    expect(await stock.run()).toEqual({ tags: 1, manifests: 1 });
    expect(await stock.tags()).toEqual(['t1', 't2', 't3']);
  });

  it('is carried out by each policy for itself; what one takes, no other counts as kept', async () => {
    await open();
    await stock.push(1, { tags: ['v1'] });
    await stock.push(2, { tags: ['v2'] });
    await stock.days(1);
    await stock.push(3, { tags: ['v3-pr'] });
    await stock.days(5);
    await stock.policy('all', { tags: { match: ['v*'], keepLatest: 2 } });
    await stock.policy('pr', { tags: { match: ['*-pr'], olderThanDays: 3 } });
    expect(await stock.preview()).toEqual([
      'goes v3-pr policy',
      'goes 3 policy',
      'stays v2 among-latest',
      'stays v1 among-latest',
    ]);
    expect(await stock.run()).toEqual({ tags: 1, manifests: 1 });
    expect(await stock.tags()).toEqual(['v1', 'v2']);
  });

  it('is about the repositories that it names', async () => {
    await open();
    await stock.push(1);
    await stock.days(9);
    await stock.policy('others', { repositories: ['team/ap', 'teams/*'], untagged: { days: 1 } });
    expect([await stock.run(), await stock.preview()]).toEqual([{ tags: 0, manifests: 0 }, []]);
    await stock.policy('others', { repositories: ['team/*'], untagged: { days: 1 } });
    expect(await stock.run()).toEqual({ tags: 0, manifests: 1 });
  });
});

describe('what a policy takes', () => {
  it('is told like any deletion: an audit row and an event for each, with the reason', async () => {
    await open();
    await stock.push(1, { tags: ['pr-1', 'v1'] });
    await stock.push(2, { tags: ['pr-2'] });
    await stock.push(3, { subject: 2 });
    await stock.days(10);
    await stock.policy('nightly', { tags: { match: ['pr-*'], olderThanDays: 7 } });
    await stock.run();
    const audit = await stock.metadata.transaction((tx) => tx.audit.recent('r1', 9));
    const why = 'clean-up policy nightly: older than 7 days';
    expect(audit.map(({ action, target, principal, reason }) => [action, target, principal, reason])).toEqual([
      ['tag.delete', 'pr-1', 'system', why],
      ['manifest.delete', digest(3), 'system', `${why}, with ${digest(2)}`],
      ['manifest.delete', digest(2), 'system', why],
    ]);
    const events = await stock.metadata.read.outbox.pending(9);
    const told = events.map(({ kind, payload }) => {
      const { target, tags, principal } = JSON.parse(payload) as OutboxPayload;
      return [kind, target.digest, target.tag ?? tags, principal];
    });
    expect(told).toEqual([
      ['delete', digest(2), ['pr-2'], 'system'],
      ['delete', digest(3), [], 'system'],
      ['untag', digest(1), 'pr-1', 'system'],
    ]);
  });

  it('is nothing when the work is called off', async () => {
    await open(retention(1));
    await stock.push(1);
    await stock.days(9);
    expect(await cleanUpRegistry(stock.dependencies, stock.registry, async () => false)).toEqual({
      tags: 0,
      manifests: 0,
    });
  });
});
