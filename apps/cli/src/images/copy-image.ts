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
  const copier = new ImageCopier(options);
  const manifest = await options.from.manifest(reference);
  await copier.copy(manifest, tag);
  return copier.report(manifest.digest);
}

/** Copies images between two repositories, several at a time if one likes; what they have in common goes once. */
export class ImageCopier {
  readonly #options: CopyOptions;
  readonly #manifests = new Map<Digest, Promise<void>>();
  readonly #blobs = new Map<Digest, Promise<void>>();
  readonly #referred = new Set<Digest>();
  readonly #counts = { copied: 0, mounted: 0, there: 0 };
  #leftOut = 0;
  #sent = 0;
  #wanted = 0;

  constructor(options: CopyOptions) {
    this.#options = options;
  }

  /** Of all images together; `digest` is that of the one that is reported. */
  report(digest: Digest): CopyReport {
    return {
      digest,
      manifests: this.#manifests.size,
      blobs: this.#counts,
      bytes: this.#sent,
      leftOut: this.#leftOut,
    };
  }

  /** Of all manifests that are at the target by now, or failed on their way. */
  get digests(): ReadonlySet<Digest> {
    return new Set(this.#manifests.keys());
  }

  /** With what refers to it. Throws for the first thing that cannot be copied; then the tag has not moved. */
  async copy(manifest: PulledManifest, tag: string | undefined): Promise<void> {
    const below: Digest[] = [];
    await this.#whole(manifest, 0, below, tag);
    if (!this.#options.referrers) return;
    for (let subject = below.pop(); subject; subject = below.pop()) {
      if (this.#referred.has(subject)) continue;
      this.#referred.add(subject);
      for (const { digest } of await this.#options.from.referrers(subject)) await this.#child(digest, 0, below);
    }
  }

  /** `below` gets the digests of the manifests that were not met before. */
  async #whole(manifest: PulledManifest, depth: number, below: Digest[], tag?: string): Promise<void> {
    const known = this.#manifests.get(manifest.digest);
    if (!known) {
      below.push(manifest.digest);
      const work = this.#send(manifest, depth, below, tag);
      this.#manifests.set(manifest.digest, work);
      return work;
    }
    await known;
    if (tag !== undefined) await this.#options.to.putManifest(manifest, tag);
  }

  async #child(digest: Digest, depth: number, below: Digest[]): Promise<void> {
    const known = this.#manifests.get(digest);
    return known ?? this.#whole(await this.#options.from.manifest(digest), depth, below);
  }

  async #send(manifest: PulledManifest, depth: number, below: Digest[], tag: string | undefined): Promise<void> {
    const { from, to } = this.#options;
    const what = `${from.name}@${manifest.digest}`;
    const parsed = parseManifest(manifest.bytes, manifest.mediaType);
    if (!parsed.ok) throw new CommandError(`${what} cannot be copied: ${parsed.reason}.`);
    const { references } = parsed.manifest;
    if (depth > DEPTH) throw new CommandError(`${what} is nested more than ${DEPTH} deep.`);
    for (const { kind, digest } of references) if (kind === 'manifest') await this.#child(digest, depth + 1, below);
    // The registry took the manifest, so it has what it names, but for layers that need not be anywhere.
    const isThere =
      !references.some(({ kind }) => kind === 'foreign-layer') && (await to.hasManifest?.(manifest.digest));
    if (!isThere) await this.#copyBlobs(references.filter(({ kind }) => kind !== 'manifest'));
    if (!isThere || tag !== undefined) await to.putManifest(manifest, tag);
  }

  async #copyBlobs(references: readonly ReferenceOut[]): Promise<void> {
    const distinct = [...new Map(references.map((reference) => [reference.digest, reference])).values()];
    const work = async () => {
      for (let next = distinct.shift(); next; next = distinct.shift()) await this.#once(next);
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
  }

  #once(reference: ReferenceOut): Promise<void> {
    const known = this.#blobs.get(reference.digest);
    if (known) return known;
    this.#wanted += reference.size;
    const work = this.#copyBlob(reference);
    this.#blobs.set(reference.digest, work);
    return work;
  }

  async #copyBlob({ digest, size, kind }: ReferenceOut): Promise<void> {
    const { from, to, foreignLayers } = this.#options;
    if (kind === 'foreign-layer' && !foreignLayers) {
      this.#leftOut += 1;
      this.#wanted -= size;
    } else if (await to.hasBlob(digest)) {
      this.#counts.there += 1;
      this.#wanted -= size;
    } else if (await to.mount?.(digest, from)) {
      this.#counts.mounted += 1;
      this.#wanted -= size;
    } else {
      await to.putBlob(digest, size, () => this.#open(digest, size));
      this.#counts.copied += 1;
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
