import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AzureSite, REGISTRIES, startAzureSite } from '../support/azure-site.ts';

// Rights on paths of repositories, beyond what Azure has: each way in which a neighbour could be reached (A02, A04, A07, A08).

let site: AzureSite;
const DIGEST = 'sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881';
beforeAll(async () => {
  site = await startAzureSite();
  for (const name of ['team/app', 'team', 'teamwork/app', 'other/app']) {
    expect((await site.ask('POST', `/v2/${name}/blobs/uploads/?digest=${DIGEST}`, { body: 'x' })).status).toBe(201);
    const manifest = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [] };
    const headers = { 'Content-Type': manifest.mediaType };
    const body = JSON.stringify(manifest);
    expect((await site.ask('PUT', `/v2/${name}/manifests/v1`, { headers, body })).status).toBe(201);
  }
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

const scopeOf = (path: string) => `${site.group}/${REGISTRIES}/registry/repositories/${path}`;
const basic = (name: string, secret: string) => `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;

describe('AcrPush on a path of repositories', () => {
  let authorization: string;
  beforeAll(async () => {
    const robot = await site.robot('AcrPush', scopeOf('team'));
    authorization = basic(robot.appId, robot.secret);
  });
  const ask = (method: string, target: string, body?: string) =>
    site.ask(method, target, { as: 'none', headers: { Authorization: authorization }, ...(body ? { body } : {}) });

  it('pulls and pushes the path and what is below it, and nothing that begins like it', async () => {
    for (const name of ['team', 'team/app']) {
      expect((await ask('GET', `/v2/${name}/manifests/v1`)).status, name).toBe(200);
      expect((await ask('POST', `/v2/${name}/blobs/uploads/`)).status, name).toBe(202);
    }
    expect((await ask('POST', '/v2/team/new/blobs/uploads/')).status).toBe(202);
    for (const name of ['teamwork/app', 'other/app', 'nowhere/app', 'tea', 'team-2']) {
      expect((await ask('GET', `/v2/${name}/manifests/v1`)).status, name).toBe(401);
      expect((await ask('POST', `/v2/${name}/blobs/uploads/`)).status, name).toBe(401);
      expect((await ask('GET', `/acr/v1/${name}`)).status, name).toBe(401);
    }
  });

  it('lists these repositories, page by page, and no others', async () => {
    for (const catalog of ['/v2/_catalog', '/acr/v1/_catalog']) {
      expect((await ask('GET', catalog)).json(), catalog).toEqual({ repositories: ['team', 'team/app'] });
      const first = await ask('GET', `${catalog}?n=1`);
      expect(first.json()).toEqual({ repositories: ['team'] });
      expect(first.header('Link')).toContain('last=team');
      expect((await ask('GET', `${catalog}?n=1&last=team`)).json()).toEqual({ repositories: ['team/app'] });
      expect((await ask('GET', `${catalog}?last=team/app`)).json()).toEqual({ repositories: [] });
    }
  });

  it('lists no others in another order, either, and ends at the last of them', async () => {
    for (const [orderby, names] of [
      ['timeasc', ['team/app', 'team']],
      ['sizedesc', ['team/app', 'team']],
      ['pulldesc', ['team/app', 'team']],
    ] as const) {
      const seen: string[] = [];
      for (let next: string | undefined = `n=1&orderby=${orderby}&details=true`; next !== undefined; ) {
        const answer = await ask('GET', `/acr/v1/_catalog?${next}`);
        const { repositories, details } = answer.json<{ repositories: string[]; details: { name: string }[] }>();
        expect(details.map(({ name }) => name)).toEqual(repositories);
        expect(repositories.length).toBeLessThanOrEqual(1);
        seen.push(...repositories);
        next = /\?([^>]*)>; rel="next"$/.exec(answer.header('Link') ?? '')?.[1];
      }
      expect(seen, orderby).toEqual(names);
    }
  });

  it('gets tokens for these repositories only', async () => {
    const scopes = ['team/app', 'teamwork/app', 'other/app']
      .map((name) => `scope=repository:${name}:pull,push`)
      .join('&');
    const answer = await ask('GET', `/oauth2/token?service=x&${scopes}`);
    expect(answer.json<{ scope: string }>().scope).toBe('repository:team/app:pull,push');
  });

  it('mounts nothing from elsewhere, named or not', async () => {
    const from = await ask('POST', `/v2/team/mounted/blobs/uploads/?mount=${DIGEST}&from=other/app`);
    expect(from.status).toBe(202);
    expect((await ask('HEAD', `/v2/team/mounted/blobs/${DIGEST}`)).status).toBe(404);
    const own = await ask('POST', `/v2/team/mounted/blobs/uploads/?mount=${DIGEST}&from=team/app`);
    expect(own.status).toBe(201);
  });

  it('sees and changes nothing at the resource manager', async () => {
    const robot = await site.robot('AcrPull', scopeOf('team'));
    expect((await site.arm('GET', `${site.group}/${REGISTRIES}/registry`, { as: robot.token })).status).toBe(403);
    const list = await site.arm('GET', `${site.subscription}/${REGISTRIES}`, { as: robot.token });
    expect(list.json()).toEqual({ value: [] });
  });
});

describe('a role that is taken away', () => {
  it('ends what a token of before may do, at the very next request', async () => {
    const robot = await site.robot();
    const path = await site.assign('AcrPull', robot.objectId, scopeOf('team'));
    const answer = await site.ask(
      'GET',
      '/oauth2/token?service=x&scope=repository:team/app:pull&scope=registry:catalog:*',
      {
        as: 'none',
        headers: { Authorization: basic(robot.appId, robot.secret) },
      },
    );
    const { access_token: token } = answer.json<{ access_token: string }>();
    const pull = async () => (await site.ask('GET', '/v2/team/app/manifests/v1', { as: token })).status;
    const catalog = async () => (await site.ask('GET', '/v2/_catalog', { as: token })).status;
    expect([await pull(), await catalog()]).toEqual([200, 200]);
    await site.arm('DELETE', path);
    expect([await pull(), await catalog()]).toEqual([401, 401]);
    await site.assign('AcrPull', robot.objectId, scopeOf('team/app'));
    expect([await pull(), await catalog()]).toEqual([200, 200]); // the ceiling was never more than what it named
  });
});
