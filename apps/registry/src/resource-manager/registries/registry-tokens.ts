import { builtInScopeMap } from '../../access/scope-maps.ts';
import { registryResourceId } from '../../access/scope-path.ts';
import { REGISTRY_TOKEN_NAME } from '../../identity/registry-tokens.ts';
import type { MetadataReader } from '../../metadata/metadata-store.ts';
import type {
  RegistryTokenReader,
  RegistryTokenRow,
  ScopeMapReader,
  ScopeMapRow,
} from '../../metadata/registry-tokens.ts';
import type { RegistryRow } from '../../metadata/resources.ts';
import { DomainError } from '../../platform/domain-error.ts';
import type { Fields } from '../fields.ts';
import { unknownResource } from '../require.ts';
import { parseResourceId } from '../resource-id.ts';
import { armTime } from './registry-json.ts';

type ChildType = 'scopeMaps' | 'tokens' | 'cleanupPolicies' | 'immutableTagPolicies';

/** A scope map as it is shown, whether of the program or of a row. */
export interface ShownScopeMap extends Pick<ScopeMapRow, 'name' | 'description' | 'createdAt'> {
  readonly type: 'BuiltIn' | 'UserDefined';
  readonly actions: readonly string[];
}

export function shown(row: ScopeMapRow): ShownScopeMap {
  return { ...row, type: 'UserDefined', actions: JSON.parse(row.actions) as string[] };
}

/** The scope map of that name, built in or stored. */
export async function findScopeMap(
  read: ScopeMapReader,
  registry: RegistryRow,
  name: string,
): Promise<ShownScopeMap | undefined> {
  const builtIn = builtInScopeMap(name);
  if (builtIn) return { ...builtIn, type: 'BuiltIn', createdAt: registry.createdAt };
  const row = await read.find(registry.id, name);
  return row && shown(row);
}

export function scopeMapJson(registry: RegistryRow, map: ShownScopeMap) {
  const { name, description, type, createdAt, actions } = map;
  return {
    id: childId(registry, 'scopeMaps', name),
    name,
    type: `Microsoft.ContainerRegistry/registries/scopeMaps`,
    properties: {
      ...(description === undefined ? {} : { description }),
      type,
      creationDate: armTime(createdAt),
      provisioningState: 'Succeeded',
      actions,
    },
  };
}

/** `credentials` is always there, and passwords in it without their values: az reads it unasked. */
export function tokenJson(registry: RegistryRow, row: RegistryTokenRow) {
  return {
    id: childId(registry, 'tokens', row.name),
    name: row.name,
    type: `Microsoft.ContainerRegistry/registries/tokens`,
    properties: {
      creationDate: armTime(row.createdAt),
      provisioningState: 'Succeeded',
      objectId: row.id,
      scopeMapId: childId(registry, 'scopeMaps', row.scopeMap),
      status: row.status,
      credentials: {
        certificates: [],
        passwords: row.passwords.map(({ name, createdAt, expiresAt }) => ({
          creationTime: armTime(createdAt),
          ...(expiresAt ? { expiry: armTime(expiresAt) } : {}),
          name,
        })),
      },
    },
  };
}

export async function requireToken(
  read: RegistryTokenReader,
  registry: RegistryRow,
  name: string,
): Promise<RegistryTokenRow> {
  return (await read.find(registry.id, name)) ?? refuseUnknown(registry, 'tokens', name);
}

/** Inside the transaction that hangs something on it: a deleted registry must not get children that nobody takes away. */
export async function requireStill(tx: MetadataReader, registry: RegistryRow): Promise<void> {
  if (await tx.registries.byId(registry.id)) return;
  throw unknownResource(`Microsoft.ContainerRegistry/registries/${registry.name}`, registry.resourceGroup);
}

export function refuseUnknown(registry: RegistryRow, type: ChildType, name: string): never {
  throw unknownResource(
    `Microsoft.ContainerRegistry/registries/${registry.name}/${type}/${name}`,
    registry.resourceGroup,
  );
}

export function requireChildName(name: string, what: 'scope map' | 'token' | 'policy'): void {
  if (REGISTRY_TOKEN_NAME.test(name)) return;
  throw new DomainError(
    'invalid',
    'resource.invalid',
    `The ${what} name '${name.slice(0, 100)}' is invalid: it has 5 to 50 letters, digits and hyphens and begins with a letter. Choose another name.`,
  );
}

/** The name at the end of the id of a scope map or token, which must be one of this very registry. */
export function childNameOf(registry: RegistryRow, type: ChildType, fields: Fields, field: string): string {
  const text = fields.required(field);
  const { provider } = parseResourceId(text) ?? {};
  const name = provider?.names[1] ?? '';
  if (text.toLowerCase() === childId(registry, type, name).toLowerCase() && name !== '') return name;
  throw fields.wrong(field, `the id of one of the ${type} of this registry: '${childId(registry, type, '<name>')}'`);
}

function childId(registry: RegistryRow, type: ChildType, name: string): string {
  return `${registryResourceId(registry)}/${type}/${name}`;
}
