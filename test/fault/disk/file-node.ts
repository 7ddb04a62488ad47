import type { Random } from '../random.ts';

const SECTOR = 512;

export type DataChange =
  | { readonly position: number; readonly bytes: Buffer }
  /** Cut or filled with zeros. */
  | { readonly length: number };

/** What a power loss leaves of the data that no fsync has covered. */
export type DataLoss = 'nothing-kept' | 'all-kept' | 'some-writes-kept' | 'some-sectors-kept';

interface Pending {
  readonly order: number;
  readonly change: DataChange;
}

export class FileNode {
  readonly kind = 'file';
  #durable: Buffer;
  #durableLength: number;
  #pending: Pending[] = [];

  constructor(durable: Buffer = Buffer.alloc(0)) {
    this.#durable = durable;
    this.#durableLength = durable.length;
  }

  change(order: number, change: DataChange): void {
    this.#pending.push({ order, change });
  }

  /** Everything written before `order` is on the disk. */
  sync(order: number): void {
    let count = 0;
    const image = new Image(this.#durable, this.#durableLength);
    for (const pending of this.#pending) {
      if (pending.order >= order) break;
      image.apply(pending.change);
      count += 1;
    }
    this.#pending = this.#pending.slice(count);
    this.#durable = image.bytes;
    this.#durableLength = image.length;
  }

  /** The file's content after a crash. */
  contentAfter(loss: DataLoss, keep: number, random: Random): Buffer {
    const durable = this.#durable.subarray(0, this.#durableLength);
    if (this.#pending.length === 0 || loss === 'nothing-kept') return durable;
    const image = new Image(Buffer.from(durable), durable.length);
    for (const { change } of this.#pending) {
      if (loss === 'all-kept') image.apply(change);
      else if ('length' in change) {
        if (random.chance(keep)) image.apply(change);
      } else if (loss === 'some-writes-kept') {
        if (random.chance(keep)) image.apply(change);
      } else applySectors(image, change, keep, random);
    }
    return image.bytes.subarray(0, image.length);
  }
}

/** Each sector reaches the disk by itself or not at all; the new length may be there without the bytes. */
function applySectors(image: Image, change: { position: number; bytes: Buffer }, keep: number, random: Random): void {
  const end = change.position + change.bytes.length;
  for (let at = change.position; at < end; ) {
    const next = Math.min(end, (Math.floor(at / SECTOR) + 1) * SECTOR);
    if (random.chance(keep)) {
      image.apply({ position: at, bytes: change.bytes.subarray(at - change.position, next - change.position) });
    }
    at = next;
  }
  if (end > image.length && random.chance(0.5)) image.apply({ length: end });
}

class Image {
  bytes: Buffer;
  length: number;

  constructor(bytes: Buffer, length: number) {
    this.bytes = bytes;
    this.length = length;
  }

  apply(change: DataChange): void {
    if ('length' in change) {
      this.#reserve(change.length);
      if (change.length < this.length) this.bytes.fill(0, change.length, this.length);
      this.length = change.length;
      return;
    }
    const end = change.position + change.bytes.length;
    this.#reserve(end);
    change.bytes.copy(this.bytes, change.position);
    this.length = Math.max(this.length, end);
  }

  #reserve(length: number): void {
    if (length <= this.bytes.length) return;
    const larger = Buffer.alloc(Math.max(length, this.bytes.length * 2, 4096));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}
