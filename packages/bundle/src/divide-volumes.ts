import { BLOCK, entryBytes, TAR_END } from '@holdfast/oci/archive/tar-header';
import type { Digest } from '@holdfast/oci/digest';

/** What a file takes in the list of `volume.json`: its path, size and digest as JSON. */
const LISTED_BYTES = 320;

export interface Content {
  readonly digest: Digest;
  readonly size: number;
}

/** Bytes of one blob in one volume: all of it, or a piece. */
export interface Share extends Content {
  readonly start: number;
  readonly end: number;
}

/** Nothing fits: `needed` bytes a volume would do. */
export class VolumeTooSmall extends Error {
  readonly needed: number;
  constructor(needed: number) {
    super(`a volume must have ${needed} bytes or more`);
    this.needed = needed;
  }
}

const costOf = (bytes: number) => entryBytes(bytes) + LISTED_BYTES;
const isWhole = ({ start, end, size }: Share) => start === 0 && end === size;

export { isWhole };

/**
 * Into which volume each blob goes. First fit, so that a blob is cut only when it fits into no volume whole; its pieces are
 * in volumes of rising numbers. `fixedBytes` is what each volume has besides, `firstBytes` what the first one has more.
 */
export function divideIntoVolumes(
  contents: readonly Content[],
  volumeBytes: number,
  fixedBytes: number,
  firstBytes = 0,
): Share[][] {
  const room = volumeBytes - fixedBytes - TAR_END.length - 2 * BLOCK;
  const most = Math.floor((room - LISTED_BYTES - BLOCK) / BLOCK) * BLOCK;
  if (most < BLOCK || firstBytes > room) throw new VolumeTooSmall(fixedBytes + firstBytes + 16 * BLOCK);
  const volumes: { free: number; shares: Share[] }[] = [{ free: room - firstBytes, shares: [] }];
  const put = (share: Share, from: number): number => {
    const cost = costOf(share.end - share.start);
    let place = volumes.findIndex(({ free }, i) => i >= from && free >= cost);
    if (place < 0) place = volumes.push({ free: room, shares: [] }) - 1;
    const volume = volumes[place];
    if (volume) volume.free -= cost;
    volume?.shares.push(share);
    return place;
  };
  let full = 0;
  for (const content of contents) {
    const { size } = content;
    while (full < volumes.length - 1 && (volumes[full]?.free ?? 0) < costOf(1)) full++;
    if (costOf(size) <= room) {
      put({ ...content, start: 0, end: size }, full);
      continue;
    }
    for (let start = 0, from = full; start < size; start += most) {
      from = put({ ...content, start, end: Math.min(start + most, size) }, from);
    }
  }
  return volumes.map(({ shares }) => shares);
}
