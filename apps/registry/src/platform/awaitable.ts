/** An answer that may be there at once, as SQLite's is, or come later, as PostgreSQL's would. */
export type Awaitable<T> = T | Promise<T>;

/**
 * Goes on with a value, at once when it is there. For the ways that every small request takes: an `await` costs three objects and a turn
 * of the microtask queue even where there is nothing to wait for, and twenty of them were an eighth of a small request (ADR 0008).
 * Like `then`, but that `next` may run, and throw, before this returns: call it where a throw and a rejection end up in the same place.
 * Only a promise of the language's own is waited for, as the type says.
 */
export function andThen<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** What `work` gives, or what `handle` makes of its throw or its rejection. */
export function orElse<T>(work: () => Awaitable<T>, handle: (error: unknown) => Awaitable<T>): Awaitable<T> {
  try {
    const value = work();
    return value instanceof Promise ? value.catch(handle) : value;
  } catch (error) {
    return handle(error);
  }
}
