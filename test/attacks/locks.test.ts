import { digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  expectError,
  manifestBytes,
  newBytes,
  pushBlob,
  pushImage,
  pushIndex,
  type TestDescriptor,
  type TestImage,
} from '../../apps/registry/src/distribution/test-content.ts';
import { openSqliteMetadataStore } from '../../apps/registry/src/metadata/sqlite/open.ts';
import type { Answer } from '../support/http-client.ts';
import { startRegistry, type TestRegistry } from '../support/start-registry.ts';
import { readAudit } from './support/workbench.ts';

// A03, A05: whatever is locked stays as it is, on every way on which it could be changed.

let registry: TestRegistry;
let serial = 0;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.stop());

const TYPE = MEDIA_TYPE.ociImage;
const SOURCE = 'locks/source';

/** A tagged image, its index, an image without a tag, and a blob that no manifest names. */
interface Stock {
  readonly name: string;
  readonly image: TestImage;
  readonly untagged: TestImage;
  readonly index: TestDescriptor;
  readonly loose: TestDescriptor;
}

async function stock(): Promise<Stock> {
  const name = `locks/r${++serial}`;
  const image = await pushImage(registry, name, { tag: 'v1' });
  const untagged = await pushImage(registry, name);
  const child = await pushImage(registry, name);
  const index = await pushIndex(registry, name, [child], { tag: 'all' });
  return { name, image, untagged, index, loose: await pushBlob(registry, name) };
}

const ask = (method: string, target: string, body?: string | Uint8Array) =>
  registry.ask(method, target, body === undefined ? {} : { body, headers: { 'Content-Type': TYPE } });
const patch = async (path: string, change: object) =>
  registry.ask('PATCH', `/acr/v1/${path}`, { body: JSON.stringify(change) });
async function lock(path: string, change: object): Promise<void> {
  const answer = await patch(path, change);
  expect(answer.status, answer.text).toBe(200);
}

/** A new image of the repository's own blobs, that only its tag can make wrong. */
function anotherImage({ image }: Stock): Buffer {
  const document = JSON.parse(image.bytes.toString()) as Record<string, unknown>;
  return manifestBytes({ ...document, annotations: { n: String(++serial) } });
}

const WAYS: Readonly<Record<string, (s: Stock) => Promise<Answer>>> = {
  'PUT by tag': (s) => ask('PUT', `/v2/${s.name}/manifests/v1`, anotherImage(s)),
  'PUT of the same bytes by tag': (s) => ask('PUT', `/v2/${s.name}/manifests/v1`, s.image.bytes),
  'PUT by digest with the tag': (s) => {
    const bytes = anotherImage(s);
    return ask('PUT', `/v2/${s.name}/manifests/${digestOf(bytes)}?tag=v2&tag=v1`, bytes);
  },
  'PUT by digest': (s) => {
    const bytes = anotherImage(s);
    return ask('PUT', `/v2/${s.name}/manifests/${digestOf(bytes)}`, bytes);
  },
  'PUT by a new tag': (s) => ask('PUT', `/v2/${s.name}/manifests/v9`, anotherImage(s)),
  'DELETE by tag': (s) => ask('DELETE', `/v2/${s.name}/manifests/v1`),
  'DELETE of the tag below /acr': (s) => ask('DELETE', `/acr/v1/${s.name}/_tags/v1`),
  'DELETE by digest': (s) => ask('DELETE', `/v2/${s.name}/manifests/${s.image.digest}`),
  'DELETE by digest below /acr': (s) => ask('DELETE', `/acr/v1/${s.name}/_manifests/${s.image.digest}`),
  'DELETE of another manifest': (s) => ask('DELETE', `/v2/${s.name}/manifests/${s.untagged.digest}`),
  'DELETE of the index': (s) => ask('DELETE', `/v2/${s.name}/manifests/${s.index.digest}`),
  'DELETE of the repository': (s) => ask('DELETE', `/acr/v1/${s.name}`),
  'DELETE of a blob': (s) => ask('DELETE', `/v2/${s.name}/blobs/${s.loose.digest}`),
  'a mount': async (s) => {
    const { digest } = await pushBlob(registry, SOURCE);
    return ask('POST', `/v2/${s.name}/blobs/uploads/?mount=${digest}&from=${SOURCE}`);
  },
  'a mount from anywhere': async (s) => {
    const { digest } = await pushBlob(registry, SOURCE);
    return ask('POST', `/v2/${s.name}/blobs/uploads/?mount=${digest}`);
  },
  'an upload': (s) => ask('POST', `/v2/${s.name}/blobs/uploads/`),
  'a blob in one request': (s) => {
    const bytes = newBytes();
    return ask('POST', `/v2/${s.name}/blobs/uploads/?digest=${digestOf(bytes)}`, bytes);
  },
  'a change of the tag': (s) => patch(`${s.name}/_tags/v1`, { readEnabled: false }),
  'a change of the manifest': (s) => patch(`${s.name}/_manifests/${s.image.digest}`, { readEnabled: false }),
};

const REPOSITORY_CHANGES = Object.keys(WAYS);
const TAG_PUSHES = ['PUT by tag', 'PUT of the same bytes by tag', 'PUT by digest with the tag'];
const UNTAGGINGS = ['DELETE by tag', 'DELETE of the tag below /acr'];
const DELETIONS = ['DELETE by digest', 'DELETE by digest below /acr', 'DELETE of the repository'];

/** Which ways each lock closes; all others stay open, of which each is tried as well. */
const LOCKS: readonly [string, (s: Stock) => [string, object], readonly string[]][] = [
  [
    'writeEnabled of the tag',
    (s) => [`${s.name}/_tags/v1`, { writeEnabled: false }],
    [...TAG_PUSHES, ...UNTAGGINGS, ...DELETIONS],
  ],
  ['deleteEnabled of the tag', (s) => [`${s.name}/_tags/v1`, { deleteEnabled: false }], [...UNTAGGINGS, ...DELETIONS]],
  [
    'writeEnabled of the manifest',
    (s) => [`${s.name}/_manifests/${s.image.digest}`, { writeEnabled: false }],
    DELETIONS,
  ],
  [
    'deleteEnabled of the manifest',
    (s) => [`${s.name}/_manifests/${s.image.digest}`, { deleteEnabled: false }],
    DELETIONS,
  ],
  [
    'deleteEnabled of a tag on the index',
    (s) => [`${s.name}/_tags/all`, { deleteEnabled: false }],
    ['DELETE of the index', 'DELETE of the repository'],
  ],
  ['deleteEnabled of the repository', (s) => [s.name, { deleteEnabled: false }], ['DELETE of the repository']],
  ['writeEnabled of the repository', (s) => [s.name, { writeEnabled: false }], REPOSITORY_CHANGES],
  ['readEnabled and listEnabled of all', (s) => [s.name, { readEnabled: false, listEnabled: false }], []],
];

async function everythingIn({ name, loose }: Stock): Promise<string> {
  const answers = await Promise.all([
    ...[name, `${name}/_tags`, `${name}/_manifests`].map((path) => ask('GET', `/acr/v1/${path}`)),
    ask('HEAD', `/v2/${name}/blobs/${loose.digest}`),
  ]);
  return answers.map((answer) => `${answer.status} ${answer.text}`).join('\n');
}

describe.each(LOCKS)('%s, when it is off,', (title, locked, closed) => {
  it.each(closed)('stops %s, and nothing is changed', async (way) => {
    const s = await stock();
    const [path, change] = locked(s);
    await lock(path, change);
    const before = await everythingIn(s);
    const answer = await (WAYS[way] as (s: Stock) => Promise<Answer>)(s);
    const { message, detail } = expectError(answer, 405, 'REGISTRY_DISALLOWED_OPERATION');
    expect(message).toContain('The operation is disallowed on this registry, repository or image');
    expect(message).toContain(`${title.split(' ')[0]}=false`);
    expect(message).toContain('set by the admin user registry on 20');
    expect(message).toContain('az acr repository update --name registry ');
    expect(detail).toMatchObject({ reason: 'Locked', attribute: title.split(' ')[0], repository: s.name });
    expect(await everythingIn(s)).toBe(before);
    await lock(path, Object.fromEntries(Object.keys(change).map((name) => [name, true]))); // at its own level it opens
    expect((await (WAYS[way] as (s: Stock) => Promise<Answer>)(s)).status).toBeLessThan(300);
  });

  it('stops nothing else', async () => {
    for (const [way, go] of Object.entries(WAYS)) {
      if (closed.includes(way)) continue;
      const s = await stock();
      await lock(...locked(s));
      const answer = await go(s);
      expect([way, answer.status, answer.status < 300 ? '' : answer.text]).toEqual([way, answer.status, '']);
    }
  });
});

describe('readEnabled, when it is off,', () => {
  const pulls = (s: Stock) => ({
    tag: `/v2/${s.name}/manifests/v1`,
    digest: `/v2/${s.name}/manifests/${s.image.digest}`,
    other: `/v2/${s.name}/manifests/${s.untagged.digest}`,
    blob: `/v2/${s.name}/blobs/${s.image.layers[0]?.digest}`,
  });

  it.each([
    ['a tag', (s: Stock) => `${s.name}/_tags/v1`, ['tag']],
    ['a manifest', (s: Stock) => `${s.name}/_manifests/${s.image.digest}`, ['tag', 'digest']],
    ['a repository', (s: Stock) => s.name, ['tag', 'digest', 'other', 'blob']],
  ])('on %s stops its pulls and no others', async (_, path, closed) => {
    const s = await stock();
    await lock(path(s), { readEnabled: false });
    for (const [what, target] of Object.entries(pulls(s))) {
      const expected = closed.includes(what) ? 405 : 200;
      const headers = { 'If-None-Match': `"${s.image.digest}"` };
      expect([what, (await ask('HEAD', target)).status]).toEqual([what, expected]);
      expect([what, (await ask('GET', target)).status]).toEqual([what, expected]);
      if (expected === 405) {
        expectError(await ask('GET', target), 405, 'REGISTRY_DISALLOWED_OPERATION');
        expectError(await registry.ask('GET', target, { headers }), 405, 'REGISTRY_DISALLOWED_OPERATION');
      }
    }
    const { digest } = s.loose;
    const mount = await ask('POST', `/v2/locks/thief/blobs/uploads/?mount=${digest}&from=${s.name}`);
    expect(mount.status).toBe(closed.includes('blob') ? 202 : 201);
    await lock(path(s), { readEnabled: true });
    for (const target of Object.values(pulls(s))) expect((await ask('GET', target)).status).toBe(200);
  });
});

describe('a locked repository', () => {
  it('lets no upload end that began before', async () => {
    const s = await stock();
    const bytes = newBytes();
    const session = (await ask('POST', `/v2/${s.name}/blobs/uploads/`)).header('Location');
    await lock(s.name, { writeEnabled: false });
    const end = () => ask('PUT', `${session}?digest=${digestOf(bytes)}`, bytes);
    expectError(await end(), 405, 'REGISTRY_DISALLOWED_OPERATION');
    expect((await ask('HEAD', `/v2/${s.name}/blobs/${digestOf(bytes)}`)).status).toBe(404);
    await lock(s.name, { writeEnabled: true });
    expect((await end()).status).toBe(201);
  });
});

describe('whoever may not change attributes', () => {
  it.each(['pull', 'metadata_read', 'delete', 'push', 'pull,push,delete,metadata_read'])(
    'does not unlock: %s',
    async (words) => {
      const s = await stock();
      await lock(`${s.name}/_tags/v1`, { writeEnabled: false });
      const token = await registry.token(`repository:${s.name}:${words}`, `repository:${s.name}x:metadata_write`);
      for (const path of ['', '/_tags/v1', `/_manifests/${s.image.digest}`]) {
        const body = JSON.stringify({ writeEnabled: true });
        const answer = await registry.ask('PATCH', `/acr/v1/${s.name}${path}`, { as: token, body });
        expectError(answer, 401, 'UNAUTHORIZED');
      }
      expectError(await (WAYS['PUT by tag'] as (s: Stock) => Promise<Answer>)(s), 405, 'REGISTRY_DISALLOWED_OPERATION');
    },
  );
});

describe('a lock', () => {
  it('does not come back on what is made again', async () => {
    const s = await stock();
    for (const path of [`${s.name}/_tags/v1`, `${s.name}/_manifests/${s.image.digest}`]) {
      await lock(path, { readEnabled: false, listEnabled: false });
    }
    expect((await ask('DELETE', `/v2/${s.name}/manifests/${s.image.digest}`)).status).toBe(202);
    expect((await ask('PUT', `/v2/${s.name}/manifests/v1`, s.image.bytes)).status).toBe(201);
    expect((await ask('GET', `/v2/${s.name}/manifests/v1`)).status).toBe(200);
    const tags = (await ask('GET', `/v2/${s.name}/tags/list`)).json<{ tags: string[] }>().tags;
    expect(tags).toEqual(['all', 'v1']);
  });

  it('that is set in a race with a push or a deletion either comes too late or holds', async () => {
    for (let round = 0; round < 20; round++) {
      const s = await stock();
      const bytes = anotherImage(s);
      const change = round % 2 ? WAYS['DELETE by tag'] : () => ask('PUT', `/v2/${s.name}/manifests/v1`, bytes);
      const [locked, changed] = await Promise.all([
        patch(`${s.name}/_tags/v1`, { writeEnabled: false }),
        (change as (s: Stock) => Promise<Answer>)(s),
      ]);
      expect([201, 202, 405]).toContain(changed.status);
      expect(locked.status).toBe(changed.status === 202 ? 404 : 200); // what was untagged first cannot be locked
      if (changed.status === 202) continue;
      const { tag } = (await ask('GET', `/acr/v1/${s.name}/_tags/v1`)).json<{ tag: { digest: string } }>();
      expect(tag.digest).toBe(changed.status === 405 ? s.image.digest : digestOf(bytes));
    }
  });

  it('stands in the log with who set it and who took it away, and a push after it does not', async () => {
    const own = await startRegistry();
    try {
      const image = await pushImage(own, 'audited', { tag: 'v1' });
      const change = (body: object) => own.ask('PATCH', '/acr/v1/audited/_tags/v1', { body: JSON.stringify(body) });
      await change({ writeEnabled: false });
      await change({ writeEnabled: false }); // changes nothing, and is no entry
      await own.ask('PUT', '/v2/audited/manifests/v1', { headers: { 'Content-Type': TYPE }, body: image.bytes });
      await change({ writeEnabled: true });
      await own.halt();
      const registryId = await registryIdOf(own);
      const entries = (await readAudit(own.dataDir, registryId)).filter(({ target }) => target === 'v1').reverse();
      expect(entries.map(({ action, reason, principal }) => [action, reason, principal])).toEqual([
        ['manifest.push', undefined, 'admin-user:registry'],
        ['tag.update', 'writeEnabled=false', 'admin-user:registry'],
        ['tag.update', 'writeEnabled=true', 'admin-user:registry'],
      ]);
      await own.resume();
    } finally {
      await own.stop();
    }
  });
});

async function registryIdOf(own: TestRegistry): Promise<string> {
  const store = openSqliteMetadataStore({ path: `${own.dataDir}/metadata.db` });
  try {
    return (await store.read.registries.byName('registry'))?.id ?? '';
  } finally {
    await store.close();
  }
}
