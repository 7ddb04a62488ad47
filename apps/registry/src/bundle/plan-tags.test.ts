import { digestOf } from '@holdfast/oci/digest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AzureSite, REGISTRIES, startAzureSite } from '../../../../test/support/azure-site.ts';
import { expectError, pushImage, type TestImage } from '../distribution/test-content.ts';
import type { TagPlan } from './plan-tags.ts';

const GIB = 2 ** 30;

let site: AzureSite;
let first: TestImage;
let second: TestImage;
const registry = () => `${site.group}/${REGISTRIES}/registry`;
beforeAll(async () => {
  site = await startAzureSite();
  first = await pushImage(site, 'near/app', { tag: '1' });
  second = await pushImage(site, 'near/app', { tag: 'locked' });
  await pushImage(site, 'near/db', { tag: 'v1' });
  const locked = { body: JSON.stringify({ writeEnabled: false }) };
  expect((await site.ask('PATCH', '/acr/v1/near/app/_tags/locked', locked)).status).toBe(200);
  const properties = { repositories: ['near/db'], match: ['v*'] };
  const policy = `${registry()}/immutableTagPolicies/releases`;
  expect((await site.arm('PUT', policy, { body: { properties } })).status).toBe(201);
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

const ask = (body: object, as?: string) =>
  site.ask('POST', '/holdfast/v1/near/app/_plan', {
    body: JSON.stringify(body),
    ...(as === undefined ? {} : { as }),
  });
const plan = async (bytes: number, ...tags: object[]) => {
  const answer = await ask({ bytes, tags });
  expect(answer.status, answer.text).toBe(200);
  return answer.json<TagPlan>();
};
const tag = (repository: string, name: string, digest: string) => ({ repository, tag: name, digest });
const other = digestOf('what is still on its way');

describe('the plan of a bundle', () => {
  it('says of each tag what would become of it, and why one would be refused', async () => {
    const { tags } = await plan(
      0,
      tag('near/app', '1', first.digest),
      tag('near/app', 'locked', first.digest),
      tag('near/app', '2', other),
      tag('near/db', 'v1', other),
      tag('near/db', 'v2', other),
      tag('near/none', '1', other),
    );
    expect(tags.map(({ state }) => state)).toEqual(['same', 'locked', 'new', 'immutable', 'new', 'new']);
    expect(tags[1]).toMatchObject({ previous: second.digest, why: expect.stringContaining('writeEnabled=false') });
    expect(tags[3]?.why).toContain('immutable by the policy "releases"');
    expect((await plan(0, tag('near/app', '1', second.digest))).tags).toMatchObject([
      { state: 'moves', previous: first.digest },
    ]);
  });

  it('changes nothing', async () => {
    await plan(0, tag('near/app', '1', second.digest), tag('near/app', '3', first.digest));
    const at = async (name: string) => site.ask('HEAD', `/v2/near/app/manifests/${name}`);
    expect((await at('1')).header('Docker-Content-Digest')).toBe(first.digest);
    expect((await at('3')).status).toBe(404);
  });

  it('says whether the bytes fit into the quota, to the last one', async () => {
    const as = await site.operator();
    const quota = { properties: { capacityPerRegistryInGiB: 1 } };
    const put = await site.arm('PUT', `${await site.administration()}/quotas/Default`, { as, body: quota });
    expect(put.status).toBe(200);
    const some = tag('near/app', '1', first.digest);
    const { room } = await plan(0, some);
    const left = room?.left ?? 0;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(GIB);
    expect((await plan(left, some)).room).toEqual({ left, fits: true, siteFits: true });
    expect((await plan(left + 1, some)).room).toMatchObject({ fits: false });
  });

  it('says whether what comes waits in quarantine', async () => {
    const some = tag('near/app', '1', first.digest);
    expect((await plan(0, some)).quarantine).toBe(false);
    const set = (status: string) =>
      site.arm('PATCH', registry(), {
        version: '2021-06-01-preview',
        body: { properties: { policies: { quarantinePolicy: { status } } } },
      });
    expect((await set('enabled')).status).toBe(200);
    expect((await plan(0, some)).quarantine).toBe(true);
    expect((await set('disabled')).status).toBe(200);
  });

  it('is told to nobody who may not push to each repository that is named', async () => {
    const body = { bytes: 0, tags: [tag('near/app', '1', first.digest), tag('near/db', 'v1', other)] };
    expectError(await ask(body, await site.token('repository:near/app:pull,push')), 401, 'UNAUTHORIZED');
    expectError(await ask(body, await site.token('repository:near/app:pull')), 401, 'UNAUTHORIZED');
    expectError(await ask(body, 'none'), 401, 'UNAUTHORIZED');
  });

  it.each([
    ['no number of bytes', { tags: [] }],
    ['fewer bytes than none', { bytes: -1, tags: [tag('near/app', '1', other)] }],
    ['no tags', { bytes: 0, tags: [] }],
    ['roles', { bytes: 0, tags: [tag('near/app', '1', other)], roleAssignments: [] }],
  ])('is refused with %s', async (_, body) => {
    expect((await ask(body)).status).toBe(400);
  });
});
