/** What goes to the thread: a hash's number, and chunks to hash or a word about the state. `ask` wants an answer. */
export interface HashRequest {
  readonly hash: number;
  readonly algorithm: string;
  readonly ask?: number;
  readonly chunks?: Uint8Array[];
  readonly word?: 'mark' | 'reset' | 'digest' | 'drop';
}

export interface HashAnswer {
  readonly ask: number;
  /** The chunks come back to be written. */
  readonly chunks?: Uint8Array[];
  readonly digest?: string;
}

/** The whole program of a hashing thread. */
export function hashingThread(): void {
  const { createHash } = process.getBuiltinModule('node:crypto');
  const { parentPort } = process.getBuiltinModule('node:worker_threads');
  const fresh = (algorithm: string) => createHash(algorithm);
  const states = new Map<number, { running: ReturnType<typeof fresh>; marked: ReturnType<typeof fresh> }>();

  parentPort?.on('message', (request: HashRequest) => {
    let state = states.get(request.hash);
    if (state === undefined) {
      state = { running: fresh(request.algorithm), marked: fresh(request.algorithm) };
      states.set(request.hash, state);
    }
    if (request.chunks !== undefined) {
      for (const chunk of request.chunks) state.running.update(chunk);
      const memory = request.chunks.map((chunk) => chunk.buffer as ArrayBuffer);
      parentPort.postMessage({ ask: request.ask, chunks: request.chunks }, memory);
    } else if (request.word === 'mark') state.marked = state.running.copy();
    else if (request.word === 'reset') state.running = state.marked.copy();
    else if (request.word === 'drop') states.delete(request.hash);
    else parentPort.postMessage({ ask: request.ask, digest: state.running.copy().digest('hex') });
  });
}
