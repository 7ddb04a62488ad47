import type { Digest } from '@holdfast/oci/digest';
import type { Damage, MetadataReader } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import { hasDigest } from './examine.ts';
import type { Recorder, Seen, Verdict } from './recorder.ts';
import type { Suspects } from './suspects.ts';

/** Between two looks at a row and its file: far longer than a server takes from one to the other. */
const SETTLE_MS = 100;

/**
 * Judges beside a server that has the data folder: writes nothing into its stores and holds none of its locks, and hands what it finds
 * to that server as suspects. A row and its file are compared twice, since a push or a sweep may be just between the two.
 */
export class Observer implements Recorder {
  readonly #read: MetadataReader;
  readonly #blobs: BlobStore;
  readonly #clock: Clock;
  readonly #suspects: Suspects;

  constructor(d: { read: MetadataReader; blobs: BlobStore; clock: Clock; suspects: Suspects }) {
    this.#read = d.read;
    this.#blobs = d.blobs;
    this.#clock = d.clock;
    this.#suspects = d.suspects;
  }

  async settleBlob(digest: Digest, seen: Seen): Promise<Verdict | undefined> {
    for (const last of [false, true]) {
      const row = await this.#read.integrity.blob(digest);
      if (!row) return { state: 'gone' };
      if ((await this.#blobs.stat(digest))?.version !== seen.version) return undefined;
      if (!last) {
        await this.#clock.sleep(SETTLE_MS);
        continue;
      }
      await this.#suspects.put({ what: 'blob', digest }); // a mark on sound bytes is the server's to take away, too
      if (seen.kind === undefined) return { state: 'sound', version: seen.version ?? '', healed: true };
      return this.#damaged(row.damage, { kind: seen.kind, since: this.#clock.now() });
    }
    return undefined;
  }

  async settleManifest(digest: Digest): Promise<Verdict> {
    const stored = await this.#read.integrity.manifest(digest);
    if (!stored) return { state: 'gone' };
    const right = hasDigest(stored.bytes, digest);
    if (!right || stored.damagedAt) await this.#suspects.put({ what: 'manifest', digest });
    if (right) return { state: 'sound', version: '', healed: stored.damagedAt !== undefined };
    const known: Damage | undefined = stored.damagedAt && { kind: 'wrong-bytes', since: stored.damagedAt };
    return this.#damaged(known, { kind: 'wrong-bytes', since: this.#clock.now() });
  }

  #damaged(known: Damage | undefined, found: Damage): Verdict {
    return { state: 'damaged', damage: known ?? found, news: known === undefined };
  }
}
