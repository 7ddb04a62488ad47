import type { RegistryRow } from '../../metadata/metadata-store.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { armAudit } from '../audit.ts';
import type { ArmCaller, ResourceManager } from '../context.ts';

const ACTION = 'Microsoft.ContainerRegistry/registries/listCredentials/action';

/** `{username, passwords: [{name, value}, …]}` of the admin user, as `listCredentials` answers. */
export async function listCredentials(rm: ResourceManager, caller: ArmCaller, row: RegistryRow) {
  requireAdminUser(row);
  const shown = await rm.adminUsers.list(row.name);
  // Who read the passwords may use them ever after: that is worth a row.
  await rm.metadata.transaction((tx) => tx.audit.append(armAudit(rm, caller, ACTION, { registryId: row.id })));
  return shown;
}

export function requireAdminUser(row: RegistryRow): void {
  if (!row.adminUserEnabled) throw adminUserDisabled(row);
}

function adminUserDisabled(row: RegistryRow): DomainError {
  return new DomainError(
    'invalid',
    'admin-user.disabled',
    `Cannot perform credential operations for ${row.name} as admin user is disabled. Kindly enable admin user, for example with az acr update -n ${row.name} --admin-enabled true.`,
  );
}
