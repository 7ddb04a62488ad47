import { beforeEach, describe, expect, it } from 'vitest';
import type { RefusalCause, Refused } from '../identity/refused.ts';
import { createRegistryToken, createTestSite, OTHER_REGISTRY, REGISTRY, type TestSite } from '../identity/test-site.ts';
import type { RegistryRow } from '../metadata/metadata-store.ts';
import { registryRow } from '../metadata/test-rows.ts';
import { createRefusalLog, type RefusalLog } from './refusal-log.ts';

const registry = registryRow(REGISTRY);
const caller = { client: '192.0.2.7', correlationId: 'c1' };
let site: TestSite;
let log: RefusalLog;
beforeEach(async () => {
  site = await createTestSite();
  log = createRefusalLog({ metadata: site.store, clock: site.clock });
});

const rows = (registryId = REGISTRY.id) => site.store.transaction((tx) => tx.audit.recent(registryId, 10_000));
const guess = (typed: string, at: RegistryRow = registry) =>
  log.signIn(at, { refused: 'wrong-password', typed }, caller);

describe('a wrong password', () => {
  it('is written down with what was guessed at, from where, and when', async () => {
    await guess('Registry');
    expect(await rows()).toEqual([
      {
        time: site.clock.now(),
        registryId: REGISTRY.id,
        principal: 'admin-user:registry',
        action: 'sign-in',
        outcome: 'refused',
        reason: 'wrong-password',
        ...caller,
      },
    ]);
  });

  it('names tokens and people that exist and ids of applications; anything else may be a password in the wrong field', async () => {
    await createRegistryToken(site);
    const person = { upn: 'Ann@example', displayName: 'Ann', enabled: true, siteOperator: false };
    const times = { passwordChangedAt: site.clock.now(), createdAt: site.clock.now() };
    const password = { passwordId: 'p', passwordHash: 'h' };
    await site.store.transaction((tx) => tx.users.insert({ id: 'id-of-ann', ...person, ...password, ...times }));
    const app = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
    const passwords = ['hunter2-my-password', 'hunter2@home', '', 'x'.repeat(5000)];
    for (const typed of ['ROBOT', app.toUpperCase(), 'ann@EXAMPLE', ...passwords]) await guess(typed);
    const names = (await rows()).map((row) => row.principal).reverse();
    expect(names).toEqual(['token:registry/robot', app, 'id-of-ann', ...passwords.map(() => 'unknown')]);
    expect(JSON.stringify(await rows())).not.toContain('hunter2');
  });
});

describe('which refusals are written down', () => {
  it.each<[RefusalCause, number]>([
    ['wrong-password', 1],
    ['admin-user-disabled', 1],
    ['account-disabled', 1],
    ['token-disabled', 1],
    ['credential-expired', 1],
    ['bearer-expired', 0],
    ['bearer-revoked', 0],
    ['bearer-of-another-registry', 0],
    ['bearer-of-the-wrong-kind', 0],
    ['wrong-token', 0],
    ['malformed', 0],
  ])('%s: %i', async (refused, count) => {
    await log.signIn(registry, { refused, who: 'somebody' } satisfies Refused, caller);
    expect((await rows()).map(({ principal, reason }) => [principal, reason])).toEqual(
      count === 0 ? [] : [['somebody', refused]],
    );
  });
});

describe('whoever guesses without end', () => {
  it('fills sixty rows, then one each ten seconds, and the next one says how many went before', async () => {
    for (let i = 0; i < 1000; i++) await guess('registry');
    expect(await rows()).toHaveLength(60);
    site.clock.advance(9_999);
    await guess('registry');
    expect(await rows()).toHaveLength(60);
    site.clock.advance(1);
    await guess('registry');
    expect((await rows())[0]?.reason).toBe('wrong-password (before it, 941 more that were not written down)');
    await guess('registry');
    expect(await rows()).toHaveLength(61);
  });

  it('gets no more for waiting long than it began with', async () => {
    for (let i = 0; i < 60; i++) await guess('registry');
    site.clock.advance(30 * 86_400_000);
    for (let i = 0; i < 100; i++) await guess('registry');
    expect(await rows()).toHaveLength(120);
  });

  it('hides neither what happens at another registry, nor what signed-in callers are denied', async () => {
    for (let i = 0; i < 100; i++) await guess('registry');
    await guess('another', registryRow(OTHER_REGISTRY));
    expect(await rows(OTHER_REGISTRY.id)).toHaveLength(1);
    const denied = { principal: 'p', action: 'manifest-put', reason: 'no-assignment: push', repository: 'a' };
    await log.denied(registry, denied, caller);
    expect((await rows())[0]).toMatchObject({ ...denied, outcome: 'refused' });
  });
});

it('a full disk does not turn the refusal into another answer', async () => {
  const broken = { ...site.store, transaction: () => Promise.reject(new Error('disk full')) };
  const failing = createRefusalLog({ metadata: broken, clock: site.clock });
  await expect(failing.signIn(registry, { refused: 'wrong-password', typed: 'x' }, caller)).resolves.toBeUndefined();
});
