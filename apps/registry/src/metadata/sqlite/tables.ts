import type { Awaitable } from '../../platform/awaitable.ts';
import type { MetadataReader, MetadataTx } from '../metadata-store.ts';
import {
  SqliteApplicationCredentialReader,
  SqliteApplicationCredentialWriter,
  SqliteApplicationReader,
  SqliteApplicationWriter,
  SqliteServicePrincipalReader,
  SqliteServicePrincipalWriter,
} from './applications.ts';
import { SqliteAuditLog, SqliteAuditReader, SqliteOutbox, SqliteOutboxReader } from './audit.ts';
import { SqliteBacklogReader } from './backlog.ts';
import { SqliteBlobReader, SqliteBlobWriter } from './blobs.ts';
import { SqliteBundleJournalReader, SqliteBundleJournalWriter } from './bundle-journal.ts';
import { SqliteBundleReader, SqliteBundleWriter } from './bundles.ts';
import { SqliteCapacityReader, SqliteCapacityWriter } from './capacity.ts';
import { SqliteCleanUpReader } from './clean-up.ts';
import { SqliteConsistencyReader, SqliteConsistencyWriter } from './consistency.ts';
import {
  SqliteCredentialReader,
  SqliteCredentialWriter,
  SqliteSigningKeyReader,
  SqliteSigningKeyWriter,
} from './credentials.ts';
import { SqliteDeletionReader, SqliteDeletionWriter } from './deletions.ts';
import { SqliteDeploymentReader, SqliteDeploymentWriter } from './deployments.ts';
import { SqliteGarbageReader } from './garbage.ts';
import { SqliteGenerationReader } from './generation.ts';
import { SqliteGroupReader, SqliteGroupWriter, SqliteMembershipReader, SqliteMembershipWriter } from './groups.ts';
import { SqliteIntegrityReader, SqliteIntegrityWriter } from './integrity.ts';
import { SqliteJobTable } from './jobs.ts';
import { SqliteListingReader } from './listings.ts';
import { SqliteLockReader, SqliteLockWriter } from './locks.ts';
import { SqliteManifestReader, SqliteManifestWriter } from './manifests.ts';
import { SqlitePolicyReader, SqlitePolicyWriter } from './policies.ts';
import { SqlitePullReader, SqlitePullWriter } from './pulls.ts';
import { SqliteQuarantineReader, SqliteQuarantineWriter } from './quarantine.ts';
import { SqliteQuotaReader, SqliteQuotaWriter, SqliteReservationTable } from './quotas.ts';
import { SqliteRegistryReader, SqliteRegistryWriter } from './registries.ts';
import {
  SqliteRegistryTokenReader,
  SqliteRegistryTokenWriter,
  SqliteScopeMapReader,
  SqliteScopeMapWriter,
} from './registry-tokens.ts';
import { SqliteRepositoryReader, SqliteRepositoryWriter } from './repositories.ts';
import { SqliteRepositoryListReader } from './repository-lists.ts';
import {
  SqliteResourceGroupReader,
  SqliteResourceGroupWriter,
  SqliteResourceLockReader,
  SqliteResourceLockWriter,
  SqliteSubscriptionReader,
  SqliteSubscriptionWriter,
} from './resources.ts';
import {
  SqliteRoleAssignmentReader,
  SqliteRoleAssignmentWriter,
  SqliteRoleDefinitionReader,
  SqliteRoleDefinitionWriter,
} from './rights.ts';
import { SqliteScanReader, SqliteScanWriter } from './scans.ts';
import type { Session } from './session.ts';
import { SqliteSettingReader, SqliteSettingWriter } from './settings.ts';
import {
  SqliteAuthorizationCodeTable,
  SqliteClientAssertionTable,
  SqliteDeviceCodeReader,
  SqliteDeviceCodeTable,
  SqliteRefreshFamilyReader,
  SqliteRefreshFamilyWriter,
  SqliteSignInKeyReader,
  SqliteSignInKeyWriter,
} from './sign-ins.ts';
import { SqliteSoftDeletionReader, SqliteSoftDeletionWriter } from './soft-deletions.ts';
import { SqliteTagReader, SqliteTagWriter } from './tags.ts';
import { SqliteUploadReader, SqliteUploadWriter } from './uploads.ts';
import { SqliteUsageReader } from './usage.ts';
import { SqliteUserReader, SqliteUserWriter } from './users.ts';
import {
  SqliteWebhookEventReader,
  SqliteWebhookEventWriter,
  SqliteWebhookReader,
  SqliteWebhookWriter,
} from './webhooks.ts';

export function readerOn(session: Session): MetadataReader {
  return {
    settings: new SqliteSettingReader(session),
    generation: new SqliteGenerationReader(session),
    subscriptions: new SqliteSubscriptionReader(session),
    resourceGroups: new SqliteResourceGroupReader(session),
    resourceLocks: new SqliteResourceLockReader(session),
    deployments: new SqliteDeploymentReader(session),
    roleAssignments: new SqliteRoleAssignmentReader(session),
    roleDefinitions: new SqliteRoleDefinitionReader(session),
    users: new SqliteUserReader(session),
    groups: new SqliteGroupReader(session),
    memberships: new SqliteMembershipReader(session),
    applications: new SqliteApplicationReader(session),
    servicePrincipals: new SqliteServicePrincipalReader(session),
    applicationCredentials: new SqliteApplicationCredentialReader(session),
    refreshFamilies: new SqliteRefreshFamilyReader(session),
    deviceCodes: new SqliteDeviceCodeReader(session),
    signInKeys: new SqliteSignInKeyReader(session),
    registries: new SqliteRegistryReader(session),
    credentials: new SqliteCredentialReader(session),
    scopeMaps: new SqliteScopeMapReader(session),
    registryTokens: new SqliteRegistryTokenReader(session),
    keys: new SqliteSigningKeyReader(session),
    repositories: new SqliteRepositoryReader(session),
    repositoryLists: new SqliteRepositoryListReader(session),
    blobs: new SqliteBlobReader(session),
    manifests: new SqliteManifestReader(session),
    tags: new SqliteTagReader(session),
    uploads: new SqliteUploadReader(session),
    integrity: new SqliteIntegrityReader(session),
    locks: new SqliteLockReader(session),
    quarantine: new SqliteQuarantineReader(session),
    scans: new SqliteScanReader(session),
    listings: new SqliteListingReader(session),
    deletions: new SqliteDeletionReader(session),
    softDeletions: new SqliteSoftDeletionReader(session),
    auditLog: new SqliteAuditReader(session),
    outbox: new SqliteOutboxReader(session),
    webhooks: new SqliteWebhookReader(session),
    webhookEvents: new SqliteWebhookEventReader(session),
    usage: new SqliteUsageReader(session),
    quotas: new SqliteQuotaReader(session),
    garbage: new SqliteGarbageReader(session),
    pulls: new SqlitePullReader(session),
    policies: new SqlitePolicyReader(session),
    capacity: new SqliteCapacityReader(session),
    backlog: new SqliteBacklogReader(session),
    bundles: new SqliteBundleReader(session),
    bundleJournal: new SqliteBundleJournalReader(session),
    cleanUp: new SqliteCleanUpReader(session),
    consistency: new SqliteConsistencyReader(session),
  };
}

/** One transaction's tables; each is made when it is asked for: most transactions use three of them. */
export class SqliteTx implements MetadataTx {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  get settings() {
    return new SqliteSettingWriter(this.#session);
  }
  get generation() {
    return new SqliteGenerationReader(this.#session);
  }
  get subscriptions() {
    return new SqliteSubscriptionWriter(this.#session);
  }
  get resourceGroups() {
    return new SqliteResourceGroupWriter(this.#session);
  }
  get resourceLocks() {
    return new SqliteResourceLockWriter(this.#session);
  }
  get deployments() {
    return new SqliteDeploymentWriter(this.#session);
  }
  get roleAssignments() {
    return new SqliteRoleAssignmentWriter(this.#session);
  }
  get roleDefinitions() {
    return new SqliteRoleDefinitionWriter(this.#session);
  }
  get users() {
    return new SqliteUserWriter(this.#session);
  }
  get groups() {
    return new SqliteGroupWriter(this.#session);
  }
  get memberships() {
    return new SqliteMembershipWriter(this.#session);
  }
  get applications() {
    return new SqliteApplicationWriter(this.#session);
  }
  get servicePrincipals() {
    return new SqliteServicePrincipalWriter(this.#session);
  }
  get applicationCredentials() {
    return new SqliteApplicationCredentialWriter(this.#session);
  }
  get refreshFamilies() {
    return new SqliteRefreshFamilyWriter(this.#session);
  }
  get deviceCodes() {
    return new SqliteDeviceCodeTable(this.#session);
  }
  get signInKeys() {
    return new SqliteSignInKeyWriter(this.#session);
  }
  get authorizationCodes() {
    return new SqliteAuthorizationCodeTable(this.#session);
  }
  get clientAssertions() {
    return new SqliteClientAssertionTable(this.#session);
  }
  get registries() {
    return new SqliteRegistryWriter(this.#session);
  }
  get bundles() {
    return new SqliteBundleWriter(this.#session);
  }
  get bundleJournal() {
    return new SqliteBundleJournalWriter(this.#session);
  }
  get credentials() {
    return new SqliteCredentialWriter(this.#session);
  }
  get scopeMaps() {
    return new SqliteScopeMapWriter(this.#session);
  }
  get registryTokens() {
    return new SqliteRegistryTokenWriter(this.#session);
  }
  get keys() {
    return new SqliteSigningKeyWriter(this.#session);
  }
  get repositoryLists() {
    return new SqliteRepositoryListReader(this.#session);
  }
  get repositories() {
    return new SqliteRepositoryWriter(this.#session);
  }
  get blobs() {
    return new SqliteBlobWriter(this.#session);
  }
  get manifests() {
    return new SqliteManifestWriter(this.#session);
  }
  get tags() {
    return new SqliteTagWriter(this.#session);
  }
  get uploads() {
    return new SqliteUploadWriter(this.#session);
  }
  get integrity() {
    return new SqliteIntegrityWriter(this.#session);
  }
  get locks() {
    return new SqliteLockWriter(this.#session);
  }
  get quarantine() {
    return new SqliteQuarantineWriter(this.#session);
  }
  get scans() {
    return new SqliteScanWriter(this.#session);
  }
  get listings() {
    return new SqliteListingReader(this.#session);
  }
  get deletions() {
    return new SqliteDeletionWriter(this.#session);
  }
  get softDeletions() {
    return new SqliteSoftDeletionWriter(this.#session);
  }
  get auditLog() {
    return new SqliteAuditReader(this.#session);
  }
  get audit() {
    return new SqliteAuditLog(this.#session);
  }
  get outbox() {
    return new SqliteOutbox(this.#session);
  }
  get webhooks() {
    return new SqliteWebhookWriter(this.#session);
  }
  get webhookEvents() {
    return new SqliteWebhookEventWriter(this.#session);
  }
  get usage() {
    return new SqliteUsageReader(this.#session);
  }
  get pulls() {
    return new SqlitePullWriter(this.#session);
  }
  get capacity() {
    return new SqliteCapacityWriter(this.#session);
  }
  get backlog() {
    return new SqliteBacklogReader(this.#session);
  }
  get policies() {
    return new SqlitePolicyWriter(this.#session);
  }
  get cleanUp() {
    return new SqliteCleanUpReader(this.#session);
  }
  get garbage() {
    return new SqliteGarbageReader(this.#session);
  }
  get quotas() {
    return new SqliteQuotaWriter(this.#session);
  }
  get reservations() {
    return new SqliteReservationTable(this.#session);
  }
  get consistency() {
    return new SqliteConsistencyWriter(this.#session);
  }
  get jobs() {
    return new SqliteJobTable(this.#session);
  }
}

type Table = Record<string, (...parameters: unknown[]) => Awaitable<unknown>>;

/** The same reader, whose every answer waits while `open` names a transaction: for one connection that everybody shares. */
export function waitingReader(reader: MetadataReader, open: () => Promise<void> | undefined): MetadataReader {
  const waitingTable = (table: Table): Table =>
    new Proxy(table, {
      get:
        (target, name: string) =>
        async (...parameters: unknown[]) => {
          for (let pending = open(); pending; pending = open()) await pending;
          return target[name]?.(...parameters);
        },
    });
  const tables = Object.entries(reader).map(([name, table]) => [name, waitingTable(table as unknown as Table)]);
  return Object.fromEntries(tables) as MetadataReader;
}
