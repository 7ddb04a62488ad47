import type { Digest } from '@holdfast/oci/digest';
import type { ReferenceKind } from '@holdfast/oci/manifest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type { UploadId, UploadState } from '../storage/blob-store.ts';

/** SQLite answers at once, PostgreSQL later; callers always await. */
export type Awaitable<T> = T | Promise<T>;

/**
 * Every fact, in one relational database. One process on SQLite today, many on PostgreSQL later:
 * nothing here may assume that an answer comes synchronously.
 */
export interface MetadataStore {
  /** Committed and durable facts, on connections of their own; never waits for a writer. Not for use inside `transaction`. */
  readonly read: MetadataReader;
  /**
   * Runs `work` atomically and resolves when its commit is durable (fsynced). `work` may await nothing but `tx`, and may
   * run more than once (a neighbour in the same batch failed): it must not touch anything outside. When it throws,
   * or when the database refused one of its statements, none of its writes remain and the error is rethrown.
   */
  transaction<T>(work: (tx: MetadataTx) => Awaitable<T>): Promise<T>;
  /** Runs `work` while nobody else, here or on another node, holds `key`; first come, first served. */
  exclusive<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** Why nothing can be written any more; undefined while all is well. */
  problem(): string | undefined;
  /** Brings the schema up to date; refuses a schema that is newer than this program. */
  migrate(): Promise<void>;
  close(): Promise<void>;
}

export interface MetadataReader {
  readonly settings: SettingReader;
  readonly registries: RegistryReader;
  readonly credentials: CredentialReader;
  readonly keys: SigningKeyReader;
  readonly repositories: RepositoryReader;
  readonly blobs: BlobReader;
  readonly manifests: ManifestReader;
  readonly tags: TagReader;
  readonly uploads: UploadReader;
  readonly integrity: IntegrityReader;
}

export interface MetadataTx extends MetadataReader {
  readonly settings: SettingWriter;
  readonly registries: RegistryWriter;
  readonly credentials: CredentialWriter;
  readonly keys: SigningKeyWriter;
  readonly repositories: RepositoryWriter;
  readonly blobs: BlobWriter;
  readonly manifests: ManifestWriter;
  readonly tags: TagWriter;
  readonly uploads: UploadWriter;
  readonly integrity: IntegrityWriter;
  readonly audit: AuditLog;
  readonly outbox: Outbox;
  readonly jobs: JobTable;
}

/** A keyset page: items strictly after `last` in binary (ASCII) order, at most `limit` of them. */
export interface PageRequest {
  readonly last?: string | undefined;
  readonly limit?: number | undefined;
}

// ── facts of the installation ───────────────────────────────────────────────────────────────────────────────────────

export interface SettingReader {
  get(name: string): Awaitable<string | undefined>;
}

/** Named facts of the whole installation: tenant id, subscription id, whether the first start was finished, how far a scrub is. */
export interface SettingWriter extends SettingReader {
  /** Creates or replaces; answers the value. */
  put(name: string, value: string): Awaitable<string>;
}

// ── registries, their passwords, the keys that sign tokens ──────────────────────────────────────────────────────────

export interface RegistryRow {
  readonly id: string;
  /** As its owner spelled it; compared without case. */
  readonly name: string;
  readonly adminUserEnabled: boolean;
  readonly createdAt: Date;
}

export interface RegistryReader {
  byName(name: string): Awaitable<RegistryRow | undefined>;
}

export interface RegistryWriter extends RegistryReader {
  create(row: RegistryRow): Awaitable<void>;
}

/** One of the two passwords of a registry's admin user. The protocol returns it (listCredentials), so it is kept encrypted. */
export interface CredentialRow {
  readonly id: string;
  readonly registryId: string;
  readonly name: 'password' | 'password2';
  /** AES-256-GCM under the installation's master key: nonce, tag, cipher text. */
  readonly sealed: Uint8Array;
  readonly createdAt: Date;
}

export interface CredentialReader {
  byRegistry(registryId: string): Awaitable<CredentialRow[]>;
}

export interface CredentialWriter extends CredentialReader {
  /** Replaces the registry's password of that name. */
  put(row: CredentialRow): Awaitable<void>;
}

export interface SigningKeyRow {
  readonly kid: string;
  /** Public JWK as JSON. */
  readonly publicJwk: string;
  /** Private JWK as JSON, sealed like a password. */
  readonly sealedPrivateJwk: Uint8Array;
  readonly createdAt: Date;
  /** Signs until then, verifies until `expiresAt`. */
  readonly retiresAt: Date;
  readonly expiresAt: Date;
}

export interface SigningKeyReader {
  /** Newest first. */
  all(): Awaitable<SigningKeyRow[]>;
}

export interface SigningKeyWriter extends SigningKeyReader {
  insert(row: SigningKeyRow): Awaitable<void>;
  deleteExpired(now: Date): Awaitable<number>;
}

// ── repositories and blobs ──────────────────────────────────────────────────────────────────────────────────────────

export type RepositoryId = number;

export interface RepositoryRow {
  readonly id: RepositoryId;
  readonly registryId: string;
  readonly name: RepositoryName;
  /** A repository exists for its users while it holds a manifest; before, it only holds uploads and blobs. */
  readonly manifestCount: number;
  readonly createdAt: Date;
}

export interface RepositoryReader {
  find(registryId: string, name: RepositoryName): Awaitable<RepositoryRow | undefined>;
  /** Names of the repositories that hold a manifest. */
  list(registryId: string, page: PageRequest): Awaitable<RepositoryName[]>;
}

export interface RepositoryWriter extends RepositoryReader {
  findOrCreate(registryId: string, name: RepositoryName, now: Date): Awaitable<RepositoryRow>;
  /** Deletes repositories created before `before` that hold no manifest, blob or upload; at most `limit`. */
  deleteEmpty(before: Date, limit: number): Awaitable<number>;
}

export interface BlobLink {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** Set while the stored bytes are known not to be the blob's: they are nobody's to read, mount or name. */
  readonly damage?: Damage | undefined;
}

export interface BlobReader {
  /** The blob, if this repository links it. */
  linked(repositoryId: RepositoryId, digest: Digest): Awaitable<BlobLink | undefined>;
  /** Names of a registry's repositories that link the blob. */
  repositoriesLinking(registryId: string, digest: Digest, page: PageRequest): Awaitable<RepositoryName[]>;
  /** Blobs that no repository links and whose last link went before `before`, in digest order. */
  unlinked(before: Date, page: PageRequest): Awaitable<BlobLink[]>;
  exists(digest: Digest): Awaitable<boolean>;
}

export interface BlobWriter extends BlobReader {
  /** Records the blob (published and durable by now) and links it; linking again refreshes the link's age. */
  link(repositoryId: RepositoryId, blob: BlobLink, now: Date): Awaitable<void>;
  /** False when it was not linked. */
  unlink(repositoryId: RepositoryId, digest: Digest, now: Date): Awaitable<boolean>;
  /** Unlinks blobs linked before `before` that no manifest of their repository names; at most `limit`. */
  unlinkUnreferenced(before: Date, limit: number, now: Date): Awaitable<number>;
  /** Forgets a blob that nothing links; false when something links it (again), and when it was not known: true is said once, to who may free the bytes. */
  forget(digest: Digest): Awaitable<boolean>;
}

// ── manifests and tags ──────────────────────────────────────────────────────────────────────────────────────────────

export interface ManifestReference {
  readonly digest: Digest;
  readonly kind: ReferenceKind;
  readonly mediaType: string;
  /** As the manifest claims, bytes. */
  readonly size: number;
  /** Of an index's child, as the index says. */
  readonly architecture?: string | undefined;
  readonly os?: string | undefined;
}

export interface ManifestRow {
  readonly repositoryId: RepositoryId;
  readonly digest: Digest;
  /** The Content-Type of its push; never changes for a digest in a repository. */
  readonly mediaType: string;
  /** Bytes of the manifest itself. */
  readonly size: number;
  /** By the OCI rule: its own, else its config's media type (images only); undefined otherwise. */
  readonly artifactType?: string | undefined;
  readonly configMediaType?: string | undefined;
  readonly subject?: Digest | undefined;
  /** Its annotations as JSON, exactly what a referrers descriptor carries. */
  readonly annotations?: string | undefined;
  readonly pushedBy: string;
  readonly pushedAt: Date;
  /** Set while the stored bytes are known not to have the digest; `insert` does not look at it. */
  readonly damagedAt?: Date | undefined;
}

/** What `GET manifest` needs, and no more. */
export interface ManifestContent {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly damagedAt?: Date | undefined;
}

/** What one line of a referrers response needs. */
export interface Referrer {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly size: number;
  readonly artifactType?: string | undefined;
  readonly annotations?: string | undefined;
}

export interface ManifestReader {
  find(repositoryId: RepositoryId, digest: Digest): Awaitable<ManifestRow | undefined>;
  content(repositoryId: RepositoryId, digest: Digest): Awaitable<ManifestContent | undefined>;
  /** Manifests of the repository whose subject is `subject`, in digest order; at most `limit`, and after the first, at most about `maxBytes` of annotations. */
  referrers(
    repositoryId: RepositoryId,
    subject: Digest,
    page: PageRequest & { artifactType?: string | undefined; maxBytes?: number | undefined },
  ): Awaitable<Referrer[]>;
  /** Digests of manifests in the repository that name `digest` as a config, layer or child; at most `limit`. */
  referencing(repositoryId: RepositoryId, digest: Digest, limit: number): Awaitable<Digest[]>;
  /** A tagged manifest that names `digest`, however many indexes up; undefined when none does. */
  taggedAncestor(repositoryId: RepositoryId, digest: Digest): Awaitable<Digest | undefined>;
  references(repositoryId: RepositoryId, digest: Digest): Awaitable<ManifestReference[]>;
}

export interface ManifestWriter extends ManifestReader {
  /** Stores row, bytes and references; the same digest again changes nothing and answers false. Damaged bytes of the digest are healed by these. */
  insert(row: ManifestRow, bytes: Uint8Array, references: readonly ManifestReference[]): Awaitable<boolean>;
  /**
   * Removes the manifest, its references and its tags; undefined when it was not there. Blobs that nothing names any more
   * get their grace period from `now` on: the next push may be about to name them.
   */
  delete(repositoryId: RepositoryId, digest: Digest, now: Date): Awaitable<{ tags: TagName[] } | undefined>;
}

export interface TagRow {
  readonly repositoryId: RepositoryId;
  readonly name: TagName;
  readonly digest: Digest;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface TagReader {
  find(repositoryId: RepositoryId, name: TagName): Awaitable<TagRow | undefined>;
  list(repositoryId: RepositoryId, page: PageRequest): Awaitable<TagName[]>;
  /** Tags on one manifest. */
  ofManifest(repositoryId: RepositoryId, digest: Digest): Awaitable<TagName[]>;
}

export interface TagWriter extends TagReader {
  /** Creates or moves the tag; answers the digest it named before. */
  put(repositoryId: RepositoryId, name: TagName, digest: Digest, now: Date): Awaitable<Digest | undefined>;
  delete(repositoryId: RepositoryId, name: TagName): Awaitable<Digest | undefined>;
}

// ── what is stored, and whether it is whole ─────────────────────────────────────────────────────────────────────────

/** `unreadable`: the disk answers a read of the file with an error. */
export type DamageKind = 'missing' | 'wrong-size' | 'wrong-bytes' | 'unreadable';

export interface Damage {
  readonly kind: DamageKind;
  /** When it was found. */
  readonly since: Date;
}

/** A repository in which something is stored. */
export interface Holder {
  readonly repositoryId: RepositoryId;
  readonly repository: RepositoryName;
  readonly registryId: string;
  readonly registry: string;
}

/** Whatever is stored, in whichever repository: for those who check it. */
export interface IntegrityReader {
  /** Every blob that has a row, linked or not, in digest order. */
  blobs(page: PageRequest): Awaitable<BlobLink[]>;
  blob(digest: Digest): Awaitable<BlobLink | undefined>;
  /** Digests of every manifest, in their order. */
  manifests(page: PageRequest): Awaitable<Digest[]>;
  manifest(digest: Digest): Awaitable<{ bytes: Uint8Array; damagedAt?: Date | undefined } | undefined>;
  /** Repositories that link the blob, or that hold the manifest; at most `limit`. */
  holders(what: 'blob' | 'manifest', digest: Digest, limit: number): Awaitable<Holder[]>;
  /** Tags of the manifest and of every index that contains it, however many up; at most `limit`, in no order. */
  tagsOver(repositoryId: RepositoryId, manifest: Digest, limit: number): Awaitable<TagName[]>;
}

export interface IntegrityWriter extends IntegrityReader {
  /** False when there is no such row, or its damage is known already: what was found first stays. */
  markBlob(digest: Digest, damage: Damage): Awaitable<boolean>;
  /** For whoever has just verified the stored bytes, which have `size`: takes the mark away. False when nothing was wrong. */
  healBlob(digest: Digest, size: number): Awaitable<boolean>;
  /** False when there is no such manifest, or its damage is known already. */
  markManifest(digest: Digest, now: Date): Awaitable<boolean>;
  /** Puts verified bytes in the place of damaged ones, in every repository. False when they were not marked. */
  healManifest(digest: Digest, bytes: Uint8Array): Awaitable<boolean>;
}

// ── uploads ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface UploadRow {
  readonly id: UploadId;
  readonly repositoryId: RepositoryId;
  readonly principal: string;
  readonly state: UploadState;
  readonly startedAt: Date;
  readonly updatedAt: Date;
  /** Set once the upload was closed: a client that did not hear the 201 may repeat the closing PUT. */
  readonly completed?: Digest | undefined;
}

export interface UploadReader {
  find(id: UploadId): Awaitable<UploadRow | undefined>;
  /** Open (not completed) uploads of one principal that were touched since; counting ends at `atMost`. */
  countOpen(principal: string, touchedSince: Date, atMost: number): Awaitable<number>;
  /** Uploads, open or completed, not touched since `before`; at most `limit`. */
  idleSince(before: Date, limit: number): Awaitable<UploadRow[]>;
}

export interface UploadWriter extends UploadReader {
  insert(row: UploadRow): Awaitable<void>;
  /** False when the upload is gone or completed. */
  advance(id: UploadId, state: UploadState, now: Date): Awaitable<boolean>;
  /** Says that the upload is in use, and nothing about its offset. False when it is gone or completed. */
  touch(id: UploadId, now: Date): Awaitable<boolean>;
  complete(id: UploadId, digest: Digest, now: Date): Awaitable<boolean>;
  delete(id: UploadId): Awaitable<boolean>;
}

// ── written beside every change ─────────────────────────────────────────────────────────────────────────────────────

export interface AuditEntry {
  readonly time: Date;
  readonly registryId: string;
  readonly principal: string;
  /** Verb and object, for example `manifest.push`, `tag.delete`. */
  readonly action: string;
  readonly repository?: string | undefined;
  /** Tag or digest. */
  readonly target?: string | undefined;
  readonly outcome: 'done' | 'refused';
  readonly reason?: string | undefined;
  readonly correlationId: string;
}

export interface AuditLog {
  append(entry: AuditEntry): Awaitable<void>;
  /** Newest first; at most `limit`. */
  recent(registryId: string, limit: number): Awaitable<AuditEntry[]>;
}

/** An event that waits for delivery (webhooks come with part 3; the rows exist from the start). */
export interface OutboxEvent {
  readonly id: string;
  readonly time: Date;
  readonly registryId: string;
  readonly kind: 'push' | 'delete';
  /** JSON: repository, tag, digest, media type, size, principal, correlation id. */
  readonly payload: string;
}

export interface Outbox {
  append(event: OutboxEvent): Awaitable<void>;
  pending(limit: number): Awaitable<OutboxEvent[]>;
  delete(id: string): Awaitable<boolean>;
}

export interface JobRow {
  readonly id: string;
  readonly kind: string;
  /** JSON. */
  readonly payload: string;
  readonly runAt: Date;
  readonly attempts: number;
  /** Seconds between runs; undefined for a job that runs once. */
  readonly everySeconds?: number | undefined;
  readonly leaseOwner?: string | undefined;
  readonly leaseUntil?: Date | undefined;
  readonly lastError?: string | undefined;
}

export interface JobTable {
  /** Adds the job unless its id exists (a schedule's id is its kind). */
  enqueue(row: JobRow): Awaitable<boolean>;
  /** Takes the job that is due longest and not leased; sets the lease, counts the attempt. */
  claim(owner: string, kinds: readonly string[], now: Date, leaseUntil: Date): Awaitable<JobRow | undefined>;
  /** False when the lease was lost. */
  heartbeat(id: string, owner: string, leaseUntil: Date): Awaitable<boolean>;
  /** A scheduled job is due again at `nextRunAt`, a single one is removed. False when the lease was lost. */
  complete(id: string, owner: string, nextRunAt: Date | undefined): Awaitable<boolean>;
  /** Gives the job back, due at `retryAt`. */
  fail(id: string, owner: string, error: string, retryAt: Date): Awaitable<boolean>;
  find(id: string): Awaitable<JobRow | undefined>;
}
