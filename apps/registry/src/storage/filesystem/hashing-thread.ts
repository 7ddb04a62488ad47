import type { Hash } from 'node:crypto';
import type { ThreadFailure } from '../../platform/thread.ts';

/** What goes to the thread: a hash's number, and chunks to hash or a word about the state. `ask` wants an answer. */
export interface HashRequest {
  readonly hash: number;
  readonly algorithm: string;
  readonly ask?: number;
  readonly chunks?: Uint8Array[];
  /** Where the chunks are written, too; their memory is freed then. */
  readonly to?: Write | undefined;
  readonly word?: 'mark' | 'reset' | 'digest' | 'drop';
}

export interface WriteTarget {
  readonly descriptor: number;
  /** Bytes from the file's start. */
  readonly position: number;
}

interface Write extends WriteTarget {
  /** What one system call writes at most. */
  readonly callBytes: number;
}

export interface HashAnswer {
  readonly ask: number;
  /** The chunks come back, unless they were written. */
  readonly chunks?: Uint8Array[];
  /** Not all of them were written. */
  readonly failed?: ThreadFailure;
  readonly digest?: string;
}

/** The whole program of a hashing thread. */
export function hashingThread(): void {
  const { createHash } = process.getBuiltinModule('node:crypto');
  const { writevSync } = process.getBuiltinModule('node:fs');
  const { parentPort } = process.getBuiltinModule('node:worker_threads');
  const fresh = (algorithm: string) => createHash(algorithm);
  const states = new Map<number, { running: Hash; marked: Hash }>();

  /** What is not shared with whoever sent it. */
  const ownMemory = (chunks: Uint8Array[]): ArrayBuffer[] =>
    chunks.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer);

  /** Pieces that make up a call each. */
  const callsOf = (chunks: Uint8Array[], callBytes: number): Uint8Array[][] => {
    const calls: Uint8Array[][] = [];
    let room = 0;
    for (const chunk of chunks) {
      for (let at = 0; at < chunk.byteLength; ) {
        if (room === 0) {
          calls.push([]);
          room = callBytes;
        }
        const piece = chunk.subarray(at, at + room);
        calls.at(-1)?.push(piece);
        at += piece.byteLength;
        room -= piece.byteLength;
      }
    }
    return calls;
  };

  const writeAll = (descriptor: number, pieces: Uint8Array[], position: number): number => {
    const bytes = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
    for (let done = 0; done < bytes; ) {
      const left = done === 0 ? pieces : [Buffer.concat(pieces).subarray(done)];
      const written = writevSync(descriptor, left, position + done);
      if (written <= 0) throw new Error('The file system wrote nothing and gave no reason.');
      done += written;
    }
    return bytes;
  };

  /** A call's bytes are hashed right before: they are in the core's own cache then. */
  const hashAndWrite = (running: Hash, chunks: Uint8Array[], to: Write): ThreadFailure | undefined => {
    let at = to.position;
    try {
      for (const pieces of callsOf(chunks, to.callBytes)) {
        for (const piece of pieces) running.update(piece);
        at += writeAll(to.descriptor, pieces, at);
      }
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return { code, message };
    } finally {
      for (const memory of ownMemory(chunks)) memory.transfer(0); // frees it at once
    }
    return undefined;
  };

  parentPort?.on('message', (request: HashRequest) => {
    let state = states.get(request.hash);
    if (state === undefined) {
      state = { running: fresh(request.algorithm), marked: fresh(request.algorithm) };
      states.set(request.hash, state);
    }
    const { ask, chunks, to } = request;
    if (chunks !== undefined) {
      if (to !== undefined) parentPort.postMessage({ ask, failed: hashAndWrite(state.running, chunks, to) });
      else {
        for (const chunk of chunks) state.running.update(chunk);
        parentPort.postMessage({ ask, chunks }, ownMemory(chunks));
      }
    } else if (request.word === 'mark') state.marked = state.running.copy();
    else if (request.word === 'reset') state.running = state.marked.copy();
    else if (request.word === 'drop') states.delete(request.hash);
    else parentPort.postMessage({ ask, digest: state.running.copy().digest('hex') });
  });
}
