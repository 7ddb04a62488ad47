import { digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { expect, it, vi } from 'vitest';
import { getManifest } from './manifests.ts';
import { manifestBytes } from './test-content.ts';
import { openTestDistribution } from './test-distribution.ts';

it('is read anew when it was healed just when it was read, three times at most', async () => {
  const t = await openTestDistribution();
  const bytes = manifestBytes({ schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests: [] });
  const digest = digestOf(bytes);
  await t.push('team/app', { digest }, MEDIA_TYPE.ociIndex, bytes);
  const pull = async () => getManifest(t.d, t.developer('team/app'), { digest });
  const admitted = vi.spyOn(t.d.integrity, 'admitManifest').mockReturnValueOnce(false).mockResolvedValueOnce(false);
  expect(Buffer.from((await pull()).content.bytes).equals(bytes)).toBe(true);
  expect(admitted).toHaveBeenCalledTimes(3);
  for (const later of [false, Promise.resolve(false)]) {
    admitted.mockClear().mockReturnValue(later);
    await expect(pull()).rejects.toMatchObject({ code: 'server.unavailable' });
    expect(admitted).toHaveBeenCalledTimes(3);
  }
});
