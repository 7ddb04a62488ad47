import { array, boolean, integer, wrong } from './arguments.ts';
import { addDuration, formatTime, parseTime } from './dates.ts';
import { FunctionProblem, type FunctionTable, fn } from './functions.ts';
import { type Json, sameValue } from './values.ts';

/** Numbers, comparisons, logic and points of time. `if`, `and`, `or` and `coalesce` are the evaluator's: they need not evaluate all. */
export const scalarFunctions: FunctionTable = {
  add: fn(2, (a) => whole(integer(a, 0) + integer(a, 1)), 2),
  sub: fn(2, (a) => whole(integer(a, 0) - integer(a, 1)), 2),
  mul: fn(2, (a) => whole(integer(a, 0) * integer(a, 1)), 2),
  div: fn(2, (a) => whole(Math.trunc(integer(a, 0) / divisor(a))), 2),
  mod: fn(2, (a) => whole(integer(a, 0) % divisor(a)), 2),
  min: fn(1, (a) => extreme(a, (x, y) => Math.min(x, y))),
  max: fn(1, (a) => extreme(a, (x, y) => Math.max(x, y))),
  int: fn(1, toInteger, 1),
  float: fn(1, toFloat, 1),
  bool: fn(1, toBoolean, 1),
  true: fn(0, () => true, 0),
  false: fn(0, () => false, 0),
  null: fn(0, () => null, 0),
  not: fn(1, (a) => !boolean(a, 0), 1),
  xor: fn(2, (a) => boolean(a, 0) !== boolean(a, 1), 2),
  equals: fn(2, (a) => sameValue(a[0] as Json, a[1] as Json), 2),
  less: fn(2, (a) => compare(a) < 0, 2),
  lessorequals: fn(2, (a) => compare(a) <= 0, 2),
  greater: fn(2, (a) => compare(a) > 0, 2),
  greaterorequals: fn(2, (a) => compare(a) >= 0, 2),
  datetimeadd: fn(2, (a) => formatTime(addDuration(parseTime(a, 0), a, 1), a, 2), 3),
  datetimefromepoch: fn(1, (a) => formatTime(epoch(a), a, 1), 1),
  datetimetoepoch: fn(1, (a) => Math.floor(parseTime(a, 0).getTime() / 1000), 1),
};

/** Beyond this, numbers are no longer exact. */
function whole(result: number): number {
  if (!Number.isSafeInteger(result)) throw new FunctionProblem('the result is too large for an int');
  return result === 0 ? 0 : result;
}

function divisor(args: readonly Json[]): number {
  const given = integer(args, 1);
  if (given === 0) throw new FunctionProblem('nothing is divided by zero');
  return given;
}

/** Of one array, or of the arguments. */
function extreme(args: readonly Json[], better: (a: number, b: number) => number): number {
  const from = Array.isArray(args[0]) ? array(args, 0) : args;
  if (from.length === 0) throw new FunctionProblem('an empty array has neither minimum nor maximum');
  return from.map((_, i) => integer(from, i)).reduce(better);
}

function toInteger(args: readonly Json[]): number {
  const [value] = args;
  if (typeof value === 'number') return whole(Math.trunc(value));
  if (typeof value === 'string' && /^\s*[+-]?\d{1,20}\s*$/.test(value)) return whole(Number(value));
  throw wrong(args, 0, 'an int, or a string of digits');
}

function toFloat(args: readonly Json[]): number {
  const [value] = args;
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && /^\s*[+-]?\d{1,20}(\.\d{1,20})?(e[+-]?\d{1,2})?\s*$/i.test(value))
    return Number(value);
  throw wrong(args, 0, 'a number, or a string of digits');
}

function toBoolean(args: readonly Json[]): boolean {
  const [value] = args;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  const word = typeof value === 'string' ? value.toLowerCase() : '';
  if (word === 'true' || word === '1') return true;
  if (word === 'false' || word === '0') return false;
  throw wrong(args, 0, "a bool, a number, 'true' or 'false'");
}

/** Numbers by size, strings by their characters' numbers, as .NET's ordinal comparison does. */
function compare(args: readonly Json[]): number {
  const [a, b] = args;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : Number(a > b);
  throw wrong(
    args,
    typeof a === 'number' || typeof a === 'string' ? 1 : 0,
    'of the same type as the other one: int or string',
  );
}

function epoch(args: readonly Json[]): Date {
  const time = new Date(integer(args, 0) * 1000);
  if (Number.isNaN(time.getTime())) throw wrong(args, 0, 'a point of time');
  return time;
}
