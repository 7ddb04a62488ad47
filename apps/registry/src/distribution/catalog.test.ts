import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { expectError, pushImage } from './test-content.ts';

let registry: TestRegistry;
const REPOSITORIES = ['b', 'team/app', 'team/untagged'];

beforeAll(async () => {
  registry = await startRegistry();
  await pushImage(registry, 'team/untagged');
  await pushImage(registry, 'team/app', { tag: 'v1' });
  await pushImage(registry, 'b', { tag: 'v1' });
});
afterAll(async () => {
  expect(registry.problems).toEqual([]);
  await registry.stop();
});

describe('the catalog', () => {
  const catalog = async (query = '') => {
    const answer = await registry.ask('GET', `/v2/_catalog${query}`);
    expect(answer.status).toBe(200);
    return [answer.json<{ repositories: string[] }>().repositories, answer.header('Link')];
  };

  it('is all repositories that hold a manifest, in ASCII order', async () => {
    await registry.ask('POST', '/v2/a/begun/blobs/uploads/');
    const answer = await registry.ask('GET', '/v2/_catalog');
    expect(answer.text).toBe(JSON.stringify({ repositories: REPOSITORIES }));
    expect(answer.header('Content-Type')).toBe('application/json; charset=utf-8');
    expect(answer.header('Link')).toBeUndefined();
  });

  it('has pages like the list of tags', async () => {
    expect(await catalog('?n=2')).toEqual([['b', 'team/app'], '</v2/_catalog?last=team%2Fapp&n=2>; rel="next"']);
    expect(await catalog('?n=2&last=team%2Fapp')).toEqual([['team/untagged'], undefined]);
    expect(await catalog('?last=b')).toEqual([['team/app', 'team/untagged'], undefined]);
    expect(await catalog('?n=0')).toEqual([[], undefined]);
    expectError(await registry.ask('GET', '/v2/_catalog?n=x'), 400, 'PAGINATION_NUMBER_INVALID');
  });

  it('shows a hundred at a time unless told otherwise', async () => {
    const crowd = await startRegistry();
    try {
      const body = Buffer.from('thing');
      const names = Array.from({ length: 101 }, (_, i) => `r${String(i).padStart(3, '0')}`);
      await Promise.all(
        names.map((name) =>
          crowd.ask('PUT', `/v2/${name}/manifests/v1`, { body, headers: { 'Content-Type': 'application/vnd.x' } }),
        ),
      );
      const first = await crowd.ask('GET', '/v2/_catalog');
      expect(first.json()).toEqual({ repositories: names.slice(0, 100) });
      expect(first.header('Link')).toBe('</v2/_catalog?last=r099&n=100>; rel="next"');
      const second = await crowd.ask('GET', '/v2/_catalog?last=r099&n=100');
      expect(second.json()).toEqual({ repositories: ['r100'] });
      expect(second.header('Link')).toBeUndefined();
    } finally {
      await crowd.stop();
    }
  });

  it('loses a repository with its last manifest', async () => {
    const only = await pushImage(registry, 'c', { tag: 'v1' });
    expect((await catalog())[0]).toContain('c');
    await registry.ask('DELETE', `/v2/c/manifests/${only.digest}`);
    expect((await catalog())[0]).toEqual(REPOSITORIES);
    expectError(await registry.ask('GET', '/v2/c/tags/list'), 404, 'NAME_UNKNOWN');
  });

  it('needs a right of its own', async () => {
    const challenge = 'scope="registry:catalog:*"';
    const anonymous = await registry.ask('GET', '/v2/_catalog', { as: 'none' });
    expectError(anonymous, 401, 'UNAUTHORIZED');
    expect(anonymous.header('WWW-Authenticate')).toContain(challenge);
    const token = await registry.token('repository:team/app:pull,push,delete');
    const refused = await registry.ask('GET', '/v2/_catalog', { as: token });
    expectError(refused, 401, 'UNAUTHORIZED');
    expect(refused.header('WWW-Authenticate')).toContain(challenge);
    const allowed = await registry.ask('GET', '/v2/_catalog', { as: await registry.token('registry:catalog:*') });
    expect(allowed.status).toBe(200);
  });
});
