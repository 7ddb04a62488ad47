import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AzureSite, REGISTRIES, startAzureSite, valuesOf } from '../../../../test/support/azure-site.ts';
import { pushImage } from '../distribution/test-content.ts';

interface Event {
  caller: string;
  claims: { name: string };
  operationName: { value: string };
  status: { value: string };
  properties: { repository?: string; target?: string };
}

let site: AzureSite;
beforeAll(async () => {
  site = await startAzureSite();
  await pushImage(site, 'team/app', { tag: 'v1' });
  await pushImage(site, 'other/web', { tag: 'v1' });
  await site.ask('DELETE', '/acr/v1/other/web/_tags/v1');
  const body = { properties: { adminUserEnabled: true } };
  await site.arm('PATCH', `${site.group}/${REGISTRIES}/registry`, { body });
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

const log = `/providers/Microsoft.Insights/eventtypes/management/values`;
const list = async (filter: string): Promise<Event[]> => {
  const from = new Date(Date.now() - 3_600_000).toISOString();
  const $filter = encodeURIComponent(`eventTimestamp ge '${from}'${filter === '' ? '' : ` and ${filter}`}`);
  return valuesOf<Event>(await site.arm('GET', `${site.subscription}${log}?$filter=${$filter}`));
};

describe('the activity log', () => {
  it('names who did it, besides the id', async () => {
    const [event] = await list("contains(operationName,'registries/write')");
    const { servicePrincipal } = site.bootstrap;
    expect(event?.caller).toMatch(/^[0-9a-f-]{36}$/);
    expect(event?.claims.name).not.toBe(event?.caller);
    expect(event?.claims.name.length).toBeGreaterThan(0);
    expect(servicePrincipal.appId).not.toBe(event?.caller);
  });

  it('is filtered by a part of who, of what was done, and of the repository', async () => {
    const repositories = async (filter: string) =>
      (await list(filter)).map(({ properties }) => properties.repository ?? '');
    const all = await repositories('');
    expect(new Set(all)).toEqual(new Set(['team/app', 'other/web', '']));
    expect(new Set(await repositories("contains(repository,'TEAM')"))).toEqual(new Set(['team/app']));
    const untagged = await list("contains(operationName,'tag.delete')");
    expect(untagged.map(({ properties }) => [properties.repository, properties.target])).toEqual([['other/web', 'v1']]);
    const [{ claims } = { claims: { name: 'x' } }] = await list("contains(operationName,'registries/write')");
    const theirs = await list(`contains(caller,'${claims.name.toUpperCase()}')`);
    expect(new Set(theirs.map((event) => event.claims.name))).toEqual(new Set([claims.name]));
    expect(theirs.length).toBeLessThan(all.length);
    expect(await list("contains(repository,'it''s') and contains(target,'v1')")).toEqual([]);
  });

  it('is of a resource and what is below it, and of nothing that begins like it', async () => {
    const registry = `${site.group}/${REGISTRIES}/registry`;
    const webhook = {
      location: site.bootstrap.region,
      properties: { serviceUri: 'https://a.example', actions: ['push'] },
    };
    expect((await site.arm('PUT', `${registry}/webhooks/below1`, { body: webhook })).status).toBeLessThan(300);
    const actions = async (filter: string) => (await list(filter)).map(({ operationName }) => operationName.value);
    expect(await actions(`startswith(resourceUri,'${registry}')`)).toContain(
      'Microsoft.ContainerRegistry/registries/webhooks/write',
    );
    expect(await actions(`resourceUri eq '${registry}'`)).not.toContain(
      'Microsoft.ContainerRegistry/registries/webhooks/write',
    );
    expect(await actions(`startswith(resourceUri,'${registry.slice(0, -1)}')`)).toEqual([]);
  });

  it('takes all filters together', async () => {
    const both = await list("status eq 'Succeeded' and contains(repository,'other') and contains(target,'v1')");
    expect(both.length).toBeGreaterThan(0);
    expect(new Set(both.map(({ properties }) => properties.repository))).toEqual(new Set(['other/web']));
    expect(await list("status eq 'Failed' and contains(repository,'other')")).toEqual([]);
  });
});
