/** Bits, the highest first, as BIP 158 writes them. Numbers of at most 53 bits. */
const HALF = 24;

export class BitWriter {
  #bytes = Buffer.alloc(64);
  #length = 0;
  #current = 0;
  #used = 0;

  unary(value: number): void {
    for (let i = 0; i < value; i++) this.#put(1, 1);
    this.#put(0, 1);
  }

  number(value: number, bits: number): void {
    if (bits > HALF) {
      this.number(Math.floor(value / 2 ** HALF), bits - HALF);
      this.#put(value % 2 ** HALF, HALF);
    } else this.#put(value, bits);
  }

  bytes(): Buffer {
    const whole = this.#bytes.subarray(0, this.#length);
    return this.#used === 0 ? whole : Buffer.concat([whole, Buffer.from([this.#current << (8 - this.#used)])]);
  }

  #put(value: number, bits: number): void {
    for (let left = bits; left > 0; ) {
      const taken = Math.min(8 - this.#used, left);
      left -= taken;
      this.#current = (this.#current << taken) | ((value >>> left) & ((1 << taken) - 1));
      this.#used += taken;
      if (this.#used === 8) this.#byte(this.#current);
    }
  }

  #byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], 2 * this.#length);
    this.#bytes[this.#length++] = value;
    this.#current = 0;
    this.#used = 0;
  }
}

/** Throws a clause beyond the end. */
export class BitReader {
  readonly #data: Buffer;
  #at = 0;

  constructor(data: Buffer) {
    this.#data = data;
  }

  unary(): number {
    let value = 0;
    while (this.#get(1) === 1) value++;
    return value;
  }

  number(bits: number): number {
    if (bits <= HALF) return this.#get(bits);
    return this.number(bits - HALF) * 2 ** HALF + this.#get(HALF);
  }

  #get(bits: number): number {
    let value = 0;
    for (let left = bits; left > 0; ) {
      const byte = this.#data[this.#at >> 3];
      if (byte === undefined) throw new Error('the set ends too early');
      const here = 8 - (this.#at & 7);
      const taken = Math.min(here, left);
      value = (value << taken) | ((byte >> (here - taken)) & ((1 << taken) - 1));
      this.#at += taken;
      left -= taken;
    }
    return value;
  }
}
