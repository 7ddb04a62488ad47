import { availableParallelism } from 'node:os';
import type { DigestAlgorithm } from '@holdfast/oci/digest';
import { errorOf, Thread } from '../../platform/thread.ts';
import type { HashAnswer, HashRequest } from './hashing-thread.ts';
import { hashingThread } from './hashing-thread.ts';
import type { RunningHash, UpdateOptions } from './running-hash.ts';
import { LocalHash, RUNNING_ALGORITHM } from './running-hash.ts';

type HashThread = Thread<HashRequest, HashAnswer>;

/** From here on a thread pays: below, the messages take longer than the hashing. */
const WORTH_A_THREAD = 64 * 1024;
/** Many small chunks are joined, because each one costs its share of a message. */
const SMALL_CHUNK = 8 * 1024;

/**
 * What a thread writes in one call. Linux takes memory for the page cache in blocks as large as that. Where memory is in pieces, or is a virtual machine's whose
 * host took back what was free, large calls cost up to ten times the CPU time of small ones; elsewhere they cost a fifth less (ADR 0004).
 */
const CALL_BYTES = 64 * 1024;

/** One for each core: they write, too, and wait for the disk then. */
const DEFAULT_THREADS = Math.min(4, availableParallelism());

/** The hashing of all uploads, and the writing of what is large, off the main thread. Threads start with the first upload that is worth one. */
export class HashThreads {
  readonly #count: number;
  readonly #threads: HashThread[] = [];
  #turn = 0;

  constructor(count = DEFAULT_THREADS) {
    this.#count = count;
  }

  newHash(algorithm: DigestAlgorithm = RUNNING_ALGORITHM): RunningHash {
    return new PlacedHash(
      () => new LocalHash(algorithm),
      () => new ThreadHash(algorithm, this.#pick()),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.splice(0).map((thread) => thread.stop()));
  }

  #pick(): HashThread {
    this.#turn = (this.#turn + 1) % this.#count;
    const known = this.#threads[this.#turn];
    if (known !== undefined && !known.dead) return known;
    const started: HashThread = new Thread(hashingThread, { name: 'hash' });
    this.#threads[this.#turn] = started;
    return started;
  }
}

/**
 * Finds its place with its first bytes: here when they are a short body's, in a thread otherwise. From here it moves to a
 * thread when a larger body follows; Node cannot move a hash's state, so the bytes before are hashed once more there.
 */
class PlacedHash implements RunningHash {
  readonly #here: () => RunningHash;
  readonly #inThread: () => RunningHash;
  #place: RunningHash | undefined;
  #moving: Promise<void> | undefined;

  constructor(here: () => LocalHash, inThread: () => ThreadHash) {
    this.#here = here;
    this.#inThread = inThread;
  }

  get lost(): boolean {
    return this.#place?.lost ?? false;
  }

  async update(chunks: Buffer[], options: UpdateOptions = {}): Promise<Uint8Array[]> {
    // A full batch may be small, because many uploads share the memory; but then there are many of them.
    const large = options.full || sizeOf(chunks) >= WORTH_A_THREAD;
    if (this.#place === undefined) {
      this.#place = large ? this.#inThread() : this.#here();
    } else if (large && options.replay !== undefined && this.#place instanceof LocalHash) {
      this.#moving ??= this.#move(options.replay);
    }
    if (this.#moving !== undefined) await this.#moving;
    return this.#place.update(chunks, options);
  }

  mark(): void {
    this.#place?.mark();
  }

  reset(): void {
    this.#place?.reset();
  }

  digest(): Promise<string> {
    this.#place ??= this.#here();
    return this.#place.digest();
  }

  drop(): void {
    this.#place?.drop();
  }

  async #move(replay: (into: RunningHash) => Promise<void>): Promise<void> {
    const moved = this.#inThread();
    try {
      await replay(moved);
      moved.mark();
      this.#place = moved;
    } catch (error) {
      moved.drop();
      this.#moving = undefined; // otherwise it stays, so that batches behind it keep their order
      throw error;
    }
  }
}

class ThreadHash implements RunningHash {
  readonly #thread: HashThread;
  readonly #name: { readonly hash: number; readonly algorithm: DigestAlgorithm };

  constructor(algorithm: DigestAlgorithm, thread: HashThread) {
    this.#thread = thread;
    this.#name = { hash: thread.newNumber(), algorithm };
  }

  get lost(): boolean {
    return this.#thread.dead;
  }

  async update(chunks: Buffer[], { take, to }: UpdateOptions = {}): Promise<Uint8Array[]> {
    const own = take && sizeOf(chunks) / chunks.length >= SMALL_CHUNK ? chunks.map(ownMemory) : [joined(chunks)];
    const memory = own.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer);
    const target = to?.();
    const request = { ...this.#name, chunks: own, to: target && { ...target, callBytes: CALL_BYTES } };
    const { chunks: back = [], failed } = await this.#thread.ask(request, memory);
    if (failed) throw errorOf(failed);
    return back;
  }

  mark(): void {
    this.#thread.tell({ ...this.#name, word: 'mark' });
  }

  reset(): void {
    this.#thread.tell({ ...this.#name, word: 'reset' });
  }

  async digest(): Promise<string> {
    return (await this.#thread.ask({ ...this.#name, word: 'digest' })).digest ?? '';
  }

  drop(): void {
    this.#thread.tell({ ...this.#name, word: 'drop' });
  }
}

function sizeOf(chunks: Uint8Array[]): number {
  return chunks.reduce((bytes, chunk) => bytes + chunk.byteLength, 0);
}

/** Only a buffer that owns its whole memory can be handed over; a view would drag its pool along. Shared memory stays where it is. */
function ownMemory(chunk: Buffer): Uint8Array {
  return ownsMemory(chunk) || chunk.buffer instanceof SharedArrayBuffer ? chunk : new Uint8Array(chunk);
}

function joined(chunks: Buffer[]): Uint8Array {
  const bytes = new Uint8Array(sizeOf(chunks));
  let position = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, position);
    position += chunk.byteLength;
  }
  return bytes;
}

export function ownsMemory(chunk: Uint8Array): boolean {
  return chunk.byteLength > 0 && chunk.byteLength === chunk.buffer.byteLength && chunk.buffer instanceof ArrayBuffer;
}
