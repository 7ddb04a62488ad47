import type { Readable } from 'node:stream';
import type { PushClient } from '@holdfast/oci/registry/push-client';
import { RegistryStore } from '../images/registry-store.ts';
import { plain } from '../images/repository-source.ts';
import type { Digest, PulledManifest } from '../images/store.ts';

/** Which repository of the target has a blob, as far as an import has seen; a layer that many have is sent once. */
export type Homes = Map<Digest, string>;

/** A repository of the registry that is filled. */
export class ImportTarget extends RegistryStore {
  readonly #registry: PushClient;
  protected readonly homes: Homes;

  constructor(registry: PushClient, repository: string, homes: Homes) {
    super(registry, repository);
    this.#registry = registry;
    this.homes = homes;
  }

  async hasManifest(digest: Digest): Promise<boolean> {
    return (await this.findManifest(digest)) !== undefined;
  }

  findManifest(reference: string): Promise<Digest | undefined> {
    return plain(this.#registry.findManifest(this.repository, reference));
  }

  override async hasBlob(digest: Digest): Promise<boolean> {
    const has = await super.hasBlob(digest);
    if (has) this.homes.set(digest, this.repository);
    return has;
  }

  override async mount(digest: Digest): Promise<boolean> {
    const home = this.homes.get(digest);
    return home !== undefined && plain(this.#registry.mountBlob(this.repository, digest, home));
  }

  override async putBlob(digest: Digest, size: number, open: () => Promise<Readable>): Promise<void> {
    await super.putBlob(digest, size, open);
    this.homes.set(digest, this.repository);
  }
}

/** Changes nothing, and counts what it would have taken. */
export class DryTarget extends ImportTarget {
  bytes = 0;

  override async mount(digest: Digest): Promise<boolean> {
    return this.homes.has(digest);
  }

  override async putBlob(digest: Digest, size: number): Promise<void> {
    this.bytes += size;
    this.homes.set(digest, this.repository);
  }

  override async putManifest(_manifest: PulledManifest): Promise<void> {}
}
