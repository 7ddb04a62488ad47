import { Transform } from 'node:stream';
import { parseManifest, type ReferenceOut } from '@holdfast/oci/manifest';
import { CommandError } from '../command-error.ts';
import type { Progress } from '../output/progress.ts';
import type { Digest, ImageSource, ImageTarget, PulledManifest } from './store.ts';

export interface CopyOptions {
  readonly from: ImageSource;
  readonly to: ImageTarget;
  /** What refers to an image goes with it: signatures, bills of materials. */
  readonly referrers: boolean;
  /** Whether layers go along that their makers want to be had from them only. */
  readonly foreignLayers: boolean;
  readonly progress: Pick<Progress, 'show'>;
}

export interface CopyReport {
  readonly digest: Digest;
  readonly manifests: number;
  readonly blobs: { readonly copied: number; readonly mounted: number; readonly there: number };
  /** That were sent. */
  readonly bytes: number;
  /** Non-distributable layers that were left out. */
  readonly leftOut: number;
}

const PARALLEL = 4;
/** An index of indexes of indexes is a mistake or an attack. */
const DEPTH = 8;

/** Copies an image with all that is below it; a manifest goes when what it names is there. */
export async function copyImage(reference: string, tag: string | undefined, options: CopyOptions): Promise<CopyReport> {
  const copy = new Copy(options);
  const manifest = await options.from.manifest(reference);
  await copy.image(manifest, tag, 0);
  return copy.report(manifest.digest);
}

class Copy {
  readonly #options: CopyOptions;
  readonly #seen = new Set<Digest>();
  readonly #blobs = { copied: 0, mounted: 0, there: 0 };
  #manifests = 0;
  #leftOut = 0;
  #sent = 0;
  #wanted = 0;

  constructor(options: CopyOptions) {
    this.#options = options;
  }

  report(digest: Digest): CopyReport {
    return { digest, manifests: this.#manifests, blobs: this.#blobs, bytes: this.#sent, leftOut: this.#leftOut };
  }

  async image(manifest: PulledManifest, tag: string | undefined, depth: number): Promise<void> {
    const { from, to, referrers } = this.#options;
    const parsed = parseManifest(manifest.bytes, manifest.mediaType);
    if (!parsed.ok) throw new CommandError(`${from.name}@${manifest.digest} cannot be copied: ${parsed.reason}.`);
    const { references } = parsed.manifest;
    if (depth > DEPTH) throw new CommandError(`${from.name}@${manifest.digest} is nested more than ${DEPTH} deep.`);
    for (const child of references.filter(({ kind }) => kind === 'manifest')) {
      await this.#below(child.digest, depth + 1);
    }
    await this.#copyBlobs(references.filter(({ kind }) => kind !== 'manifest'));
    await to.putManifest(manifest, tag);
    this.#manifests += 1;
    this.#seen.add(manifest.digest);
    if (!referrers) return;
    for (const { digest } of await from.referrers(manifest.digest)) await this.#below(digest, depth + 1);
  }

  async #below(digest: Digest, depth: number): Promise<void> {
    if (this.#seen.has(digest)) return;
    await this.image(await this.#options.from.manifest(digest), undefined, depth);
  }

  async #copyBlobs(references: readonly ReferenceOut[]): Promise<void> {
    const waiting = references.filter(({ digest }) => !this.#seen.has(digest));
    const distinct = [...new Map(waiting.map((reference) => [reference.digest, reference])).values()];
    for (const { digest, size } of distinct) {
      this.#seen.add(digest);
      this.#wanted += size;
    }
    const work = async () => {
      for (let next = distinct.shift(); next; next = distinct.shift()) await this.#copyBlob(next);
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
  }

  async #copyBlob({ digest, size, kind }: ReferenceOut): Promise<void> {
    const { from, to, foreignLayers } = this.#options;
    if (kind === 'foreign-layer' && !foreignLayers) {
      this.#leftOut += 1;
      this.#wanted -= size;
    } else if (await to.hasBlob(digest)) {
      this.#blobs.there += 1;
      this.#wanted -= size;
    } else if (await to.mount?.(digest, from)) {
      this.#blobs.mounted += 1;
      this.#wanted -= size;
    } else {
      await to.putBlob(digest, size, () => this.#open(digest, size));
      this.#blobs.copied += 1;
    }
  }

  async #open(digest: Digest, size: number) {
    const { from, progress } = this.#options;
    const stream = await from.blob(digest, size);
    if (!stream) throw new CommandError(`${from.name} has no blob ${digest}, although its manifest names it.`, 3);
    const counter = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        this.#sent += chunk.length;
        progress.show({ done: this.#sent, total: this.#wanted });
        done(undefined, chunk);
      },
    });
    // Not pipeline's promise: whoever reads the counter sees the error.
    stream.once('error', (error) => counter.destroy(error));
    counter.once('close', () => stream.destroy());
    return stream.pipe(counter);
  }
}
