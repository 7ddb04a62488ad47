import type { RepositoryName } from '@holdfast/oci/reference';
import type { Authorizer } from '../access/authorizer.ts';
import type { Principal } from '../access/principal.ts';
import { principalId } from '../access/principal.ts';
import type { EventOrigin } from '../content/events.ts';
import type { LastPulls } from '../content/last-pulls.ts';
import type { Integrity } from '../integrity/integrity.ts';
import type { AuditEntry, MetadataStore, RegistryRow, RepositoryRow } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { Ids } from '../platform/ids.ts';
import type { BlobStore } from '../storage/blob-store.ts';
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
}

export interface DistributionPolicy {
  /** A manifest may name blobs and children that are not here (yet). */
  readonly sparseManifests: boolean;
  readonly uploadsPerPrincipal: number;
  /** How long a session may be idle before a job ends it. */
  readonly uploadExpireHours: number;
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

export async function findRepository(d: Distribution, caller: Caller): Promise<RepositoryRow | undefined> {
  return d.metadata.read.repositories.find(caller.registry.id, caller.repository);
}

/** The repository, or `name.unknown`. */
export async function requireRepository(d: Distribution, caller: Caller): Promise<RepositoryRow> {
  const row = await findRepository(d, caller);
  if (!row) throw unknownRepository(caller.repository);
  return row;
}

export function unknownRepository(name: string): DomainError {
  return new DomainError(
    'not-found',
    'name.unknown',
    `repository name not known to registry: "${name}" holds no image. Check the spelling, or push to it first.`,
    { detail: { name } },
  );
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
