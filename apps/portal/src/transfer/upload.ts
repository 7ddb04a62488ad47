import type { StationFile } from './station.ts';

/** What a file's bytes are sent to. */
export interface UploadTarget {
  start(order: {
    readonly name: string;
    readonly size: number;
    readonly kind: string;
    readonly carriedBy?: string;
  }): Promise<StationFile>;
  show(id: string): Promise<StationFile>;
  /** Bytes from `offset` on; answers how the file stands then. */
  send(id: string, offset: number, bytes: Blob, signal: AbortSignal): Promise<StationFile>;
  complete(id: string): Promise<StationFile>;
}

export interface UploadProgress {
  readonly state: 'sending' | 'waiting' | 'done' | 'refused' | 'failed';
  readonly offset: number;
  readonly reason?: string | undefined;
  readonly file?: StationFile | undefined;
}

const CHUNK_BYTES = 8 * 1024 * 1024;
const WAITS_MS = [1000, 2000, 5000, 10_000] as const;

/**
 * Sends a file to its end, chunk after chunk. What the server has is what counts: after a connection that broke it is asked how far it
 * is, and the file goes on from there. A refusal ends it.
 *
 * @param isRefusal whether the server said no, instead of nothing
 * @param pause resolves when it is worth trying again
 */
export async function sendFile(
  file: Blob,
  { id, offset: begun }: { readonly id: string; readonly offset: number },
  target: UploadTarget,
  {
    signal,
    note,
    isRefusal,
    pause,
    chunkBytes = CHUNK_BYTES,
  }: {
    readonly signal: AbortSignal;
    note(progress: UploadProgress): void;
    isRefusal(error: unknown): boolean;
    pause(ms: number, signal: AbortSignal): Promise<void>;
    readonly chunkBytes?: number;
  },
): Promise<void> {
  let offset = begun;
  let failures = 0;
  while (!signal.aborted) {
    try {
      while (offset < file.size && !signal.aborted) {
        note({ state: 'sending', offset });
        ({ offset } = await target.send(id, offset, file.slice(offset, offset + chunkBytes), signal));
        failures = 0;
      }
      if (signal.aborted) return;
      const completed = await target.complete(id);
      const state = completed.state === 'refused' ? 'refused' : 'done';
      return note({ state, offset, reason: completed.reason, file: completed });
    } catch (error) {
      if (signal.aborted) return;
      if (isRefusal(error)) return note({ state: 'failed', offset, reason: String((error as Error).message) });
      note({ state: 'waiting', offset });
      await pause(WAITS_MS[Math.min(failures, WAITS_MS.length - 1)] ?? 1000, signal);
      failures += 1;
      offset = await target.show(id).then(
        (shown) => shown.offset,
        () => offset,
      );
    }
  }
}

/** Where another request to the same file was faster, or the server is too busy: what it has says how to go on. */
const GOES_ON: ReadonlySet<number> = new Set([408, 409, 416, 429]);

/** Whether an answer of that status is the end of an upload, and not of one chunk alone. */
export const endsUpload = (status: number): boolean => status >= 400 && status < 500 && !GOES_ON.has(status);

const EDGE_BYTES = 1024 * 1024;

/** Tells one file from another of the same name and size, without reading all of it: hash of its first and of its last MiB. */
export async function fingerprint(file: Blob): Promise<string> {
  const edges = new Blob([file.slice(0, EDGE_BYTES), file.slice(Math.max(0, file.size - EDGE_BYTES))]);
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', await edges.arrayBuffer()));
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
