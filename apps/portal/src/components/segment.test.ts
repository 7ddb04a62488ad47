import { describe, expect, it } from 'vitest';
import { SEGMENT_ROWS, segmentFor } from './segment.ts';

const MILLION = 1_000_000;

describe('the segment of a long list that is laid out', () => {
  it('stays while its rows are well inside, and for a list that fits', () => {
    expect(segmentFor(0, 0, 40, MILLION)).toBe(0);
    expect(segmentFor(0, 10_000, 10_040, MILLION)).toBe(0);
    expect(segmentFor(0, SEGMENT_ROWS - 40, SEGMENT_ROWS - 1, SEGMENT_ROWS)).toBe(0);
  });

  it('moves on by half near its end, and back near its beginning', () => {
    expect(segmentFor(0, SEGMENT_ROWS - 100, SEGMENT_ROWS - 60, MILLION)).toBe(SEGMENT_ROWS / 2);
    expect(segmentFor(SEGMENT_ROWS / 2, SEGMENT_ROWS / 2 + 100, SEGMENT_ROWS / 2 + 140, MILLION)).toBe(0);
  });

  it('is another one at once for rows elsewhere, and holds them', () => {
    for (const first of [0, 5, 99_999, 250_000, 731_004, 999_960]) {
      const base = segmentFor(400_000, first, first + 39, MILLION);
      expect(first, `rank ${first}`).toBeGreaterThanOrEqual(base);
      expect(first + 39).toBeLessThan(base + SEGMENT_ROWS);
    }
  });
});
