import { isObject, type Json, type JsonObject, sameValue } from './expressions/values.ts';

/** A property that would change, as the resource manager's what-if tells it; elements of arrays have their index as path. */
export interface PropertyChange {
  readonly path: string;
  readonly propertyChangeType: 'Create' | 'Delete' | 'Modify' | 'Array';
  readonly before: Json;
  readonly after: Json;
  readonly children: readonly PropertyChange[] | null;
}

export interface ResourceChange {
  readonly resourceId: string;
  readonly changeType: 'Create' | 'Delete' | 'Modify' | 'NoChange' | 'Ignore' | 'Deploy';
  readonly before?: Json;
  readonly after?: Json;
  readonly delta?: readonly PropertyChange[];
}

/** Times that every write renews: that they differ is no change that anybody asked for. */
const RENEWED = new Set(['lastUpdatedTime', 'updatedOn', 'updatedBy', 'timestamp']);

/** What differs between two states of a resource, without what every write renews. */
export function changesBetween(before: JsonObject, after: JsonObject, at = ''): PropertyChange[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => {
    if (RENEWED.has(name)) return [];
    return changeOf(at === '' ? name : `${at}.${name}`, before[name], after[name]);
  });
}

/** One of them, or for objects those of their properties, by full paths as az prints them. */
function changeOf(path: string, before: Json | undefined, after: Json | undefined): PropertyChange[] {
  if (before === undefined && after === undefined) return [];
  if (after === undefined)
    return [{ path, propertyChangeType: 'Delete', before: before ?? null, after: null, children: null }];
  if (before === undefined) return [{ path, propertyChangeType: 'Create', before: null, after, children: null }];
  if (isObject(before) && isObject(after)) return changesBetween(before, after, path);
  if (sameValue(before, after)) return [];
  if (!Array.isArray(before) || !Array.isArray(after)) {
    return [{ path, propertyChangeType: 'Modify', before, after, children: null }];
  }
  return [{ path, propertyChangeType: 'Array', before, after, children: elementChanges(before, after) }];
}

/** Elements have no names: what is in both lists is the same one, whatever its place; those left over go or come. */
function elementChanges(before: readonly Json[], after: readonly Json[]): PropertyChange[] {
  const coming = after.map((value, i) => ({ value, i }));
  const going = before.flatMap((value, i) => {
    const twin = coming.findIndex((one) => sameValue(one.value, value));
    if (twin === -1) return [{ value, i }];
    coming.splice(twin, 1);
    return [];
  });
  return [
    ...going.map(({ value, i }) => ({
      path: String(i),
      propertyChangeType: 'Delete' as const,
      before: value,
      after: null,
      children: null,
    })),
    ...coming.map(({ value, i }) => ({
      path: String(i),
      propertyChangeType: 'Create' as const,
      before: null,
      after: value,
      children: null,
    })),
  ];
}

/** In the place of what must not be told. */
export const HIDDEN = '*******';

/** The value with what stands at these paths hidden. */
export function hide(value: Json, paths: readonly string[], at = ''): Json {
  if (paths.includes(at)) return HIDDEN;
  if (!isObject(value)) return value;
  const join = (name: string) => (at === '' ? name : `${at}.${name}`).toLowerCase();
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, hide(one, paths, join(name))]));
}

/** That values that are never shown would change, without them. */
export function hiddenChanges(before: JsonObject, after: JsonObject): PropertyChange[] {
  const hidden = (value: Json) => (value === null ? null : HIDDEN);
  return changesBetween(before, after).map((one) => ({
    ...one,
    propertyChangeType: one.propertyChangeType === 'Array' ? 'Modify' : one.propertyChangeType,
    before: hidden(one.before),
    after: hidden(one.after),
    children: null,
  }));
}
