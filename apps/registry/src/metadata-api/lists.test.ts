import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { expectError, pushImage, pushManifest, type TestImage } from '../distribution/test-content.ts';
import { FakeClock } from '../platform/clock.ts';

let registry: TestRegistry;
const clock = new FakeClock(new Date('2026-05-01T00:00:00Z'));
const images: TestImage[] = [];
const NAME = 'lists/app';

beforeAll(async () => {
  registry = await startRegistry({ clock });
  for (const tag of ['c', 'b', 'a']) {
    images.push(await pushImage(registry, NAME, { tag }));
    clock.advance(1000);
  }
  const third = images[2] as TestImage;
  await pushManifest(registry, NAME, third.bytes, third.mediaType, 'd');
  for (const name of ['lists/other', 'zebra']) await pushImage(registry, name, { tag: 'v1' });
});
afterAll(async () => {
  expect(registry.problems).toEqual([]);
  await registry.stop();
});

interface Lists {
  tags?: { name: string; lastUpdateTime: string }[];
  manifests?: { digest: string; tags?: string[] }[];
  repositories?: string[];
}

const get = (path: string) => registry.ask('GET', `/acr/v1/${path}`);
const namesOf = (body: Lists) =>
  body.repositories ?? body.tags?.map((tag) => tag.name) ?? body.manifests?.map((manifest) => manifest.digest) ?? [];

/** As az pages: only the query of the link is kept, taken apart and sent again to the same path. */
async function walk(path: string, query: string): Promise<{ pages: string[][]; links: string[] }> {
  const pages: string[][] = [];
  const links: string[] = [];
  for (let next: string | undefined = query; next !== undefined; ) {
    const answer = await get(`${path}?${next}`);
    expect(answer.status, answer.text).toBe(200);
    pages.push(namesOf(answer.json<Lists>()));
    const link = answer.header('Link');
    if (link) links.push(link);
    next = link === undefined ? undefined : /\?([^>]*)>; rel="next"$/.exec(link)?.[1];
    expect(pages.length).toBeLessThan(20);
  }
  return { pages, links };
}

/** `lists/app` before `lists/other`; pulls are written down when the registry stops. */
let written = false;
async function pulled(): Promise<void> {
  if (written) return;
  for (const [name, tag] of [
    [NAME, 'a'],
    ['lists/other', 'v1'],
  ]) {
    clock.advance(1000);
    await registry.ask('GET', `/v2/${name}/manifests/${tag}`);
  }
  await registry.restart();
  written = true;
}

const byTime = (...order: number[]) => order.map((n) => (images[n] as TestImage).digest);
const byDigest = () => images.map(({ digest }) => digest).sort();

describe('_tags', () => {
  it.each([
    ['', 'abcd'],
    ['none', 'abcd'],
    ['timedesc', 'dabc'],
    ['timeasc', 'cbad'],
    ['time_desc', 'dabc'],
  ])('in the order "%s" are %s, in pages of any size', async (orderby, expected) => {
    for (const n of [1, 2, 3, 4, 100]) {
      const { pages, links } = await walk(`${NAME}/_tags`, `n=${n}&orderby=${orderby}`);
      expect(pages.flat().join('')).toBe(expected);
      expect(pages.map((page) => page.length)).toEqual(
        Array.from({ length: Math.ceil(4 / n) }, (_, i) => Math.min(n, 4 - i * n)),
      );
      const digests = await walk(`${NAME}/_tags`, `n=${n}&orderby=${orderby}&digest=${images[2]?.digest}`);
      expect(digests.pages.flat().join('')).toBe(expected.replace(/[bc]/g, ''));
      expect(links.length).toBe(pages.length - 1);
    }
  });

  it('has links with everything that the next request needs, an empty orderby, too', async () => {
    const link = async (query: string) => (await get(`${NAME}/_tags${query}`)).header('Link');
    expect(await link('?n=2')).toBe('</acr/v1/lists/app/_tags?last=b&n=2&orderby=>; rel="next"');
    expect(await link('?n=2&orderby=')).toBe('</acr/v1/lists/app/_tags?last=b&n=2&orderby=>; rel="next"');
    expect(await link('?orderby=none&n=2')).toBe('</acr/v1/lists/app/_tags?last=b&n=2&orderby=none>; rel="next"');
    const digest = encodeURIComponent(images[2]?.digest ?? '');
    expect(await link(`?n=1&digest=${digest}`)).toBe(
      `</acr/v1/lists/app/_tags?last=a&n=1&orderby=&digest=${digest}>; rel="next"`,
    );
    const time = Date.parse('2026-05-01T00:00:02Z');
    expect(await link('?n=2&orderby=timedesc')).toBe(
      `</acr/v1/lists/app/_tags?last=a&n=2&orderby=timedesc&lastTime=${time}>; rel="next"`,
    );
    expect(await link('?n=4')).toBeUndefined();
    expect(await link('')).toBeUndefined();
  });

  it('in an order of time take a name alone as the place to go on, as ACR does', async () => {
    const names = async (query: string) => namesOf((await get(`${NAME}/_tags?${query}`)).json<Lists>()).join('');
    expect(await names('orderby=timedesc&last=a')).toBe('bc');
    expect(await names('orderby=timeasc&last=b')).toBe('ad');
    expect(await names('orderby=timedesc&last=gone')).toBe('dabc');
    expect(await names('last=bb')).toBe('cd');
  });

  it.each([
    ['sizeasc', 'imageSize'],
    ['sizedesc', 'imageSize'],
    ['pullasc', 'lastPullTime'],
    ['pulldesc', 'lastPullTime'],
  ])('in our own order "%s" tell what they are sorted by, and go on by what the link says', async (orderby, shown) => {
    const whole = (await get(`${NAME}/_tags?orderby=${orderby}`)).json<{ tags: Record<string, unknown>[] }>().tags;
    expect(whole).toHaveLength(4);
    if (shown === 'imageSize') for (const tag of whole) expect(tag.imageSize).toBeGreaterThan(0);
    else for (const tag of whole) expect(tag).not.toHaveProperty('lastPullTime'); // nobody has pulled anything
    for (const n of [1, 2, 3]) {
      const { pages, links } = await walk(`${NAME}/_tags`, `n=${n}&orderby=${orderby}`);
      expect(pages.flat()).toEqual(whole.map((tag) => tag.name));
      expect(links[0]).toMatch(/&lastKey=\d+&lastDigest=sha256%3A/);
      const manifests = await walk(`${NAME}/_manifests`, `n=${n}&orderby=${orderby}`);
      expect(manifests.pages.flat().sort()).toEqual(byDigest());
    }
  });

  it('come with what the answer needs besides', async () => {
    const body = (await get(`${NAME}/_tags?n=1`)).json<Lists>();
    expect(body).toEqual({
      registry: new URL(registry.http).host,
      imageName: NAME,
      tags: [
        {
          name: 'a',
          digest: images[2]?.digest,
          createdTime: '2026-05-01T00:00:02.0000000Z',
          lastUpdateTime: '2026-05-01T00:00:02.0000000Z',
          signed: false,
          changeableAttributes: { deleteEnabled: true, writeEnabled: true, readEnabled: true, listEnabled: true },
        },
      ],
    });
  });

  it('tell of what they name when asked to, on every page', async () => {
    interface Tagged {
      readonly tags: { readonly digest: string; readonly manifest?: Record<string, unknown> }[];
    }
    const name = 'lists/told';
    await pushImage(registry, name, { tag: 'image' });
    await pushManifest(registry, name, Buffer.from('{}'), 'application/vnd.x', 'other');
    const told: Tagged['tags'] = [];
    const { links } = await walk(`${name}/_tags`, 'n=1&include=manifest');
    expect(links[0]).toContain('&include=manifest>');
    for (const orderby of ['none', 'timedesc', 'sizedesc']) {
      const { tags } = (await get(`${name}/_tags?orderby=${orderby}&include=manifest`)).json<Tagged>();
      expect(tags).toHaveLength(2);
      told.push(...tags);
    }
    for (const { digest, manifest } of told) {
      const answer = (await get(`${name}/_manifests/${digest}`)).json<{ manifest: Record<string, unknown> }>();
      const { mediaType, imageSize, architecture, os } = answer.manifest;
      expect(manifest).toEqual(JSON.parse(JSON.stringify({ mediaType, imageSize, architecture, os })));
    }
    expectError(await get(`${NAME}/_tags?include=everything`), 400, 'PAGINATION_NUMBER_INVALID');
    expect((await registry.ask('DELETE', `/acr/v1/${name}`)).status).toBe(202);
  });

  it.each([
    'n=-1',
    'orderby=sizeasc&last=a&lastKey=x',
    'orderby=sizeasc&last=a&lastKey=9999999999999999',
    'n=1e3',
    'n=x',
    'n=1&n=2',
    'orderby=size',
    'orderby=timedesc&orderby=none',
    `last=${'x'.repeat(513)}`,
    'last=%00',
    'lastTime=x',
    'lastTime=-1',
    `lastTime=${'9'.repeat(16)}`,
  ])('cannot be asked for with %s', async (query) => {
    expectError(await get(`${NAME}/_tags?${query}`), 400, 'PAGINATION_NUMBER_INVALID');
    expectError(await get(`${NAME}/_manifests?${query}`), 400, 'PAGINATION_NUMBER_INVALID');
  });

  it('cannot be asked for on what is no digest, and are none on one that is not there', async () => {
    expectError(await get(`${NAME}/_tags?digest=v1`), 400, 'DIGEST_INVALID');
    const none = await get(`${NAME}/_tags?digest=sha256:${'0'.repeat(64)}`);
    expect([none.status, none.json<Lists>().tags]).toEqual([200, []]);
  });

  it('of n=0 are none, and of a huge n all', async () => {
    expect((await get(`${NAME}/_tags?n=0`)).json<Lists>().tags).toEqual([]);
    expect((await get(`${NAME}/_manifests?n=0`)).json<Lists>().manifests).toEqual([]);
    expect((await get(`${NAME}/_tags?n=999999999999`)).json<Lists>().tags).toHaveLength(4);
  });
});

describe('_manifests', () => {
  it('come by digest or by time, with their tags', async () => {
    for (const n of [1, 2, 3, 100]) {
      const walked = async (orderby: string) =>
        (await walk(`${NAME}/_manifests`, `n=${n}&orderby=${orderby}`)).pages.flat();
      expect(await walked('')).toEqual(byDigest());
      expect(await walked('timedesc')).toEqual(byTime(2, 1, 0));
      expect(await walked('timeasc')).toEqual(byTime(0, 1, 2));
    }
    const { manifests } = (await get(`${NAME}/_manifests?orderby=timeasc`)).json<Lists>();
    expect(manifests?.map((manifest) => manifest.tags)).toEqual([['c'], ['b'], ['a', 'd']]);
  });
});

describe('_catalog', () => {
  it('comes by name, in pages of 100 unless asked otherwise', async () => {
    const { pages, links } = await walk('_catalog', 'n=2');
    expect(pages).toEqual([[NAME, 'lists/other'], ['zebra']]);
    expect(links).toEqual(['</acr/v1/_catalog?last=lists%2Fother&n=2&orderby=>; rel="next"']);
    expect((await get('_catalog')).json()).toEqual({ repositories: [NAME, 'lists/other', 'zebra'] });
  });

  it.each([
    ['timedesc', ['zebra', 'lists/other', NAME]],
    ['timeasc', [NAME, 'lists/other', 'zebra']],
    ['sizedesc', [NAME, 'zebra', 'lists/other']],
    ['sizeasc', ['lists/other', 'zebra', NAME]],
    ['pulldesc', ['lists/other', NAME, 'zebra']],
    ['pullasc', ['zebra', NAME, 'lists/other']],
  ])('in the order "%s" is %j, in pages of any size', async (orderby, all) => {
    await pulled();
    for (const n of [1, 2, 3]) {
      const { pages, links } = await walk('_catalog', `n=${n}&orderby=${orderby}&details=true`);
      expect(pages.flat()).toEqual(all);
      for (const link of links) expect(link).toContain('&details=true');
    }
  });

  it('tells of each what a list shows, when it is asked to', async () => {
    const { details } = (await get('_catalog?details=true&n=1')).json<{ details: Record<string, unknown>[] }>();
    const alone = (await get(NAME)).json<Record<string, unknown>>();
    const { usage } = (await get(`${NAME}/_usage`)).json<{ usage: Record<string, unknown> }>();
    const { createdTime, lastUpdateTime, manifestCount, tagCount } = alone;
    const { storedBytes, lastPullTime } = usage;
    expect(details).toEqual([
      { name: NAME, createdTime, lastUpdateTime, manifestCount, tagCount, storedBytes, lastPullTime },
    ]);
  });

  it('goes on behind a name alone, and begins anew behind one that is gone', async () => {
    const of = async (query: string) => namesOf((await get(`_catalog?${query}`)).json<Lists>());
    expect(await of('orderby=timeasc&last=lists%2Fother')).toEqual(['zebra']);
    expect(await of('orderby=timeasc&last=gone&n=1')).toEqual([NAME]);
    expect(await of('orderby=timeasc&n=0')).toEqual([]);
  });
});

describe('pages', () => {
  it('have 100 items unless asked otherwise, and 1000 at most', async () => {
    const type = 'application/vnd.x';
    const bytes = Buffer.from('{}');
    const digest = `sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a`;
    for (let i = 0; i < 11; i++) {
      const tags = Array.from({ length: 100 }, (_, j) => `tag=t${i}-${j}`).join('&');
      const target = `/v2/lists/many/manifests/${digest}?${tags}`;
      expect((await registry.ask('PUT', target, { headers: { 'Content-Type': type }, body: bytes })).status).toBe(201);
    }
    for (const [query, n, linked] of [
      ['', 100, 100],
      ['?n=1000', 1000, 1000],
      ['?n=1001', 1000, 1000],
      ['?orderby=timedesc', 100, 100],
      ['?n=5000&orderby=timeasc', 1000, 1000],
    ] as const) {
      const answer = await get(`lists/many/_tags${query}`);
      expect(answer.json<Lists>().tags).toHaveLength(n);
      expect(answer.header('Link')).toContain(`&n=${linked}&`);
    }
    // All of a push have one time: nothing is shown twice or lost between them.
    const { pages } = await walk('lists/many/_tags', 'n=300&orderby=timedesc');
    expect(new Set(pages.flat()).size).toBe(1100);
    expect(pages.flat()).toHaveLength(1100);
  });
});

describe('what is hidden', () => {
  it('is in no list, but still there; whoever untags by lists sees the tags of a manifest', async () => {
    const name = 'lists/hidden';
    const image = await pushImage(registry, name, { tag: 'seen' });
    await pushManifest(registry, name, image.bytes, image.mediaType, 'unseen');
    const other = await pushImage(registry, name, { tag: 'other' });
    const hide = async (path: string, listEnabled = false) =>
      expect((await registry.ask('PATCH', `/acr/v1/${path}`, { body: JSON.stringify({ listEnabled }) })).status).toBe(
        200,
      );
    await hide(`${name}/_tags/unseen`);
    await hide(`${name}/_manifests/${other.digest}`);
    await hide(name);
    const tags = { name, tags: ['other', 'seen'] };
    expect((await registry.ask('GET', `/v2/${name}/tags/list`)).json()).toEqual(tags);
    expect(namesOf((await get(`${name}/_tags`)).json<Lists>())).toEqual(tags.tags);
    expect((await get(`${name}/_manifests`)).json<Lists>().manifests).toMatchObject([
      { digest: image.digest, tags: ['seen', 'unseen'] },
    ]);
    for (const catalog of ['/v2/_catalog', '/acr/v1/_catalog']) {
      const { repositories } = (await registry.ask('GET', catalog)).json<Lists>();
      expect(repositories).not.toContain(name);
    }
    for (const reference of ['unseen', 'other', other.digest]) {
      expect((await registry.ask('GET', `/v2/${name}/manifests/${reference}`)).status).toBe(200);
    }
    expect((await get(`${name}/_tags/unseen`)).status).toBe(200);
    await hide(name, true);
    expect((await get('_catalog')).json<Lists>().repositories).toContain(name);
  });
});
