import { randomBytes } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { type Digest, digestOf } from '@holdfast/oci/digest';
import { expect, it } from 'vitest';
import { collect } from './collect.ts';
import { holdingsByBundles, holdingsByReceipt, knownManifests } from './holdings.ts';
import { readReceipt, writeReceipt } from './receipt.ts';
import { memorySource, type TestSource, testKey, writeBundle } from './test-bundle.ts';

const IMAGES = 100;
const LAYERS = 10;
const near = testKey();
const far = testKey();

/** 100 images of ten layers each; then an upgrade of each, which changes one layer in ten. */
function site() {
  const source = memorySource();
  const layers = Array.from({ length: IMAGES }, () => Array.from({ length: LAYERS }, () => randomBytes(20_000)));
  const publish = (version: string) => {
    for (const [i, mine] of layers.entries()) source.image(`team/app-${i}`, version, ...mine);
  };
  publish('1');
  return {
    source,
    upgrade: () => {
      for (const [i, mine] of layers.entries()) mine[i % LAYERS] = randomBytes(20_000);
      publish('2');
    },
  };
}

async function bytesOf(files: readonly string[]): Promise<number> {
  return (await Promise.all(files.map(async (file) => (await stat(file)).size))).reduce((sum, size) => sum + size, 0);
}

async function everything(source: TestSource) {
  const images = [];
  for await (const repository of source.repositories()) {
    for await (const tag of source.tags(repository)) images.push({ repository, tag, reference: tag });
  }
  return collect(source, images);
}

it('a delta by a receipt holds what is missing and no blob that the far side has; little comes on top', {
  timeout: 120_000,
}, async () => {
  const { source, upgrade } = site();
  const whole = await writeBundle(source, near.key);
  const had = new Set<Digest>(whole.planned.contents.map(({ digest }) => digest));
  const manifests = whole.planned.document.manifests.map(({ repository, digest }) => `${repository}@${digest}`);
  const text = writeReceipt({ registry: 'far', created: new Date(0), manifests, lacks: [] }, far.key, randomBytes(16));
  upgrade();
  const receipt = readReceipt(text, far.trusted);
  const held = holdingsByReceipt(receipt, text, knownManifests(whole.planned.document));
  const delta = await writeBundle(source, near.key, { held });
  const missing = [...(await everything(source)).manifests.values()].flatMap(({ digest, bytes, blobs }) => [
    { digest, size: bytes.length },
    ...blobs,
  ]);
  const expected = new Map(missing.filter(({ digest }) => !had.has(digest)).map(({ digest, size }) => [digest, size]));
  expect(new Set(delta.planned.contents.map(({ digest }) => digest))).toEqual(new Set(expected.keys()));
  expect(delta.planned.contents).toHaveLength(3 * IMAGES); // manifest, config, and the layer that changed
  const without = holdingsByBundles([{ digest: whole.planned.digest, document: whole.planned.document }]);
  const assumed = await writeBundle(source, near.key, { held: without });
  expect(new Set(assumed.planned.contents.map(({ digest }) => digest))).toEqual(new Set(expected.keys()));
  const bytes = [...expected.values()].reduce((sum, size) => sum + size, 0);
  // In lists, headers and fill-bytes; so it is under 1 % where an upgrade changes 600 kB of an image of ten layers.
  expect((await bytesOf(delta.files)) - bytes).toBeLessThan(IMAGES * 6000);
  for (const { folder } of [whole, delta, assumed]) await rm(folder, { recursive: true });
});

it('what an apply lacked is shipped again, whatever the receipt says besides', async () => {
  const source = memorySource();
  const shared = randomBytes(100);
  source.image('a', '1', shared);
  const whole = await writeBundle(source, near.key);
  const [first] = whole.planned.document.manifests;
  const manifests = [`a@${first?.digest}`];
  const lacks = [`a@${first?.digest}`, whole.planned.contents.at(-1)?.digest as string];
  const text = writeReceipt({ registry: 'far', created: new Date(0), manifests, lacks }, far.key, randomBytes(16));
  const held = holdingsByReceipt(readReceipt(text, far.trusted), text, knownManifests(whole.planned.document));
  const topUp = await writeBundle(source, near.key, { held });
  expect(topUp.planned.contents.map(({ digest }) => digest)).toEqual(
    whole.planned.contents.map(({ digest }) => digest),
  );
  for (const { folder } of [whole, topUp]) await rm(folder, { recursive: true });
});

it('a blob that an apply lacked is shipped although the far side has other images with it', async () => {
  const source = memorySource();
  const shared = randomBytes(100);
  source.image('a', '1', shared);
  source.image('b', '1', shared);
  const whole = await writeBundle(source, near.key);
  const [, b] = whole.planned.document.manifests;
  const lost = digestOf(shared);
  const manifests = [`b@${b?.digest}`];
  const text = writeReceipt(
    { registry: 'far', created: new Date(0), manifests, lacks: [lost] },
    far.key,
    randomBytes(16),
  );
  const held = holdingsByReceipt(readReceipt(text, far.trusted), text, knownManifests(whole.planned.document));
  const topUp = await writeBundle(source, near.key, { held });
  expect(topUp.planned.contents.map(({ digest }) => digest)).toContain(lost);
  for (const { folder } of [whole, topUp]) await rm(folder, { recursive: true });
});
