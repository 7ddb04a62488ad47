import { describe, expect, it } from 'vitest';
import { MEDIA, numberRanges, volumeBytes } from './media.ts';

describe('the size of a volume', () => {
  it('is that of the medium, of ones own in MiB, or none for one file', () => {
    expect(volumeBytes('', '')).toBeUndefined();
    expect(volumeBytes('fat32', '')).toBe(2 ** 32 - 1);
    expect(volumeBytes('own', '2')).toBe(2 ** 21);
  });

  it.each(['', '0', '-1', 'x', '1e300'])('of one\'s own is none with "%s" MiB', (typed) => {
    expect(volumeBytes('own', typed)).toBeNull();
  });

  it('fits on what is sold', () => {
    const sold = (name: string) => Number(/([\d.]+) (MB|GB)/.exec(name)?.[1]) * (name.includes('MB') ? 1e6 : 1e9);
    for (const { name, bytes } of MEDIA.filter(({ id }) => id !== 'fat32'))
      expect(bytes).toBeLessThanOrEqual(sold(name));
  });
});

describe('numbers of volumes', () => {
  it('are told as ranges, and of many the first ones', () => {
    expect(numberRanges([])).toBe('');
    expect(numberRanges([5, 2, 7, 6, 9])).toBe('2, 5–7, 9');
    expect(numberRanges([1, 3, 5, 7], 2)).toBe('1, 3, …');
  });
});
