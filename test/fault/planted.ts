import type { Digest } from '@holdfast/oci/digest';
import type { MetadataStore, MetadataTx } from '../../apps/registry/src/metadata/metadata-store.ts';
import type { SyncFile } from '../../apps/registry/src/metadata/sqlite/log.ts';
import type { BlobStore } from '../../apps/registry/src/storage/blob-store.ts';
import type { FileSystem } from '../../apps/registry/src/storage/filesystem/file-system.ts';

/** A bug put between the product's parts, to see that the harness finds it. */
export interface Planted {
  readonly files?: (inner: FileSystem) => FileSystem;
  readonly sync?: SyncFile;
  readonly metadata?: (inner: MetadataStore, blobs: BlobStore) => MetadataStore;
}

export interface PlantedBug extends Planted {
  /** Schedules in which it must be found. */
  readonly within: number;
  /** What must be said of it. */
  readonly evidence: RegExp;
}

const BYTES_LOST = /stored bytes of .* do not hash right|bytes, its row says|row and no bytes/;

/** Their names say what is wrong. */
export const PLANTED_BUGS: Readonly<Record<string, PlantedBug>> = {
  'fsync of the staged file left out': {
    files: (inner) => withoutSync(inner, (mode) => mode !== 'folder'),
    within: 240,
    evidence: BYTES_LOST,
  },
  'fsync of the folder left out': {
    files: (inner) => withoutSync(inner, (mode) => mode === 'folder'),
    within: 240,
    evidence: /row and no bytes/,
  },
  'fdatasync of the write-ahead log left out': { sync: async () => {}, within: 240, evidence: /acknowledged|lost/ },
  'acknowledged before the commit': { metadata: acknowledgeEarly, within: 240, evidence: /acknowledged|lost/ },
  'tags committed apart from their manifest': {
    metadata: (inner) => split(inner, (tx, later) => ({ ...tx, tags: deferring(tx.tags, 'put', later('tags')) })),
    within: 640,
    evidence: /the tag .* is .* instead of/,
  },
  'link committed apart from the end of the upload': {
    metadata: (inner) => split(inner, (tx, later) => ({ ...tx, blobs: deferring(tx.blobs, 'link', later('blobs')) })),
    within: 640,
    evidence: /the link .* is lost/,
  },
  'published before the staged file is synced': {
    files: publishFirst,
    within: 640,
    evidence: /stored bytes of .* do not hash right/,
  },
  'bytes freed before their row': { metadata: freeBytesFirst, within: 2000, evidence: /row and no bytes/ },
};

function withoutSync(inner: FileSystem, left: (mode: string) => boolean): FileSystem {
  const modes = new Map<number, string>();
  const unless = (sync: (descriptor: number) => Promise<void>) => async (descriptor: number) => {
    if (!left(modes.get(descriptor) ?? '')) await sync(descriptor);
  };
  return {
    ...inner,
    open: async (path, mode) => {
      const descriptor = await inner.open(path, mode);
      modes.set(descriptor, mode);
      return descriptor;
    },
    fsync: unless(inner.fsync),
    fdatasync: unless(inner.fdatasync),
  };
}

/** The fsync of a staged file waits for its second name; at the 201 everything is durable again. */
function publishFirst(inner: FileSystem): FileSystem {
  const paths = new Map<number, string>();
  const owed = new Map<string, number>();
  const owe = async (descriptor: number, sync: (descriptor: number) => Promise<void>): Promise<void> => {
    const path = paths.get(descriptor) ?? '';
    if (path.includes('/uploads/')) owed.set(path, descriptor);
    else await sync(descriptor);
  };
  return {
    ...inner,
    open: async (path, mode) => {
      const descriptor = await inner.open(path, mode);
      paths.set(descriptor, path);
      return descriptor;
    },
    fsync: (descriptor) => owe(descriptor, inner.fsync),
    fdatasync: (descriptor) => owe(descriptor, inner.fdatasync),
    link: async (from, to) => {
      await inner.link(from, to);
      const descriptor = owed.get(from);
      owed.delete(from);
      if (descriptor !== undefined) await inner.fsync(descriptor);
    },
    close: async (descriptor) => {
      const path = paths.get(descriptor) ?? '';
      if (owed.get(path) === descriptor) {
        owed.delete(path);
        await inner.fsync(descriptor);
      }
      await inner.close(descriptor);
    },
  };
}

function acknowledgeEarly(inner: MetadataStore): MetadataStore {
  return over(inner, {
    transaction: (work) =>
      new Promise((resolve, reject) => {
        const done = inner.transaction(async (tx) => {
          const value = await work(tx);
          resolve(value);
          return value;
        });
        done.catch(reject);
      }),
  });
}

type Later = (table: 'tags' | 'blobs') => (call: (table: never) => unknown) => void;

/** Runs some of a transaction's writes in a second one. */
export function split(inner: MetadataStore, replace: (tx: MetadataTx, later: Later) => MetadataTx): MetadataStore {
  return over(inner, {
    transaction: async (work) => {
      let rest: ((tx: MetadataTx) => unknown)[] = [];
      const value = await inner.transaction((tx) => {
        rest = [];
        const later: Later = (table) => (call) => rest.push((second) => call(second[table] as never));
        return work(replace(flat(tx), later));
      });
      if (rest.length > 0) {
        await inner.transaction(async (tx) => {
          for (const call of rest) await call(tx);
        });
      }
      return value;
    },
  });
}

function freeBytesFirst(inner: MetadataStore, blobs: BlobStore): MetadataStore {
  return over(inner, {
    transaction: (work) =>
      inner.transaction((tx) => {
        const forget = async (digest: Digest): Promise<boolean> => {
          await blobs.delete(digest);
          return tx.blobs.forget(digest);
        };
        return work({ ...flat(tx), blobs: replaced(tx.blobs, { forget }) });
      }),
  });
}

export function deferring<T extends object>(
  table: T,
  method: keyof T & string,
  later: (call: (table: never) => unknown) => void,
): T {
  const put = (...args: unknown[]): undefined => {
    later((again) => (again as Record<string, (...all: unknown[]) => unknown>)[method]?.(...args));
    return undefined;
  };
  return replaced(table, { [method]: put } as unknown as Partial<T>);
}

/** The tables of a transaction as plain members, which some are changed of: those of a transaction are getters of its class. */
export function flat(tx: MetadataTx): MetadataTx {
  const members = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(tx));
  const names = Object.keys(members).filter((name) => members[name]?.get) as (keyof MetadataTx)[];
  return Object.fromEntries(names.map((name) => [name, tx[name]])) as unknown as MetadataTx;
}

/** Of a collector that goes past `transaction` nothing is left, or what is planted there would not be met. */
export function over(inner: MetadataStore, changes: Pick<MetadataStore, 'transaction'>): MetadataStore {
  return replaced(inner, { ...changes, openCollector: undefined });
}

/** The object with some of its methods replaced; the others keep their `this`. */
export function replaced<T extends object>(inner: T, changes: Partial<T>): T {
  return new Proxy(inner, {
    get: (target, name) => {
      if (Object.hasOwn(changes, name)) return changes[name as keyof T];
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
