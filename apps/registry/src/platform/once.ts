import type { Awaitable } from './awaitable.ts';

/**
 * What is made once, when it is first asked for. Who asks meanwhile waits for the same; a failure is told to all of them and
 * not kept, so that the next one tries again.
 */
export function once<T extends object>(make: () => Promise<T>): () => Awaitable<T> {
  let made: Awaitable<T> | undefined;
  return () => {
    made ??= make().then(
      (value) => {
        made = value;
        return value;
      },
      (error: unknown) => {
        made = undefined;
        throw error;
      },
    );
    return made;
  };
}
