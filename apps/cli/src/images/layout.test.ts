import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { digestHex, digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LayoutSource } from './layout-source.ts';
import { LayoutTarget } from './layout-target.ts';

let folder: string;
let store: LayoutTarget;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-layout-'));
  store = new LayoutTarget(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

const blob = Buffer.from('{}');
const digest = digestOf(blob);
const descriptor = { mediaType: MEDIA_TYPE.ociConfig, digest, size: blob.length };
function image(more: object = {}) {
  const json = { schemaVersion: 2, mediaType: MEDIA_TYPE.ociImage, config: descriptor, layers: [], ...more };
  const bytes = Buffer.from(JSON.stringify(json));
  return { bytes, digest: digestOf(bytes), mediaType: MEDIA_TYPE.ociImage };
}
const put = (bytes = blob, size = blob.length) => store.putBlob(digest, size, async () => Readable.from([bytes]));

describe('a layout', () => {
  it('gives back what was put into it, by tag and by digest', async () => {
    await put();
    const first = image();
    await store.putManifest(first, 'v1');
    const read = await LayoutSource.open(folder);
    expect(await read.manifest('v1')).toEqual(first);
    expect(await read.manifest(first.digest)).toEqual(first);
    const stream = await read.blob(digest, blob.length);
    expect(stream && (await buffer(stream))).toEqual(blob);
    expect([await store.hasBlob(digest), read.onlyReference()]).toEqual([true, 'v1']);
  });

  it('moves a tag, and asks which one is meant when there are several', async () => {
    await store.putManifest(image(), 'v1');
    const moved = image({ annotations: { a: 'b' } });
    await store.putManifest(moved, 'v1');
    await store.putManifest(moved, 'v2');
    const read = await LayoutSource.open(folder);
    expect((await read.manifest('v1')).digest).toBe(moved.digest);
    expect(() => read.onlyReference()).toThrow(expect.objectContaining({ exitCode: 2 }));
    await expect(read.manifest('v3')).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('v1, v2'),
    });
  });

  it('finds what refers to an image', async () => {
    const subject = image();
    await store.putManifest(subject, 'v1');
    const signature = image({
      subject: { mediaType: MEDIA_TYPE.ociImage, digest: subject.digest, size: subject.bytes.length },
    });
    await store.putManifest(signature);
    const read = await LayoutSource.open(folder);
    expect((await read.referrers(subject.digest)).map((one) => one.digest)).toEqual([signature.digest]);
    expect(await read.referrers(signature.digest)).toEqual([]);
  });

  it('keeps nothing of a blob that came with other bytes or too short', async () => {
    await expect(put(Buffer.from('[]'))).rejects.toThrow(/other bytes/);
    await expect(put(blob, blob.length + 1)).rejects.toThrow(/other bytes/);
    expect(readdirSync(join(folder, 'blobs/sha256'))).toEqual([]);
  });

  it('refuses a manifest whose file was changed', async () => {
    const first = image();
    await store.putManifest(first, 'v1');
    const path = join(folder, 'blobs/sha256', digestHex(first.digest));
    writeFileSync(path, readFileSync(path, 'utf8').replace('2', '3'));
    await expect((await LayoutSource.open(folder)).manifest('v1')).rejects.toThrow(/another digest/);
  });
});
