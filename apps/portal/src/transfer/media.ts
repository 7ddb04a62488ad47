const GIB = 2 ** 30;

export interface Medium {
  readonly id: string;
  /** As it is sold. */
  readonly name: string;
  /** What fits on it, with room for the file system. */
  readonly bytes: number;
}

/** Media are sold by powers of ten. */
export const MEDIA: readonly Medium[] = [
  { id: 'cd', name: 'CD 700 MB', bytes: 700_000_000 },
  { id: 'dvd', name: 'DVD 4.7 GB', bytes: 4_690_000_000 },
  { id: 'dvd-dl', name: 'DVD 8.5 GB', bytes: 8_490_000_000 },
  { id: 'bd', name: 'BD 25 GB', bytes: 24_900_000_000 },
  { id: 'bd-dl', name: 'BD 50 GB', bytes: 49_900_000_000 },
  // No file of FAT32 is larger.
  { id: 'fat32', name: 'FAT32', bytes: 4 * GIB - 1 },
  { id: 'usb-16', name: 'USB 16 GB', bytes: 15_900_000_000 },
  { id: 'usb-64', name: 'USB 64 GB', bytes: 63_900_000_000 },
];

const MIB = 2 ** 20;

/** Bytes of a volume at most; undefined for one file, null where a size of one's own makes no sense. */
export function volumeBytes(medium: string, ownMiB: string): number | undefined | null {
  if (medium === '') return undefined;
  if (medium !== 'own') return MEDIA.find(({ id }) => id === medium)?.bytes ?? null;
  const size = Number(ownMiB) * MIB;
  return Number.isSafeInteger(size) && size > 0 ? size : null;
}

/** `2, 5–7, 9`; of hundreds the first ones. */
export function numberRanges(numbers: readonly number[], most = 12): string {
  const ranges: [number, number][] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else ranges.push([number, number]);
  }
  const shown = ranges.slice(0, most).map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`));
  return [...shown, ...(ranges.length > most ? ['…'] : [])].join(', ');
}
