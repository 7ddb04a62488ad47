import type { RegistryRow } from '../../metadata/metadata-store.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { armAudit } from '../audit.ts';
import type { ArmCaller, ResourceManager } from '../context.ts';
import type { Fields } from '../fields.ts';
import { requireGroup, requireLocation } from '../require.ts';
import { readNetworkRules } from './network-rules.ts';
import { changePolicies } from './policies.ts';
import { requireRegistryQuota } from './registry-quota.ts';

const TYPE = 'Microsoft.ContainerRegistry/registries';
const NAME = /^[a-zA-Z0-9]{5,50}$/;
const SKUS = ['Basic', 'Standard', 'Premium'] as const;

/**
 * Creates the registry of the path's `registry`, or changes it as a whole. Whoever calls has the right for it already.
 * Throws what the body lacks, and when the name is taken elsewhere.
 */
export async function putRegistry(
  rm: ResourceManager,
  caller: ArmCaller,
  values: Readonly<Record<string, string>>,
  body: Fields,
): Promise<{ created: boolean; row: RegistryRow }> {
  const group = await requireGroup(rm, values.subscription ?? '', values.group ?? '');
  const name = values.registry ?? '';
  const problem = problemOfRegistryName(name);
  if (problem) throw problem;
  const existing = await rm.metadata.read.registries.byName(name);
  const here =
    existing?.subscriptionId === group.subscriptionId &&
    existing.resourceGroup.toLowerCase() === group.name.toLowerCase();
  if (existing && !here) throw nameTaken(rm, name);
  const location = requireLocation(rm, body.required('location'));
  const now = rm.clock.now();
  const fresh: RegistryRow = {
    id: rm.ids.uuid(),
    name,
    subscriptionId: group.subscriptionId,
    resourceGroup: group.name,
    location,
    sku: 'Standard',
    adminUserEnabled: false,
    anonymousPullEnabled: false,
    policies: '{}',
    tags: '{}',
    createdAt: now,
    updatedAt: now,
  };
  // A PUT says everything: what it leaves out goes back to its default, but not the policies, which az sends apart.
  const base = existing ? { ...fresh, ...existing, tags: '{}' } : fresh;
  const row = changeRegistry(rm, base, body, now);
  await rm.metadata.transaction(async (tx) => {
    if (existing) await tx.registries.update(row);
    else {
      await requireRegistryQuota(tx, row.subscriptionId);
      await tx.registries.create(row);
    }
    await rm.adminUsers.ensurePasswords(tx, row);
    await tx.audit.append(armAudit(rm, caller, `${TYPE}/write`, { registryId: row.id }));
  });
  return { created: !existing, row };
}

/** The row with what the body names put in the place of what was. */
export function changeRegistry(rm: ResourceManager, before: RegistryRow, body: Fields, now: Date): RegistryRow {
  const location = body.text('location');
  if (location !== undefined) requireLocation(rm, location);
  const properties = body.within('properties');
  refuseUnsupported(properties);
  const tags = body.map('tags');
  return {
    ...before,
    sku: body.within('sku').word('name', SKUS) ?? before.sku,
    tags: tags ? JSON.stringify(tags) : before.tags,
    adminUserEnabled: properties.boolean('adminUserEnabled') ?? before.adminUserEnabled,
    anonymousPullEnabled: properties.boolean('anonymousPullEnabled') ?? before.anonymousPullEnabled,
    networkRules: properties.has('networkRuleSet')
      ? readNetworkRules(properties.within('networkRuleSet'))
      : before.networkRules,
    policies: properties.has('policies')
      ? changePolicies(before.policies, properties.within('policies'), now)
      : before.policies,
    updatedAt: now,
  };
}

/** What would be accepted on Azure and do nothing here is refused: silence would be taken for a yes. */
function refuseUnsupported(properties: Fields): void {
  const refused: [boolean, string, string][] = [
    [properties.word('publicNetworkAccess', ['Enabled', 'Disabled']) === 'Disabled', 'publicNetworkAccess', 'Enabled'],
    [properties.boolean('dataEndpointEnabled') === true, 'dataEndpointEnabled', 'false'],
    [properties.word('zoneRedundancy', ['Enabled', 'Disabled']) === 'Enabled', 'zoneRedundancy', 'Disabled'],
    [
      properties.within('encryption').word('status', ['enabled', 'disabled']) === 'enabled',
      'encryption.status',
      'disabled',
    ],
  ];
  for (const [asked, name, value] of refused) {
    if (!asked) continue;
    throw new DomainError(
      'unsupported',
      'resource.not-supported',
      `The property '${name}' cannot be changed on this site: it is always '${value}'. Leave it out and send the request again.`,
    );
  }
}

/** Why that can be no name of a registry; undefined when it can. */
export function problemOfRegistryName(name: string): DomainError | undefined {
  if (NAME.test(name)) return undefined;
  return new DomainError(
    'invalid',
    'registry.name-invalid',
    `The registry name '${name.slice(0, 100)}' is invalid. Registry names may contain only alpha numeric characters and must be between 5 and 50 characters.`,
  );
}

function nameTaken(rm: ResourceManager, name: string): DomainError {
  return new DomainError(
    'conflict',
    'registry.name-taken',
    `The registry DNS name ${rm.endpoints().loginServer(name)} is already in use. Check a name with checkNameAvailability (az acr check-name), and choose another one.`,
  );
}
