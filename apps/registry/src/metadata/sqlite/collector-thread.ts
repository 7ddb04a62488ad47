import { type Asked, Thread } from '../../platform/thread.ts';
import type { CollectedSlice, GarbageSlice } from '../collector.ts';
import { type ToldError, toldError } from './errors.ts';

/** What the thread is told: to open the database, a slice to take, or that it is over. */
export interface CollectorRequest extends Asked {
  readonly todo: 'open' | GarbageSlice | 'close';
}

export interface CollectorAnswer extends Asked {
  readonly collected?: CollectedSlice;
  readonly failed?: ToldError;
}

// The release has it beside the program, as plain JavaScript.
const PROGRAM = new URL(import.meta.url.endsWith('.ts') ? 'collecting.ts' : 'collecting.mjs', import.meta.url);

/**
 * The collector's transactions on a connection of its own, in a thread: on the main one they took 150 µs a blob, a third of the
 * time, and requests waited for that. Starts when it is first needed.
 */
export class CollectorThread {
  readonly #path: string;
  readonly #busyMilliseconds: number;
  #thread: Thread<CollectorRequest, CollectorAnswer> | undefined;

  constructor(path: string, busyMilliseconds: number) {
    this.#path = path;
    this.#busyMilliseconds = busyMilliseconds;
  }

  async start(): Promise<void> {
    await this.#ask('open');
  }

  /** Committed, but not yet synced. Nobody else writes meanwhile. Rejects with SQLite's error and its `errcode`. */
  async take(slice: GarbageSlice): Promise<CollectedSlice> {
    const collected = await this.#ask(slice);
    if (!collected) throw new Error('the collector answered nothing');
    return collected;
  }

  async close(): Promise<void> {
    if (!this.#thread || this.#thread.dead) return;
    await this.#ask('close');
    await this.#thread.stop();
  }

  async #ask(todo: CollectorRequest['todo']): Promise<CollectedSlice | undefined> {
    if (!this.#thread || this.#thread.dead) {
      const data = { path: this.#path, timeout: this.#busyMilliseconds };
      this.#thread = new Thread(PROGRAM, { name: 'collector', data, behind: true });
    }
    const { collected, failed } = await this.#thread.ask({ todo });
    if (failed) throw toldError(failed);
    return collected;
  }
}
