/** First come, first served, key by key; a key that nobody holds or waits for takes no memory. */
export class KeyedLock {
  readonly #last = new Map<string, Promise<void>>();

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
      release();
    }
  }

  /** Keys that somebody holds. */
  get size(): number {
    return this.#last.size;
  }
}
