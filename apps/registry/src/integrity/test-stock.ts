import { Readable } from 'node:stream';
import { type Digest, type DigestAlgorithm, digestOf } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type { AuditEntry, MetadataStore } from '../metadata/metadata-store.ts';
import { openMemoryMetadataStore } from '../metadata/sqlite/open.ts';
import { registryRow } from '../metadata/test-rows.ts';
import { FakeClock } from '../platform/clock.ts';
import { systemIds } from '../platform/ids.ts';
import type { BlobStore, UploadId } from '../storage/blob-store.ts';
import { MemoryBlobStore } from '../storage/memory/memory-blob-store.ts';
import type { Finding } from './finding.ts';
import { Integrity } from './integrity.ts';

const REGISTRY = 'r1';
const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';

/** Stores in memory with something in them, whose bytes can be damaged. */
export class Stock {
  readonly clock = new FakeClock();
  readonly metadata: MetadataStore;
  readonly blobs = new MemoryBlobStore({ clock: this.clock });
  readonly findings: Finding[] = [];

  private constructor(metadata: MetadataStore) {
    this.metadata = metadata;
  }

  static async open(): Promise<Stock> {
    const metadata = openMemoryMetadataStore();
    await metadata.migrate();
    const stock = new Stock(metadata);
    const row = registryRow({ id: REGISTRY, name: 'contoso', createdAt: stock.clock.now() });
    await metadata.transaction((tx) => tx.registries.create(row));
    return stock;
  }

  /** `blobs`: a store that a test stands in the way of. */
  integrity(options: { hours?: number; blobs?: BlobStore } = {}): Integrity {
    return new Integrity({
      metadata: this.metadata,
      blobs: options.blobs ?? this.blobs,
      clock: this.clock,
      ids: systemIds,
      tell: (finding) => this.findings.push(finding),
      verifyOnRead: options.hours === undefined ? undefined : { hours: options.hours },
    });
  }

  repository(name: string): Promise<number> {
    return this.metadata.transaction(
      async (tx) => (await tx.repositories.findOrCreate(REGISTRY, name as RepositoryName, this.clock.now())).id,
    );
  }

  /** As a push does it: publishes and links under the digest's lock, and heals. */
  async push(text: string, repository = 'app', algorithm: DigestAlgorithm = 'sha256'): Promise<Digest> {
    const bytes = Buffer.from(text);
    const digest = digestOf(bytes, algorithm);
    const id = await this.repository(repository);
    const upload = await this.blobs.uploads.begin(systemIds.uuid() as UploadId);
    await upload.append(Readable.from([bytes]));
    await this.metadata.exclusive(`blob:${digest}`, async () => {
      const { size } = await upload.commit(digest);
      await this.metadata.transaction(async (tx) => {
        await tx.blobs.link(id, { digest, size }, this.clock.now());
        await tx.integrity.healBlob(digest, size);
      });
    });
    await upload.abort();
    return digest;
  }

  /** As a delete and a sweep do it. */
  async free(digest: Digest, repository = 'app'): Promise<void> {
    const id = await this.repository(repository);
    await this.metadata.exclusive(`blob:${digest}`, async () => {
      const forgotten = await this.metadata.transaction(async (tx) => {
        await tx.blobs.unlink(id, digest, this.clock.now());
        return tx.blobs.forget(digest);
      });
      if (forgotten) await this.blobs.delete(digest);
    });
  }

  /** `stored`: what lies there in place of the manifest's own bytes. */
  async pushManifest(
    names: Digest,
    options: { repository?: string; tag?: string; stored?: string; kind?: 'layer' | 'manifest' } = {},
  ): Promise<Digest> {
    const { repository = 'app', tag, kind = 'layer' } = options;
    const text = JSON.stringify({ names, repository, tag });
    const digest = digestOf(text);
    const repositoryId = await this.repository(repository);
    const at = this.clock.now();
    await this.metadata.transaction(async (tx) => {
      const row = { repositoryId, digest, mediaType: MANIFEST_TYPE, size: text.length, pushedBy: 'me', pushedAt: at };
      const references = [{ digest: names, kind, mediaType: 'application/octet-stream', size: 1 }];
      await tx.manifests.insert(row, Buffer.from(options.stored ?? text), references);
      if (tag) await tx.tags.put(repositoryId, tag as TagName, digest, at);
    });
    return digest;
  }

  audit(): Promise<AuditEntry[]> {
    return this.metadata.transaction((tx) => tx.audit.recent(REGISTRY, 100));
  }
}

/** The blob store with something that happens before or after it has read a blob, and before anybody judges. */
export function interrupted(
  blobs: BlobStore,
  meanwhile: () => Promise<void>,
  when: 'before' | 'after' = 'after',
): BlobStore {
  let happened = false;
  return Object.assign(Object.create(blobs) as BlobStore, {
    stat: blobs.stat.bind(blobs),
    examine: async (...request: Parameters<BlobStore['examine']>) => {
      const happens = async (now: typeof when) => {
        if (now !== when || happened) return;
        happened = true;
        await meanwhile();
      };
      await happens('before');
      const found = await blobs.examine(...request);
      await happens('after');
      return found;
    },
  });
}
