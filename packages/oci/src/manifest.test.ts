import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from './digest.ts';
import { type ParsedManifest, parseManifest } from './manifest.ts';
import { MEDIA_TYPE } from './media-types.ts';

const { ociImage, ociIndex, ociArtifact, dockerImage, dockerList, dockerSchema1Signed } = MEDIA_TYPE;

const descriptor = (mediaType: string, content = mediaType, algorithm: 'sha256' | 'sha512' = 'sha256') => ({
  mediaType,
  digest: digestOf(content, algorithm) as string,
  size: content.length as unknown,
});
const config = descriptor(MEDIA_TYPE.ociConfig);
const layer = descriptor(MEDIA_TYPE.ociLayerGzip);
const image = { schemaVersion: 2, mediaType: ociImage as string, config, layers: [layer] };
const child = { ...descriptor(ociImage), platform: { architecture: 'arm64', os: 'linux', variant: 'v8' } };
const index = { schemaVersion: 2, mediaType: ociIndex as string, manifests: [child] };

const bytesOf = (document: unknown) =>
  document instanceof Uint8Array
    ? document
    : Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));

function accepted(document: unknown, contentType: string): ParsedManifest {
  const result = parseManifest(bytesOf(document), contentType);
  if (!result.ok) throw new Error(`refused: ${result.reason}`);
  return result.manifest;
}

function refused(document: unknown, contentType: string): string {
  const result = parseManifest(bytesOf(document), contentType);
  if (result.ok) throw new Error('accepted');
  return result.reason;
}

describe('an image', () => {
  it('names its config and its layers', () => {
    expect(accepted(image, ociImage)).toEqual({
      kind: 'image',
      mediaType: ociImage,
      artifactType: MEDIA_TYPE.ociConfig,
      configMediaType: MEDIA_TYPE.ociConfig,
      references: [
        { ...config, kind: 'config' },
        { ...layer, kind: 'layer' },
      ],
    });
  });

  it.each([
    ['an empty array of layers', { ...image, layers: [] }],
    ['null layers, as Go writes none', { ...image, layers: null }],
    ['no layers', { ...image, layers: undefined }],
  ])('may have %s', (_, document) => {
    expect(accepted(document, ociImage).references).toEqual([{ ...config, kind: 'config' }]);
  });

  it('of Docker is read alike', () => {
    const docker = { ...image, mediaType: dockerImage, config: descriptor(MEDIA_TYPE.dockerConfig) };
    expect(accepted(docker, dockerImage)).toMatchObject({ kind: 'image', mediaType: dockerImage });
  });

  it('may have layers that are not distributed', () => {
    const layers = [MEDIA_TYPE.ociForeignLayerGzip, MEDIA_TYPE.dockerForeignLayerGzip].map((type) => ({
      ...descriptor(type),
      urls: ['http://169.254.169.254/'],
    }));
    const kinds = accepted({ ...image, layers }, ociImage).references.map((reference) => reference.kind);
    expect(kinds).toEqual(['config', 'foreign-layer', 'foreign-layer']);
  });

  it('may name content by sha512, and the same content twice', () => {
    const wide = descriptor(MEDIA_TYPE.ociLayer, 'x', 'sha512');
    expect(accepted({ ...image, layers: [wide, wide] }, ociImage).references).toHaveLength(3);
  });

  it('takes its artifact type from itself, else from its config', () => {
    expect(accepted({ ...image, artifactType: 'application/x.sbom' }, ociImage).artifactType).toBe(
      'application/x.sbom',
    );
    expect(accepted({ ...image, artifactType: '' }, ociImage).artifactType).toBe(MEDIA_TYPE.ociConfig);
  });

  it('takes the Content-Type when it does not name its media type', () => {
    const { mediaType: _, ...plain } = image;
    expect(accepted(plain, `${ociImage.toUpperCase()}; charset=utf-8`).mediaType).toBe(ociImage);
    expect(accepted({ ...plain, mediaType: '' }, dockerImage).mediaType).toBe(dockerImage);
  });

  it('tells its media type when the Content-Type is missing', () => {
    expect(accepted(image, '')).toMatchObject({ kind: 'image', mediaType: ociImage });
    expect(refused({ ...image, mediaType: undefined }, ' ')).toContain('no Content-Type');
    expect(refused('binary', '')).toContain('no Content-Type');
  });

  it('keeps unknown members harmless', () => {
    expect(accepted({ ...image, 'org.example': { a: [1] }, blobs: 1 }, ociImage).references).toHaveLength(2);
  });
});

describe('an index', () => {
  it('names its children with their platforms', () => {
    const { platform, ...rest } = child;
    expect(accepted(index, ociIndex)).toEqual({
      kind: 'index',
      mediaType: ociIndex,
      references: [{ ...rest, kind: 'manifest', architecture: platform.architecture, os: platform.os }],
    });
  });

  it('may be empty, nested, a Docker list, and hold types that nobody knows', () => {
    expect(accepted({ ...index, manifests: [] }, ociIndex).references).toEqual([]);
    expect(accepted({ ...index, manifests: null }, ociIndex).references).toEqual([]);
    const manifests = [descriptor(ociIndex), descriptor('application/vnd.new.v9+json')];
    expect(accepted({ ...index, manifests }, ociIndex).references.map((r) => r.kind)).toEqual(['manifest', 'manifest']);
    expect(accepted({ ...index, mediaType: dockerList }, dockerList).kind).toBe('index');
  });

  it('may be BuildKit’s cache, whose children are blobs', () => {
    const manifests = [layer, descriptor(MEDIA_TYPE.buildkitCacheConfig), descriptor(MEDIA_TYPE.ociForeignLayer)];
    const kinds = accepted({ ...index, manifests }, ociIndex).references.map((reference) => reference.kind);
    expect(kinds).toEqual(['blob', 'blob', 'foreign-layer']);
  });

  it('has only the artifact type that it states', () => {
    expect(accepted(index, ociIndex).artifactType).toBeUndefined();
    expect(accepted({ ...index, artifactType: 'application/x' }, ociIndex).artifactType).toBe('application/x');
  });
});

describe('an artifact manifest', () => {
  const artifact = { mediaType: ociArtifact, artifactType: 'application/x.sbom', blobs: [layer] };

  it('names its blobs', () => {
    expect(accepted(artifact, ociArtifact)).toEqual({
      kind: 'artifact',
      mediaType: ociArtifact,
      artifactType: 'application/x.sbom',
      references: [{ ...layer, kind: 'blob' }],
    });
    expect(accepted({ mediaType: ociArtifact }, ociArtifact).references).toEqual([]);
  });
});

describe('subject and annotations', () => {
  it('are read from every kind', () => {
    const subject = descriptor(ociImage, 'subject');
    for (const [document, type] of [
      [image, ociImage],
      [index, ociIndex],
      [{}, ociArtifact],
    ] as const) {
      const parsed = accepted({ ...document, subject, annotations: { a: 'b' } }, type);
      expect(parsed.subject).toEqual(subject);
      expect(parsed.annotations).toEqual({ a: 'b' });
      expect(parsed.references.map((r) => r.digest)).not.toContain(subject.digest as Digest);
      expect(accepted({ ...document, subject: null, annotations: null }, type).subject).toBeUndefined();
    }
    expect(accepted({ ...image, annotations: {} }, ociImage).annotations).toBeUndefined();
  });

  it('keep hostile keys as they are and change no prototype', () => {
    const text = JSON.stringify({ ...image, annotations: {} }).replace(
      '"annotations":{}',
      '"annotations":{"__proto__":"p","constructor":"c","toString":"t"},"__proto__":{"layers":1,"subject":{}},"constructor":{"prototype":{"polluted":1}}',
    );
    const { annotations, subject } = accepted(text, ociImage);
    expect(JSON.stringify(annotations)).toBe('{"__proto__":"p","constructor":"c","toString":"t"}');
    expect(subject).toBeUndefined();
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('may hold lone surrogates and NUL as escapes', () => {
    const text = JSON.stringify({ ...image, annotations: { k: '\ud800\0' } });
    expect(accepted(text, ociImage).annotations).toEqual({ k: '\ud800\0' });
  });
});

describe('schema 1', () => {
  const signed = { schemaVersion: 1, name: 'a/b', tag: 'x', fsLayers: [{ blobSum: layer.digest }], signatures: [{}] };

  it('names its layers without sizes', () => {
    expect(accepted(signed, dockerSchema1Signed)).toMatchObject({
      kind: 'schema1',
      references: [{ digest: layer.digest, kind: 'layer', size: 0 }],
    });
    expect(accepted({ schemaVersion: 1 }, dockerSchema1Signed).references).toEqual([]);
    expect(refused({ ...signed, fsLayers: [{ blobSum: 'x' }] }, dockerSchema1Signed)).toContain('fsLayers[0].blobSum');
  });
});

describe('types that nobody knows', () => {
  it.each([
    ['JSON', '{"layers":[],"manifests":[],"size":-1}', 'application/vnd.example.thing.v1+json'],
    ['JSON that names its type', '{"mediaType":"application/vnd.Example+json"}', 'application/vnd.example+json'],
    ['JSON whose mediaType is no string', '{"mediaType":7}', 'application/json'],
    ['malformed JSON', '{', 'application/json'],
    ['an array', '[{"mediaType":"x/y"}]', 'application/json'],
    ['bytes', new Uint8Array([0xff, 0xfe, 0, 1]), 'application/octet-stream'],
    ['nothing', '', 'application/octet-stream'],
  ])('pass unread: %s', (_, document, contentType) => {
    expect(accepted(document, contentType)).toEqual({ kind: 'unknown', mediaType: contentType, references: [] });
  });

  it('are not a way round the checks of known types', () => {
    expect(refused(image, 'application/octet-stream')).toContain('both must be the same');
    expect(refused(index, 'application/json')).toContain('both must be the same');
  });

  it('must be media types', () => {
    expect(refused('x', 'json')).toContain('RFC 6838');
    expect(refused('x', `a/${'b'.repeat(1000)}`)).toContain('RFC 6838');
  });
});

describe('refuses', () => {
  const inLayer = (change: object) => ({ ...image, layers: [layer, { ...layer, ...change }] });

  it.each<[string, unknown, string, string]>([
    ['another mediaType', image, dockerImage, 'mediaType is "application/vnd.oci.image.manifest'],
    ['an index as an image', index, ociImage, 'mediaType is'],
    ['a mediaType in another case', { ...image, mediaType: ociImage.toUpperCase() }, ociImage, 'mediaType is'],
    ['a mediaType that is no string', { ...image, mediaType: [] }, ociImage, 'mediaType is an array'],
    ['layers and manifests', { ...image, manifests: [] }, ociImage, 'manifests does not belong'],
    ['manifests and layers', { ...index, layers: [] }, ociIndex, 'layers does not belong'],
    ['manifests and config', { ...index, config }, ociIndex, 'config does not belong'],
    ['layers and fsLayers', { ...image, fsLayers: [] }, ociImage, 'fsLayers does not belong'],
    ['an artifact with manifests', { manifests: [] }, ociArtifact, 'manifests does not belong'],
    ['a schema 1 with layers', { schemaVersion: 1, layers: [] }, dockerSchema1Signed, 'layers does not belong'],
    ['Layers for layers', { ...image, Layers: [] }, ociImage, 'Layers differs from layers only in case'],
    ['a folded k or s', { ...index, 'manife\u017fts': [] }, ociIndex, 'only in case'],
    ['a Digest for digest', inLayer({ Digest: layer.digest }), ociImage, 'layers[1].Digest differs'],
    ['another schemaVersion', { ...image, schemaVersion: 1 }, ociImage, 'schemaVersion must be 2, and is 1'],
    ['a schemaVersion of text', { ...index, schemaVersion: '2' }, ociIndex, 'schemaVersion must be 2'],
    ['no config', { ...image, config: undefined }, ociImage, 'config must be an object, and is missing'],
    ['a config that is an array', { ...image, config: [] }, ociImage, 'config must be an object, and is an array'],
    ['layers that are an object', { ...image, layers: {} }, ociImage, 'layers must be an array, and is an object'],
    ['a layer that is null', { ...image, layers: [null] }, ociImage, 'layers[0] must be an object, and is null'],
    ['no manifests', { ...index, manifests: undefined }, ociIndex, 'manifests is missing'],
    ['manifests that are text', { ...index, manifests: 'x' }, ociIndex, 'manifests must be an array'],
    ['blobs that are a number', { blobs: 1 }, ociArtifact, 'blobs must be an array, and is 1'],
    ['no digest', inLayer({ digest: undefined }), ociImage, 'layers[1].digest must be'],
    ['a digest that is malformed', inLayer({ digest: 'sha256:../..' }), ociImage, 'layers[1].digest must be'],
    ['a digest that is too short', inLayer({ digest: 'sha256:abc' }), ociImage, 'is "sha256:abc"'],
    ['md5', inLayer({ digest: 'md5:abc' }), ociImage, 'layers[1].digest uses the algorithm "md5"'],
    ['a negative size', inLayer({ size: -1 }), ociImage, 'layers[1].size must be an integer'],
    ['a fraction', inLayer({ size: 1.5 }), ociImage, 'and is 1.5'],
    ['a size of text', inLayer({ size: '1' }), ociImage, 'layers[1].size'],
    ['2^53', inLayer({ size: 2 ** 53 }), ociImage, 'layers[1].size'],
    [
      'no size',
      inLayer({ size: undefined }),
      ociImage,
      'layers[1].size must be an integer from 0 to 9007199254740991, and is missing',
    ],
    ['no media type', inLayer({ mediaType: undefined }), ociImage, 'layers[1].mediaType'],
    ['an endless media type', inLayer({ mediaType: 'a'.repeat(256) }), ociImage, 'layers[1].mediaType'],
    [
      'an artifactType that is an object',
      { ...image, artifactType: {} },
      ociImage,
      'artifactType must be a media type',
    ],
    ['an artifactType with NUL', { ...index, artifactType: 'a/b\0' }, ociIndex, 'artifactType'],
    ['annotations that are an array', { ...image, annotations: [] }, ociImage, 'annotations must be an object'],
    [
      'an annotation that is a number',
      { ...image, annotations: { k: 1 } },
      ociImage,
      'annotations["k"] must be a string',
    ],
    ['a subject without size', { ...image, subject: { ...child, size: undefined } }, ociImage, 'subject.size'],
    [
      'a platform that is text',
      { ...index, manifests: [{ ...child, platform: 'x' }] },
      ociIndex,
      'manifests[0].platform must',
    ],
    [
      'an os that is a number',
      { ...index, manifests: [{ ...child, platform: { os: 1 } }] },
      ociIndex,
      'manifests[0].platform.os',
    ],
    ['an array', [image], ociImage, 'must be a JSON object, and is an array'],
    ['null', 'null', ociImage, 'must be a JSON object, and is null'],
    ['nothing', '', ociImage, 'it is not JSON'],
    ['half a document', JSON.stringify(image).slice(0, -1), ociImage, 'it is not JSON at position'],
    ['a byte order mark', `\ufeff${JSON.stringify(image)}`, ociImage, 'byte order mark'],
    ['what is not UTF-8', Buffer.from(JSON.stringify({ ...image, x: '\xff' }), 'latin1'), ociImage, 'not UTF-8'],
  ])('%s', (_, document, contentType, reason) => {
    expect(refused(document, contentType)).toContain(reason);
  });

  it('a huge number', () => {
    for (const size of ['9007199254740993', '1e400', '99999999999999999999999999']) {
      expect(refused(JSON.stringify(inLayer({ size: 0 })).replace('"size":0', `"size":${size}`), ociImage)).toContain(
        'size',
      );
    }
  });
});

describe('bounded work', () => {
  it('lets the last of duplicated keys count, as JSON.parse and Go do', () => {
    const text = JSON.stringify(image).replace('"layers":', '"layers":[{"size":-1}],"layers":');
    expect(accepted(text, ociImage).references).toHaveLength(2);
  });

  it('takes any depth', () => {
    for (const depth of [100_000, 2_000_000]) {
      const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`;
      expect(accepted(JSON.stringify(image).replace('{', `{"deep":${deep},`), ociImage).kind).toBe('image');
      expect(
        refused(JSON.stringify({ ...image, layers: 0 }).replace('"layers":0', `"layers":[${deep}]`), ociImage),
      ).toContain('layers[0]');
      expect(refused('{"a":'.repeat(depth), ociImage)).toContain('not JSON');
      expect(accepted(deep, 'application/json').kind).toBe('unknown');
    }
  });

  it('takes a hundred thousand children in well under a second', () => {
    const one = { mediaType: 'a/b', digest: layer.digest, size: 1 };
    const bytes = bytesOf({ ...index, manifests: Array.from({ length: 100_000 }, () => one) });
    const started = performance.now();
    const result = parseManifest(bytes, ociIndex);
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(result.ok && result.manifest.references.length).toBe(100_000);
  });

  it('takes the suite’s large manifest: 390 annotations of 10 000 bytes', () => {
    const annotations = Object.fromEntries(Array.from({ length: 390 }, (_, i) => [`k${i}`, 'x'.repeat(10_000)]));
    expect(Object.keys(accepted({ ...image, annotations }, ociImage).annotations ?? {})).toHaveLength(390);
  });

  it('answers any bytes and any JSON without throwing', () => {
    const types = fc.constantFrom<string>(...Object.values(MEDIA_TYPE), 'application/json', '', ';', 'x');
    const names = fc.constantFrom(
      'schemaVersion',
      'config',
      'layers',
      'manifests',
      'blobs',
      'subject',
      'annotations',
      'artifactType',
      '__proto__',
    );
    const values = fc.oneof(fc.jsonValue(), fc.constantFrom(config, [layer], [child], 2, null));
    const documents = fc
      .dictionary(names, values)
      .map((members) => JSON.stringify({ schemaVersion: 2, config, ...members }));
    const bytes = fc.oneof(fc.uint8Array(), fc.json().map(bytesOf), documents.map(bytesOf));
    fc.assert(
      fc.property(bytes, types, (document, type) => {
        const before = Buffer.from(document);
        const result = parseManifest(document, type);
        expect(result.ok ? 'ok' : result.reason).not.toBe('');
        expect(before.equals(document)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
