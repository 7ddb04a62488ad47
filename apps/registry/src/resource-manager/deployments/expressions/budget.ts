import type { Json } from './values.ts';

/** One value: characters and items, together. A registry's description has a few hundred. */
const MAX_VALUE = 1_000_000;
/** Arrays and objects within one another. */
const MAX_NESTING = 100;
/** What one deployment may evaluate in all: less than a second of work, far above what any real one takes. */
const MAX_WORK = 5_000_000;
/** A value of the template that is copied into a resource: it is memory, too. */
const NODE = 20;

/** Thrown when a template asks for more than is given to it; whoever evaluates says where. */
export class TooMuch extends Error {}

/**
 * A template is a stranger's program: it may do so much and no more. Every node that is evaluated costs one, and every
 * value that a function takes or makes costs its size.
 */
export class Budget {
  #left: number;

  constructor(work = MAX_WORK) {
    this.#left = work;
  }

  step(): void {
    this.#pay(1);
  }

  /** For a value of the template, evaluated or copied as it is. */
  node(): void {
    this.#pay(NODE);
  }

  /** Pays for a value; throws when it is too large by itself, too. */
  value(value: Json): void {
    this.#pay(sizeOf(value));
  }

  /** Before something of that size is made. */
  room(size: number): void {
    this.fits(size);
    this.#pay(size);
  }

  /** Whether a value may be of that size; costs nothing. */
  fits(size: number): void {
    if (size > MAX_VALUE) throw tooLarge();
  }

  /** For work that grows with how often a value is gone through. */
  times(count: number, value: Json): void {
    this.#pay(Math.max(count, 1) * sizeOf(value));
  }

  /** For finding a property without case among so many. */
  search(names: number): void {
    this.#pay(names);
  }

  #pay(cost: number): void {
    this.#left -= cost;
    if (this.#left < 0) throw new TooMuch('the template asks for more work than is given to one deployment');
  }
}

const tooLarge = () => new TooMuch(`the value has more than ${MAX_VALUE} characters and items`);

/** Characters and items. Looks no further than the limit, since values share their parts: what is small in memory may be endless as text. */
function sizeOf(value: Json): number {
  let size = 0;
  const visit = (one: Json, depth: number): void => {
    size += typeof one === 'string' ? one.length + 1 : 1;
    if (size > MAX_VALUE) throw tooLarge();
    if (typeof one !== 'object' || one === null) return;
    if (depth >= MAX_NESTING) throw new TooMuch(`the value is nested deeper than ${MAX_NESTING}`);
    if (Array.isArray(one)) for (const item of one) visit(item, depth + 1);
    else {
      for (const [name, item] of Object.entries(one as Record<string, Json>)) {
        size += name.length;
        visit(item, depth + 1);
      }
    }
  };
  visit(value, 0);
  return size;
}
