import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type { Awaitable } from '../platform/awaitable.ts';
import type { BacklogReader } from './backlog.ts';
import type { BundleJournalReader, BundleJournalWriter } from './bundle-journal.ts';
import type { BundleReader, BundleWriter } from './bundles.ts';
import type { CapacityReader, CapacityWriter } from './capacity.ts';
import type { CleanUpReader } from './clean-up.ts';
import type { Collector, UnlinkedBlobs } from './collector.ts';
import type { ConsistencyReader, ConsistencyWriter } from './consistency.ts';
import type { ManifestArrival, ManifestReference, RepositoryId, TagRow } from './content-rows.ts';
import type { DeletionReader, DeletionWriter } from './deletions.ts';
import type { DeploymentReader, DeploymentWriter } from './deployments.ts';
import type {
  ApplicationCredentialReader,
  ApplicationCredentialWriter,
  ApplicationReader,
  ApplicationWriter,
  AuthorizationCodeTable,
  ClientAssertionTable,
  DeviceCodeReader,
  DeviceCodeTable,
  GroupReader,
  GroupWriter,
  MembershipReader,
  MembershipWriter,
  RefreshFamilyReader,
  RefreshFamilyWriter,
  ServicePrincipalReader,
  ServicePrincipalWriter,
  UserReader,
  UserWriter,
} from './directory.ts';
import type { GarbageReader } from './garbage.ts';
import type { JobTable } from './jobs.ts';
import type { ListingReader } from './listings.ts';
import type { LockReader, LockWriter } from './locks.ts';
import type { MigrationStep } from './migrations/migration.ts';
import type { NamePage } from './name-page.ts';
import type { Outbox, OutboxReader } from './outbox.ts';
import type { PageRequest } from './page-request.ts';
import type { PolicyReader, PolicyWriter } from './policies.ts';
import type { PullReader, PullWriter } from './pulls.ts';
import type { QuarantineReader, QuarantineWriter } from './quarantine.ts';
import type { QuotaReader, QuotaWriter, ReservationTable } from './quotas.ts';
import type { RegistryTokenReader, RegistryTokenWriter, ScopeMapReader, ScopeMapWriter } from './registry-tokens.ts';
import type { RepositoryListReader } from './repository-lists.ts';
import type {
  RegistryReader,
  RegistryWriter,
  ResourceGroupReader,
  ResourceGroupWriter,
  ResourceLockReader,
  ResourceLockWriter,
  SubscriptionReader,
  SubscriptionWriter,
} from './resources.ts';
import type {
  GenerationReader,
  RoleAssignmentReader,
  RoleAssignmentWriter,
  RoleDefinitionReader,
  RoleDefinitionWriter,
} from './rights.ts';
import type { ScanReader, ScanWriter } from './scans.ts';
import type { SoftDeletionReader, SoftDeletionWriter } from './soft-deletions.ts';
import type { UploadReader, UploadWriter } from './uploads.ts';
import type { UsageReader } from './usage.ts';
import type { WebhookEventReader, WebhookEventWriter, WebhookReader, WebhookWriter } from './webhooks.ts';

export type { UnlinkedBlobs } from './collector.ts';
export type { ManifestArrival, ManifestReference, Platform, RepositoryId, TagRow } from './content-rows.ts';
export type { JobRow, JobTable } from './jobs.ts';
export type { PageRequest } from './page-request.ts';
export type { RegistryRow } from './resources.ts';
export type { UploadReader, UploadRow, UploadWriter } from './uploads.ts';

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
  /**
   * Where transactions keep the requests of this process waiting: takes slices of garbage in a thread of its own instead, each as a
   * transaction does (`collectSlice`), in turn with all others. Close it when the sweep is over.
   */
  readonly openCollector?: (() => Collector) | undefined;
  /** Why nothing can be written any more; undefined while all is well. */
  problem(): string | undefined;
  /** Brings the schema up to date, a store's that is not new with a word before each step; refuses one that is newer than this program. */
  migrate(begins?: (step: MigrationStep) => void): Promise<void>;
  close(): Promise<void>;
}

export interface MetadataReader {
  readonly settings: SettingReader;
  readonly generation: GenerationReader;
  readonly subscriptions: SubscriptionReader;
  readonly resourceGroups: ResourceGroupReader;
  readonly resourceLocks: ResourceLockReader;
  readonly deployments: DeploymentReader;
  readonly roleAssignments: RoleAssignmentReader;
  readonly roleDefinitions: RoleDefinitionReader;
  readonly users: UserReader;
  readonly groups: GroupReader;
  readonly memberships: MembershipReader;
  readonly applications: ApplicationReader;
  readonly servicePrincipals: ServicePrincipalReader;
  readonly applicationCredentials: ApplicationCredentialReader;
  readonly refreshFamilies: RefreshFamilyReader;
  readonly deviceCodes: DeviceCodeReader;
  readonly signInKeys: SigningKeyReader;
  readonly registries: RegistryReader;
  readonly credentials: CredentialReader;
  readonly scopeMaps: ScopeMapReader;
  readonly registryTokens: RegistryTokenReader;
  readonly keys: SigningKeyReader;
  readonly repositories: RepositoryReader;
  readonly repositoryLists: RepositoryListReader;
  readonly blobs: BlobReader;
  readonly manifests: ManifestReader;
  readonly tags: TagReader;
  readonly uploads: UploadReader;
  readonly integrity: IntegrityReader;
  readonly locks: LockReader;
  readonly quarantine: QuarantineReader;
  readonly scans: ScanReader;
  readonly listings: ListingReader;
  readonly deletions: DeletionReader;
  readonly softDeletions: SoftDeletionReader;
  readonly auditLog: AuditReader;
  readonly outbox: OutboxReader;
  readonly webhooks: WebhookReader;
  readonly webhookEvents: WebhookEventReader;
  readonly usage: UsageReader;
  readonly quotas: QuotaReader;
  readonly garbage: GarbageReader;
  readonly pulls: PullReader;
  readonly policies: PolicyReader;
  readonly capacity: CapacityReader;
  readonly backlog: BacklogReader;
  readonly bundles: BundleReader;
  readonly bundleJournal: BundleJournalReader;
  readonly cleanUp: CleanUpReader;
  readonly consistency: ConsistencyReader;
}

export interface MetadataTx extends MetadataReader {
  readonly settings: SettingWriter;
  readonly subscriptions: SubscriptionWriter;
  readonly resourceGroups: ResourceGroupWriter;
  readonly resourceLocks: ResourceLockWriter;
  readonly deployments: DeploymentWriter;
  readonly roleAssignments: RoleAssignmentWriter;
  readonly roleDefinitions: RoleDefinitionWriter;
  readonly users: UserWriter;
  readonly groups: GroupWriter;
  readonly memberships: MembershipWriter;
  readonly applications: ApplicationWriter;
  readonly servicePrincipals: ServicePrincipalWriter;
  readonly applicationCredentials: ApplicationCredentialWriter;
  readonly refreshFamilies: RefreshFamilyWriter;
  readonly authorizationCodes: AuthorizationCodeTable;
  readonly deviceCodes: DeviceCodeTable;
  readonly clientAssertions: ClientAssertionTable;
  readonly signInKeys: SigningKeyWriter;
  readonly registries: RegistryWriter;
  readonly credentials: CredentialWriter;
  readonly scopeMaps: ScopeMapWriter;
  readonly registryTokens: RegistryTokenWriter;
  readonly keys: SigningKeyWriter;
  readonly repositories: RepositoryWriter;
  readonly blobs: BlobWriter;
  readonly manifests: ManifestWriter;
  readonly tags: TagWriter;
  readonly uploads: UploadWriter;
  readonly integrity: IntegrityWriter;
  readonly locks: LockWriter;
  readonly quarantine: QuarantineWriter;
  readonly scans: ScanWriter;
  readonly deletions: DeletionWriter;
  readonly softDeletions: SoftDeletionWriter;
  readonly audit: AuditLog;
  readonly outbox: Outbox;
  readonly webhooks: WebhookWriter;
  readonly webhookEvents: WebhookEventWriter;
  readonly quotas: QuotaWriter;
  readonly reservations: ReservationTable;
  readonly pulls: PullWriter;
  readonly policies: PolicyWriter;
  readonly capacity: CapacityWriter;
  readonly bundles: BundleWriter;
  readonly bundleJournal: BundleJournalWriter;
  readonly consistency: ConsistencyWriter;
  readonly jobs: JobTable;
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

// ── passwords of registries, the keys that sign tokens ──────────────────────────────────────────────────────────────

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

export interface RepositoryRow {
  readonly id: RepositoryId;
  readonly registryId: string;
  readonly name: RepositoryName;
  /** A repository exists for its users while it holds a manifest; before, it only holds uploads and blobs. */
  readonly manifestCount: number;
  readonly tagCount: number;
  /** Locks on it, its manifests and its tags: where there are none, nobody need ask for any. */
  readonly lockCount: number;
  /** Of its first manifest; before, of the row. */
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface RepositoryReader {
  find(registryId: string, name: RepositoryName): Awaitable<RepositoryRow | undefined>;
  /** Names of the repositories that hold a manifest and are not hidden by a lock. Without a limit: all. */
  page(registryId: string, page: PageRequest): Awaitable<NamePage>;
  /** The same as a list, but only those of a list of names and of prefixes, which end in `*`. */
  listAmong(registryId: string, among: readonly string[], page: PageRequest): Awaitable<RepositoryName[]>;
}

export interface RepositoryWriter extends RepositoryReader {
  findOrCreate(registryId: string, name: RepositoryName, now: Date): Awaitable<RepositoryRow>;
  /** Says that something of it was changed. Pushes and deletions say so by themselves. */
  touch(id: RepositoryId, now: Date): Awaitable<void>;
  /** Deletes repositories created before `before` that hold no manifest, blob or upload; at most `limit`. */
  deleteEmpty(before: Date, limit: number): Awaitable<number>;
}

export interface BlobLink {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** Set while the stored bytes are known not to be the blob's: they are nobody's to read, mount or name. */
  readonly damage?: Damage | undefined;
  /** The last manifest of the repository that named it is deleted: it goes after the grace period. */
  readonly released?: true | undefined;
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
  /** Unlinks blobs linked before `before` that no manifest of their repository names, as of `since`; at most `limit`. */
  unlinkUnreferenced(before: Date, limit: number, since: Date): Awaitable<UnlinkedBlobs>;
  /** Forgets a blob that nothing links; false when something links it (again), and when it was not known: true is said once, to who may free the bytes. */
  forget(digest: Digest): Awaitable<boolean>;
}

// ── manifests and tags ──────────────────────────────────────────────────────────────────────────────────────────────

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
  /** Its bytes in the form in which they are sent, and the only one that readers keep: small ones as latin1 text (`TEXT_BYTES`). */
  readonly body: Uint8Array | string;
  /** The bytes of `body`. Nobody changes them. */
  readonly bytes: Buffer;
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
  /** Digests of manifests in the repository that name `digest` as a config, layer or child, in the order in which they came; at most `limit`. */
  referencing(repositoryId: RepositoryId, digest: Digest, limit: number): Awaitable<Digest[]>;
  /** A tagged manifest that names `digest`, however many indexes up; undefined when none does. */
  taggedAncestor(repositoryId: RepositoryId, digest: Digest): Awaitable<Digest | undefined>;
  references(repositoryId: RepositoryId, digest: Digest): Awaitable<ManifestReference[]>;
}

export interface ManifestWriter extends ManifestReader {
  /** Stores row, bytes and references; the same digest again changes nothing and answers false. Damaged bytes of the digest are healed by these. */
  insert(
    row: ManifestRow,
    bytes: Uint8Array,
    references: readonly ManifestReference[],
    arrival?: ManifestArrival,
  ): Awaitable<boolean>;
  /** Says that it was pushed again, or something of it changed. */
  touch(repositoryId: RepositoryId, digest: Digest, now: Date): Awaitable<void>;
  /**
   * Removes the manifest, its references, its tags and the locks on them; undefined when it was not there. Blobs that
   * nothing names any more get their grace period from `now` on: the next push may be about to name them. With its last
   * manifest the repository is deleted. Where the registry's policy keeps what is deleted, it and its tags can be restored.
   */
  delete(repositoryId: RepositoryId, digest: Digest, now: Date): Awaitable<{ tags: TagName[] } | undefined>;
}

export interface TagReader {
  find(repositoryId: RepositoryId, name: TagName): Awaitable<TagRow | undefined>;
  list(repositoryId: RepositoryId, page: PageRequest): Awaitable<TagName[]>;
  /** `visibleOnly` leaves out those with the lock `list`. Without a limit: all. */
  page(repositoryId: RepositoryId, page: PageRequest & { visibleOnly?: boolean }): Awaitable<NamePage>;
  /** Tags on one manifest. */
  ofManifest(repositoryId: RepositoryId, digest: Digest): Awaitable<TagName[]>;
}

export interface TagWriter extends TagReader {
  /** Creates or moves the tag; answers the digest it named before. */
  put(repositoryId: RepositoryId, name: TagName, digest: Digest, now: Date): Awaitable<Digest | undefined>;
  /** Says that something of it was changed. */
  touch(repositoryId: RepositoryId, name: TagName, now: Date): Awaitable<void>;
  /** With the locks on it. Where the registry's policy keeps what is deleted, it can be restored. */
  delete(repositoryId: RepositoryId, name: TagName, now: Date): Awaitable<Digest | undefined>;
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

// ── written beside every change ─────────────────────────────────────────────────────────────────────────────────────

export interface AuditEntry {
  readonly time: Date;
  /** Row id; undefined for what happened to no single registry. */
  readonly registryId?: string | undefined;
  readonly principal: string;
  /** Verb and object, for example `manifest.push`, `tag.delete`; of the resource manager its own names of actions. */
  readonly action: string;
  /** Resource id in lower case; of what happened at the resource manager. */
  readonly resource?: string | undefined;
  /** Address of the client. */
  readonly client?: string | undefined;
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

export interface AuditReader {
  /** Of a time, newest first, from before place `before`; at most `limit`. Of everything. */
  list(filter: { from: Date; until: Date; before?: number | undefined }, limit: number): Awaitable<AuditRow[]>;
}

export interface AuditRow extends AuditEntry {
  /** Grows from entry to entry. */
  readonly place: number;
}
