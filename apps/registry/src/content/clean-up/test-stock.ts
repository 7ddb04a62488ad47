import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type { LockFlag, LockKind } from '../../metadata/locks.ts';
import type { ManifestReference, MetadataStore, RegistryRow } from '../../metadata/metadata-store.ts';
import type { CleanUpDefinition, ImmutableTagsDefinition } from '../../metadata/policies.ts';
import { openMemoryMetadataStore } from '../../metadata/sqlite/open.ts';
import { registryRow } from '../../metadata/test-rows.ts';
import { FakeClock } from '../../platform/clock.ts';
import { systemIds } from '../../platform/ids.ts';
import { cleanUpRegistry } from './carry-out.ts';
import { previewCleanUp } from './preview.ts';

export const DAY = 86_400_000;
export const digest = (n: number): Digest => `sha256:${n.toString(16).padStart(64, '0')}` as Digest;
/** The tag that speaks of the manifest, as cosign names it. */
export const companion = (n: number): string => `${digest(n).replace(':', '-')}.sig`;

/** One repository, `team/app`, in a registry of its own; made of numbers, by a clock that stands still. */
export class Stock {
  readonly metadata: MetadataStore = openMemoryMetadataStore();
  readonly clock = new FakeClock();
  registry: RegistryRow = registryRow({ id: 'r1', name: 'contoso' });
  id = 0;

  static async open(policies: Record<string, unknown> = {}): Promise<Stock> {
    const stock = new Stock();
    stock.registry = { ...stock.registry, policies: JSON.stringify(policies) };
    await stock.metadata.migrate();
    await stock.metadata.transaction(async (tx) => {
      await tx.registries.create(stock.registry);
      const name = 'team/app' as RepositoryName;
      ({ id: stock.id } = await tx.repositories.findOrCreate('r1', name, stock.clock.now()));
    });
    return stock;
  }

  get dependencies() {
    return { metadata: this.metadata, clock: this.clock, ids: systemIds };
  }

  /** A manifest, pushed now. */
  async push(n: number, more: { children?: readonly number[]; subject?: number; tags?: readonly string[] } = {}) {
    const { children = [], subject, tags = [] } = more;
    const references = children.map((child): ManifestReference => {
      return { digest: digest(child), kind: 'manifest', mediaType: 'x/image', size: 1 };
    });
    await this.metadata.transaction(async (tx) => {
      const row = {
        repositoryId: this.id,
        digest: digest(n),
        mediaType: children.length > 0 ? 'x/index' : 'x/image',
        size: 1,
        pushedBy: 'me',
        pushedAt: this.clock.now(),
        ...(subject === undefined ? {} : { subject: digest(subject) }),
      };
      await tx.manifests.insert(row, Buffer.from(String(n)), references);
    });
    for (const name of tags) await this.tag(name, n);
  }

  tag(name: string, n: number) {
    return this.metadata.transaction((tx) => tx.tags.put(this.id, name as TagName, digest(n), this.clock.now()));
  }

  untag(name: string) {
    return this.metadata.transaction((tx) => tx.tags.delete(this.id, name as TagName, this.clock.now()));
  }

  pull(n: number) {
    const pull = { repositoryId: this.id, digest: digest(n), at: this.clock.now() };
    return this.metadata.transaction((tx) => tx.pulls.record([pull]));
  }

  lock(kind: LockKind, name: string, flag: LockFlag = 'delete') {
    const row = { repositoryId: this.id, kind, name, flag, setBy: 'me', setAt: this.clock.now() };
    return this.metadata.transaction((tx) => tx.locks.set(row));
  }

  policy(name: string, definition: Partial<CleanUpDefinition>) {
    return this.#put('clean-up', name, { status: 'enabled', repositories: ['*'], ...definition });
  }

  immutable(name: string, definition: Partial<ImmutableTagsDefinition>) {
    return this.#put('immutable-tags', name, { status: 'enabled', repositories: ['*'], ...definition });
  }

  #put(kind: 'clean-up' | 'immutable-tags', name: string, definition: object) {
    const createdAt = this.clock.now();
    const row = {
      registryId: 'r1',
      kind,
      name,
      definition: JSON.stringify(definition),
      createdAt,
      updatedAt: createdAt,
    };
    return this.metadata.transaction((tx) => tx.policies.put(row));
  }

  async days(n: number): Promise<void> {
    this.clock.advance(n * DAY);
  }

  /** Carries the policies out. */
  run() {
    return cleanUpRegistry(this.dependencies, this.registry, async () => true);
  }

  /** Lines such as `goes v1 policy`, `stays 3 part-of`: of tags by name, of manifests by number. */
  async preview(policy?: string): Promise<string[]> {
    const { repositories } = await previewCleanUp(this.metadata.read, this.registry, this.clock.now(), { policy });
    return repositories.flatMap(({ items }) =>
      items.map(({ decision, tag, digest, reason }) => `${decision} ${tag ?? numberOf(digest)} ${reason}`),
    );
  }

  async manifests(): Promise<number[]> {
    const digests = await this.metadata.read.deletions.manifestsOf(this.id, {});
    return digests.map(numberOf);
  }

  tags(): Promise<string[]> {
    return Promise.resolve(this.metadata.read.tags.list(this.id, {}));
  }
}

const numberOf = (digest: Digest): number => Number.parseInt(digest.slice(7), 16);
