import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContentSource } from '../content-source.ts';
import { type Digest, digestHex, digestOf } from '../digest.ts';
import { MEDIA_TYPE } from '../media-types.ts';
import { findRegistryFolder, openRegistryFolder } from './registry-folder.ts';

let root: string;
let source: ContentSource;
const v2 = (...names: string[]) => join(root, 'docker/registry/v2', ...names);
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'hf-registry-folder-'));
  mkdirSync(v2('repositories'), { recursive: true });
  mkdirSync(v2('blobs'), { recursive: true });
  source = await openRegistryFolder((await findRegistryFolder(root)) ?? '');
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string | Buffer) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
const dataOf = (digest: Digest) => v2('blobs/sha256', digestHex(digest).slice(0, 2), digestHex(digest), 'data');
const revision = (repository: string, digest: Digest) =>
  v2('repositories', repository, '_manifests/revisions/sha256', digestHex(digest), 'link');

const config = Buffer.from('{}');
const configDigest = digestOf(config);
/** As the registry writes them, with the tag's history left out. */
function put(repository: string, members: object, tag?: string): { digest: Digest; size: number; mediaType: string } {
  const mediaType = MEDIA_TYPE.ociImage;
  const described = { mediaType: MEDIA_TYPE.ociConfig, digest: configDigest, size: config.length };
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, config: described, layers: [], ...members }));
  const digest = digestOf(bytes);
  write(dataOf(configDigest), config);
  write(dataOf(digest), bytes);
  write(revision(repository, digest), digest);
  if (tag) write(v2('repositories', repository, '_manifests/tags', tag, 'current/link'), digest);
  return { digest, size: bytes.length, mediaType };
}
async function all(list: AsyncIterable<string>) {
  const found: string[] = [];
  for await (const one of list) found.push(one);
  return found;
}

describe('the storage folder of a CNCF distribution registry', () => {
  it('has its repositories, also one within another, and their tags', async () => {
    put('team/app', {}, 'v1');
    put('team/app', { annotations: { a: 'b' } }, 'v2');
    put('team', {}, 'latest');
    mkdirSync(v2('repositories/empty/_uploads'), { recursive: true });
    expect(await all(source.repositories())).toEqual(['team', 'team/app']);
    expect(await all(source.tags('team/app'))).toEqual(['v1', 'v2']);
    expect(await all(source.tags('no/such'))).toEqual([]);
  });

  it('gives manifests by tag and by digest with the type that they declare or show, and blobs', async () => {
    const { digest } = put('app', {}, 'v1');
    for (const reference of ['v1', digest]) {
      expect(await source.manifest('app', reference)).toMatchObject({ digest, mediaType: MEDIA_TYPE.ociImage });
    }
    const docker = put('app', { mediaType: MEDIA_TYPE.dockerImage }, 'docker');
    expect(await source.manifest('app', 'docker')).toMatchObject({
      digest: docker.digest,
      mediaType: MEDIA_TYPE.dockerImage,
    });
    const stream = await source.blob('app', configDigest, config.length);
    expect(stream && (await buffer(stream))).toEqual(config);
    expect(await source.findBlob('app', configDigest)).toBe(config.length);
    expect(await source.blob('app', digestOf('none'), 1)).toBeUndefined();
  });

  it('finds what refers to an image by its subject, tagged or not, in its own repository only', async () => {
    const subject = put('app', {}, 'v1');
    const signature = put('app', { subject });
    put('other', { subject, annotations: { other: 'one' } });
    expect((await source.referrers('app', subject.digest)).map(({ digest }) => digest)).toEqual([signature.digest]);
  });

  it('has nothing of what was deleted there, although its bytes still lie in the folder', async () => {
    const { digest } = put('app', {}, 'v1');
    rmSync(revision('app', digest));
    await expect(source.manifest('app', 'v1')).rejects.toThrow(/was deleted there/);
    await expect(source.manifest('app', digest)).rejects.toThrow(/was deleted there/);
    await expect(source.manifest('other', 'v1')).rejects.toThrow(/no image other:v1/);
  });

  it('says of a damaged manifest, and of a blob of another size, that they are', async () => {
    const { digest } = put('app', {}, 'v1');
    write(dataOf(digest), Buffer.from('{"schemaVersion":2}'));
    await expect(source.manifest('app', 'v1')).rejects.toThrow(/damaged/);
    await expect(source.referrers('app', digest)).rejects.toThrow(/damaged/);
    await expect(source.blob('app', configDigest, 3)).rejects.toThrow(/has 2 bytes, not 3/);
  });

  it('leads to no file outside, whatever a repository is called', async () => {
    write(join(root, 'docker/registry/x/_manifests/tags/v1/current/link'), configDigest);
    await expect(source.manifest('../../x', 'v1')).rejects.toThrow(/no name of a repository/);
    expect(await findRegistryFolder(join(root, 'docker'))).toBeUndefined();
    expect(await findRegistryFolder(v2())).toBe(v2());
  });
});
