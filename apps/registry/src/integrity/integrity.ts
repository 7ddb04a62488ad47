import type { Digest } from '@holdfast/oci/digest';
import type { Damage, ManifestContent, MetadataStore } from '../metadata/metadata-store.ts';
import type { Awaitable } from '../platform/awaitable.ts';
import { BoundedCache } from '../platform/bounded-cache.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import type { BlobStore, ExamineOptions } from '../storage/blob-store.ts';
import { blobUnknown } from '../storage/storage-errors.ts';
import { blobDamaged, manifestDamaged } from './damage-errors.ts';
import { examineBlob, examineManifest, hasDigest } from './examine.ts';
import type { Finding } from './finding.ts';
import { Ledger } from './ledger.ts';
import type { Verdict } from './recorder.ts';

export interface IntegrityOptions {
  readonly metadata: MetadataStore;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly tell: (finding: Finding) => void;
  /** How long a blob that this process has verified is served without being read again, in hours; undefined: no blob is. */
  readonly verifyOnRead?: { readonly hours: number } | undefined;
}

/** Some 20 MB when it is full; beyond it the blobs that were asked for longest ago are verified anew. */
const REMEMBERED = 100_000;

interface Verified {
  readonly version: string;
  /** By the clock that never goes back, milliseconds. */
  readonly until: number;
}

/** Whether what is stored is what it is called: looks, remembers, and refuses. One for each process that serves. */
export class Integrity {
  readonly #d: IntegrityOptions;
  readonly #ledger: Ledger;
  readonly #verified = new BoundedCache<Verified>(REMEMBERED);
  readonly #running = new Map<Digest, Promise<Verdict>>();
  readonly #closing = new AbortController();

  constructor(options: IntegrityOptions) {
    this.#d = options;
    this.#ledger = new Ledger(options);
  }

  /** Reads the blob from the disk and records what is found; see `examineBlob`. */
  async examineBlob(digest: Digest, options: ExamineOptions = {}): Promise<Verdict> {
    const { metadata, blobs } = this.#d;
    const verdict = await examineBlob({ read: metadata.read, blobs, recorder: this.#ledger }, digest, options);
    if (verdict.state === 'sound') this.#remember(digest, verdict.version);
    return verdict;
  }

  examineManifest(digest: Digest, options: ExamineOptions = {}): Promise<Verdict> {
    return examineManifest({ read: this.#d.metadata.read, recorder: this.#ledger }, digest, options);
  }

  /**
   * For whoever met a file that is missing or has another size than its row: records the damage if that is still so. It reads
   * no bytes. Undefined: all looks well now.
   */
  async suspect(digest: Digest): Promise<Damage | undefined> {
    const row = await this.#d.metadata.read.integrity.blob(digest);
    const info = await this.#d.blobs.stat(digest);
    if (!row || info?.size === row.size) return undefined;
    const kind = info ? 'wrong-size' : 'missing';
    const verdict = await this.#ledger.settleBlob(digest, { kind, size: info?.size ?? 0, version: info?.version });
    return verdict?.state === 'damaged' ? verdict.damage : undefined;
  }

  /**
   * Whether just these bytes may be sent: with `verifyOnRead` they must have been verified by this process within its hours. False:
   * the bytes that are stored now are good, but others than these, so open them anew. Throws `blob.damaged`, `blob.unknown`.
   */
  async admit(digest: Digest, version: string): Promise<boolean> {
    if (this.#d.verifyOnRead === undefined || this.#knows(digest, version)) return true;
    const verdict = await this.#verifyOnce(digest);
    if (verdict.state === 'damaged') throw blobDamaged(digest, verdict.damage);
    if (verdict.state === 'gone') throw blobUnknown(digest);
    return verdict.version === version;
  }

  /** The same for a manifest, which is small enough to be hashed each time. Throws `manifest.damaged`. */
  admitManifest(content: ManifestContent): Awaitable<boolean> {
    if (this.#d.verifyOnRead === undefined || hasDigest(content.bytes, content.digest)) return true;
    return this.#refuseManifest(content.digest);
  }

  /** False, when it was healed meanwhile. */
  async #refuseManifest(digest: Digest): Promise<boolean> {
    const verdict = await this.examineManifest(digest);
    if (verdict.state === 'damaged') throw manifestDamaged(digest, verdict.damage.since);
    return false;
  }

  /** Ends what is being verified for downloads. */
  close(): void {
    this.#closing.abort(new Error('the server stops'));
  }

  /** All who ask for a blob meanwhile wait for one reading of it; whoever came first may go away. */
  #verifyOnce(digest: Digest): Promise<Verdict> {
    const running = this.#running.get(digest);
    if (running) return running;
    const started = this.examineBlob(digest, { signal: this.#closing.signal }).finally(() =>
      this.#running.delete(digest),
    );
    this.#running.set(digest, started);
    return started;
  }

  #knows(digest: Digest, version: string): boolean {
    const known = this.#verified.get(digest);
    return known?.version === version && this.#d.clock.monotonic() < known.until;
  }

  #remember(digest: Digest, version: string): void {
    if (this.#d.verifyOnRead === undefined) return;
    const until = this.#d.clock.monotonic() + this.#d.verifyOnRead.hours * 3_600_000;
    this.#verified.set(digest, { version, until });
  }
}
