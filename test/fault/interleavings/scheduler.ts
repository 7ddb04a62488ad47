import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MetadataReader, MetadataStore } from '../../../apps/registry/src/metadata/metadata-store.ts';
import type { BlobStore } from '../../../apps/registry/src/storage/blob-store.ts';
import { replaced } from '../planted.ts';
import type { Random } from '../random.ts';

/** Turns of the event loop after which whoever was let go has arrived at the next call, or waits for another. */
const SETTLED_AFTER = 3;
/** Turns in which nobody arrives: then all of them wait for each other. */
const STUCK_AFTER = 20_000;

/** Lets one of those who work at once go on at a time; the seed says which. */
export class Scheduler {
  readonly #random: Random;
  readonly #parked: (() => void)[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  /** Before each call to a store: resolves when the caller is picked. */
  readonly turn = (): Promise<void> => new Promise((resolve) => this.#parked.push(resolve));

  /** Resolves when all have ended; `between` is called when nobody is in a call. Throws what an actor throws. */
  async run(actors: readonly (() => Promise<void>)[], between: (step: number) => Promise<void>): Promise<number> {
    let open = actors.length;
    let step = 0;
    const ended = Promise.all(
      actors.map(async (act) => {
        await this.turn();
        await act().finally(() => {
          open -= 1;
        });
      }),
    );
    ended.catch(() => undefined);
    for (let idle = 0; open > 0 && idle < STUCK_AFTER; ) {
      for (let turns = 0; turns < SETTLED_AFTER; turns++) await nextTurn();
      const place = this.#random.below(Math.max(1, this.#parked.length));
      const [go] = this.#parked.splice(place, 1);
      idle = go ? 0 : idle + 1;
      if (!go) continue;
      await between(step++);
      go();
    }
    if (open > 0) throw new Error(`${open} of ${actors.length} wait for each other`);
    await ended;
    return step;
  }
}

type Turn = Scheduler['turn'];

/** Every transaction, read and lock waits for its turn. */
export function gatedMetadata(inner: MetadataStore, turn: Turn): MetadataStore {
  const read = new Proxy(inner.read, {
    get: (reader, table) => gatedMethods(reader[table as keyof MetadataReader], turn),
  });
  return replaced(inner, {
    read,
    transaction: async (work) => {
      await turn();
      return inner.transaction(work);
    },
    exclusive: async (key, work) => {
      await turn();
      return inner.exclusive(key, work);
    },
  });
}

function gatedMethods<T extends object>(table: T, turn: Turn): T {
  return new Proxy(table, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]) => {
        await turn();
        return method.apply(target, args);
      };
    },
  });
}

/** So do the removal of bytes and their publication. */
export function gatedBlobs(inner: BlobStore, turn: Turn): BlobStore {
  const uploads = replaced(inner.uploads, {
    begin: async (id) => gatedUpload(await inner.uploads.begin(id), turn),
    resume: async (id, at) => gatedUpload(await inner.uploads.resume(id, at), turn),
  });
  return replaced(inner, {
    uploads,
    delete: async (digest) => {
      await turn();
      await inner.delete(digest);
    },
  });
}

type Upload = Awaited<ReturnType<BlobStore['uploads']['begin']>>;

function gatedUpload(upload: Upload, turn: Turn): Upload {
  return replaced(upload, {
    commit: async (digest) => {
      await turn();
      return upload.commit(digest);
    },
  });
}
