import { requireResourceRight } from '../../access/resource-door.ts';
import { scopeKey } from '../../access/scope-path.ts';
import { DomainError } from '../../platform/domain-error.ts';
import type { Environment, Loop } from './environment.ts';
import { isObject, type Json, type JsonObject } from './expressions/values.ts';
import type { PlannedResource } from './plan.ts';
import { changesBetween, HIDDEN, hiddenChanges, hide, type ResourceChange } from './resource-change.ts';
import type { ResourcePlace, ResourceType } from './resource-type.ts';
import type { Run } from './run.ts';

/** A resource at some moment, with what answers keep to themselves. */
interface State {
  readonly shown: JsonObject;
  readonly unshown: JsonObject;
}

/** Makes the resource and notes what that changed of it. */
export async function noteChange(
  run: Run,
  type: ResourceType,
  { environment, one }: { environment: Environment; one: PlannedResource },
  make: () => Promise<unknown>,
): Promise<void> {
  const before = await stateOf(run, type, one, one.apiVersion);
  await make();
  const after = await stateOf(run, type, one, one.apiVersion);
  const secret = secretPaths(environment, one.source, one.path, one.loops);
  run.foreseen?.push(changeOf(one.id, before, after, secret));
}

export async function noteDeletion(run: Run, type: ResourceType, place: ResourcePlace, version: string): Promise<void> {
  run.foreseen?.push(changeOf(place.id, await stateOf(run, type, place, version), undefined, []));
}

/** Undefined when it is not there, which is told to who may read it only. */
async function stateOf(
  run: Run,
  type: ResourceType,
  place: ResourcePlace,
  apiVersion: string,
): Promise<State | undefined> {
  await requireResourceRight(run.rm, run.caller, type.read, scopeKey(place.id), place.id);
  try {
    const shown = objectOf(await type.get(run.rm, place, apiVersion));
    return { shown: { ...shown, apiVersion }, unshown: objectOf((await type.unshown?.(run.rm, place)) ?? {}) };
  } catch (error) {
    if (error instanceof DomainError && error.kind === 'not-found') return undefined;
    throw error;
  }
}

const objectOf = (value: Json): JsonObject => (isObject(value) ? value : {});

function changeOf(
  resourceId: string,
  before: State | undefined,
  after: State | undefined,
  secret: readonly string[],
): ResourceChange {
  const shown = (state: State) => hide(state.shown, secret);
  if (before && after) {
    const delta = [...changesBetween(before.shown, after.shown), ...hiddenChanges(before.unshown, after.unshown)];
    const told = delta.map((one) => {
      const path = one.path.toLowerCase();
      if (!secret.some((at) => path === at || path.startsWith(`${at}.`))) return one;
      return {
        ...one,
        before: one.before === null ? null : HIDDEN,
        after: one.after === null ? null : HIDDEN,
        children: null,
        propertyChangeType: one.propertyChangeType === 'Array' ? ('Modify' as const) : one.propertyChangeType,
      };
    });
    const changeType = told.length > 0 ? 'Modify' : 'NoChange';
    return { resourceId, changeType, before: shown(before), after: shown(after), delta: told };
  }
  if (after) return { resourceId, changeType: 'Create', after: shown(after) };
  return { resourceId, changeType: 'Delete', ...(before ? { before: shown(before) } : {}) };
}

/** Paths in lower case of what a body makes of secrets. A list or a `copy` with one in it is secret as a whole. */
function secretPaths(environment: Environment, source: JsonObject, where: string, loops: readonly Loop[]): string[] {
  const found: string[] = [];
  const visit = (value: Json, at: string): void => {
    const whole = !isObject(value) || Object.keys(value).some((name) => name.toLowerCase() === 'copy');
    if (!whole) {
      for (const [name, one] of Object.entries(value))
        visit(one, at === '' ? name.toLowerCase() : `${at}.${name.toLowerCase()}`);
      return;
    }
    const { rights } = environment.facts.secrets.watch(() => environment.value(value, `${where}.${at}`, loops));
    if (rights.length > 0) found.push(at);
  };
  visit(Object.fromEntries(Object.entries(source).filter(([name]) => name !== 'resources')), '');
  return found;
}
