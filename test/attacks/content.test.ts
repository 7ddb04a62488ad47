import { randomBytes } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { open, truncate, unlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  descriptorOf,
  manifestBytes,
  pushBlob,
  pushImage,
  pushIndex,
  pushManifest,
} from '../../apps/registry/src/distribution/test-content.ts';
import type { Answer } from '../support/http-client.ts';
import { startRegistry, type TestRegistry } from '../support/start-registry.ts';
import { envelopeOf } from './support/answers.ts';
import { sendRaw } from './support/raw.ts';

// A16 to A21, A23, A27, A32, A39, A41: hostile content.

let registry: TestRegistry;
let config: { digest: string; size: number; mediaType: string };
let known = 0;
beforeAll(async () => {
  registry = await startRegistry();
  config = await pushBlob(registry, 'a', '{}', MEDIA_TYPE.ociConfig);
});
afterAll(async () => {
  expect(registry.problems.slice(known)).toEqual([]);
  await registry.stop();
});

const outcome = (answer: Answer) => [answer.status, envelopeOf(answer)];
const image = (members: Record<string, unknown> = {}) => ({
  schemaVersion: 2,
  mediaType: MEDIA_TYPE.ociImage,
  config,
  layers: [],
  ...members,
});
const put = (
  document: Record<string, unknown> | Buffer | string,
  mediaType: string = MEDIA_TYPE.ociImage,
  reference?: string,
) =>
  pushManifest(
    registry,
    'a',
    typeof document === 'string' || Buffer.isBuffer(document) ? Buffer.from(document) : manifestBytes(document),
    mediaType,
    reference,
  );

describe('A16: a document that means two things', () => {
  it('is refused', async () => {
    const both = image({ manifests: [] });
    expect(outcome(await put(both))).toEqual([400, 'MANIFEST_INVALID']);
    expect(outcome(await put({ ...both, mediaType: MEDIA_TYPE.ociIndex }, MEDIA_TYPE.ociIndex))).toEqual([
      400,
      'MANIFEST_INVALID',
    ]);
    expect(outcome(await put(image(), MEDIA_TYPE.dockerImage))).toEqual([400, 'MANIFEST_INVALID']);
    expect(outcome(await put(image({ mediaType: undefined, Layers: [] })))).toEqual([400, 'MANIFEST_INVALID']);
  });

  it('keeps the type that it was first pushed with', async () => {
    const document = manifestBytes(image({ mediaType: undefined, annotations: { a: 'type' } }));
    expect((await put(document)).status).toBe(201);
    const again = await put(document, 'application/vnd.docker.distribution.manifest.v2+json');
    expect(outcome(again)).toEqual([400, 'MANIFEST_INVALID']);
    const stored = await registry.ask('GET', `/v2/a/manifests/${digestOf(document)}`);
    expect(stored.header('Content-Type')).toBe(MEDIA_TYPE.ociImage);
  });
});

describe('A17: a digest', () => {
  const hex = 'a'.repeat(64);
  const EVIL = [
    `sha256:${hex.slice(1)}`,
    `sha256:${hex}a`,
    `sha256:${hex.toUpperCase()}`,
    `SHA256:${hex}`,
    'sha256:..%2f..%2f..%2fetc%2fpasswd',
    'sha256:..%2f..%2fx',
    `sha256:${hex.slice(3)}%00aa`,
    `md5:${hex.slice(32)}`,
    `${'a'.repeat(10_000)}:${hex}`,
    'sha256:',
    ':',
    `sha256:${hex}%2f..`,
    `sha512:${hex}`,
    `sha256%3a${'g'.repeat(64)}`,
    `sha256:${hex}%0a`,
    '__proto__:x',
    'constructor:a',
    'toString:a',
  ];
  it.each(EVIL)('of another form is 400 wherever it stands: %s', async (digest) => {
    const before = readdirSync(join(registry.dataDir, 'blobs'), { recursive: true }).length;
    const attempts: [string, string][] = [
      ['GET', `/v2/a/blobs/${digest}`],
      ['HEAD', `/v2/a/blobs/${digest}`],
      ['DELETE', `/v2/a/blobs/${digest}`],
      ['GET', `/v2/a/referrers/${digest}`],
      ['GET', `/v2/a/manifests/${digest}`],
      ['PUT', `/v2/a/manifests/${digest}`],
      ['DELETE', `/v2/a/manifests/${digest}`],
      ['POST', `/v2/a/blobs/uploads/?digest=${digest}`],
      ['POST', `/v2/a/blobs/uploads/?mount=${digest}`],
    ];
    for (const [method, path] of attempts) {
      const answer = await registry.ask(method, path);
      expect(answer.status, `${method} ${path.slice(0, 100)}`).toBe(400);
      envelopeOf(answer, method === 'HEAD');
    }
    expect(readdirSync(join(registry.dataDir, 'blobs'), { recursive: true }).length).toBe(before);
    const layer = { mediaType: MEDIA_TYPE.ociLayerGzip, digest, size: 1 };
    expect(outcome(await put(image({ layers: [layer] })))).toEqual([400, 'MANIFEST_INVALID']);
    expect(outcome(await put(image({ subject: layer })))).toEqual([400, 'MANIFEST_INVALID']);
  });
});

describe('A18: an index', () => {
  const child = async () => descriptorOf((await pushImage(registry, 'a')).bytes, MEDIA_TYPE.ociImage);

  it('a chain of 200, to whose bottom 2^200 ways lead, is guarded and deleted in bounded time', async () => {
    const bottom = await child();
    let below = await pushIndex(registry, 'a', [bottom]);
    for (let i = 0; i < 200; i++)
      below = await pushIndex(registry, 'a', [below, below, bottom], { members: { annotations: { i: `${i}` } } });
    await put(below.bytes, MEDIA_TYPE.ociIndex, 'top');
    const begun = performance.now();
    expect(outcome(await registry.ask('DELETE', `/v2/a/manifests/${bottom.digest}`))).toEqual([
      405,
      'REGISTRY_DISALLOWED_OPERATION',
    ]);
    // All of them are looked at before it may go.
    expect((await registry.ask('DELETE', '/v2/a/manifests/top')).status).toBe(202);
    expect((await registry.ask('DELETE', `/v2/a/manifests/${bottom.digest}`)).status).toBe(202);
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  it('more than a thousand parents hide no tagged one', async () => {
    const bottom = await child();
    const parents: string[] = [];
    for (let i = 0; i < 1010; i += 101) {
      const group = Array.from({ length: 101 }, (_, j) =>
        pushIndex(registry, 'a', [bottom], { members: { annotations: { i: `${i + j}` } } }),
      );
      parents.push(...(await Promise.all(group)).map(({ digest }) => digest));
    }
    // Whichever order the parents are looked at in, the first or the last one of it is tagged.
    const [first = '', last = ''] = [parents.toSorted()[0], parents.toSorted().at(-1)];
    for (const digest of [first, last]) {
      const { body } = await registry.ask('GET', `/v2/a/manifests/${digest}`);
      expect((await put(body, MEDIA_TYPE.ociIndex, 'holder')).status).toBe(201);
      expect(outcome(await registry.ask('DELETE', `/v2/a/manifests/${bottom.digest}`))).toEqual([
        405,
        'REGISTRY_DISALLOWED_OPERATION',
      ]);
      expect((await registry.ask('DELETE', '/v2/a/manifests/holder')).status).toBe(202);
    }
  });

  it('of 30,000 children is checked in bounded time, and others go on meanwhile', async () => {
    const { digest, size } = await child();
    const manifests = Array.from({ length: 30_000 }, () => ({ mediaType: 'a/b', digest, size }));
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests }));
    expect(bytes.length).toBeLessThan(4 * 1024 * 1024);
    const begun = performance.now();
    const pushing = put(bytes, MEDIA_TYPE.ociIndex, 'wide');
    const other = await registry.ask('GET', '/v2/');
    expect(other.status).toBe(200);
    expect((await pushing).status).toBe(201);
    expect(performance.now() - begun).toBeLessThan(10_000); // on a busy machine; 1 s on an idle one
    expect((await registry.ask('DELETE', '/v2/a/manifests/wide')).status).toBe(202);
  });

  it('of 20,000 unknown children ends at the first', async () => {
    const manifests = Array.from({ length: 20_000 }, (_, i) => ({
      mediaType: 'a/b',
      digest: digestOf(`${i}`),
      size: 1,
    }));
    const begun = performance.now();
    expect(
      outcome(await put({ schemaVersion: 2, manifests, mediaType: MEDIA_TYPE.ociIndex }, MEDIA_TYPE.ociIndex)),
    ).toEqual([400, 'MANIFEST_BLOB_UNKNOWN']);
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});

describe('A19: the bytes of a manifest', () => {
  const LIMIT = 4 * 1024 * 1024;
  const padded = (size: number) => {
    const text = JSON.stringify(image({ annotations: { pad: '' } }));
    return text.replace('"pad":""', `"pad":"${'p'.repeat(size - text.length)}"`);
  };

  it('may be 4 MiB and not one more, with a Content-Length or chunked', async () => {
    expect((await put(padded(LIMIT))).status).toBe(201);
    expect(outcome(await put(padded(LIMIT + 1)))).toEqual([413, 'MANIFEST_INVALID']);
    const { Readable } = await import('node:stream');
    const chunked = Readable.from(
      Buffer.from(padded(LIMIT + 1))
        .toString('latin1')
        .match(/[\s\S]{1,65536}/g) ?? [],
    );
    const answer = await registry.ask('PUT', '/v2/a/manifests/big', {
      body: chunked,
      headers: { 'Content-Type': MEDIA_TYPE.ociImage },
    });
    expect(outcome(answer)).toEqual([413, 'MANIFEST_INVALID']);
  });

  const deep = (open: string, close: string, depth = 1_900_000) =>
    open.repeat(depth / open.length) + close.repeat(depth / open.length);
  const bombs: Record<string, () => [string | Buffer, number]> = {
    'nested arrays': () => [`{"schemaVersion":2,"layers":${deep('[', ']')}}`, 400],
    'nested objects': () => [`{"schemaVersion":2,"config":${'{"a":'.repeat(300_000)}1${'}'.repeat(300_000)}}`, 400],
    'an unclosed nest': () => ['['.repeat(4_000_000), 400],
    'a byte order mark': () => [
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(JSON.stringify(image()))]),
      400,
    ],
    'broken UTF-8': () => [Buffer.from(JSON.stringify(image({ annotations: { a: '\xff\xfe' } })), 'latin1'), 400],
    'UTF-16': () => [Buffer.from(JSON.stringify(image()), 'utf16le'), 400],
    nothing: () => ['', 400],
    null: () => ['null', 400],
    'a number of a million digits': () => [`{"schemaVersion":${'9'.repeat(1_000_000)}}`, 400],
    'a polluted prototype': () => [
      JSON.stringify(image()).replace('{', '{"__proto__":{"admin":true},"constructor":{"prototype":{"x":1}},'),
      201,
    ],
    'a polluted annotation': () => [
      JSON.stringify(image()).replace('{', '{"annotations":{"__proto__":"x","constructor":"y","toString":"z"},'),
      201,
    ],
    'a doubled key': () => [JSON.stringify(image()).replace('{', '{"layers":[1,2,3],'), 201],
    'a lone surrogate': () => [JSON.stringify(image()).replace('{', '{"annotations":{"a":"\\ud800"},'), 201],
  };
  it.each(Object.keys(bombs))('do no harm: %s', async (name) => {
    const [bytes, status] = bombs[name]?.() ?? ['', 0];
    const answer = await put(bytes);
    expect(answer.status, answer.text).toBe(status);
    envelopeOf(answer);
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
    if (status !== 201) return;
    const stored = await registry.ask('GET', `/v2/a/manifests/${digestOf(bytes)}`);
    expect(stored.body).toEqual(Buffer.from(bytes)); // kept byte for byte
  });
});

describe('A20: a size', () => {
  it.each(['-1', '1.5', '9007199254740993', '1e400', '"3"', 'null', '[]', '1'])(
    'that is not the size of the blob is refused: %s',
    async (size) => {
      const text = JSON.stringify(
        image({ layers: [{ mediaType: 'a/b', digest: config.digest, size: 77_777 }] }),
      ).replace('77777', size);
      expect(outcome(await put(text))).toEqual([400, 'MANIFEST_INVALID']);
    },
  );
});

describe('A21: referrers', () => {
  it('with megabytes of annotations come in pages that stay small, and nothing is lost', async () => {
    const subject = { mediaType: MEDIA_TYPE.ociImage, digest: digestOf('subject'), size: 7 };
    for (let i = 0; i < 6; i++) {
      const answer = await put(image({ subject, annotations: { i: `${i}`, pad: 'p'.repeat(3_000_000) } }));
      expect(answer.status).toBe(201);
    }
    let path: string | undefined = `/v2/a/referrers/${subject.digest}`;
    const seen = new Set<string>();
    for (let pages = 0; path && pages < 10; pages++) {
      const answer: Answer = await registry.ask('GET', path);
      expect(answer.body.length).toBeLessThan(10 * 1024 * 1024);
      for (const { digest } of answer.json<{ manifests: { digest: string }[] }>().manifests) seen.add(digest);
      path = /<([^>]+)>/.exec(answer.header('Link') ?? '')?.[1];
    }
    expect(seen.size).toBe(6);
  });

  it('that name each other in a circle, or themselves, end', async () => {
    const self = await put(image({ subject: { mediaType: MEDIA_TYPE.ociImage, digest: config.digest, size: 2 } }));
    expect(self.status).toBe(201);
    expect((await registry.ask('GET', `/v2/a/referrers/${config.digest}`)).status).toBe(200);
    expect((await registry.ask('DELETE', self.header('Location') ?? '')).status).toBe(202);
  });
});

describe('A23: a page', () => {
  const LISTS = ['/v2/_catalog', '/v2/a/tags/list', `/v2/a/referrers/sha256:${'0'.repeat(64)}`];
  it.each(LISTS)('that is asked for wrongly is refused, and too much of it is cut: %s', async (path) => {
    for (const n of ['-1', 'NaN', '1.5', '', '0x10', '1e3', '%201', '1;2', '%00'])
      expect((await registry.ask('GET', `${path}?n=${n}`)).status, n).toBe(400);
    for (const n of ['0', '1000000000000', '9'.repeat(10_000)])
      expect((await registry.ask('GET', `${path}?n=${n}`)).status, n.slice(0, 20)).toBe(200);
    expect((await registry.ask('GET', `${path}?n=1&n=2`)).status).toBe(400);
    expect((await registry.ask('GET', `${path}?last=${'a'.repeat(1000)}`)).status).toBe(400);
    expect((await registry.ask('GET', `${path}?last=${'a'.repeat(30_000)}`)).status).toBe(400);
    expect((await registry.ask('GET', `${path}?last=%27;DROP%20TABLE%20tags;--`)).status).toBe(200);
    expect((await registry.ask('GET', `${path}?last=%25%27%22%5c`)).status).toBe(200);
    const megabyte = `GET ${path}?last=${'a'.repeat(1_000_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    expect((await sendRaw(registry.http, megabyte, { answers: 1 })).statuses).toEqual([431]);
  });

  it('that is asked for wrongly, or for too much, a thousand times, leaves the memory as it was', async () => {
    const attempts = LISTS.flatMap((path) => [
      `${path}?n=1000000000000`,
      `${path}?n=${'9'.repeat(10_000)}`,
      `${path}?last=${'a'.repeat(25_000)}`,
      `${path}?n=-1`,
    ]);
    const round = async () => {
      for (let i = 0; i < 20; i++) await Promise.all(attempts.map((path) => registry.ask('GET', path)));
    };
    await round(); // what is reached by then is no growth
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 4; i++) await round();
    expect((process.memoryUsage().rss - before) / 1024 ** 2).toBeLessThan(100);
  });
});

describe('A27: a range', () => {
  it('never gives more bytes than the blob has, however many are asked for', async () => {
    const { digest, size } = await pushBlob(registry, 'a', randomBytes(100_000));
    const many = `bytes=${Array.from({ length: 1000 }, () => '0-').join(',')}`;
    const cases: [string, number][] = [
      [many, 200],
      ['bytes=0-0,-1', 200],
      ['bytes=0-99999,0-99999', 200],
      ['bytes=-1000000', 206],
      ['bytes=99999-', 206],
      ['bytes=100000-', 416],
      ['bytes=5-2', 416],
      ['bytes=-0', 416],
      ['bytes=0-18446744073709551616', 206],
      ['bytes=18446744073709551616-', 416],
      ['lines=0-1', 200],
      ['bytes=a-b', 200],
      ['bytes=0x0-5', 200],
      ['bytes=-', 200],
    ];
    for (const [Range, status] of cases) {
      const answer = await registry.ask('GET', `/v2/a/blobs/${digest}`, { headers: { Range } });
      expect(answer.status, Range.slice(0, 40)).toBe(status);
      if (status < 400) expect(answer.body.length).toBeLessThanOrEqual(size);
      envelopeOf(answer);
    }
  });
});

describe('A32: a foreign layer', () => {
  it('is kept as it stands, and its URLs are never fetched', async () => {
    let fetched = 0;
    const trap = createServer((_, response) => {
      fetched += 1;
      response.end();
    });
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
    const urls = [`http://127.0.0.1:${(trap.address() as AddressInfo).port}/layer`];
    const foreign = {
      mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
      digest: digestOf('foreign'),
      size: 7,
      urls,
    };
    const pushed = await put(image({ layers: [foreign] }));
    expect(pushed.status).toBe(201);
    expect((await registry.ask('GET', pushed.header('Location') ?? '')).status).toBe(200);
    expect((await registry.ask('GET', `/v2/a/blobs/${foreign.digest}`)).status).toBe(404);
    trap.close();
    expect(fetched).toBe(0);
  });
});

describe('A39: one blob pushed by many at once', () => {
  it('is there when the good ones succeed, whatever the others do', async () => {
    const bytes = randomBytes(300_000);
    const digest = digestOf(bytes);
    const whole = (body: Buffer) => registry.ask('POST', `/v2/a/blobs/uploads/?digest=${digest}`, { body });
    const cut = async () => {
      const connection = await registry.raw();
      await connection.write(
        `POST /v2/a/blobs/uploads/?digest=${digest} HTTP/1.1\r\nHost: x\r\nAuthorization: ${registry.basic}\r\nContent-Length: 300000\r\n\r\n`,
      );
      await connection.write(bytes.subarray(0, 100_000));
      connection.close();
    };
    const corrupt = Buffer.from(bytes);
    corrupt[1000] = (corrupt[1000] ?? 0) ^ 1;
    const [one, two, bad] = await Promise.all([whole(bytes), whole(bytes), whole(corrupt), cut(), whole(bytes)]);
    expect([one?.status, two?.status]).toEqual([201, 201]);
    expect(outcome(bad as Answer)).toEqual([400, 'DIGEST_INVALID']);
    expect((await registry.ask('GET', `/v2/a/blobs/${digest}`)).body).toEqual(bytes);
    const document = manifestBytes(image({ layers: [descriptorOf(bytes, MEDIA_TYPE.ociLayerGzip)] }));
    const pushes = await Promise.all(Array.from({ length: 8 }, () => put(document, MEDIA_TYPE.ociImage, 'same')));
    expect(pushes.every((answer) => answer.status === 201)).toBe(true);
  });
});

describe('A41: a blob whose file was damaged', () => {
  const fileOf = (digest: string) => join(registry.dataDir, 'blobs', 'sha256', digest.slice(7, 9), digest.slice(7));
  const damaged = async (damage: (file: string) => Promise<void>) => {
    const bytes = randomBytes(50_000);
    const { digest } = await pushBlob(registry, 'a', bytes);
    await damage(fileOf(digest));
    return { bytes, digest };
  };
  const damages: Record<string, (file: string) => Promise<void>> = {
    truncated: (file) => truncate(file, 40_000),
    emptied: (file) => truncate(file, 0),
    grown: async (file) => {
      const handle = await open(file, 'a');
      await handle.write('x');
      await handle.close();
    },
    removed: (file) => unlink(file),
    'replaced by a folder': async (file) => {
      await unlink(file);
      (await import('node:fs')).mkdirSync(file);
      writeFileSync(join(dirname(file), 'keep'), '');
    },
  };
  it.each(Object.keys(damages))('is not served: %s', async (name) => {
    const { digest } = await damaged(damages[name] ?? (async () => undefined));
    for (const headers of [{}, { Range: 'bytes=0-9' }]) {
      const answer = await registry.ask('GET', `/v2/a/blobs/${digest}`, { headers });
      expect(outcome(answer), answer.text).toEqual([404, 'BLOB_UNKNOWN']);
      expect(answer.text).not.toContain(registry.dataDir);
    }
    known = registry.problems.length; // the damage is in the log, as it should
    expect(known).toBeGreaterThan(0);
  });

  it('is healed by pushing it again', async () => {
    const { digest, bytes } = await damaged((file) => truncate(file, 10));
    expect((await registry.ask('POST', `/v2/a/blobs/uploads/?digest=${digest}`, { body: bytes })).status).toBe(201);
    expect((await registry.ask('GET', `/v2/a/blobs/${digest}`)).body).toEqual(bytes);
  });

  it('is asked for by clients that look before they push: HEAD does not say that it is there', async () => {
    const { digest } = await damaged((file) => truncate(file, 10));
    expect((await registry.ask('HEAD', `/v2/a/blobs/${digest}`)).status).toBe(404);
    known = registry.problems.length;
  });
});
