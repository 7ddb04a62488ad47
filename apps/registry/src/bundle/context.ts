import { principalId } from '../access/principal.ts';
import type { Distribution } from '../distribution/context.ts';
import type { SecretBox } from '../identity/sealed-secrets.ts';
import type { AuditEntry } from '../metadata/metadata-store.ts';
import type { BundleCaller } from './caller.ts';
import type { BundleOperations } from './operations.ts';

/** What the transfer station stands on: everything of a push, and what signs. */
export interface Bundles extends Distribution {
  readonly box: SecretBox;
  readonly operations: BundleOperations;
  /** What clients call the registry. */
  readonly loginServer: (registry: string) => string;
}

export function bundleAudit(
  d: Pick<Distribution, 'clock'>,
  { registry, principal, client, correlationId }: BundleCaller,
  action: string,
  target: string,
): AuditEntry {
  return {
    time: d.clock.now(),
    registryId: registry.id,
    principal: principalId(principal),
    action,
    target,
    client,
    outcome: 'done',
    correlationId,
  };
}
