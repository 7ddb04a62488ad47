import { fits, type Pattern, type SelectedImage } from '@holdfast/bundle/select';
import type { ContentSource } from '@holdfast/oci/content-source';
import { parseRepositoryName } from '@holdfast/oci/reference';
import { readReferrerTag } from '@holdfast/oci/referrer-tag';
import type { PushClient } from '@holdfast/oci/registry/push-client';
import { ImageCopier } from '../images/copy-image.ts';
import { RepositorySource } from '../images/repository-source.ts';
import type { Digest } from '../images/store.ts';
import { DryTarget, type Homes, ImportTarget } from './import-target.ts';
import { inParallel } from './in-parallel.ts';
import type { Journal } from './journal.ts';
import type { ImportedImage, ImportedRepository } from './report.ts';

/** After so many in a row it is no image's fault. */
const FAILURES_IN_A_ROW = 20;
const NONE = { copied: 0, mounted: 0, there: 0, bytes: 0, leftOut: 0 };

export interface ImportOrder {
  readonly source: ContentSource;
  /** For messages. */
  readonly sourceName: string;
  readonly target: PushClient;
  readonly nameAtTarget: (repository: string) => string;
  readonly excluded: readonly Pattern[];
  /** Whether tags were chosen, so that those that say something of a chosen image are to be looked for. */
  readonly byTags: boolean;
  readonly journal: Journal;
  readonly parallel: number;
  readonly dryRun: boolean;
  /** Whether tags may be moved that somebody else has set at the target. */
  readonly force: boolean;
  readonly referrers: boolean;
  readonly foreignLayers: boolean;
  readonly onProgress: (images: number) => void;
}

/** Brings the images into the registry, one by one, each whole or not at all. Throws for nothing that is one image's. */
export class Import {
  readonly #order: ImportOrder;
  readonly #homes: Homes = new Map();
  #failuresInARow = 0;
  #done = 0;

  constructor(order: ImportOrder) {
    this.#order = order;
  }

  async run(images: readonly SelectedImage[]): Promise<ImportedRepository[]> {
    const found: ImportedRepository[] = [];
    const byRepository = new Map<string, SelectedImage[]>();
    for (const image of images) {
      const known = byRepository.get(image.repository);
      if (known) known.push(image);
      else byRepository.set(image.repository, [image]);
    }
    for (const [repository, chosen] of byRepository) {
      found.push(await this.#repository(repository, chosen));
    }
    return found;
  }

  async #repository(from: string, chosen: readonly SelectedImage[]): Promise<ImportedRepository> {
    const { source, sourceName, target, nameAtTarget, dryRun, referrers, foreignLayers } = this.#order;
    const name = nameAtTarget(from);
    if (!parseRepositoryName(name)) {
      const reason = `'${name}' is no name of a repository: give another --prefix`;
      const images = chosen.map(({ tag, reference }): ImportedImage => ({ tag, reference, state: 'failed', reason }));
      return { from, to: name, images, digests: new Set(), ...NONE };
    }
    const to = new (dryRun ? DryTarget : ImportTarget)(target, name, this.#homes);
    const progress = { show: () => this.#order.onProgress(this.#done) };
    const store = new RepositorySource(source, from, `${sourceName}/${from}`);
    const copier = new ImageCopier({ from: store, to, referrers, foreignLayers, progress });
    const images: ImportedImage[] = [];
    const copy = async (image: SelectedImage) => {
      images.push(await this.#image(image, store, to, copier));
      this.#order.onProgress(++this.#done);
    };
    await inParallel(chosen, this.#order.parallel, copy);
    await inParallel(await this.#tagsAbout(from, chosen, copier.digests), this.#order.parallel, copy);
    const { blobs, bytes, leftOut } = copier.report('' as Digest);
    const counted = { ...blobs, bytes: to instanceof DryTarget ? to.bytes : bytes, leftOut };
    return { from, to: name, images, digests: copier.digests, ...counted };
  }

  async #image(
    { tag, reference }: SelectedImage,
    from: RepositorySource,
    to: ImportTarget,
    copier: ImageCopier,
  ): Promise<ImportedImage> {
    const { journal, force, dryRun } = this.#order;
    if (this.#failuresInARow >= FAILURES_IN_A_ROW) {
      const reason = `not tried, since ${FAILURES_IN_A_ROW} images in a row failed before it`;
      return { tag, reference, state: 'failed', reason };
    }
    let source: Digest | undefined;
    try {
      const manifest = await from.manifest(reference);
      source = manifest.digest;
      const there = tag === undefined ? undefined : await to.findManifest(tag);
      const isOurs = tag !== undefined && there !== undefined && journal.digestOf(to.repository, tag) === there;
      if (there !== undefined && there !== source && !isOurs && !force) {
        const reason = 'the target has another image of this tag, which --force moves';
        return { tag, reference, source, state: 'different', reason };
      }
      await copier.copy(manifest, there === source ? undefined : tag);
      if (tag !== undefined && !dryRun && there !== source) await journal.keep(to.repository, tag, source);
      this.#failuresInARow = 0;
      return { tag, reference, source, state: there === source ? 'there' : 'copied' };
    } catch (error) {
      this.#failuresInARow++;
      const { message, cause } = error as Error;
      // What fetch says of a connection is in its cause.
      const reason = cause instanceof Error && message === 'fetch failed' ? `${message}: ${cause.message}` : message;
      return { tag, reference, ...(source ? { source } : {}), state: 'failed', reason };
    }
  }

  /** Signatures and the like that are tags, of images that were chosen by theirs. */
  async #tagsAbout(
    repository: string,
    chosen: readonly SelectedImage[],
    digests: ReadonlySet<Digest>,
  ): Promise<SelectedImage[]> {
    const { byTags, source, excluded, referrers } = this.#order;
    if (!byTags || !referrers) return [];
    const known = new Set(chosen.map(({ tag }) => tag));
    const found: SelectedImage[] = [];
    for await (const tag of source.tags(repository)) {
      const about = readReferrerTag(tag);
      if (!about || known.has(tag) || !digests.has(about.subject)) continue;
      const image = { repository, tag, reference: tag };
      if (!excluded.some((pattern) => fits(pattern, image))) found.push(image);
    }
    return found;
  }
}
