import { Readable } from 'node:stream';
import { digestOf } from '@holdfast/oci/digest';
import type { RepositoryName } from '@holdfast/oci/reference';
import { BUILT_IN_ROLES } from '../access/built-in-roles.ts';
import type { DirectoryPrincipal } from '../access/principal.ts';
import { registryScope } from '../access/scope-path.ts';
import { testAuthorizer } from '../access/test-authorizer.ts';
import { Integrity } from '../integrity/integrity.ts';
import type { RegistryRow } from '../metadata/metadata-store.ts';
import type { RoleAssignmentRow } from '../metadata/rights.ts';
import { openMemoryMetadataStore } from '../metadata/sqlite/open.ts';
import { registryRow } from '../metadata/test-rows.ts';
import { FakeClock } from '../platform/clock.ts';
import { systemIds } from '../platform/ids.ts';
import { MemoryBlobStore } from '../storage/memory/memory-blob-store.ts';
import type { Caller, Distribution } from './context.ts';
import { putManifest } from './manifests.ts';
import type { Reference } from './reference.ts';
import { UploadSessions } from './upload-sessions.ts';
import { uploadMonolithic } from './uploads.ts';

const ROW = registryRow({ id: 'r1', name: 'contoso' });
const POLICIES = { on: '{"quarantine":"enabled"}', off: '{}' };

/** The operations of `/v2` in memory, and two who call them: one may push and pull, the other judges what is in quarantine. */
export interface TestDistribution {
  readonly d: Distribution;
  readonly clock: FakeClock;
  /** As requests have it that begin now. */
  registry(): RegistryRow;
  setQuarantine(status: 'on' | 'off'): Promise<void>;
  developer(repository: string): Caller;
  scanner(repository: string): Caller;
  upload(repository: string, text: string): Promise<void>;
  push(repository: string, reference: Reference, contentType: string, bytes: Buffer): Promise<void>;
}

export async function openTestDistribution(): Promise<TestDistribution> {
  const clock = new FakeClock();
  const metadata = openMemoryMetadataStore();
  await metadata.migrate();
  await metadata.transaction((tx) => tx.registries.create(ROW));
  const blobs = new MemoryBlobStore({ clock });
  const d: Distribution = {
    metadata,
    blobs,
    integrity: new Integrity({ metadata, blobs, clock, ids: systemIds, tell: () => undefined }),
    authorizer: testAuthorizer([assigned('developer', 'AcrPush'), assigned('scanner', 'AcrQuarantineWriter')]),
    sessions: new UploadSessions(blobs, clock),
    pulls: { note: () => undefined },
    clock,
    ids: systemIds,
    policy: { sparseManifests: false, uploadsPerPrincipal: 1000, uploadExpireHours: 24, graceHours: 24 },
  };
  let row = ROW;
  const caller = (id: string, repository: string): Caller => {
    const principal: DirectoryPrincipal = { kind: 'service-principal', id, name: id, registry: 'r1' };
    return { principal, registry: row, repository: repository as RepositoryName, correlationId: 'c1' };
  };
  const developer = (repository: string) => caller('developer', repository);
  return {
    d,
    clock,
    registry: () => row,
    setQuarantine: async (status) => {
      row = { ...row, policies: POLICIES[status] };
      await metadata.transaction((tx) => tx.registries.update(row));
    },
    developer,
    scanner: (repository) => caller('scanner', repository),
    upload: (repository, text) => {
      const body = Readable.from([Buffer.from(text)]);
      const chunk = { body, signal: new AbortController().signal };
      return uploadMonolithic(d, developer(repository), digestOf(text), chunk);
    },
    push: async (repository, reference, contentType, bytes) => {
      await putManifest(d, developer(repository), { reference, contentType, bytes, tags: [] });
    },
  };
}

function assigned(principalId: string, role: string): RoleAssignmentRow {
  const scope = registryScope(ROW).id;
  const roleId = BUILT_IN_ROLES.find(({ name }) => name === role)?.id ?? '';
  const by = { principalType: 'ServicePrincipal', createdAt: new Date(0), createdBy: 'test' } as const;
  return { ...by, id: `${principalId}-${role}`, scope, scopeKey: scope, roleId, principalId };
}
