import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { type Digest, digestOf } from '@holdfast/oci/digest';
import { expect, it } from 'vitest';
import type { PlannedBundle } from './create-bundle.ts';
import { holdingsByBundles, holdingsByReceipt, knownManifests } from './holdings.ts';
import { readReceipt, writeReceipt } from './receipt.ts';
import { memorySource, planAll, type TestSource, testKey, writeBundle } from './test-bundle.ts';

const IMAGES = 100;
const LAYERS = 20;
const CHANGED = LAYERS / 10;
const near = testKey();
const far = testKey();

/** Layers of 200 kB to 1.8 MB, as images of programs have them: parts of the same random bytes, so that all fit in memory. */
function layerMaker(): () => Buffer {
  const bytes = randomBytes(4_000_000);
  let made = 0;
  return () => {
    const start = made++ * 997;
    return bytes.subarray(start % 2_000_000, (start % 2_000_000) + 200_000 + ((made * 7919) % 1_600_001));
  };
}

/** 100 images of twenty layers each; then an upgrade of each, which changes one layer in ten. */
function site() {
  const source = memorySource();
  const layer = layerMaker();
  const layers = Array.from({ length: IMAGES }, () => Array.from({ length: LAYERS }, layer));
  const publish = (version: string) => {
    for (const [i, mine] of layers.entries()) source.image(`team/app-${i}`, version, ...mine);
  };
  publish('1');
  return {
    source,
    upgrade: () => {
      for (const [i, mine] of layers.entries()) {
        for (let n = 0; n < CHANGED; n++) mine[(i + n * 10) % LAYERS] = layer();
      }
      publish('2');
    },
  };
}

async function bytesOf({ volumes }: PlannedBundle): Promise<number> {
  let bytes = 0;
  for await (const volume of volumes()) for await (const { length } of volume) bytes += length;
  return bytes;
}

async function everything(source: TestSource): Promise<Map<Digest, number>> {
  const { contents } = await planAll(source, near.key);
  return new Map(contents.map(({ digest, size }) => [digest, size]));
}

it('a delta by a receipt holds what is missing and no blob that the far side has; under 1 % comes on top', {
  timeout: 120_000,
}, async () => {
  const { source, upgrade } = site();
  const { digest, document } = await planAll(source, near.key);
  const had = await everything(source);
  expect(had.size).toBe(IMAGES * (LAYERS + 2));
  const manifests = document.manifests.map((one) => `${one.repository}@${one.digest}`);
  const text = await writeReceipt(
    { registry: 'far', created: new Date(0), manifests, lacks: [] },
    far.key,
    randomBytes(16),
  );
  upgrade();
  const missing = new Map([...(await everything(source))].filter(([one]) => !had.has(one)));
  expect(missing.size).toBe((2 + CHANGED) * IMAGES); // manifest, config, and the layers that changed
  const receipt = readReceipt(text, far.trusted);
  for (const held of [
    holdingsByReceipt(receipt, text, knownManifests(document)),
    holdingsByBundles([{ digest, document }]),
  ]) {
    const delta = await planAll(source, near.key, { held });
    expect(new Map(delta.contents.map((one) => [one.digest, one.size]))).toEqual(missing);
    expect(delta.contents).toHaveLength(missing.size);
    const bytes = [...missing.values()].reduce((sum, size) => sum + size, 0);
    const overhead = (await bytesOf(delta)) / bytes - 1;
    expect(overhead).toBeGreaterThan(0);
    expect(overhead).toBeLessThan(0.01);
  }
});

it('what an apply lacked is shipped again, whatever the receipt says besides', async () => {
  const source = memorySource();
  const shared = randomBytes(100);
  source.image('a', '1', shared);
  const whole = await writeBundle(source, near.key);
  const [first] = whole.planned.document.manifests;
  const manifests = [`a@${first?.digest}`];
  const lacks = [`a@${first?.digest}`, whole.planned.contents.at(-1)?.digest as string];
  const text = await writeReceipt(
    { registry: 'far', created: new Date(0), manifests, lacks },
    far.key,
    randomBytes(16),
  );
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
  const text = await writeReceipt(
    { registry: 'far', created: new Date(0), manifests, lacks: [lost] },
    far.key,
    randomBytes(16),
  );
  const held = holdingsByReceipt(readReceipt(text, far.trusted), text, knownManifests(whole.planned.document));
  const topUp = await writeBundle(source, near.key, { held });
  expect(topUp.planned.contents.map(({ digest }) => digest)).toContain(lost);
  for (const { folder } of [whole, topUp]) await rm(folder, { recursive: true });
});
