/** First come, first served, key by key; a key that nobody holds or waits for takes no memory. */
export class KeyedLock {
  #last = new Map<string, Promise<void>>();

  async hold<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    let release = () => {};
    const mine = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#last.set(key, mine);
    try {
      if (before) await before;
      return await work();
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key);
      // Keys that come once and go make a Map move its entries to a new table again and again, and V8 keeps a pointer from each table
      // to the next. One old table that has reached the old generation so drags all that follow it, with what their promises hold,
      // into it: 3.5 MB a second during a sweep, and a major collection every few seconds, which took requests 5 to 15 ms.
      if (this.#last.size === 0) this.#last = new Map();
      release();
    }
  }

  /** Keys that somebody holds. */
  get size(): number {
    return this.#last.size;
  }
}
