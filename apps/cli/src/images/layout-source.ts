import { type FileTree, openFileTree } from '@holdfast/oci/archive/file-tree';
import { type LayoutEntry, openOciLayout, readLayoutIndex } from '@holdfast/oci/archive/oci-layout';
import type { ContentSource } from '@holdfast/oci/content-source';
import { parseDigest } from '@holdfast/oci/digest';
import { CommandError, notFound, wrongUsage } from '../command-error.ts';
import { RepositorySource } from './repository-source.ts';
import type { PulledManifest } from './store.ts';

/** What a layout has under a tag alone is of no repository, yet a source has all in some. */
const UNNAMED = 'image';

/** An OCI image layout, folder or tar file, whose images are called by their tags, whatever repository is written beside them. */
export class LayoutSource extends RepositorySource {
  readonly #entries: readonly LayoutEntry[];

  private constructor(location: string, content: ContentSource, entries: readonly LayoutEntry[]) {
    super(content, UNNAMED, location);
    this.#entries = entries;
  }

  /** Throws `CommandError` for what is no layout. */
  static async open(location: string): Promise<LayoutSource> {
    try {
      const tree: FileTree = await openFileTree(location);
      return new LayoutSource(location, await openOciLayout(tree, UNNAMED), await readLayoutIndex(tree, UNNAMED));
    } catch (error) {
      throw new CommandError(`${location} cannot be read: ${(error as Error).message}.`, 1, { cause: error });
    }
  }

  override async manifest(reference: string): Promise<PulledManifest> {
    const digests = new Set(this.#entries.flatMap(({ tag, digest }) => (tag === reference ? digest : [])));
    const [digest = parseDigest(reference)] = digests;
    if (digests.size > 1) throw wrongUsage(`${this.name} has several images ${reference}: name one by its digest.`);
    const isThere = digest && (await this.content.findBlob(UNNAMED, digest)) !== undefined;
    if (!isThere)
      throw notFound(`${this.name} has no image ${reference}: it has ${this.#tags().join(', ') || 'none'}.`);
    return super.manifest(digest);
  }

  /** The only tag there is, so that it need not be named. */
  onlyReference(): string {
    const tags = this.#tags();
    if (tags.length === 1) return tags[0] ?? '';
    if (tags.length === 0 && this.#entries.length === 1) return this.#entries[0]?.digest ?? '';
    throw wrongUsage(
      `${this.name} has ${tags.length || 'no'} tags: name one as ${this.name}:TAG (${tags.join(', ')}).`,
    );
  }

  #tags(): string[] {
    return [...new Set(this.#entries.flatMap(({ tag }) => tag ?? []))];
  }
}
