import type { MetadataTx, RegistryRow } from '../../metadata/metadata-store.ts';
import type { RegistryTokenRow, TokenPasswordName, TokenPasswordRow } from '../../metadata/registry-tokens.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { armAudit } from '../audit.ts';
import type { ArmCaller, ResourceManager } from '../context.ts';
import type { Fields } from '../fields.ts';
import { requireRegistry } from '../require.ts';
import {
  childNameOf,
  findScopeMap,
  refuseUnknown,
  requireChildName,
  requireStill,
  requireToken,
} from './registry-tokens.ts';

const TYPE = 'Microsoft.ContainerRegistry/registries/tokens';
export const PASSWORD_NAMES: readonly TokenPasswordName[] = ['password1', 'password2'];
/** What clients send for "never": the end of the calendar, in the one or the other time zone. */
const NEVER = Date.UTC(9999, 11, 31);

/** Creates the token of the path's `name`, or changes it as a whole. Whoever calls has the right for it already. */
export async function putToken(
  rm: ResourceManager,
  caller: ArmCaller,
  values: Readonly<Record<string, string>>,
  body: Fields,
): Promise<{ created: boolean; registry: RegistryRow; row: RegistryTokenRow }> {
  const registry = await requireRegistry(rm, values);
  const { name = '' } = values;
  requireChildName(name, 'token');
  const properties = body.within('properties');
  const asked = {
    scopeMap: childNameOf(registry, 'scopeMaps', properties, 'scopeMapId'),
    status: properties.word('status', ['enabled', 'disabled']) ?? 'enabled',
  };
  return rm.metadata.transaction(async (tx) => {
    await requireStill(tx, registry);
    const before = await tx.registryTokens.find(registry.id, name);
    const fresh = { id: rm.ids.uuid(), registryId: registry.id, name, createdAt: rm.clock.now(), passwords: [] };
    const row = await store(rm, caller, tx, registry, { ...fresh, ...before, ...asked }, properties);
    return { row, registry, created: before === undefined };
  });
}

/** Changes what the body names. */
export async function patchToken(
  rm: ResourceManager,
  caller: ArmCaller,
  values: Readonly<Record<string, string>>,
  body: Fields,
): Promise<{ registry: RegistryRow; row: RegistryTokenRow }> {
  const registry = await requireRegistry(rm, values);
  const properties = body.within('properties');
  const status = properties.word('status', ['enabled', 'disabled']);
  const scopeMap = properties.has('scopeMapId')
    ? childNameOf(registry, 'scopeMaps', properties, 'scopeMapId')
    : undefined;
  const row = await rm.metadata.transaction(async (tx) => {
    const before = await requireToken(tx.registryTokens, registry, values.name ?? '');
    const after = { ...before, status: status ?? before.status, scopeMap: scopeMap ?? before.scopeMap };
    return store(rm, caller, tx, registry, after, properties);
  });
  return { registry, row };
}

/** Whether there was one. */
export async function removeToken(
  rm: ResourceManager,
  caller: ArmCaller,
  tx: MetadataTx,
  registry: RegistryRow,
  name: string,
): Promise<boolean> {
  if (!(await tx.registryTokens.delete(registry.id, name))) return false;
  await tx.audit.append(armAudit(rm, caller, `${TYPE}/delete`, { registryId: registry.id, target: name }));
  return true;
}

/** Inside a transaction, so that the scope map is there when the token is. */
async function store(
  rm: ResourceManager,
  caller: ArmCaller,
  tx: MetadataTx,
  registry: RegistryRow,
  row: RegistryTokenRow,
  properties: Fields,
): Promise<RegistryTokenRow> {
  if (!(await findScopeMap(tx.scopeMaps, registry, row.scopeMap))) refuseUnknown(registry, 'scopeMaps', row.scopeMap);
  await tx.registryTokens.put(row);
  const kept = readKept(properties.within('credentials'), row.passwords);
  if (kept) await tx.registryTokens.keepPasswords(registry.id, row.name, kept);
  await tx.audit.append(armAudit(rm, caller, `${TYPE}/write`, { registryId: registry.id, target: row.name }));
  return requireToken(tx.registryTokens, registry, row.name);
}

/**
 * Which passwords a list of them leaves; undefined when there is no list. Nothing is made or prolonged by naming it: only
 * generateCredentials does that, which is a right of its own.
 */
function readKept(credentials: Fields, existing: readonly TokenPasswordRow[]): TokenPasswordName[] | undefined {
  if ((credentials.list('certificates') ?? []).length > 0) {
    throw new DomainError(
      'unsupported',
      'resource.not-supported',
      'Certificates as credentials of tokens are not offered here. Use passwords: make them with generateCredentials (az acr token credential generate).',
    );
  }
  return credentials.list('passwords')?.map((fields) => {
    const name = fields.word('name', PASSWORD_NAMES);
    if (!name) throw fields.wrong('name', "'password1' or 'password2', and is required");
    const row = existing.find((password) => password.name === name);
    if (!row) {
      throw fields.wrong('name', `a password that the token has; make '${name}' with generateCredentials first`);
    }
    if (fields.has('expiry') && expiryOf(fields)?.getTime() !== row.expiresAt?.getTime()) {
      throw fields.wrong('expiry', 'what it is; to change it, make a new password with generateCredentials');
    }
    return name;
  });
}

/** Undefined for never. Old clients leave the time zone out and mean UTC. */
export function expiryOf(fields: Fields): Date | undefined {
  const text = fields.text('expiry');
  if (text === undefined) return undefined;
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?$/i.exec(text);
  const [, day, time, fraction = '', zone = 'Z'] = match ?? [];
  const milliseconds = fraction.slice(0, 4);
  const parsed = Date.parse(`${day}T${time}${milliseconds}${zone.toUpperCase()}`);
  if (!match || Number.isNaN(parsed)) throw fields.wrong('expiry', "a time such as '2027-01-31T12:00:00Z'");
  return parsed >= NEVER ? undefined : new Date(parsed);
}
