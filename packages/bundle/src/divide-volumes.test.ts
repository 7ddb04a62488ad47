import { entryBytes } from '@holdfast/oci/archive/tar-header';
import { digestOf } from '@holdfast/oci/digest';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { divideIntoVolumes, VolumeTooSmall } from './divide-volumes.ts';

const contentsOf = (sizes: readonly number[]) => sizes.map((size, i) => ({ digest: digestOf(String(i)), size }));

it('no volume is larger than it may be, every byte is in one of them, and pieces follow each other', () => {
  const sizes = fc.array(fc.oneof(fc.nat({ max: 3000 }), fc.nat({ max: 200_000 })), { maxLength: 60 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 20_000, max: 150_000 }), fc.nat({ max: 8000 }), (all, volumeBytes, fixed) => {
      const contents = contentsOf(all);
      const volumes = divideIntoVolumes(contents, volumeBytes, fixed);
      for (const shares of volumes) {
        const used = shares.reduce((sum, { start, end }) => sum + entryBytes(end - start), fixed + 1024);
        expect(used).toBeLessThanOrEqual(volumeBytes);
      }
      for (const { digest, size } of contents) {
        const mine = volumes.flat().filter((share) => share.digest === digest);
        expect(mine[0]?.start).toBe(0);
        expect(mine.at(-1)?.end).toBe(size);
        for (const [i, share] of mine.slice(1).entries()) expect(share.start).toBe(mine[i]?.end);
      }
    }),
  );
});

it('without a limit there is one volume, and nothing is cut', () => {
  const volumes = divideIntoVolumes(contentsOf([0, 1, 5e12]), Number.POSITIVE_INFINITY, 1000, 1000);
  expect(volumes.map((shares) => shares.length)).toEqual([3]);
});

it('a volume that has no room for anything is refused', () => {
  expect(() => divideIntoVolumes(contentsOf([1]), 4000, 3000)).toThrow(VolumeTooSmall);
  expect(() => divideIntoVolumes(contentsOf([1]), 40_000, 3000, 40_000)).toThrow(VolumeTooSmall);
});
