import { digestOf } from '@holdfast/oci/digest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { expectError, pushImage, type TestImage } from '../distribution/test-content.ts';

let site: TestRegistry;
let first: TestImage;
let second: TestImage;
beforeAll(async () => {
  site = await startRegistry();
  first = await pushImage(site, 'near/app');
  second = await pushImage(site, 'near/db');
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

const bundle = digestOf('a bundle');
const signer = digestOf('a key');
const move = (tags: unknown[], options: { as?: string; more?: object; path?: string } = {}) =>
  site.ask('POST', `/holdfast/v1/${options.path ?? 'near/app'}/_tags`, {
    body: JSON.stringify({ bundle, signer, tags, ...options.more }),
    ...(options.as === undefined ? {} : { as: options.as }),
  });
const tag = (repository: string, name: string, { digest }: { digest: string }) => ({ repository, tag: name, digest });
const statusOf = async (repository: string, reference: string) =>
  (await site.ask('HEAD', `/v2/${repository}/manifests/${reference}`)).status;
const digestAt = async (repository: string, reference: string) =>
  (await site.ask('HEAD', `/v2/${repository}/manifests/${reference}`)).header('Docker-Content-Digest');
const lock = (repository: string, name: string, writeEnabled: boolean) =>
  site.ask('PATCH', `/acr/v1/${repository}/_tags/${name}`, { body: JSON.stringify({ writeEnabled }) });

describe('the tags of a bundle', () => {
  it('move together, in several repositories, and moving them again changes nothing', async () => {
    const tags = [tag('near/app', '1', first), tag('near/db', '1', second)];
    expect((await move(tags)).json()).toEqual({ moved: 2, tags: 2, superseded: [] });
    expect([await digestAt('near/app', '1'), await digestAt('near/db', '1')]).toEqual([first.digest, second.digest]);
    expect((await move(tags)).json()).toEqual({ moved: 0, tags: 2, superseded: [] });
  });

  it('stay where a later bundle has moved them, whichever comes first; the others of the older one move', async () => {
    const made = (hour: string) => ({ created: `2026-11-27T${hour}:00:00.000Z` });
    const image = await pushImage(site, 'near/app');
    await move([tag('near/app', 'latest', image)], { more: made('10') });
    const older = await move([tag('near/app', 'latest', first), tag('near/app', '7', first)], { more: made('09') });
    expect(older.json()).toEqual({ moved: 1, tags: 2, superseded: [{ repository: 'near/app', tag: 'latest' }] });
    expect([await digestAt('near/app', 'latest'), await digestAt('near/app', '7')]).toEqual([
      image.digest,
      first.digest,
    ]);
    const same = await move([tag('near/app', 'latest', first)], { more: made('10') });
    expect(same.json()).toMatchObject({ moved: 1, superseded: [] });
  });

  it('stay where they are, all of them, when one image is not there', async () => {
    const tags = [tag('near/app', '2', first), tag('near/db', '2', { digest: digestOf('nothing') })];
    expectError(await move(tags), 404, 'MANIFEST_UNKNOWN');
    expect(await statusOf('near/app', '2')).toBe(404);
    expectError(await move([tag('near/none', '2', first)]), 404, 'MANIFEST_UNKNOWN');
  });

  it('stay where they are, all of them, when one of them is locked', async () => {
    const other = await pushImage(site, 'near/db');
    await move([tag('near/db', 'locked', second)]);
    expect((await lock('near/db', 'locked', false)).status).toBe(200);
    expectError(
      await move([tag('near/app', '3', first), tag('near/db', 'locked', other)]),
      405,
      'REGISTRY_DISALLOWED_OPERATION',
    );
    expect([await statusOf('near/app', '3'), await digestAt('near/db', 'locked')]).toEqual([404, second.digest]);
    expect((await lock('near/db', 'locked', true)).status).toBe(200);
  });

  it('are moved by nobody who may not push to each repository that is named', async () => {
    const tags = [tag('near/app', '4', first), tag('near/db', '4', second)];
    const narrow = await site.token('repository:near/app:pull,push');
    expectError(await move(tags, { as: narrow }), 401, 'UNAUTHORIZED');
    expectError(await move(tags, { as: await site.token('repository:near/app:pull') }), 401, 'UNAUTHORIZED');
    expectError(await move(tags, { as: 'none' }), 401, 'UNAUTHORIZED');
    expect(await statusOf('near/app', '4')).toBe(404);
    const wide = await site.token('repository:near/app:pull,push', 'repository:near/db:pull,push');
    expect((await move(tags, { as: wide })).status).toBe(200);
  });

  it('are all that travels: a body with roles, policies or results of scans is refused', async () => {
    const tags = [tag('near/app', '5', first)];
    for (const more of [
      { roleAssignments: [] },
      { policies: {} },
      { scanResults: [] },
      { quarantineState: 'Passed' },
    ]) {
      expect((await move(tags, { more })).status).toBe(400);
    }
    expect(await statusOf('near/app', '5')).toBe(404);
  });

  it.each([
    ['no tags', []],
    ['a tag twice', [tag('near/app', '6', { digest: bundle }), tag('near/app', '6', { digest: signer })]],
    ['a repository that climbs', [tag('../app', '6', { digest: bundle })]],
    ['no digest', [{ repository: 'near/app', tag: '6' }]],
    ['null', [null]],
  ])('are refused with %s', async (_, tags) => {
    expect((await move(tags)).status).toBe(400);
  });
});
