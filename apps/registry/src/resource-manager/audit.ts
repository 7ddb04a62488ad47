import { principalId, type ResourceAction } from '../access/principal.ts';
import type { AuditEntry } from '../metadata/metadata-store.ts';
import type { ArmCaller, ResourceManager } from './context.ts';

/** The audit row of a change that the caller makes, written in the transaction of the change. */
export function armAudit(
  { clock }: Pick<ResourceManager, 'clock'>,
  caller: ArmCaller,
  action: ResourceAction,
  more: Partial<Pick<AuditEntry, 'registryId' | 'target' | 'resource'>> = {},
): AuditEntry {
  return {
    time: clock.now(),
    principal: principalId(caller.principal),
    action,
    resource: caller.scope,
    client: caller.client,
    outcome: 'done',
    correlationId: caller.correlationId,
    ...more,
  };
}
