import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { expectError, pushImage, pushManifest, type TestImage } from './test-content.ts';

let registry: TestRegistry;
let image: TestImage;
/** In ASCII order: digits, capitals, underscore, small letters. */
const TAGS = ['1', '10', '2', 'B', '_x', 'a', 'a-b', 'a.b', 'aa', 'b', 'latest', 'z'];

beforeAll(async () => {
  registry = await startRegistry();
  image = await pushImage(registry, 'team/app');
  for (const tag of TAGS.toReversed()) await pushManifest(registry, 'team/app', image.bytes, image.mediaType, tag);
});
afterAll(async () => {
  expect(registry.problems).toEqual([]);
  await registry.stop();
});

const list = (query = '', repository = 'team/app') => registry.ask('GET', `/v2/${repository}/tags/list${query}`);

async function tagsOf(query: string): Promise<[tags: string[], link: string | undefined]> {
  const answer = await list(query);
  expect(answer.status).toBe(200);
  const { name, tags } = answer.json<{ name: string; tags: string[] }>();
  expect(name).toBe('team/app');
  return [tags, answer.header('Link')];
}

describe('the list of tags', () => {
  it('is the name and all tags in ASCII order', async () => {
    const answer = await list();
    expect(answer.status).toBe(200);
    expect(answer.header('Content-Type')).toBe('application/json; charset=utf-8');
    expect(answer.text).toBe(JSON.stringify({ name: 'team/app', tags: TAGS }));
    expect(answer.header('Link')).toBeUndefined();
  });

  it('is empty, not absent, when no manifest has a tag', async () => {
    await pushImage(registry, 'team/untagged');
    expect((await list('', 'team/untagged')).json()).toEqual({ name: 'team/untagged', tags: [] });
  });

  it('that shows nothing still names its own repository', async () => {
    await pushImage(registry, 'team/other');
    for (const name of ['team/app', 'team/other', 'team/app'])
      expect((await list('?n=0', name)).json()).toEqual({ name, tags: [] });
  });

  it('of a repository that is not there, or only began, is 404', async () => {
    const answer = await list('', 'team/nothing');
    expect(expectError(answer, 404, 'NAME_UNKNOWN').detail).toEqual({ name: 'team/nothing' });
    await registry.ask('POST', '/v2/team/begun/blobs/uploads/');
    expectError(await list('', 'team/begun'), 404, 'NAME_UNKNOWN');
  });

  it('with n has n tags and a Link to the next', async () => {
    expect(await tagsOf('?n=3')).toEqual([['1', '10', '2'], '</v2/team/app/tags/list?last=2&n=3>; rel="next"']);
  });

  it('with n has no Link when nothing follows', async () => {
    expect(await tagsOf(`?n=${TAGS.length}`)).toEqual([TAGS, undefined]);
    expect(await tagsOf('?n=1000')).toEqual([TAGS, undefined]);
    expect(await tagsOf(`?n=${TAGS.length - 1}`)).toEqual([TAGS.slice(0, -1), expect.stringContaining('last=latest')]);
  });

  it('with n=0 is empty, without a Link', async () => {
    expect(await tagsOf('?n=0')).toEqual([[], undefined]);
    expect(await tagsOf('?n=0&last=a')).toEqual([[], undefined]);
  });

  it('with last begins behind it, with and without n', async () => {
    expect(await tagsOf('?last=a')).toEqual([['a-b', 'a.b', 'aa', 'b', 'latest', 'z'], undefined]);
    expect(await tagsOf('?last=a&n=2')).toEqual([['a-b', 'a.b'], expect.stringContaining('last=a.b')]);
    expect(await tagsOf('?last=z')).toEqual([[], undefined]);
    expect(await tagsOf('?last=')).toEqual([TAGS, undefined]);
  });

  it('with a last that is no tag of the repository begins where it would stand', async () => {
    expect(await tagsOf('?last=C&n=1')).toEqual([['_x'], expect.any(String)]);
    expect(await tagsOf('?last=%20')).toEqual([TAGS, undefined]);
  });

  it.each(['-1', 'x', '1.5', '', '1&n=2', '0x10'])('with n=%s is 400', async (n) => {
    expectError(await list(`?n=${n}`), 400, 'PAGINATION_NUMBER_INVALID');
  });

  it('with an n beyond all bounds is answered within ours', async () => {
    expect((await tagsOf('?n=99999999999999999999'))[0]).toEqual(TAGS);
  });

  it('followed by its Links is the whole list, for any n', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: TAGS.length + 1 }), async (n) => {
        const seen: string[] = [];
        for (let query: string | undefined = `?n=${n}`; query !== undefined; ) {
          const [tags, link] = await tagsOf(query);
          expect(tags.length).toBeLessThanOrEqual(n);
          seen.push(...tags);
          query = link && /^<\/v2\/team\/app\/tags\/list(\?[^>]*)>; rel="next"$/.exec(link)?.[1];
          expect(query === undefined).toBe(link === undefined);
        }
        expect(seen).toEqual(TAGS);
      }),
      { numRuns: 12 },
    );
  });
});
