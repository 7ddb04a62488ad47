import type { ChangeableAttributes } from '@holdfast/contracts/acr';
import { principalId } from '../access/principal.ts';
import { ATTRIBUTES } from '../content/locks.ts';
import { auditEntry, type Caller, type Distribution } from '../distribution/context.ts';
import { LOCK_FLAGS, type LockedObject, type LockFlag, type LockKind, type LockReader } from '../metadata/locks.ts';
import type { MetadataTx, RepositoryRow } from '../metadata/metadata-store.ts';
import { DomainError } from '../platform/domain-error.ts';

/** What a PATCH asks for: what is not named stays. */
export type AttributeChange = Partial<Readonly<Record<LockFlag, boolean>>>;

/** A PATCH has four names and four values. */
export const ATTRIBUTES_LIMIT = 64 * 1024;

/** Sent by some SDK releases, and about things that this registry does not have. */
const IGNORED: ReadonlySet<string> = new Set(['teleportEnabled']);

/**
 * The body of a PATCH: `{"writeEnabled":false}`. Names that are none are refused: whoever misspells one believes that an image
 * is locked that is not. Throws `request.invalid`.
 */
export function parseAttributes(body: Uint8Array): AttributeChange {
  return readFlags(parseAttributeObject(body));
}

/** Without a body, nothing is asked for. */
export function parseAttributeObject(body: Uint8Array): Record<string, unknown> {
  const value = body.length === 0 ? {} : parseJson(body);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid('it must be a JSON object');
}

export function readFlags(value: Readonly<Record<string, unknown>>): AttributeChange {
  const change: { -readonly [flag in LockFlag]?: boolean } = {};
  for (const [name, wanted] of Object.entries(value)) {
    if (wanted === null || IGNORED.has(name)) continue; // serialisers write null for what was not given
    const flag = LOCK_FLAGS.find((known) => ATTRIBUTES[known] === name);
    if (flag === undefined) throw invalid(`there is no attribute "${name.slice(0, 64)}" that could be changed`);
    if (typeof wanted !== 'boolean') throw invalid(`${name} must be true or false`);
    change[flag] = wanted;
  }
  return change;
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  } catch {
    throw invalid('it is no JSON');
  }
}

function invalid(why: string): DomainError {
  const names = LOCK_FLAGS.map((flag) => ATTRIBUTES[flag]).join(', ');
  return new DomainError(
    'invalid',
    'request.invalid',
    `The attributes of the request cannot be set: ${why}. Send an object of some of ${names}, for example {"writeEnabled":false}.`,
  );
}

/** Sets and clears locks, each change with an audit row. True when anything changed. */
export async function changeAttributes(
  d: Distribution,
  tx: MetadataTx,
  caller: Caller,
  object: LockedObject,
  change: AttributeChange,
): Promise<boolean> {
  const now = d.clock.now();
  const { principal } = caller;
  const by = { setBy: principalId(principal), setByName: nameOf(caller), setAt: now };
  let changed = false;
  for (const flag of LOCK_FLAGS) {
    const wanted = change[flag];
    if (wanted === undefined) continue;
    const done = wanted ? await tx.locks.clear(object, flag) : await tx.locks.set({ ...object, flag, ...by });
    if (!done) continue;
    changed = true;
    const entry = auditEntry(d, caller, `${object.kind}.update`, object.name || caller.repository);
    await tx.audit.append({ ...entry, reason: `${ATTRIBUTES[flag]}=${wanted}` });
  }
  if (changed) await tx.repositories.touch(object.repositoryId, now);
  return changed;
}

/** What a person would call the caller. */
function nameOf({ principal }: Caller): string | undefined {
  if (principal.kind === 'user' || principal.kind === 'service-principal') return principal.name;
  return principal.kind === 'admin-user' ? `the admin user ${principal.id.replace(/^admin-user:/, '')}` : undefined;
}

/** The attributes of each of some objects of one kind; asks nothing where the repository has no locks. */
export async function attributesOf(
  locks: LockReader,
  repository: Pick<RepositoryRow, 'id' | 'lockCount'>,
  kind: LockKind,
  names: readonly string[],
): Promise<(name: string) => ChangeableAttributes> {
  const off = new Set<string>();
  if (repository.lockCount > 0 && names.length > 0) {
    for (const lock of await locks.of(repository.id, kind, names)) off.add(`${lock.flag} ${lock.name}`);
  }
  return (name) => ({
    deleteEnabled: !off.has(`delete ${name}`),
    writeEnabled: !off.has(`write ${name}`),
    readEnabled: !off.has(`read ${name}`),
    listEnabled: !off.has(`list ${name}`),
  });
}
