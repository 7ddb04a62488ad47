import { type Digest, digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { expect, it } from 'vitest';
import { collect } from './collect.ts';
import { memorySource, type TestSource } from './test-bundle.ts';

/** The source, and one more manifest under a tag of `app`. */
function withManifest(source: TestSource, tag: string, mediaType: string, document: object): TestSource {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...document }));
  return {
    ...source,
    manifest: async (repository, reference) =>
      reference === tag || reference === digestOf(bytes)
        ? { digest: digestOf(bytes), mediaType, bytes }
        : source.manifest(repository, reference),
  };
}

const chosen = (reference: string) => [{ repository: 'app', tag: reference, reference }];
const child = (digest: Digest, architecture: string) => ({
  mediaType: MEDIA_TYPE.ociImage,
  digest,
  size: 1,
  platform: { os: 'linux', architecture },
});

it('of an index only the image for the platform goes along, and has the tag', async () => {
  const memory = memorySource();
  const [amd, arm] = ['amd', 'arm'].map((name) => memory.image('app', name)) as [Digest, Digest];
  const manifests = [child(amd, 'amd64'), child(arm, 'arm64')];
  const source = withManifest(memory, 'multi', MEDIA_TYPE.ociIndex, { manifests });
  const one = await collect(source, chosen('multi'), { platform: 'linux/arm64' });
  expect([...one.manifests.keys()]).toEqual([`app@${arm}`]);
  expect(one.tags).toEqual([{ repository: 'app', tag: 'multi', digest: arm }]);
  expect((await collect(source, chosen('multi'))).manifests.size).toBe(3);
  await expect(collect(source, chosen('multi'), { platform: 'linux/s390x' })).rejects.toThrow('s390x');
});

it('a non-distributable layer goes along where the source has it; without it the image goes all the same', async () => {
  const memory = memorySource();
  const [here, elsewhere] = [Buffer.from('here'), Buffer.from('elsewhere')];
  memory.blobs.set(digestOf(here), here);
  const config = Buffer.from('{}');
  memory.blobs.set(digestOf(config), config);
  const described = (bytes: Buffer, mediaType: string) => ({ mediaType, digest: digestOf(bytes), size: bytes.length });
  const foreign = (bytes: Buffer) => ({
    ...described(bytes, MEDIA_TYPE.dockerForeignLayerGzip),
    urls: ['https://layers.example/1'],
  });
  const document = { config: described(config, MEDIA_TYPE.ociConfig), layers: [foreign(here), foreign(elsewhere)] };
  const source = withManifest(memory, 'windows', MEDIA_TYPE.ociImage, document);
  const [image] = [...(await collect(source, chosen('windows'))).manifests.values()];
  expect(image?.blobs.map(({ digest }) => digest)).toEqual([digestOf(config), digestOf(here)]);
});

it('a tag is named once, though it was chosen and found by what it signs', async () => {
  const memory = memorySource();
  const digest = memory.image('app', 'v1');
  const signature = `${digest.replace(':', '-')}.sig`;
  memory.image('app', signature);
  const { tags } = await collect(memory, [...chosen('v1'), ...chosen(signature)]);
  expect(tags.map(({ tag }) => tag)).toEqual(['v1', signature]);
});
