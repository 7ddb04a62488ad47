import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { digestHex, digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LayoutStore } from './layout-store.ts';

let folder: string;
let store: LayoutStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-layout-'));
  store = new LayoutStore(folder);
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
    expect(await store.manifest('v1')).toEqual(first);
    expect(await store.manifest(first.digest)).toEqual(first);
    const stream = await store.blob(digest, blob.length);
    expect(stream && (await buffer(stream))).toEqual(blob);
    expect([await store.hasBlob(digest), await store.onlyReference()]).toEqual([true, 'v1']);
  });

  it('moves a tag, and asks which one is meant when there are several', async () => {
    await store.putManifest(image(), 'v1');
    const moved = image({ annotations: { a: 'b' } });
    await store.putManifest(moved, 'v1');
    expect((await store.manifest('v1')).digest).toBe(moved.digest);
    await store.putManifest(moved, 'v2');
    await expect(store.onlyReference()).rejects.toMatchObject({ exitCode: 2 });
    await expect(store.manifest('v3')).rejects.toMatchObject({
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
    expect((await store.referrers(subject.digest)).map((one) => one.digest)).toEqual([signature.digest]);
    expect(await store.referrers(signature.digest)).toEqual([]);
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
    await expect(store.manifest('v1')).rejects.toThrow(/damaged/);
  });
});
