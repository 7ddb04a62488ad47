import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { BlobStore, BlobUpload, UploadId, UploadState } from '../storage/blob-store.ts';
import type { Chunk, UploadStatus } from './chunk.ts';

/** A sender that sent nothing for so long may be gone without a word; whoever sends lets less pass, but for a bad line. */
const STANDSTILL_MS = 1000;

/** What a request brings that wants to use a session. */
export interface Use<T> {
  readonly id: UploadId;
  /** Read anew once the session is free. */
  readonly acknowledged: () => Promise<UploadState>;
  /** `before`: where the first request began that this one waited for, or the last one if its client was gone before it could be told. */
  readonly work: (upload: BlobUpload, signal: AbortSignal, before: number | undefined) => Promise<T>;
  /** What its client sends, if it sends anything. */
  readonly chunk?: Pick<Chunk, 'signal' | 'awaited'> | undefined;
  /** Whoever has the session is ended at once: what it does is in vain. */
  readonly endsOthers?: boolean;
}

/** The request that has a session, so that a newer one can end it. */
interface Holder {
  readonly ended: AbortController;
  readonly chunk: Use<unknown>['chunk'];
  /** Where the session was when its work began. */
  began: number | undefined;
}

interface Session {
  /** Undefined until it was resumed. */
  upload: BlobUpload | undefined;
  holder: Holder | undefined;
  /** Resolves when the holder has let go. */
  free: Promise<void>;
  /** The offset that somebody was told while a chunk was on its way. */
  told: number | undefined;
  /** Where the last chunk began, if its client was gone before it could be told that its bytes are here. */
  unheard: number | undefined;
}

/**
 * Uploads that this process holds open, so that the running hash survives between two chunks. A session that is not
 * held here (restart, other node, long idle) is taken up again from its acknowledged state.
 */
export class UploadSessions {
  readonly #blobs: BlobStore;
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #open = new Map<UploadId, Session>();
  readonly #whole = new Map<string, number>();
  readonly #closing = new AbortController();

  constructor(blobs: BlobStore, clock: Clock, capacity = 512) {
    this.#blobs = blobs;
    this.#clock = clock;
    this.#capacity = capacity;
  }

  /** Remembers an upload that was just begun. */
  add(id: UploadId, upload: BlobUpload): void {
    this.#open.set(id, { upload, holder: undefined, free: Promise.resolve(), told: undefined, unheard: undefined });
    void this.#evict();
  }

  /**
   * Runs `work` with the upload to itself. It waits for a request that still has it, most likely an earlier sending of the same: all of
   * that may have come, and which of two connections was first cannot be seen here. One whose client sends nothing more is ended: it is the broken
   * connection of the client that now repeats its request.
   */
  async use<T>({ id, acknowledged, work, chunk, endsOthers = false }: Use<T>): Promise<T> {
    let before: number | undefined;
    for (let busy = this.#open.get(id); busy?.holder; busy = this.#open.get(id)) {
      const { holder, free } = busy;
      await this.#waitFor(id, holder, free, endsOthers);
      before ??= holder.began;
    }
    const { promise: free, resolve } = Promise.withResolvers<void>();
    const holder: Holder = { ended: new AbortController(), chunk, began: undefined };
    const session = this.#take(id, holder, free);
    const { unheard } = session;
    before ??= unheard;
    try {
      const upload = await this.#uploadOf(id, session, await acknowledged());
      holder.began = upload.offset;
      return await work(upload, signalOf(holder), before);
    } catch (error) {
      if (!session.upload) this.#open.delete(id);
      throw error;
    } finally {
      session.unheard = chunk?.signal.aborted ? (advancedFrom(session, holder) ?? unheard) : undefined;
      session.holder = undefined;
      resolve();
      void this.#evict();
    }
  }

  async #uploadOf(id: UploadId, session: Session, state: UploadState): Promise<BlobUpload> {
    const held = session.upload?.offset === state.offset ? session.upload : undefined;
    if (!held) await session.upload?.release();
    session.upload = held ?? (await this.#takeUp(id, state));
    return session.upload;
  }

  /** Until `holder` has let go of the session, or was ended for standing still, or has been given a second: then there is more to wait for. */
  async #waitFor(id: UploadId, holder: Holder, free: Promise<void>, end: boolean): Promise<void> {
    if (end || (await this.#standsStill(holder, free))) {
      holder.ended.abort(takenOver(id));
      await free;
    }
    this.#closing.signal.throwIfAborted();
  }

  async #standsStill({ chunk }: Holder, free: Promise<void>): Promise<boolean> {
    const sent = chunk?.awaited?.();
    if (await this.#isFreeSoon(free)) return false;
    await nextTurn(); // timers come first in a turn of the event loop: what came while it stood still is not read yet
    return sent !== undefined && sent === chunk?.awaited?.();
  }

  async #isFreeSoon(free: Promise<void>): Promise<boolean> {
    const over = new AbortController();
    const standstill = this.#clock.sleep(STANDSTILL_MS, over.signal).then(
      () => false,
      () => true,
    );
    try {
      return await Promise.race([free.then(() => true), standstill]);
    } finally {
      over.abort();
    }
  }

  #take(id: UploadId, holder: Holder, free: Promise<void>): Session {
    const session: Session = this.#open.get(id) ?? {
      upload: undefined,
      holder,
      free,
      told: undefined,
      unheard: undefined,
    };
    session.holder = holder;
    session.free = free;
    this.#open.delete(id); // to the end: the map's order is the order of use
    this.#open.set(id, session);
    return session;
  }

  /** Resolves when the request that holds the session now, if there is one, has let go of it. */
  async free(id: UploadId): Promise<void> {
    await this.#open.get(id)?.free;
  }

  /** Remembers what somebody is told of a session: a chunk that is on its way, to us or to the disk, may make it untrue. */
  tell(id: UploadId, offset: number): void {
    const session = this.#open.get(id);
    if (session) Object.assign(session, { told: offset, unheard: undefined });
  }

  /**
   * Where the sender of a chunk takes the session to be that is at `offset`: to be asked when the chunk comes, since one for which it waits changes that. What was told
   * counts once: whoever is refused for it learns what is true now.
   */
  known(id: UploadId, offset: number): UploadStatus {
    const session = this.#open.get(id);
    const known = session?.told ?? session?.unheard ?? offset;
    if (session) session.told = undefined;
    return { id, offset: known };
  }

  /**
   * Where no byte was acknowledged, none can be lost: the name of the staged file becomes durable with the first chunk
   * only, so after a power loss the row of a session that was just opened may be all that is left of it.
   */
  async #takeUp(id: UploadId, state: UploadState): Promise<BlobUpload> {
    try {
      return await this.#blobs.uploads.resume(id, state);
    } catch (error) {
      if (state.offset > 0 || !(error instanceof DomainError) || error.code !== 'upload.unknown') throw error;
      return this.#blobs.uploads.begin(id);
    }
  }

  /** How many blobs this principal is sending in one request each; those have no session that could be counted. */
  whole(principal: string): number {
    return this.#whole.get(principal) ?? 0;
  }

  /** Counts one in; the answer counts it out. */
  beginWhole(principal: string): () => void {
    this.#whole.set(principal, this.whole(principal) + 1);
    return () => {
      const left = this.whole(principal) - 1;
      if (left > 0) this.#whole.set(principal, left);
      else this.#whole.delete(principal);
    };
  }

  /** Aborted when the server stops; unlike a holder's signal, not when another request takes the session over. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Forgets the upload after its end; the caller has committed or aborted it. */
  drop(id: UploadId): void {
    this.#open.delete(id);
  }

  async close(): Promise<void> {
    const sessions = [...this.#open.values()];
    this.#open.clear();
    this.#closing.abort(stopping());
    for (const session of sessions) session.holder?.ended.abort(stopping());
    await Promise.allSettled(sessions.map((s) => s.free.then(() => s.upload?.release())));
  }

  /** Lets go of the sessions that were idle longest, never of one in use. */
  async #evict(): Promise<void> {
    if (this.#open.size <= this.#capacity) return;
    for (const [id, session] of this.#open) {
      if (session.holder || this.#open.size <= this.#capacity) continue;
      this.#open.delete(id);
      await session.upload?.release();
    }
  }
}

/** Where the holder's chunk began, if its bytes are here. */
function advancedFrom({ upload }: Session, { began }: Holder): number | undefined {
  return upload && began !== undefined && upload.offset > began ? began : undefined;
}

/** Aborted when the request's client is gone, or another request goes on in its place. */
function signalOf({ chunk, ended }: Holder): AbortSignal {
  return chunk ? AbortSignal.any([chunk.signal, ended.signal]) : ended.signal;
}

function takenOver(id: UploadId): DomainError {
  return new DomainError(
    'conflict',
    'upload.busy',
    'Another request to the same upload ended this one: nothing more of it had come for a second, or the upload was cancelled. ' +
      "Nothing was kept of it. Send one request at a time; ask the session's URL where it is now.",
    { detail: { id } },
  );
}

function stopping(): DomainError {
  return new DomainError('unavailable', 'server.unavailable', 'The server is stopping. Repeat the request later.');
}
