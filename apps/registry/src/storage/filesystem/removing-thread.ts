import { type Asked, errorOf, Thread, type ThreadFailure } from '../../platform/thread.ts';

interface RemoveRequest extends Asked {
  readonly paths: readonly string[];
}

interface RemoveAnswer extends Asked {
  /** Of each path; undefined when it is removed. */
  readonly failed: readonly (ThreadFailure | undefined)[];
}

/** The whole program of the thread. */
function removingThread(): void {
  const { parentPort } = process.getBuiltinModule('node:worker_threads');
  const { unlinkSync } = process.getBuiltinModule('node:fs');
  const remove = (path: string) => {
    try {
      unlinkSync(path);
      return undefined;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return { code, message };
    }
  };
  parentPort?.on('message', ({ ask, paths }: RemoveRequest) => {
    parentPort.postMessage({ ask, failed: paths.map(remove) });
  });
}

interface Removal {
  readonly path: string;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Removes files one after the other, and lets what serves requests go first: in Node's thread pool four removals at a time took the
 * processors from them. What is asked in one turn goes in one message, and is answered together.
 */
class Remover {
  #thread: Thread<RemoveRequest, RemoveAnswer> | undefined;
  #asked: Removal[] = [];

  /** Rejects as `unlink` does. */
  remove(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ path, resolve, reject });
      if (this.#asked.length === 1) setImmediate(() => void this.#send());
    });
  }

  async #send(): Promise<void> {
    const asked = this.#asked;
    this.#asked = [];
    try {
      if (!this.#thread || this.#thread.dead)
        this.#thread = new Thread(removingThread, { name: 'remove', behind: true });
      const { failed } = await this.#thread.ask({ paths: asked.map(({ path }) => path) });
      for (const [i, { resolve, reject }] of asked.entries()) {
        const failure = failed[i];
        if (failure) reject(errorOf(failure));
        else resolve();
      }
    } catch (error) {
      for (const { reject } of asked) reject(error as Error);
    }
  }
}

/** One for the process. */
export const remover = new Remover();
