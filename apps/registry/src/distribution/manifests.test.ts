import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import {
  descriptorOf,
  expectError,
  manifestBytes,
  newBytes,
  pushBlob,
  pushImage,
  pushIndex,
  pushManifest,
  type TestDescriptor,
  type TestImage,
} from './test-content.ts';

let registry: TestRegistry;
let config: TestDescriptor;
let layer: TestDescriptor;
let image: TestImage;
const repository = 'manifests/app';
const LIMIT = 4 * 1024 * 1024;

beforeAll(async () => {
  registry = await startRegistry();
  config = await pushBlob(registry, repository, '{}', MEDIA_TYPE.ociConfig);
  layer = await pushBlob(registry, repository);
  image = await pushImage(registry, repository, { tag: 'base' });
});
afterAll(async () => {
  expect(registry.problems).toEqual([]);
  await registry.stop();
});

const push = (bytes: Uint8Array, mediaType: string, reference?: string) =>
  pushManifest(registry, repository, bytes, mediaType, reference);

/** Pushed by tag and by digest, it comes back byte for byte with the same type. */
async function expectStored(bytes: Buffer, mediaType: string, tag: string, expectedType = mediaType) {
  const digest = digestOf(bytes);
  for (const reference of [tag, digest]) {
    const pushed = await push(bytes, mediaType, reference);
    expect(pushed.status, pushed.text).toBe(201);
    expect(pushed.header('Location')).toBe(`/v2/${repository}/manifests/${digest}`);
    expect(pushed.header('Docker-Content-Digest')).toBe(digest);
    expect(pushed.header('Content-Length')).toBe('0');
    for (const target of [pushed.header('Location') ?? '', `/v2/${repository}/manifests/${tag}`]) {
      const pulled = await registry.ask('GET', target);
      expect([pulled.status, pulled.header('Content-Type')]).toEqual([200, expectedType]);
      expect(pulled.header('Docker-Content-Digest')).toBe(digest);
      expect(pulled.body.equals(bytes)).toBe(true);
    }
  }
}

const imageOf = (members: Record<string, unknown> = {}) =>
  manifestBytes({ schemaVersion: 2, mediaType: MEDIA_TYPE.ociImage, config, layers: [layer], ...members });

describe('a manifest is stored byte for byte', () => {
  const docker = (type: string, members: () => Record<string, unknown>) => [type, members] as const;
  const kinds: Record<string, readonly [string, () => Record<string, unknown>]> = {
    'an OCI image': [MEDIA_TYPE.ociImage, () => ({ schemaVersion: 2, config, layers: [layer] })],
    'an image without layers': [MEDIA_TYPE.ociImage, () => ({ schemaVersion: 2, config, layers: [] })],
    'an image with a custom config': [
      MEDIA_TYPE.ociImage,
      () => ({
        schemaVersion: 2,
        config: { ...config, mediaType: 'application/vnd.x+json' },
        layers: [layer],
        more: { a: [1.0, null] },
      }),
    ],
    'an image with data in its descriptors': [
      MEDIA_TYPE.ociImage,
      () => ({ schemaVersion: 2, config: { ...config, data: 'e30=' }, layers: [layer] }),
    ],
    'an index': [MEDIA_TYPE.ociIndex, () => ({ schemaVersion: 2, manifests: [childOf(image)] })],
    'an empty index': [MEDIA_TYPE.ociIndex, () => ({ schemaVersion: 2, manifests: [] })],
    'an artifact manifest': [
      MEDIA_TYPE.ociArtifact,
      () => ({ mediaType: MEDIA_TYPE.ociArtifact, artifactType: 'application/vnd.x', blobs: [layer] }),
    ],
    "Docker's schema 2": docker(MEDIA_TYPE.dockerImage, () => ({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.dockerImage,
      config: { ...config, mediaType: MEDIA_TYPE.dockerConfig },
      layers: [{ ...layer, mediaType: MEDIA_TYPE.dockerLayerGzip }],
    })),
    "Docker's list": docker(MEDIA_TYPE.dockerList, () => ({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.dockerList,
      manifests: [{ ...childOf(image), platform: { architecture: 'arm64', os: 'linux', variant: 'v8' } }],
    })),
    "Docker's schema 1": docker(MEDIA_TYPE.dockerSchema1, () => ({
      schemaVersion: 1,
      name: repository,
      tag: 'old',
      fsLayers: [{ blobSum: layer.digest }],
      history: [{ v1Compatibility: '{}' }],
    })),
    "Docker's signed schema 1": docker(MEDIA_TYPE.dockerSchema1Signed, () => ({
      schemaVersion: 1,
      fsLayers: [{ blobSum: layer.digest }],
      signatures: [{ header: {}, signature: 'x', protected: 'y' }],
    })),
    'an unknown type': ['application/vnd.example.thing.v7+json', () => ({ anything: [1, 2, 3], layers: 'no list' })],
  };
  const childOf = ({ mediaType, digest, size }: TestDescriptor) => ({ mediaType, digest, size });

  it.each(Object.entries(kinds))('%s', async (name, [mediaType, document]) => {
    await expectStored(manifestBytes(document()), mediaType, name.replaceAll(/\W+/g, '-'));
  });

  it('that is no JSON at all', async () => {
    await expectStored(Buffer.from([0, 255, 10, 13, 123]), 'application/octet-stream', 'binary');
    await expectStored(Buffer.from('apiVersion: v1\n'), 'application/yaml', 'yaml');
  });

  it('with blanks, doubled keys and unknown members', async () => {
    const text = `\n  {"schemaVersion":2, "config":${JSON.stringify(config)},\t"x":1.50, "x":"\\u0041é", "layers":[]}\r\n`;
    await expectStored(Buffer.from(text), MEDIA_TYPE.ociImage, 'odd');
  });

  it('an index in an index in an index', async () => {
    let inner: TestDescriptor = await pushIndex(registry, repository, [image]);
    for (const tag of ['nested-1', 'nested-2']) inner = await pushIndex(registry, repository, [inner], { tag });
    expect((await registry.ask('GET', `/v2/${repository}/manifests/nested-2`)).status).toBe(200);
  });
});

describe('the Content-Type of a push', () => {
  it('loses its parameters and its capitals', async () => {
    await expectStored(
      imageOf({ n: 1 }),
      'Application/VND.oci.image.manifest.v1+json; charset=utf-8',
      'typed',
      MEDIA_TYPE.ociImage,
    );
  });

  it('may be missing when the document has a mediaType', async () => {
    const body = imageOf({ n: 2 });
    const pushed = await registry.ask('PUT', `/v2/${repository}/manifests/untyped`, { body });
    expect(pushed.status).toBe(201);
    const pulled = await registry.ask('GET', `/v2/${repository}/manifests/untyped`);
    expect(pulled.header('Content-Type')).toBe(MEDIA_TYPE.ociImage);
  });

  it('must be that of the document', async () => {
    expectError(await push(imageOf({ n: 3 }), MEDIA_TYPE.dockerImage, 'lie'), 400, 'MANIFEST_INVALID');
    expectError(await push(imageOf({ n: 3 }), 'application/json', 'lie'), 400, 'MANIFEST_INVALID');
    expectError(await push(imageOf({ n: 3 }), 'no type', 'lie'), 400, 'MANIFEST_INVALID');
  });

  it('never changes for a digest', async () => {
    const bytes = manifestBytes({ n: 4 });
    expect((await push(bytes, 'application/vnd.a', 'kept')).status).toBe(201);
    expectError(await push(bytes, 'application/vnd.b', 'kept'), 400, 'MANIFEST_INVALID');
    const pulled = await registry.ask('GET', `/v2/${repository}/manifests/kept`);
    expect(pulled.header('Content-Type')).toBe('application/vnd.a');
  });
});

describe('a manifest that is refused', () => {
  it.each([
    ['no JSON', 'not json'],
    ['no object', '[]'],
    ['of nothing', ''],
    ['without a config', '{"schemaVersion":2,"layers":[]}'],
    ['of another schema', `{"schemaVersion":1,"config":{}}`],
    ['that is an image and an index', '{"schemaVersion":2,"config":{},"layers":[],"manifests":[]}'],
  ])('is %s', async (_, text) => {
    const refused = await push(Buffer.from(text), MEDIA_TYPE.ociImage, 'bad');
    expectError(refused, 400, 'MANIFEST_INVALID');
    expectError(await registry.ask('GET', `/v2/${repository}/manifests/bad`), 404, 'MANIFEST_UNKNOWN');
  });

  it('names a blob that is not in the repository', async () => {
    const absent = descriptorOf(newBytes(), MEDIA_TYPE.ociLayerGzip);
    const elsewhere = await pushBlob(registry, 'manifests/elsewhere');
    for (const missing of [absent, elsewhere]) {
      const refused = await push(imageOf({ layers: [layer, missing] }), MEDIA_TYPE.ociImage, 'bad');
      expect(expectError(refused, 400, 'MANIFEST_BLOB_UNKNOWN').detail).toEqual({ Digest: missing.digest });
    }
    const noConfig = await push(imageOf({ config: { ...absent } }), MEDIA_TYPE.ociImage, 'bad');
    expectError(noConfig, 400, 'MANIFEST_BLOB_UNKNOWN');
    expectError(await registry.ask('GET', `/v2/${repository}/manifests/bad`), 404, 'MANIFEST_UNKNOWN');
  });

  it('names a child that is not in the repository', async () => {
    const absent = descriptorOf(imageOf({ n: 'absent' }), MEDIA_TYPE.ociImage);
    const bytes = manifestBytes({ schemaVersion: 2, manifests: [absent] });
    const refused = await push(bytes, MEDIA_TYPE.ociIndex, 'bad');
    expect(expectError(refused, 400, 'MANIFEST_BLOB_UNKNOWN').detail).toEqual({ Digest: absent.digest });
  });

  it('gives a blob another size than it has', async () => {
    const refused = await push(imageOf({ layers: [{ ...layer, size: layer.size + 1 }] }), MEDIA_TYPE.ociImage, 'bad');
    expectError(refused, 400, 'MANIFEST_INVALID');
  });

  it.each(['-x', '.x', 'x'.repeat(129), 'a b', 'ä', 'a%2Fb', '%00'])('has the tag "%s"', async (tag) => {
    const refused = await push(imageOf(), MEDIA_TYPE.ociImage, encodeURI(tag).replaceAll('%25', '%'));
    expectError(refused, 400, 'TAG_INVALID');
  });

  it.each(['_', 'A', '0', 'x'.repeat(128), 'v1.0_rc-1', '__..--'])('is none when it has the tag "%s"', async (tag) => {
    expect((await push(imageOf(), MEDIA_TYPE.ociImage, tag)).status).toBe(201);
    expect((await registry.ask('GET', `/v2/${repository}/manifests/${tag}`)).status).toBe(200);
  });
});

describe('a push by digest', () => {
  it.each(['sha256', 'sha512'] as const)('with %s is checked against the bytes', async (algorithm) => {
    const bytes = imageOf({ n: algorithm });
    const digest = digestOf(bytes, algorithm);
    const wrong = digestOf('other', algorithm);
    expectError(await push(bytes, MEDIA_TYPE.ociImage, wrong), 400, 'DIGEST_INVALID');
    for (const d of [wrong, digest])
      expectError(await registry.ask('GET', `/v2/${repository}/manifests/${d}`), 404, 'MANIFEST_UNKNOWN');
    const pushed = await push(bytes, MEDIA_TYPE.ociImage, digest);
    expect([pushed.status, pushed.header('Docker-Content-Digest')]).toEqual([201, digest]);
    expect(pushed.header('Location')).toBe(`/v2/${repository}/manifests/${digest}`);
    const pulled = await registry.ask('GET', pushed.header('Location') ?? '');
    expect([pulled.status, pulled.header('Docker-Content-Digest'), pulled.body.equals(bytes)]).toEqual([
      200,
      digest,
      true,
    ]);
  });

  it('may be an index whose children are named by sha512', async () => {
    const bytes = imageOf({ n: 'child' });
    const child = descriptorOf(bytes, MEDIA_TYPE.ociImage, 'sha512');
    expect((await push(bytes, MEDIA_TYPE.ociImage, child.digest)).status).toBe(201);
    await pushIndex(registry, repository, [child], { tag: 'of-sha512' });
  });

  it.each(['sha256:baddigeststring', `md5:${'a'.repeat(32)}`, ':', 'a:'])(
    'of "%s" is 400, and so is its pull',
    async (text) => {
      expectError(await push(imageOf(), MEDIA_TYPE.ociImage, text), 400, 'DIGEST_INVALID');
      expectError(await registry.ask('GET', `/v2/${repository}/manifests/${text}`), 400, 'DIGEST_INVALID');
    },
  );

  it('takes tags along, each named in OCI-Tag', async () => {
    const bytes = imageOf({ n: 'tags' });
    const tags = Array.from({ length: 12 }, (_, i) => `t.${i}`);
    const query = tags.map((tag) => `tag=${tag}`).join('&');
    const pushed = await push(bytes, MEDIA_TYPE.ociImage, `${digestOf(bytes)}?${query}`);
    expect([pushed.status, pushed.header('OCI-Tag')]).toEqual([201, tags.join(', ')]);
    for (const tag of tags) {
      const pulled = await registry.ask('HEAD', `/v2/${repository}/manifests/${tag}`);
      expect(pulled.header('Docker-Content-Digest')).toBe(digestOf(bytes));
    }
    const none = await push(bytes, MEDIA_TYPE.ociImage);
    expect(none.header('OCI-Tag')).toBeUndefined();
  });

  it('names each tag once, however often it was given', async () => {
    const bytes = imageOf({ n: 'twice' });
    const pushed = await push(bytes, MEDIA_TYPE.ociImage, `${digestOf(bytes)}?tag=twice&tag=once&tag=twice`);
    expect([pushed.status, pushed.header('OCI-Tag')]).toEqual([201, 'twice, once']);
  });

  it('with a tag that is none stores nothing', async () => {
    const bytes = imageOf({ n: 'bad tags' });
    for (const query of ['tag=good&tag=-bad', 'tag=']) {
      expectError(await push(bytes, MEDIA_TYPE.ociImage, `${digestOf(bytes)}?${query}`), 400, 'TAG_INVALID');
      expectError(await registry.ask('GET', `/v2/${repository}/manifests/${digestOf(bytes)}`), 404, 'MANIFEST_UNKNOWN');
    }
  });

  it('with too many tags is 414, with a hundred it is not', async () => {
    const bytes = imageOf({ n: 'many' });
    const query = (n: number) => Array.from({ length: n }, (_, i) => `tag=m${i}`).join('&');
    expectError(await push(bytes, MEDIA_TYPE.ociImage, `${digestOf(bytes)}?${query(101)}`), 414, 'TAG_INVALID');
    expect((await push(bytes, MEDIA_TYPE.ociImage, `${digestOf(bytes)}?${query(100)}`)).status).toBe(201);
  });
});

describe('a push by tag', () => {
  it('moves the tag', async () => {
    for (const n of [1, 2, 1]) {
      const bytes = imageOf({ moved: n });
      await push(bytes, MEDIA_TYPE.ociImage, 'moving');
      const pulled = await registry.ask('HEAD', `/v2/${repository}/manifests/moving`);
      expect(pulled.header('Docker-Content-Digest')).toBe(digestOf(bytes));
    }
  });

  it('does not take tag parameters', async () => {
    expectError(await push(imageOf(), MEDIA_TYPE.ociImage, 'one?tag=two'), 400, 'TAG_INVALID');
  });
});

describe('the size of a manifest', () => {
  const sized = (length: number) => {
    const frame = imageOf({ pad: '' }).length;
    const bytes = imageOf({ pad: 'x'.repeat(length - frame) });
    expect(bytes.length).toBe(length);
    return bytes;
  };

  it('may be exactly 4 MiB', async () => {
    await expectStored(sized(LIMIT), MEDIA_TYPE.ociImage, 'largest');
  });

  it.each(['with Content-Length', 'as a stream'])('may not be one byte more, %s: 413', async (how) => {
    const bytes = sized(LIMIT + 1);
    const headers = { 'Content-Type': MEDIA_TYPE.ociImage };
    const body = how === 'as a stream' ? Readable.from([bytes]) : bytes;
    const refused = await registry.ask('PUT', `/v2/${repository}/manifests/too-large`, { headers, body });
    expect(expectError(refused, 413, 'MANIFEST_INVALID').detail).toEqual({ limit: LIMIT });
    expectError(await registry.ask('GET', `/v2/${repository}/manifests/too-large`), 404, 'MANIFEST_UNKNOWN');
  });
});

describe('non-distributable layers', () => {
  const types = [MEDIA_TYPE.ociForeignLayerGzip, MEDIA_TYPE.ociForeignLayer, MEDIA_TYPE.dockerForeignLayerGzip];

  it('may be absent, and their URLs are never fetched', async () => {
    let fetched = 0;
    const decoy = createServer((_, response) => {
      fetched++;
      response.end('layer');
    });
    await new Promise<void>((resolve) => decoy.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(decoy.address() as AddressInfo).port}/layer`;
    for (const [i, mediaType] of types.entries()) {
      const foreign = { ...descriptorOf(newBytes(), mediaType), urls: [url] };
      await expectStored(imageOf({ layers: [foreign, layer] }), MEDIA_TYPE.ociImage, `foreign-${i}`);
      expectError(await registry.ask('GET', `/v2/${repository}/blobs/${foreign.digest}`), 404, 'BLOB_UNKNOWN');
    }
    expect(fetched).toBe(0);
    decoy.close();
  });

  it('are stored and served when they are pushed', async () => {
    const bytes = newBytes();
    const foreign = {
      ...(await pushBlob(registry, repository, bytes, MEDIA_TYPE.ociForeignLayerGzip)),
      urls: ['https://x.test/y'],
    };
    await expectStored(imageOf({ layers: [foreign] }), MEDIA_TYPE.ociImage, 'foreign-pushed');
    const pulled = await registry.ask('GET', `/v2/${repository}/blobs/${foreign.digest}`);
    expect(pulled.body.equals(bytes)).toBe(true);
  });
});

describe('sparse manifests', () => {
  it('are accepted when the policy says so, with blobs or children missing', async () => {
    const sparse = await startRegistry({ config: 'distribution: { sparseManifests: true }' });
    try {
      const absent = descriptorOf(imageOf({ n: 'absent' }), MEDIA_TYPE.ociImage);
      const index = await pushIndex(sparse, 'sparse', [absent], { tag: 'v1' });
      const pulled = await sparse.ask('GET', '/v2/sparse/manifests/v1');
      expect([pulled.status, pulled.body.equals(index.bytes)]).toEqual([200, true]);
      expectError(await sparse.ask('GET', `/v2/sparse/manifests/${absent.digest}`), 404, 'MANIFEST_UNKNOWN');
      expect((await pushManifest(sparse, 'sparse', imageOf(), MEDIA_TYPE.ociImage)).status).toBe(201);
    } finally {
      await sparse.stop();
    }
  });
});

describe('many pushes of one tag at once', () => {
  it('all succeed, and the tag names one of them', async () => {
    const all = Array.from({ length: 8 }, (_, n) => imageOf({ race: n }));
    const answers = await Promise.all(all.map((bytes) => push(bytes, MEDIA_TYPE.ociImage, 'race')));
    expect(answers.map((answer) => answer.status)).toEqual(all.map(() => 201));
    const pulled = await registry.ask('GET', `/v2/${repository}/manifests/race`);
    expect(all.some((bytes) => bytes.equals(pulled.body))).toBe(true);
  });
});
