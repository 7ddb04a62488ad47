import type { RepositoryName } from '@holdfast/oci/reference';
import { READ_QUARANTINED } from '../access/actions.ts';
import type { Authorizer } from '../access/authorizer.ts';
import type { Principal } from '../access/principal.ts';
import { principalId, withoutCeiling } from '../access/principal.ts';
import { registryScope } from '../access/scope-path.ts';
import type { EventOrigin } from '../content/events.ts';
import type { LastPulls } from '../content/last-pulls.ts';
import type { Integrity } from '../integrity/integrity.ts';
import type { AuditEntry, MetadataStore, RegistryRow, RepositoryRow } from '../metadata/metadata-store.ts';
import { type Awaitable, andThen } from '../platform/awaitable.ts';
import type { Clock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { Ids } from '../platform/ids.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { Downloads } from './download-address.ts';
import type { UploadSessions } from './upload-sessions.ts';

/** Everything that the operations of `/v2` stand on. */
export interface Distribution {
  readonly metadata: MetadataStore;
  readonly blobs: BlobStore;
  /** Whether stored bytes are what they are called. */
  readonly integrity: Integrity;
  readonly authorizer: Authorizer;
  readonly sessions: UploadSessions;
  /** When each manifest was pulled last. */
  readonly pulls: Pick<LastPulls, 'note'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly policy: DistributionPolicy;
  /** Undefined: blobs are sent where they are asked for. */
  readonly downloads?: Downloads | undefined;
}

export interface DistributionPolicy {
  /** A manifest may name blobs and children that are not here (yet). */
  readonly sparseManifests: boolean;
  readonly uploadsPerPrincipal: number;
  /** How long a session may be idle before a job ends it. */
  readonly uploadExpireHours: number;
  /** How long a blob stays that no manifest names (any more). */
  readonly graceHours: number;
  /** Where a proxy in front finds the files of blobs, to send them itself; undefined when it does not. */
  readonly accelLocation?: string | undefined;
  /** Whether the operator has registered a scanner. */
  readonly scans?: boolean | undefined;
}

/** Who asks for what, already allowed by the door. */
export interface Caller {
  readonly principal: Principal;
  readonly registry: RegistryRow;
  readonly repository: RepositoryName;
  readonly correlationId: string;
  /** Address of the client. */
  readonly client?: string | undefined;
  /** The request that asks, as events tell it. */
  readonly request?: { readonly method: string; readonly userAgent: string | undefined };
}

export function findRepository(d: Distribution, caller: Caller): Awaitable<RepositoryRow | undefined> {
  return d.metadata.read.repositories.find(caller.registry.id, caller.repository);
}

/** The repository, or `name.unknown`. */
export function requireRepository(d: Distribution, caller: Caller): Awaitable<RepositoryRow> {
  return andThen(findRepository(d, caller), (row) => {
    if (!row) throw unknownRepository(caller.repository);
    return row;
  });
}

export function unknownRepository(name: string): DomainError {
  return new DomainError(
    'not-found',
    'name.unknown',
    `repository name not known to registry: "${name}" holds no image. Check the spelling, or push to it first.`,
    { detail: { name } },
  );
}

/**
 * Whether the caller may read what is in quarantine. A token that opens the repository for pulls opens this, too, if the
 * identity behind it holds the right: the words of tokens have none for it.
 */
export async function readsQuarantined(d: Distribution, { principal, registry, repository }: Caller): Promise<boolean> {
  const resource = registryScope(registry, repository);
  const own = withoutCeiling(principal);
  return (await d.authorizer.check({ principal: own, action: READ_QUARANTINED, resource })).allow;
}

/** What the events of a change say of its cause. */
export function originOf(caller: Caller): EventOrigin {
  const { principal, correlationId, request } = caller;
  return { principal: principalId(principal), correlationId, request };
}

/** The audit row of a change that this caller made. */
export function auditEntry(
  d: Distribution,
  caller: Caller,
  action: string,
  target: string,
  refused?: string,
): AuditEntry {
  return {
    time: d.clock.now(),
    registryId: caller.registry.id,
    principal: principalId(caller.principal),
    action,
    repository: caller.repository,
    target,
    client: caller.client,
    outcome: refused === undefined ? 'done' : 'refused',
    reason: refused,
    correlationId: caller.correlationId,
  };
}
