import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type { Awaitable } from '../platform/awaitable.ts';
import type { UploadId, UploadState } from '../storage/blob-store.ts';

/** A file of the transfer station: its bytes lie staged under its id as long as there is a row. */
export interface BundleFileRow {
  readonly id: UploadId;
  readonly registryId: string;
  /** A volume that was brought here or is made here, or an archive of `docker save`. */
  readonly kind: 'volume' | 'archive';
  /** `refused`: whole, and no volume that is believed here; `reason` says why. */
  readonly state: 'receiving' | 'making' | 'ready' | 'refused';
  readonly reason?: string | undefined;
  /** Who sent it, or had it made. */
  readonly principal: string;
  readonly name: string;
  /** Who carried it, as the sender says. */
  readonly carriedBy?: string | undefined;
  /** Bytes when it is whole; what is acknowledged of them is `progress.offset`. */
  readonly size: number;
  readonly progress: UploadState;
  /** Of all its bytes, as far as somebody has computed it. */
  readonly digest?: Digest | undefined;
  readonly volume?: VolumeFacts | undefined;
  /** When all its bytes were found to be those that were signed. */
  readonly verifiedAt?: Date | undefined;
  /** Which creation makes it. */
  readonly operation?: string | undefined;
  readonly startedAt: Date;
  readonly updatedAt: Date;
}

export interface VolumeFacts {
  readonly bundle: Digest;
  /** From 1. */
  readonly number: number;
  readonly of: number;
  /** Id of the key. */
  readonly signer: string;
}

/** A signed `bundle.json`, of a bundle that is here or was made here. */
export interface BundleDocumentRow {
  readonly registryId: string;
  readonly digest: Digest;
  readonly made: boolean;
  readonly keptAt: Date;
  /** Of the document: each once. */
  readonly repositories: readonly RepositoryName[];
  /** JSON of what a list shows. */
  readonly summary: string;
}

export interface WholeManifest {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  /** Non-distributable layers that its repository has not, without which a manifest is taken. */
  readonly missingLayers: readonly Digest[];
}

export interface TrustedSignerRow {
  readonly registryId: string;
  readonly keyId: string;
  readonly name: string;
  readonly publicPem: string;
  readonly addedBy: string;
  readonly addedAt: Date;
}

export interface BundleReader {
  file(id: UploadId): Awaitable<BundleFileRow | undefined>;
  /** By id, after `last`. */
  files(registryId: string, last: string, limit: number): Awaitable<BundleFileRow[]>;
  /** How many are not whole yet. */
  receiving(registryId: string): Awaitable<number>;
  /** Volumes that are ready or being made, by number. */
  volumesOf(registryId: string, bundle: Digest): Awaitable<BundleFileRow[]>;
  /** Files that are not whole yet and were not touched since; at most `limit`. */
  idleSince(before: Date, limit: number): Awaitable<BundleFileRow[]>;
  document(registryId: string, digest: Digest): Awaitable<BundleDocumentRow | undefined>;
  documentBytes(registryId: string, digest: Digest): Awaitable<Uint8Array | undefined>;
  /** Digests of bundles that were made here, oldest first. */
  made(registryId: string): Awaitable<Digest[]>;
  /** By name. */
  signers(registryId: string): Awaitable<TrustedSignerRow[]>;
  /**
   * Manifests of these repositories that are not damaged, by repository and digest, after `after`; at most `limit`.
   * @param names in binary order
   */
  wholeManifests(
    registryId: string,
    names: readonly RepositoryName[],
    after: { readonly repository: string; readonly digest: string },
    limit: number,
  ): Awaitable<WholeManifest[]>;
  /** When the bundle was made that moved the tag last, as ISO 8601; undefined when none has. */
  lastMove(registryId: string, repository: RepositoryName, tag: TagName): Awaitable<string | undefined>;
}

export interface BundleWriter extends BundleReader {
  /** Makes it, or replaces it. */
  putFile(row: BundleFileRow): Awaitable<void>;
  /** False when there was none. */
  deleteFile(id: UploadId): Awaitable<boolean>;
  /** One that is known stays as it is. */
  putDocument(row: BundleDocumentRow, document: Uint8Array): Awaitable<void>;
  deleteDocument(registryId: string, digest: Digest): Awaitable<void>;
  putSigner(row: TrustedSignerRow): Awaitable<void>;
  deleteSigner(registryId: string, keyId: string): Awaitable<boolean>;
  /** Keeps the later one. */
  noteMove(registryId: string, repository: RepositoryName, tag: TagName, created: string): Awaitable<void>;
}
