import { array, integer, object, text, wrong } from './arguments.ts';
import { type CallContext, FunctionProblem, type FunctionTable, fn } from './functions.ts';
import { isObject, type Json, type JsonObject, keyOf, propertyOf, sameValue } from './values.ts';

/** As in Azure: more would be a mistake. */
const MAX_RANGE = 10_000;

/** Functions of arrays and objects; some of them take strings, too. */
export const collectionFunctions: FunctionTable = {
  array: fn(1, (a) => (Array.isArray(a[0]) ? a[0] : [a[0] as Json]), 1),
  contains: fn(2, contains, 2),
  createarray: fn(0, (a) => a),
  createobject: fn(0, createObject),
  empty: fn(1, (a) => sizeOf(a, true) === 0, 1),
  first: fn(1, (a) => end(a, 0), 1),
  flatten: fn(1, (a) => array(a, 0).flatMap((one) => array([one], 0)), 1),
  intersection: fn(2, intersection),
  items: fn(1, items, 1),
  last: fn(1, (a) => end(a, -1), 1),
  length: fn(1, (a) => sizeOf(a, false), 1),
  objectkeys: fn(1, (a) => Object.keys(object(a, 0)).sort(byText), 1),
  range: fn(2, range, 2),
  shallowmerge: fn(1, shallowMerge, 1),
  skip: fn(2, (a) => slice(a, (value, count) => value.slice(count)), 2),
  take: fn(2, (a) => slice(a, (value, count) => value.slice(0, count)), 2),
  tryget: fn(2, tryGet),
  union: fn(2, union),
};

const byText = (a: string, b: string): number => (a < b ? -1 : 1);

/** An object's key without case, a string's part and an array's item as they are. */
function contains(args: readonly Json[]): boolean {
  const [where, what] = args as [Json, Json];
  if (Array.isArray(where)) return (where as readonly Json[]).some((item) => sameValue(item, what));
  if (isObject(where)) return keyOf(where, text(args, 1)) !== undefined;
  if (typeof where !== 'string') throw wrong(args, 0, 'a string, an array or an object');
  return where.includes(typeof what === 'number' ? String(what) : text(args, 1));
}

function createObject(args: readonly Json[]): Json {
  if (args.length % 2 === 1) throw new FunctionProblem('keys and values come in pairs');
  const pairs: [string, Json][] = [];
  for (let i = 0; i < args.length; i += 2) pairs.push([text(args, i), args[i + 1] as Json]);
  return Object.fromEntries(pairs);
}

function sizeOf(args: readonly Json[], nullToo: boolean): number {
  const [value = null] = args;
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  if (isObject(value)) return Object.keys(value).length;
  if (value === null && nullToo) return 0;
  throw wrong(args, 0, 'a string, an array or an object');
}

/** The first or last item; of an empty array null, of an empty string the same again. */
function end(args: readonly Json[], place: 0 | -1): Json {
  const [value] = args;
  if (typeof value === 'string') return value.at(place) ?? '';
  if (Array.isArray(value)) return (value as readonly Json[]).at(place) ?? null;
  throw wrong(args, 0, 'a string or an array');
}

function intersection(args: readonly Json[], { budget }: CallContext): Json {
  const [first = null] = args;
  budget.times(Array.isArray(first) ? first.length : Object.keys(first ?? {}).length, args);
  if (Array.isArray(args[0])) {
    const all = args.map((_, i) => array(args, i));
    const [head = [], ...rest] = all;
    return distinct(head.filter((item) => rest.every((other) => other.some((one) => sameValue(one, item)))));
  }
  const [head = {}, ...rest] = args.map((_, i) => object(args, i));
  const shared = Object.entries(head).filter(([key, value]) =>
    rest.every((other) => {
      const found = propertyOf(other, key);
      return found !== undefined && sameValue(found, value);
    }),
  );
  return Object.fromEntries(shared);
}

function distinct(values: readonly Json[]): Json[] {
  return values.filter((value, i) => values.findIndex((other) => sameValue(other, value)) === i);
}

/** `[{key, value}]` by key. */
function items(args: readonly Json[]): Json {
  return Object.entries(object(args, 0))
    .sort(([a], [b]) => byText(a, b))
    .map(([key, value]) => ({ key, value }));
}

function range(args: readonly Json[], { budget }: CallContext): Json {
  const start = integer(args, 0);
  const count = integer(args, 1);
  if (count < 0 || count > MAX_RANGE) throw wrong(args, 1, `an int from 0 to ${MAX_RANGE}`);
  if (!Number.isSafeInteger(start + count)) throw wrong(args, 0, 'a smaller int');
  budget.room(count);
  return Array.from({ length: count }, (_, i) => start + i);
}

function shallowMerge(args: readonly Json[]): Json {
  return Object.fromEntries(array(args, 0).flatMap((one) => Object.entries(object([one], 0))));
}

function slice(
  args: readonly Json[],
  cut: <T extends string | readonly Json[]>(value: T, count: number) => unknown,
): Json {
  const count = Math.max(integer(args, 1), 0);
  const [value] = args;
  if (typeof value === 'string' || Array.isArray(value)) return cut(value as string, count) as Json;
  throw wrong(args, 0, 'a string or an array');
}

/** Null where a step leads nowhere. */
function tryGet(args: readonly Json[]): Json {
  return args.slice(1).reduce<Json>((at, step) => {
    if (isObject(at) && typeof step === 'string') return propertyOf(at, step) ?? null;
    if (Array.isArray(at) && typeof step === 'number') return (at as readonly Json[])[step] ?? null;
    return null;
  }, args[0] as Json);
}

/** Arrays: each value once. Objects: what comes later counts, objects within them being united, too. */
function union(args: readonly Json[], { budget }: CallContext): Json {
  if (Array.isArray(args[0])) {
    const all = args.flatMap((_, i) => array(args, i));
    // Every value is compared with those before it.
    budget.times(all.length, all);
    return distinct(all);
  }
  const all = args.map((_, i) => object(args, i));
  // Every name is looked for among the others, whatever its case.
  budget.times(Math.max(...all.map((one) => Object.keys(one).length)), args);
  return all.reduce(merge);
}

function merge(a: JsonObject, b: JsonObject): JsonObject {
  const merged = new Map<string, Json>(Object.entries(a));
  for (const [name, value] of Object.entries(b)) {
    const key = keyOf(a, name) ?? name;
    const before = merged.get(key);
    merged.set(key, before !== undefined && isObject(before) && isObject(value) ? merge(before, value) : value);
  }
  return Object.fromEntries(merged);
}
