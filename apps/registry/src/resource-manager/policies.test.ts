import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AzureSite, codeOf, REGISTRIES, startAzureSite, valuesOf } from '../../../../test/support/azure-site.ts';
import { pushImage, pushIndex } from '../distribution/test-content.ts';
import type { RepositoryCleanUp } from '../metadata/clean-up.ts';
import { FakeClock } from '../platform/clock.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let site: AzureSite;
let clock: FakeClock;
let serial = 0;
beforeAll(async () => {
  clock = new FakeClock(new Date());
  site = await startAzureSite({ clock });
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

const registry = () => `${site.group}/${REGISTRIES}/registry`;
const policy = (name: string, type = 'cleanupPolicies') => `${registry()}/${type}/${name}`;
const put = (path: string, properties: unknown, as?: string) =>
  site.arm('PUT', path, { body: { properties }, ...(as === undefined ? {} : { as }) });
const manifestStatus = async (repository: string, reference: string) =>
  (await site.ask('HEAD', `/v2/${repository}/manifests/${reference}`)).status;

/** The owner's token of now: those of before are over when days have passed. */
const owner = () => site.signIn(site.bootstrap.servicePrincipal.appId, site.bootstrap.servicePrincipal.password);

/** Until the job has taken it: the worker looks once in some seconds of its clock. */
async function gone(repository: string, reference: string): Promise<void> {
  for (let turn = 0; turn < 400; turn++) {
    if ((await manifestStatus(repository, reference)) === 404) return;
    clock.advance(HOUR / 60);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${repository} still has ${reference}`);
}

const NIGHTLY = { repositories: ['ci/*'], tags: { match: ['pr-*'], keepLatest: 1 } };

describe('a clean-up policy as a resource', () => {
  it('is created disabled, shown, listed, changed and deleted', async () => {
    const created = await put(policy('nightly'), NIGHTLY);
    expect([created.status, created.json()]).toEqual([
      201,
      {
        id: policy('nightly'),
        name: 'nightly',
        type: 'Microsoft.ContainerRegistry/registries/cleanupPolicies',
        properties: {
          status: 'disabled',
          ...NIGHTLY,
          creationDate: expect.stringMatching(/^20.+Z$/),
          lastUpdatedTime: expect.stringMatching(/^20.+Z$/),
          provisioningState: 'Succeeded',
        },
      },
    ]);
    expect((await site.arm('GET', policy('NIGHTLY'))).json()).toEqual(created.json());
    expect((await put(policy('nightly'), { ...NIGHTLY, status: 'enabled', untagged: { days: 3 } })).status).toBe(200);
    const listed = valuesOf<{ properties: object }>(await site.arm('GET', `${registry()}/cleanupPolicies`));
    expect(listed).toMatchObject([{ name: 'nightly', properties: { status: 'enabled', untagged: { days: 3 } } }]);
    expect((await site.arm('DELETE', policy('nightly'))).status).toBe(200);
    expect((await site.arm('DELETE', policy('nightly'))).status).toBe(204);
    expect(codeOf(await site.arm('GET', policy('nightly')))).toBe('ResourceNotFound');
  });

  it.each<[string, unknown, string]>([
    ['nothing to take', { repositories: ['*'] }, 'untagged'],
    ['no repository', { repositories: [], untagged: { days: 1 } }, 'properties.repositories'],
    ['a repository that can be none', { repositories: ['Team/*'], untagged: { days: 1 } }, "'Team/*' is none"],
    ['no limit', { repositories: ['*'], tags: { match: ['*'] } }, 'properties.tags.keepLatest'],
    ['to keep none', { repositories: ['*'], tags: { match: ['*'], keepLatest: 0 } }, 'from 1 to 1000'],
    ['a regular expression', { repositories: ['*'], tags: { match: ['^v.+$'], keepLatest: 1 } }, "'^v.+$' is none"],
    ['no pattern', { repositories: ['*'], tags: { match: [], keepLatest: 1 } }, 'properties.tags.match'],
    ['half a day', { repositories: ['*'], untagged: { days: 0.5 } }, 'properties.untagged.days'],
    ['no days', { repositories: ['*'], untagged: {} }, 'properties.untagged.days'],
    ['another word', { repositories: ['*'], untagged: { days: 1 }, status: 'on' }, 'enabled, disabled'],
  ])('is refused with %s', async (_, properties, text) => {
    const answer = await put(policy('wrong1'), properties);
    expect([answer.status, codeOf(answer)]).toEqual([400, 'InvalidRequestContent']);
    expect(answer.text).toContain(text);
    expect((await site.arm('GET', policy('wrong1'))).status).toBe(404);
  });

  it('may not be called as the retention policy, and there are fifty at most', async () => {
    expect((await put(policy('RetentionPolicy'), NIGHTLY)).text).toContain('az acr config retention update');
    const type = 'immutableTagPolicies';
    for (let n = 0; n < 50; n++) {
      expect((await put(policy(`rule-${n}`, type), { repositories: ['none'], match: ['v*'] })).status).toBe(201);
    }
    const one = await put(policy('rule-x', type), { repositories: ['none'], match: ['v*'] });
    expect([one.status, codeOf(one)]).toEqual([403, 'QuotaExceeded']);
    expect((await put(policy('rule-1', type), { repositories: ['none'], match: ['w*'] })).status).toBe(200);
    for (let n = 0; n < 50; n++) await site.arm('DELETE', policy(`rule-${n}`, type));
  });

  it('is changed by whoever may write policies, previewed by whoever may read the registry, and neither by who pulls and pushes', async () => {
    const names = ['Contributor', 'Reader', 'AcrPush', 'AcrDelete'] as const;
    const robots = await Promise.all(names.map((role) => site.robot(role, registry())));
    const writes = await Promise.all(robots.map(({ token }, n) => put(policy(`by-${n}-x`), NIGHTLY, token)));
    expect(writes.map((answer) => answer.status)).toEqual([201, 403, 403, 403]);
    const looks = await Promise.all(
      robots.map(({ token }) => site.arm('GET', `${registry()}/previewCleanup`, { as: token })),
    );
    expect(looks.map((answer) => answer.status)).toEqual([200, 200, 403, 403]);
    await site.arm('DELETE', policy('by-0-x'));
  });
});

describe('the preview', () => {
  it('of a policy that is not stored is what the same policy says once it is, and stores nothing', async () => {
    for (const tag of ['pr-1', 'pr-2', 'pr-3']) await pushImage(site, 'draft/app', { tag });
    const properties = { repositories: ['draft/*'], tags: { match: ['pr-*'], keepLatest: 1 } };
    const draft = await site.arm('POST', `${registry()}/previewCleanup`, { body: { properties } });
    expect(draft.status, draft.text).toBe(200);
    const listed = valuesOf<{ name: string }>(await site.arm('GET', `${registry()}/cleanupPolicies`));
    expect(listed.map(({ name }) => name)).not.toContain('draft');
    await put(policy('drafted'), properties);
    const stored = await site.arm('GET', `${registry()}/previewCleanup?policy=drafted`);
    const named = (text: string) => text.replaceAll('"draft"', '"drafted"');
    expect(valuesOf<RepositoryCleanUp>(stored)[0]?.going).toEqual({ tags: 2, manifests: expect.any(Number) });
    expect(JSON.parse(named(draft.text))).toEqual(stored.json());
    await site.arm('DELETE', policy('drafted'));
    const wrong = { body: { properties: { repositories: ['draft/*'], tags: { match: ['*'] } } } };
    expect((await site.arm('POST', `${registry()}/previewCleanup`, wrong)).status).toBe(400);
  });

  it('says what a disabled policy would take and what stays, and why, repository by repository', async () => {
    const names = [`ci/a${++serial}`, `ci/b${++serial}`];
    for (const name of names) {
      await pushImage(site, name, { tag: 'pr-1' });
      clock.advance(1000);
      await pushImage(site, name, { tag: 'pr-2' });
    }
    await put(policy('nightly'), NIGHTLY);
    expect(valuesOf(await site.arm('GET', `${registry()}/previewCleanup`))).toEqual([]);
    const answer = await site.arm('GET', `${registry()}/previewCleanup?policy=nightly`);
    const found = valuesOf<RepositoryCleanUp>(answer).filter(({ repository }) => names.includes(repository));
    expect(found.map(({ repository }) => repository)).toEqual(names);
    for (const { going, staying, items, more } of found) {
      expect([going, staying, more]).toEqual([{ tags: 1, manifests: 1 }, 1, false]);
      expect(items.map(({ digest: _, ...item }) => item)).toEqual([
        {
          tag: 'pr-2',
          decision: 'stays',
          policy: 'nightly',
          reason: 'among-latest',
          text: 'it is number 1 of the latest 1',
        },
        { tag: 'pr-1', decision: 'goes', policy: 'nightly', reason: 'policy', text: 'not among the latest 1' },
        { decision: 'goes', policy: 'nightly', reason: 'policy', text: 'with its last tag "pr-1"' },
      ]);
    }
    const next = await site.arm('GET', `${registry()}/previewCleanup?policy=nightly&$skipToken=${names[0]}`);
    expect(valuesOf<RepositoryCleanUp>(next).map(({ repository }) => repository)).not.toContain(names[0]);
    expect(codeOf(await site.arm('GET', `${registry()}/previewCleanup?policy=nowhere`))).toBe('ResourceNotFound');
    await site.arm('DELETE', policy('nightly'));
  });
});

describe('what the job takes', () => {
  it('is what the retention policy of az says: also what had no tag before it was switched on, and no part of an index', async () => {
    const name = `retained/app${++serial}`;
    const stray = await pushImage(site, name);
    const child = await pushImage(site, name);
    await pushIndex(site, name, [child], { tag: 'v1' });
    const young = await pushImage(site, name, { tag: 'old' });
    clock.advance(8 * DAY);
    expect((await site.ask('DELETE', `/v2/${name}/manifests/old`)).status).toBe(202);
    const policies = { retentionPolicy: { days: 7, status: 'enabled' } };
    const as = await owner();
    expect((await site.arm('PATCH', registry(), { as, body: { properties: { policies } } })).status).toBe(200);
    const preview = await site.arm('GET', `${registry()}/previewCleanup`, { as });
    const own = valuesOf<RepositoryCleanUp>(preview).find(({ repository }) => repository === name);
    expect(own?.items.map(({ digest, decision, reason }) => [digest, decision, reason])).toEqual([
      [stray.digest, 'goes', 'policy'],
      [child.digest, 'stays', 'part-of'],
      [young.digest, 'stays', 'too-young'],
    ]);
    await gone(name, stray.digest);
    for (const reference of ['v1', child.digest, young.digest]) expect(await manifestStatus(name, reference)).toBe(200);
    const off = { retentionPolicy: { days: 7, status: 'disabled' } };
    await site.arm('PATCH', registry(), { as: await owner(), body: { properties: { policies: off } } });
  });

  it('is what an enabled policy says, until it is deleted', async () => {
    const name = `ci/c${++serial}`;
    await pushImage(site, name, { tag: 'pr-1' });
    clock.advance(1000);
    await pushImage(site, name, { tag: 'pr-2' });
    const enabled = { ...NIGHTLY, status: 'enabled' };
    expect((await put(policy('nightly'), enabled, await owner())).status).toBe(201);
    await gone(name, 'pr-1');
    expect(await manifestStatus(name, 'pr-2')).toBe(200);
    expect((await site.arm('DELETE', policy('nightly'), { as: await owner() })).status).toBe(200);
  });
});
