import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { openFileTree } from '@holdfast/oci/archive/file-tree';
import { openOciLayout, readLayoutIndex } from '@holdfast/oci/archive/oci-layout';
import type { ContentSource } from '@holdfast/oci/content-source';
import type { Digest } from '@holdfast/oci/digest';
import { parseManifest } from '@holdfast/oci/manifest';

/** Something to push under a tag: blobs first, then manifests, the one that gets the tag last. */
export interface Image {
  readonly blobs: readonly Buffer[];
  readonly manifests: readonly { readonly digest: Digest; readonly mediaType: string; readonly bytes: Buffer }[];
}

/** What real tools made, each as an OCI layout in a folder of its own (`test/acceptance/content/air-gap-schedules.sh`), in memory. */
export async function readImages(folder: string): Promise<Image[]> {
  const images: Image[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const tree = await openFileTree(join(folder, name));
    const source = await openOciLayout(tree);
    for (const { digest } of await readLayoutIndex(tree, undefined)) images.push(await readImage(source, digest));
  }
  assert.notEqual(images.length, 0, `${folder} holds no OCI layouts`);
  return images;
}

async function readImage(source: ContentSource, digest: Digest): Promise<Image> {
  const { bytes, mediaType } = await source.manifest('', digest);
  const parsed = parseManifest(bytes, mediaType);
  assert.ok(parsed.ok);
  const image = { blobs: [] as Buffer[], manifests: [] as Image['manifests'][number][] };
  for (const reference of parsed.manifest.references) {
    if (reference.kind === 'manifest') {
      const child = await readImage(source, reference.digest);
      image.blobs.push(...child.blobs);
      image.manifests.push(...child.manifests);
    } else {
      const stream = await source.blob('', reference.digest, reference.size);
      assert.ok(stream, `the layout lacks ${reference.digest}`);
      image.blobs.push(await buffer(stream));
    }
  }
  image.manifests.push({ digest, mediaType, bytes });
  return image;
}
