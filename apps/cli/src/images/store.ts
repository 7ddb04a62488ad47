import type { Readable } from 'node:stream';
import type { Descriptor } from '@holdfast/oci/descriptor';
import type { Digest } from '@holdfast/oci/digest';
import type { PulledManifest } from '@holdfast/oci/registry/pull-client';

export type { Descriptor, Digest, PulledManifest };

/** Where images come from: one repository of a registry, or an OCI image layout. What it gives has the digest it says. */
export interface ImageSource {
  /** For messages. */
  readonly name: string;
  /** `reference` is a tag or a digest. Throws when it is not there. */
  manifest(reference: string): Promise<PulledManifest>;
  /** Undefined when it is not there, as non-distributable layers may be. */
  blob(digest: Digest, size: number): Promise<Readable | undefined>;
  referrers(subject: Digest): Promise<readonly Descriptor[]>;
}

/** Where images go. */
export interface ImageTarget {
  readonly name: string;
  /** Where it can be asked; it has all that the manifest names then. */
  hasManifest?(digest: Digest): Promise<boolean>;
  hasBlob(digest: Digest): Promise<boolean>;
  /** Whether it could take the blob without its bytes. */
  mount?(digest: Digest, from: ImageSource): Promise<boolean>;
  /** `open` may be called again when the first try failed. */
  putBlob(digest: Digest, size: number, open: () => Promise<Readable>): Promise<void>;
  /** Without a tag by its digest. */
  putManifest(manifest: PulledManifest, tag?: string): Promise<void>;
}
