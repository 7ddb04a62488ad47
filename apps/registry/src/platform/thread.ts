import { Worker } from 'node:worker_threads';
import { stepBack } from './step-back.ts';

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** What `ask` numbers its requests by, and the thread its answers. */
export interface Asked {
  readonly ask: number;
}

/** What a thread tells of an error of the operating system's. */
export interface ThreadFailure {
  readonly code: string | undefined;
  readonly message: string;
}

export function errorOf({ code, message }: ThreadFailure): Error {
  return Object.assign(new Error(message), { code });
}

/** A thread is gone, by an error of its own program or for want of memory; what it was asked may be done or not. */
export class ThreadEnded extends Error {
  constructor(name: string, cause?: unknown) {
    super(`The thread "${name}" has ended.`, { cause });
  }
}

export interface ThreadOptions {
  readonly name: string;
  readonly data?: unknown;
  /** Whatever else runs goes before it. */
  readonly behind?: boolean;
}

/**
 * One thread. A function is started from its own source text (`toString`), so it must not use anything outside itself: no
 * imports, no constants. A file of its own loads the type-stripping compiler into the thread (11 MiB and 50 ms more) and is a
 * further entry of the release's bundle: for threads that live as long as a piece of work.
 *
 * Keeps the process alive only while somebody waits for an answer.
 */
export class Thread<Request extends object, Answer extends Asked> {
  readonly #worker: Worker;
  readonly #name: string;
  readonly #waiting = new Map<number, Waiting<Answer>>();
  #last = 0;
  dead = false;

  constructor(program: (() => void) | URL, { name, data, behind = false }: ThreadOptions) {
    this.#name = name;
    const options = { execArgv: [], name, workerData: data };
    const start = program instanceof URL ? `import(${JSON.stringify(program)})` : `(${program})()`;
    // Before anything is loaded, which takes longer than most of what a thread is asked.
    this.#worker = new Worker(`${behind ? `(${stepBack})();` : ''}${start}`, { eval: true, ...options });
    this.#worker.unref();
    this.#worker.on('message', (answer: Answer) => {
      this.#waiting.get(answer.ask)?.resolve(answer);
      this.#waiting.delete(answer.ask);
      if (this.#waiting.size === 0) this.#worker.unref();
    });
    this.#worker.on('error', (error) => this.#die(new ThreadEnded(name, error)));
    this.#worker.on('exit', () => this.#die(new ThreadEnded(name)));
  }

  newNumber(): number {
    this.#last += 1;
    return this.#last;
  }

  /** Wants no answer. */
  tell(request: Request): void {
    if (!this.dead) this.#worker.postMessage(request);
  }

  /** `memory` is handed over. Rejects with `ThreadEnded` when the thread ends before it has answered. */
  ask(request: Omit<Request, 'ask'>, memory: ArrayBuffer[] = []): Promise<Answer> {
    if (this.dead) return Promise.reject(new ThreadEnded(this.#name));
    const ask = this.newNumber();
    return new Promise((resolve, reject) => {
      if (this.#waiting.size === 0) this.#worker.ref();
      this.#waiting.set(ask, { resolve, reject });
      this.#worker.postMessage({ ...request, ask }, memory);
    });
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #die(error: Error): void {
    this.dead = true;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
