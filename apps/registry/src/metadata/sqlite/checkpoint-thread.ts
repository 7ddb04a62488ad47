import { type Asked, Thread } from '../../platform/thread.ts';
import { type ToldError, toldError } from './errors.ts';

type Todo = 'open' | 'copy' | 'close';

interface Told extends Asked {
  readonly todo: Todo;
}

interface Copied extends Asked {
  readonly failed?: ToldError;
}

/**
 * Copies the write-ahead log into the database on a connection of its own, in a thread: on the main one a copy of 16 MiB and its
 * two syncs held everybody up for 15 to 130 ms (bench/garbage.ts). Starts when it is first needed.
 */
export class CheckpointThread {
  readonly #path: string;
  readonly #busyMilliseconds: number;
  #thread: Thread<Told, Copied> | undefined;

  constructor(path: string, busyMilliseconds: number) {
    this.#path = path;
    this.#busyMilliseconds = busyMilliseconds;
  }

  async start(): Promise<void> {
    await this.#ask('open');
  }

  /** Copies what no reader's snapshot is older than, while others read and write. Rejects with SQLite's error and its `errcode`. */
  async copy(): Promise<void> {
    await this.#ask('copy');
  }

  /** Its connection is closed before anybody else's is. */
  async close(): Promise<void> {
    if (!this.#thread || this.#thread.dead) return;
    await this.#ask('close');
    await this.#thread.stop();
  }

  async #ask(todo: Todo): Promise<void> {
    if (!this.#thread || this.#thread.dead) {
      const data = { path: this.#path, timeout: this.#busyMilliseconds };
      this.#thread = new Thread(checkpointing, { name: 'checkpoint', data });
    }
    const { failed } = await this.#thread.ask({ todo });
    if (failed) throw toldError(failed);
  }
}

/** The whole program of the thread. */
function checkpointing(): void {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads');
  const { path, timeout } = workerData as { path: string; timeout: number };
  // When it is first asked: what fails is an answer, too.
  const open = () => {
    const database = new DatabaseSync(path, { timeout });
    // The first reading opens the log. Without it the pragma finds none.
    database.exec(
      'PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA trusted_schema = OFF; PRAGMA user_version',
    );
    return { database, copy: database.prepare('PRAGMA wal_checkpoint(PASSIVE)') };
  };
  let opened: ReturnType<typeof open> | undefined;
  const answer = ({ ask, todo }: Told): Copied => {
    try {
      if (todo === 'close') opened?.database.close();
      else {
        opened ??= open();
        if (todo === 'copy') opened.copy.get();
      }
      return { ask };
    } catch (error) {
      const { message, errcode } = error as Error & { errcode?: unknown };
      return { ask, failed: { message, errcode } };
    }
  };
  parentPort?.on('message', (told: Told) => parentPort.postMessage(answer(told)));
}
