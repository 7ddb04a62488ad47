import { registryResourceId } from '../../access/scope-path.ts';
import type { MetadataTx } from '../../metadata/metadata-store.ts';
import type { PolicyKind, PolicyRow } from '../../metadata/policies.ts';
import type { RegistryRow } from '../../metadata/resources.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { armAudit } from '../audit.ts';
import type { ArmCaller, ResourceManager } from '../context.ts';
import type { Fields } from '../fields.ts';
import { requireRegistry } from '../require.ts';
import { POLICIES_PER_REGISTRY } from './limits.ts';
import { readCleanUp, readImmutableTags } from './policy-definitions.ts';
import { armTime } from './registry-json.ts';
import { requireChildName, requireStill } from './registry-tokens.ts';

const TYPE = 'Microsoft.ContainerRegistry/registries';

/** A kind of policies as a kind of children of registries. */
export interface PolicyType {
  readonly kind: PolicyKind;
  readonly type: 'cleanupPolicies' | 'immutableTagPolicies';
  readonly read: (properties: Fields) => object;
}

export const POLICY_TYPES: readonly PolicyType[] = [
  { kind: 'clean-up', type: 'cleanupPolicies', read: readCleanUp },
  { kind: 'immutable-tags', type: 'immutableTagPolicies', read: readImmutableTags },
];

/** Creates the policy of the path's `name`, or changes it as a whole. Whoever calls has the right for it already. */
export async function putPolicy(
  rm: ResourceManager,
  t: PolicyType,
  caller: ArmCaller,
  values: Readonly<Record<string, string>>,
  body: Fields,
): Promise<{ created: boolean; registry: RegistryRow; row: PolicyRow }> {
  const registry = await requireRegistry(rm, values);
  const { name = '' } = values;
  requireChildName(name, 'policy');
  if (name.toLowerCase() === 'retentionpolicy') throw reserved(name);
  const definition = JSON.stringify(t.read(body.within('properties')));
  const now = rm.clock.now();
  return rm.metadata.transaction(async (tx) => {
    await requireStill(tx, registry);
    const before = await tx.policies.find(registry.id, t.kind, name);
    const others = before ? [] : await tx.policies.list(registry.id, t.kind, { limit: POLICIES_PER_REGISTRY });
    if (others.length >= POLICIES_PER_REGISTRY) throw tooMany(t);
    const fresh = { registryId: registry.id, kind: t.kind, name, createdAt: now };
    const row: PolicyRow = { ...fresh, ...before, definition, updatedAt: now };
    await tx.policies.put(row);
    const more = { registryId: registry.id, target: row.name };
    await tx.audit.append(armAudit(rm, caller, `${TYPE}/${t.type}/write`, more));
    return { row, registry, created: before === undefined };
  });
}

/** Whether there was one. */
export async function removePolicy(
  rm: ResourceManager,
  t: PolicyType,
  caller: ArmCaller,
  tx: MetadataTx,
  registry: RegistryRow,
  name: string,
): Promise<boolean> {
  if (!(await tx.policies.delete(registry.id, t.kind, name))) return false;
  const more = { registryId: registry.id, target: name };
  await tx.audit.append(armAudit(rm, caller, `${TYPE}/${t.type}/delete`, more));
  return true;
}

export function policyJson(
  registry: RegistryRow,
  { type }: PolicyType,
  { name, definition, createdAt, updatedAt }: PolicyRow,
) {
  return {
    id: `${registryResourceId(registry)}/${type}/${name}`,
    name,
    type: `${TYPE}/${type}`,
    properties: {
      ...(JSON.parse(definition) as object),
      creationDate: armTime(createdAt),
      lastUpdatedTime: armTime(updatedAt),
      provisioningState: 'Succeeded',
    },
  };
}

function reserved(name: string): DomainError {
  return new DomainError(
    'invalid',
    'resource.invalid',
    `The policy name '${name}' is taken: it is the registry's retention policy, which 'az acr config retention update' sets. Choose another name.`,
  );
}

function tooMany({ type }: PolicyType): DomainError {
  return new DomainError(
    'conflict',
    'quota.exceeded',
    `A registry has at most ${POLICIES_PER_REGISTRY} ${type}. Give one of them more patterns, or delete one that is not needed.`,
  );
}
