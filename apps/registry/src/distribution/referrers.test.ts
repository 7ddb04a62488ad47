import { type Digest, digestOf } from '@holdfast/oci/digest';
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
  pushManifest,
  type TestDescriptor,
} from './test-content.ts';

let registry: TestRegistry;
let config: TestDescriptor;
const repository = 'referrers/app';

interface ReferrersIndex {
  schemaVersion: number;
  mediaType: string;
  manifests: (TestDescriptor & { artifactType?: string; annotations?: Record<string, string> })[];
}

beforeAll(async () => {
  registry = await startRegistry();
  config = await pushBlob(registry, repository, '{}', 'application/vnd.config.v1+json');
});
afterAll(async () => {
  expect(registry.problems).toEqual([]);
  await registry.stop();
});

async function listed(subject: string, query = '', name = repository) {
  const answer = await registry.ask('GET', `/v2/${name}/referrers/${subject}${query}`);
  expect(answer.status, answer.text).toBe(200);
  expect(answer.header('Content-Type')).toBe(MEDIA_TYPE.ociIndex);
  expect(answer.header('Content-Length')).toBe(String(answer.body.length));
  const index = answer.json<ReferrersIndex>();
  expect(Object.keys(index)).toEqual(['schemaVersion', 'mediaType', 'manifests']);
  expect([index.schemaVersion, index.mediaType]).toEqual([2, MEDIA_TYPE.ociIndex]);
  return { answer, manifests: index.manifests, link: answer.header('Link') };
}

const subjectOf = ({ mediaType, digest, size }: TestDescriptor) => ({ mediaType, digest, size });

/** Pushes a referrer and answers what the list must say of it. */
async function attach(
  subject: TestDescriptor,
  members: Record<string, unknown> = {},
  mediaType: string = MEDIA_TYPE.ociImage,
) {
  const content =
    mediaType === MEDIA_TYPE.ociIndex
      ? { manifests: [] }
      : mediaType === MEDIA_TYPE.ociArtifact
        ? {}
        : { config, layers: [] };
  const version = mediaType === MEDIA_TYPE.ociArtifact ? {} : { schemaVersion: 2 };
  const bytes = manifestBytes({ ...version, mediaType, ...content, subject: subjectOf(subject), ...members });
  const pushed = await pushManifest(registry, repository, bytes, mediaType);
  expect(pushed.status, pushed.text).toBe(201);
  expect(pushed.header('OCI-Subject')).toBe(subject.digest);
  return descriptorOf(bytes, mediaType);
}

const byDigest = <T extends { digest: Digest }>(list: T[]) => list.toSorted((a, b) => (a.digest < b.digest ? -1 : 1));
const missing = (): TestDescriptor => descriptorOf(newBytes(), MEDIA_TYPE.ociImage);

describe('the list of referrers', () => {
  it('is an empty index, never 404, for whatever is not there', async () => {
    const { manifests, answer } = await listed(missing().digest);
    expect(manifests).toEqual([]);
    expect(answer.text).toBe(`{"schemaVersion":2,"mediaType":"${MEDIA_TYPE.ociIndex}","manifests":[]}`);
    await listed(missing().digest, '', 'referrers/nothing');
    await listed(digestOf('x', 'sha512'));
  });

  it.each(['sha256:abc', 'latest', `sha256:${'A'.repeat(64)}`, `md5:${'a'.repeat(32)}`, '%00'])(
    'of "%s" is 400',
    async (text) => {
      expectError(await registry.ask('GET', `/v2/${repository}/referrers/${text}`), 400, 'DIGEST_INVALID');
    },
  );

  it('names images, indexes and artifacts with type, size and annotations', async () => {
    const subject = await pushImage(registry, repository);
    const annotations = { 'org.example.key': 'value', umlaut: 'ä"\\', __proto__x: '' };
    const typed = await attach(subject, { artifactType: 'application/vnd.sbom', annotations });
    const untyped = await attach(subject, { n: 1 });
    const empty = await attach(subject, { artifactType: '', n: 2 });
    const index = await attach(subject, { annotations }, MEDIA_TYPE.ociIndex);
    const typedIndex = await attach(subject, { artifactType: 'application/vnd.i' }, MEDIA_TYPE.ociIndex);
    const artifact = await attach(subject, { artifactType: 'application/vnd.a' }, MEDIA_TYPE.ociArtifact);
    const { manifests, answer, link } = await listed(subject.digest);
    expect(manifests).toEqual(
      byDigest([
        { ...typed, artifactType: 'application/vnd.sbom', annotations },
        { ...untyped, artifactType: config.mediaType },
        { ...empty, artifactType: config.mediaType },
        { ...index, annotations },
        { ...typedIndex, artifactType: 'application/vnd.i' },
        { ...artifact, artifactType: 'application/vnd.a' },
      ]),
    );
    expect(link).toBeUndefined();
    expect(answer.header('OCI-Filters-Applied')).toBeUndefined();
  });

  it('names what was pushed before its subject', async () => {
    const image = manifestBytes({ schemaVersion: 2, mediaType: MEDIA_TYPE.ociImage, config, layers: [], late: true });
    const subject = descriptorOf(image, MEDIA_TYPE.ociImage);
    const referrer = await attach(subject);
    expect((await listed(subject.digest)).manifests.map((m) => m.digest)).toEqual([referrer.digest]);
    await pushManifest(registry, repository, image, MEDIA_TYPE.ociImage);
    expect((await listed(subject.digest)).manifests.map((m) => m.digest)).toEqual([referrer.digest]);
  });

  it('has OCI-Subject on a repeated push as well, and none without a subject', async () => {
    const subject = missing();
    await attach(subject);
    await attach(subject);
    expect((await listed(subject.digest)).manifests).toHaveLength(1);
    const bytes = manifestBytes({ schemaVersion: 2, config, layers: [] });
    const pushed = await pushManifest(registry, repository, bytes, MEDIA_TYPE.ociImage);
    expect([pushed.status, pushed.header('OCI-Subject')]).toEqual([201, undefined]);
  });

  it('knows subjects by sha512', async () => {
    const subject = { ...missing(), digest: digestOf('some', 'sha512') };
    const referrer = await attach(subject);
    expect((await listed(subject.digest)).manifests.map((m) => m.digest)).toEqual([referrer.digest]);
  });

  it('loses a deleted referrer at once, and stays when the subject is deleted', async () => {
    const subject = await pushImage(registry, repository);
    const [gone, stays] = [await attach(subject, { n: 1 }), await attach(subject, { n: 2 })];
    await registry.ask('DELETE', `/v2/${repository}/manifests/${gone.digest}`);
    expect((await listed(subject.digest)).manifests.map((m) => m.digest)).toEqual([stays.digest]);
    expect((await registry.ask('DELETE', `/v2/${repository}/manifests/${subject.digest}`)).status).toBe(202);
    expect((await listed(subject.digest)).manifests.map((m) => m.digest)).toEqual([stays.digest]);
  });

  it('is that of one repository', async () => {
    const subject = missing();
    await attach(subject);
    await pushImage(registry, 'referrers/other');
    expect((await listed(subject.digest, '', 'referrers/other')).manifests).toEqual([]);
  });
});

describe('the filter by artifactType', () => {
  it('is applied and said to be applied', async () => {
    const subject = missing();
    const types = ['application/vnd.a+b', 'application/vnd.a', 'application/vnd.a'];
    const pushed = [];
    for (const [n, artifactType] of types.entries()) pushed.push(await attach(subject, { artifactType, n }));
    const configured = await attach(subject);
    const cases: [string, Digest[]][] = [
      ['application/vnd.a', [pushed[1], pushed[2]].flatMap((m) => m?.digest ?? [])],
      ['application%2Fvnd.a%2Bb', [pushed[0]].flatMap((m) => m?.digest ?? [])],
      [config.mediaType.replace('+', '%2B'), [configured.digest]],
      ['application/vnd.none', []],
    ];
    for (const [type, digests] of cases) {
      const { manifests, answer } = await listed(subject.digest, `?artifactType=${type}`);
      expect(answer.header('OCI-Filters-Applied')).toBe('artifactType');
      expect(manifests.map((m) => m.digest)).toEqual(digests.toSorted());
    }
    const { manifests, answer } = await listed(subject.digest, '?artifactType=');
    expect([manifests.length, answer.header('OCI-Filters-Applied')]).toEqual([4, undefined]);
  });
});

/** Follows the Links and answers the pages' digests. */
async function pages(subject: Digest, query = ''): Promise<Digest[][]> {
  const all: Digest[][] = [];
  for (let next: string | undefined = query; next !== undefined; ) {
    const { manifests, link } = await listed(subject, next);
    all.push(manifests.map((m) => m.digest));
    next = link && new RegExp(`^</v2/${repository}/referrers/${subject}(\\?[^>]*)>; rel="next"$`).exec(link)?.[1];
    expect(next === undefined).toBe(link === undefined);
  }
  return all;
}

describe('pages of referrers', () => {
  it('have n entries and a Link that keeps the filter', async () => {
    const subject = missing();
    const wanted: Digest[] = [];
    for (let n = 0; n < 7; n++) {
      const artifactType = `application/vnd.${n % 2 ? 'odd' : 'even'}`;
      const { digest } = await attach(subject, { artifactType, n });
      if (n % 2 === 0) wanted.push(digest);
    }
    const filtered = await pages(subject.digest, '?n=3&artifactType=application/vnd.even');
    expect(filtered.map((page) => page.length)).toEqual([3, 1]);
    expect(filtered.flat()).toEqual(wanted.toSorted());
    expect((await pages(subject.digest, '?n=7')).map((page) => page.length)).toEqual([7]);
    expect((await pages(subject.digest, '?n=0')).map((page) => page.length)).toEqual([0]);
  });

  it('are bounded in bytes, and lose nothing', async () => {
    const subject = missing();
    const pushed: Digest[] = [];
    for (let n = 0; n < 5; n++) {
      const annotations = { big: 'x'.repeat(1_900_000), n: String(n) };
      pushed.push((await attach(subject, { annotations })).digest);
    }
    const all = await pages(subject.digest);
    expect(all.map((page) => page.length)).toEqual([2, 2, 1]);
    expect(all.flat()).toEqual(pushed.toSorted());
  });

  it('have one entry at least, however large it is', async () => {
    const subject = missing();
    const pushed: Digest[] = [];
    for (let n = 0; n < 2; n++)
      pushed.push((await attach(subject, { annotations: { big: 'x'.repeat(4_000_000), n: String(n) } })).digest);
    expect((await pages(subject.digest)).map((page) => page.length)).toEqual([1, 1]);
  });
});
