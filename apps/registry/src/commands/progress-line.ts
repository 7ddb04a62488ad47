import { systemClock } from '../platform/clock.ts';

const SECOND = 1000;

/** What has been counted so far, as a JSON line has it. */
export type Counts = Readonly<Record<string, number>>;

/** Once a second: a line that is written over on a terminal, a JSON line elsewhere (contract, section 8). */
export class ProgressLine<C extends Counts> {
  readonly #out: NodeJS.WriteStream;
  readonly #text: (counts: C) => string;
  #next = systemClock.monotonic() + SECOND;
  #share = 0;
  #shown = false;

  constructor(out: NodeJS.WriteStream, text: (counts: C) => string) {
    this.#out = out;
    this.#text = text;
  }

  /** Digests are spread evenly, so the first digits of the one that was examined last say how much is done. */
  at(digest: string): void {
    const [algorithm, hex = ''] = digest.split(':');
    if (algorithm === 'sha256') this.#share = Number.parseInt(hex.slice(0, 4), 16) / 0x1_00_00;
  }

  show(counts: C): void {
    const now = systemClock.monotonic();
    if (now < this.#next) return;
    this.#next = now + SECOND;
    const percent = Math.floor(this.#share * 100);
    if (!this.#out.isTTY) {
      this.#out.write(`${JSON.stringify({ event: 'progress', percent, ...counts })}\n`);
      return;
    }
    const filled = Math.round(percent / 5);
    const bar = '█'.repeat(filled).padEnd(20, '░');
    this.#out.write(`\r\x1b[K${bar} ${percent} %  ${this.#text(counts)}`);
    this.#shown = true;
  }

  end(): void {
    if (this.#shown) this.#out.write('\r\x1b[K');
  }
}

/** Decimal units, as disks are sold. */
export function sizeText(bytes: number): string {
  for (const [unit, size] of [
    ['TB', 1e12],
    ['GB', 1e9],
    ['MB', 1e6],
    ['kB', 1e3],
  ] as const) {
    if (bytes >= size) return `${(bytes / size).toFixed(1)} ${unit}`;
  }
  return `${bytes} bytes`;
}
