import { useMemo, useSyncExternalStore } from 'react';
import type { Planes } from '../api/planes.ts';
import { answered, Refusal } from '../api/refusal.ts';
import { usePlanes } from '../api/use-planes.ts';
import { type StationFile, stationApi, useStationChanged } from './station.ts';
import { endsUpload, fingerprint, sendFile, type UploadProgress, type UploadTarget } from './upload.ts';

/** Hashes of files that this browser began to send, so that another one of the same name does not go on in their place. */
const KEPT = 'holdfast.uploads';

export interface Upload extends UploadProgress {
  /** Undefined until the server knows of it. */
  readonly id: string | undefined;
  readonly name: string;
  readonly size: number;
}

/** Files on their way to a registry; they go on while somebody looks at other pages. */
export class Uploads {
  readonly #target: UploadTarget;
  readonly #listeners = new Set<() => void>();
  readonly #aborts = new Map<string, AbortController>();
  #all: readonly Upload[] = [];
  changed: () => void = () => undefined;

  constructor(target: UploadTarget) {
    this.#target = target;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly all = (): readonly Upload[] => this.#all;

  /** Goes on with what the server has of the same file, else begins it. */
  async add(file: File, kind: string, carriedBy: string, unfinished: readonly StationFile[]): Promise<void> {
    if (this.#all.some(({ name, size, state }) => name === file.name && size === file.size && state !== 'failed'))
      return;
    const place = { name: file.name, size: file.size };
    this.#put({ ...place, id: undefined, state: 'sending', offset: 0 });
    try {
      const print = await fingerprint(file);
      const { id, offset } =
        unfinished.find((one) => isSame(one, file, kind, print)) ??
        (await this.#target.start({ ...place, kind, ...(carriedBy === '' ? {} : { carriedBy }) }));
      remember(id, print);
      const abort = new AbortController();
      this.#aborts.set(id, abort);
      const note = (progress: UploadProgress) => this.#put({ ...place, id, ...progress });
      const options = { signal: abort.signal, note, isRefusal, pause };
      await sendFile(file, { id, offset }, this.#target, options);
      this.#aborts.delete(id);
      forget(id);
    } catch (error) {
      this.#put({ ...place, id: undefined, state: 'failed', offset: 0, reason: String((error as Error).message) });
    }
    this.changed();
  }

  /** Sends nothing more of it, and shows it no more. */
  drop({ id, name, size }: Pick<Upload, 'id' | 'name' | 'size'>): void {
    if (id !== undefined) {
      this.#aborts.get(id)?.abort();
      forget(id);
    }
    this.#set(this.#all.filter((one) => one.name !== name || one.size !== size));
  }

  #put(upload: Upload): void {
    const others = this.#all.filter(({ name, size }) => name !== upload.name || size !== upload.size);
    this.#set([...others, upload]);
  }

  #set(all: readonly Upload[]): void {
    this.#all = all;
    for (const listener of this.#listeners) listener();
  }
}

const isRefusal = (error: unknown): boolean => error instanceof Refusal && endsUpload(error.status);

/** Until the time is up, or the browser says that the network is there again. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener('online', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    addEventListener('online', end);
    signal.addEventListener('abort', end, { once: true });
  });
}

function kept(): Readonly<Record<string, string>> {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? '{}') as Record<string, string>;
  } catch {
    return {};
  }
}

const remember = (id: string, print: string) => localStorage.setItem(KEPT, JSON.stringify({ ...kept(), [id]: print }));

function forget(id: string): void {
  const { [id]: _, ...others } = kept();
  localStorage.setItem(KEPT, JSON.stringify(others));
}

function isSame(one: StationFile, file: File, kind: string, print: string): boolean {
  const known = kept()[one.id];
  return (
    one.state === 'receiving' &&
    one.kind === kind &&
    one.name === file.name &&
    one.size === file.size &&
    (known === undefined || known === print)
  );
}

function targetOf(planes: Planes, registry: string): UploadTarget {
  const api = stationApi(planes, registry, 'write');
  const at = (id: string) => ({ params: { path: { id } } });
  return {
    start: (body) => answered(api.POST('/holdfast/v1/_files', { body })),
    show: (id) => answered(api.GET('/holdfast/v1/_files/{id}', at(id))),
    complete: (id) => answered(api.POST('/holdfast/v1/_files/{id}/_complete', { ...at(id), body: {} })),
    send: (id, offset, bytes, signal) =>
      answered(
        api.PATCH('/holdfast/v1/_files/{id}', {
          ...at(id),
          body: bytes as never,
          bodySerializer: (blob: unknown) => blob as Blob,
          headers: {
            'Content-Type': 'application/octet-stream',
            'Content-Range': `bytes ${offset}-${offset + bytes.size - 1}/*`,
          },
          signal,
        }),
      ),
  };
}

const open = new WeakMap<Planes, Map<string, Uploads>>();

/** The same for every page of a registry. */
export function useUploads(registry: string): { readonly uploads: Uploads; readonly all: readonly Upload[] } {
  const planes = usePlanes();
  const changed = useStationChanged(registry);
  const uploads = useMemo(() => {
    const known = open.get(planes) ?? new Map<string, Uploads>();
    open.set(planes, known);
    const made = known.get(registry) ?? new Uploads(targetOf(planes, registry));
    known.set(registry, made);
    return made;
  }, [planes, registry]);
  uploads.changed = () => void changed();
  return { uploads, all: useSyncExternalStore(uploads.subscribe, uploads.all) };
}
