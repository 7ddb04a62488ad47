import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import type { DigestAlgorithm } from '@holdfast/oci/digest';
import type { WriteTarget } from './hashing-thread.ts';

/** The algorithm that is hashed along; a commit under another one reads the staged bytes again. */
export const RUNNING_ALGORITHM: DigestAlgorithm = 'sha256';

export interface UpdateOptions {
  /** The given chunks may lose their memory. */
  readonly take?: boolean;
  /** More is to come: the batch was sent because it was full, not because the body has ended. */
  readonly full?: boolean;
  /** Asked by a thread's hash: where the thread writes them by itself. */
  readonly to?: () => WriteTarget | undefined;
  /** Gives another hash all bytes before these; without it a hash stays where it began. */
  readonly replay?: (into: RunningHash) => Promise<void>;
}

/** A hash that grows with an upload and can go back to where the upload's last acknowledged byte left it. */
export interface RunningHash {
  /** The state is gone (its thread died); only the staged bytes can tell the digest. */
  readonly lost: boolean;
  /**
   * Hashes the chunks in the order of the calls. Resolves with the same bytes to be written, or with none when a thread
   * has written them: with `take`, the given chunks may have lost their memory by then. Rejects as `writev` does; the hash is then good
   * for nothing but `reset`.
   */
  update(chunks: Buffer[], options?: UpdateOptions): Promise<Uint8Array[]>;
  /** What was hashed up to here is acknowledged. */
  mark(): void;
  /** Forgets what came after the last mark. */
  reset(): void;
  /** Hex; the hash may go on growing afterwards. */
  digest(): Promise<string>;
  /** Frees the state. */
  drop(): void;
}

/** For short bodies: a message to another thread would take longer than hashing. */
export class LocalHash implements RunningHash {
  readonly lost = false;
  #hash: Hash;
  #marked: Hash;

  constructor(algorithm: DigestAlgorithm) {
    this.#hash = createHash(algorithm);
    this.#marked = this.#hash.copy();
  }

  async update(chunks: Buffer[]): Promise<Uint8Array[]> {
    for (const chunk of chunks) this.#hash.update(chunk);
    return chunks;
  }

  mark(): void {
    this.#marked = this.#hash.copy();
  }

  reset(): void {
    this.#hash = this.#marked.copy();
  }

  async digest(): Promise<string> {
    return this.#hash.copy().digest('hex');
  }

  drop(): void {}
}
