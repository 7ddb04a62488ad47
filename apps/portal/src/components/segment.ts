/**
 * Browsers cap the height of an element near 33 million pixels (17 in Firefox), which some hundred thousand rows reach; and the
 * virtualizer computes where each row lies anew with each page that comes. So of a longer list one segment at a time is laid
 * out, which moves on by half when its end comes near.
 */
export const SEGMENT_ROWS = 20_000;
const STEP = SEGMENT_ROWS / 2;
const NEAR = 1000;

/** Where the segment begins that shows these rows; `now` as long as they are well inside. All are ranks in the whole list. */
export function segmentFor(now: number, first: number, last: number, count: number): number {
  if (last >= now + SEGMENT_ROWS || first < now) return Math.max(0, Math.floor((first - STEP / 2) / STEP) * STEP);
  if (last >= now + SEGMENT_ROWS - NEAR && count > now + SEGMENT_ROWS) return now + STEP;
  if (first < now + NEAR && now > 0) return now - STEP;
  return now;
}
