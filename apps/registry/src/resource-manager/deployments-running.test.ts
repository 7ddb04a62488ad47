import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AzureSite, codeOf, REGISTRIES, startAzureSite, valuesOf } from '../../../../test/support/azure-site.ts';
import type { Answer } from '../../../../test/support/http-client.ts';
import { type Deployed, deploy, registryOf, templateOf } from '../../../../test/support/templates.ts';
import type { DeploymentRow } from '../metadata/deployments.ts';
import { openSqliteMetadataStore } from '../metadata/sqlite/open.ts';
import { FakeClock } from '../platform/clock.ts';

const clock = new FakeClock(new Date());
let site: AzureSite;
beforeAll(async () => {
  site = await startAzureSite({ clock });
  const quota = await site.arm('PUT', `${await site.administration()}/quotas/Default`, {
    as: await site.operator(),
    body: { properties: { numberOfRegistries: 10_000 } },
  });
  expect(quota.status, quota.text).toBe(200);
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

const pathOf = (name: string) => `${site.group}/providers/Microsoft.Resources/deployments/${name}`;
const many = (prefix: string, count: number) =>
  templateOf({ resources: [registryOf(`[concat('${prefix}', copyIndex())]`, { copy: { name: 'all', count } })] });
const stateOf = (answer: Answer) => answer.json<Deployed>().properties.provisioningState;
const countOf = async (prefix: string) =>
  valuesOf<{ name: string }>(await site.arm('GET', `${site.group}/${REGISTRIES}`)).filter(({ name }) =>
    name.startsWith(prefix),
  ).length;

/** Starts a long deployment, and resolves when it is under way. */
async function start(
  name: string,
  prefix: string,
  { count = 800, as }: { count?: number; as?: string } = {},
): Promise<{ answer: Promise<Answer> }> {
  const answer = deploy(site, name, many(prefix, count), as ? { as } : {});
  while ((await site.arm('GET', pathOf(name))).status !== 200 || (await countOf(prefix)) === 0) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return { answer };
}

const poll = (answer: Answer) => {
  const url = new URL(answer.header('Azure-AsyncOperation') ?? '');
  return site.ask('GET', `${url.pathname}${url.search}`, { as: site.owner });
};

it('a deployment that takes long is answered before it ends, and polled, each time with Retry-After', async () => {
  const { answer } = await start('long', 'longer', { count: 200 });
  clock.advance(26_000);
  const first = await answer;
  expect([first.status, stateOf(first), first.header('Retry-After')]).toEqual([201, 'Running', '1']);
  let polled = await poll(first);
  expect([polled.json(), polled.header('Retry-After')]).toEqual([{ status: 'Running' }, '1']);
  while (polled.json<{ status: string }>().status === 'Running') polled = await poll(first);
  expect([polled.json(), polled.header('Retry-After')]).toEqual([{ status: 'Succeeded' }, '1']);
  expect(await countOf('longer')).toBe(200);
  const elsewhere = (first.header('Azure-AsyncOperation') ?? '').replace(
    /operationStatuses\/[^?]+/,
    'operationStatuses/x',
  );
  expect(
    (await site.ask('GET', new URL(elsewhere).pathname + new URL(elsewhere).search, { as: site.owner })).status,
  ).toBe(404);
});

it('a deployment that runs is neither replaced nor deleted, but cancelled', async () => {
  const { answer } = await start('busy', 'busier');
  const again = await deploy(site, 'busy', templateOf({}));
  expect([again.status, codeOf(again)]).toEqual([409, 'DeploymentActive']);
  expect((await site.arm('DELETE', pathOf('busy'))).status).toBe(409);
  expect((await site.arm('POST', `${pathOf('busy')}/cancel`)).status).toBe(204);
  const ended = await answer;
  expect(ended.json<Deployed>().properties).toMatchObject({
    provisioningState: 'Canceled',
    error: { code: 'DeploymentInterrupted' },
  });
  expect((await poll(ended)).json()).toMatchObject({
    status: 'Canceled',
    error: { message: expect.stringContaining('cancelled') },
  });
  const made = await countOf('busier');
  expect(made).toBeGreaterThan(0);
  expect(made).toBeLessThan(800);
  expect(stateOf(await deploy(site, 'busy', templateOf({})))).toBe('Succeeded');
});

it('a deployment that runs makes nothing more once the right is gone', async () => {
  const { objectId, token } = await site.robot();
  const assignment = await site.assign('Contributor', objectId, site.group);
  const { answer } = await start('revoked', 'revoke', { as: token });
  expect((await site.arm('DELETE', assignment)).status).toBe(200);
  const ended = await answer;
  expect(ended.json<Deployed>().properties).toMatchObject({
    provisioningState: 'Failed',
    error: {
      code: 'DeploymentFailed',
      details: expect.arrayContaining([expect.objectContaining({ code: 'AuthorizationFailed' })]),
    },
  });
  expect(await countOf('revoke')).toBeLessThan(800);
});

it('a deployment that runs when the server stops has failed, and says so ever after', async () => {
  const { answer } = await start('stopped', 'stopper');
  clock.advance(26_000);
  expect(stateOf(await answer)).toBe('Running');
  await site.restart();
  const found = await site.arm('GET', pathOf('stopped'));
  expect(found.json<Deployed>().properties, found.text).toMatchObject({
    provisioningState: 'Failed',
    error: { code: 'DeploymentInterrupted', message: expect.stringContaining('deploy again') },
  });
  expect(await countOf('stopper')).toBeLessThan(800);
});

it('a deployment that ran when the server was killed has failed from the next start on', async () => {
  await deploy(site, 'killed', templateOf({}));
  await site.halt();
  const store = openSqliteMetadataStore({ path: join(site.dataDir, 'metadata.db') });
  const row = (await store.read.deployments.find(site.group.toLowerCase(), 'killed')) as DeploymentRow;
  await store.transaction((tx) => tx.deployments.put({ ...row, state: 'Running', endedAt: undefined }));
  await store.close();
  await site.resume();
  const found = await site.arm('GET', pathOf('killed'));
  expect(found.json<Deployed>().properties).toMatchObject({
    provisioningState: 'Failed',
    error: { code: 'DeploymentInterrupted' },
  });
  expect(stateOf(await deploy(site, 'killed', templateOf({})))).toBe('Succeeded');
});
