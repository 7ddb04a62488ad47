import type { Digest } from '@holdfast/oci/digest';
import { digestOf } from '@holdfast/oci/digest';
import { expect, test } from 'vitest';
import { FakeClock } from '../../platform/clock.ts';
import { blobStoreSuite } from '../blob-store.suite.ts';
import { bodyOf, nextUploadId } from '../test-blobs.ts';
import { MemoryBlobStore } from './memory-blob-store.ts';

blobStoreSuite('memory', async () => {
  const clock = new FakeClock();
  const store = new MemoryBlobStore({ clock });
  const tamper = async (digest: Digest, bytes: Buffer | undefined) => store.tamper(digest, bytes);
  return { store, clock, tamper, restart: async () => store, remove: () => store.close() };
});

test('a memory store with a capacity is full at its last byte and recovers', async () => {
  const store = new MemoryBlobStore({ capacity: 10 });
  const upload = await store.uploads.begin(nextUploadId());
  await upload.append(bodyOf(Buffer.from('12345')));
  await expect(upload.append(bodyOf(Buffer.from('678'), Buffer.from('9ab')))).rejects.toMatchObject({
    code: 'storage.full',
  });
  expect(await upload.append(bodyOf(Buffer.from('67890')))).toMatchObject({ offset: 10 });
  await upload.commit(digestOf(Buffer.from('1234567890')));
});
