import { type Budget, TooMuch } from './budget.ts';
import { collectionFunctions } from './collection-functions.ts';
import { FunctionProblem, type FunctionTable, type TemplateFunction } from './functions.ts';
import { scalarFunctions } from './scalar-functions.ts';
import { stringFunctions } from './string-functions.ts';
import { type Expression, ExpressionProblem } from './syntax.ts';
import { isObject, type Json, keyOf, typeOf } from './values.ts';

/** Where an expression stands: what it may spend, and the functions that say something about its surroundings. */
export interface Surroundings {
  readonly budget: Budget;
  /** By name in lower case: `parameters`, `variables`, `resourceGroup`, `reference`, … */
  readonly functions: FunctionTable;
  /** Runs a function that the template defines. */
  readonly callOwn?: (namespace: string, name: string, args: readonly Json[]) => Json;
  /** Whether texts may name properties of objects; not of those that are secret. */
  readonly mayNameProperties?: () => boolean;
}

const pureFunctions: FunctionTable = { ...stringFunctions, ...collectionFunctions, ...scalarFunctions };

/** What an expression yields. Throws `ExpressionProblem`, and whatever the surroundings throw. */
export function evaluate(expression: Expression, around: Surroundings): Json {
  try {
    around.budget.step();
    switch (expression.kind) {
      case 'string':
      case 'integer':
        return expression.value;
      case 'call':
        return call(expression, around);
      case 'property':
        return property(evaluate(expression.of, around), expression.name, around);
      case 'index':
        return index(evaluate(expression.of, around), evaluate(expression.index, around), around);
    }
  } catch (error) {
    if (error instanceof FunctionProblem || error instanceof TooMuch) {
      const where = expression.kind === 'call' ? `the function '${expression.name}': ` : '';
      throw new ExpressionProblem(`${where}${error.message}`, expression.at);
    }
    throw error;
  }
}

type Call = Extract<Expression, { kind: 'call' }>;

function call(expression: Call, around: Surroundings): Json {
  const { namespace, name } = expression;
  if (namespace !== undefined) {
    if (!around.callOwn) throw new FunctionProblem('functions of the template cannot be called here');
    return around.callOwn(namespace, name, argumentsOf(expression, around));
  }
  const key = name.toLowerCase();
  const lazy = lazyForms.get(key);
  if (lazy) {
    requireCount(expression, lazy);
    return lazy.run(expression.arguments, (one) => evaluate(one, around));
  }
  const own = Object.hasOwn(around.functions, key) ? around.functions[key] : undefined;
  const known = own ?? (Object.hasOwn(pureFunctions, key) ? pureFunctions[key] : undefined);
  const found = known ?? listFunction(key, around);
  if (!found) throw new FunctionProblem('there is no function of that name');
  requireCount(expression, found);
  const result = found.run(argumentsOf(expression, around), { budget: around.budget });
  // What the surroundings give is there already; everything else was made just now.
  if (!own) around.budget.value(result);
  return result;
}

/** `listCredentials` and whatever else begins with `list`, by one function that is told which. */
function listFunction(key: string, { functions }: Surroundings): TemplateFunction | undefined {
  const list = key.startsWith('list') ? functions['list*'] : undefined;
  return list && { ...list, run: (args, context) => list.run([key, ...args], context) };
}

function argumentsOf(expression: Call, around: Surroundings): Json[] {
  const given = expression.arguments.map((one) => evaluate(one, around));
  for (const value of given) around.budget.value(value);
  return given;
}

function requireCount({ arguments: given }: Call, { least, most }: { least: number; most: number }): void {
  if (given.length >= least && given.length <= most) return;
  const expected =
    most === Number.POSITIVE_INFINITY ? `at least ${least}` : least === most ? `${least}` : `${least} to ${most}`;
  throw new FunctionProblem(`${given.length} arguments are given, and it takes ${expected}`);
}

interface LazyForm {
  readonly least: number;
  readonly most: number;
  readonly run: (args: readonly Expression[], value: (one: Expression) => Json) => Json;
}

/** What does not evaluate all its arguments: a reference in the branch that is not taken is never made. */
const lazyForms: ReadonlyMap<string, LazyForm> = new Map<string, LazyForm>([
  [
    'if',
    {
      least: 3,
      most: 3,
      run: ([condition, yes, no], value) => value((truth(value(condition as Expression)) ? yes : no) as Expression),
    },
  ],
  ['and', { least: 2, most: Number.POSITIVE_INFINITY, run: (args, value) => args.every((one) => truth(value(one))) }],
  ['or', { least: 2, most: Number.POSITIVE_INFINITY, run: (args, value) => args.some((one) => truth(value(one))) }],
  ['coalesce', { least: 1, most: Number.POSITIVE_INFINITY, run: (args, value) => firstValue(args, value) }],
]);

function truth(value: Json): boolean {
  if (typeof value === 'boolean') return value;
  throw new FunctionProblem(`a bool is needed, and this is of type ${typeOf(value)}`);
}

function firstValue(args: readonly Expression[], value: (one: Expression) => Json): Json {
  for (const one of args) {
    const found = value(one);
    if (found !== null) return found;
  }
  return null;
}

function property(value: Json, name: string, around: Surroundings): Json {
  if (!isObject(value))
    throw new FunctionProblem(`the property '${name}' is asked of a value of type ${typeOf(value)}`);
  if (!Object.hasOwn(value, name)) around.budget.search(Object.keys(value).length);
  const key = keyOf(value, name);
  if (key !== undefined) return value[key] as Json;
  const there = Object.keys(value).slice(0, 20).join(', ').slice(0, 300);
  const naming = around.mayNameProperties?.() !== false && there !== '' ? `; there are ${there}` : '';
  throw new FunctionProblem(`the property '${name.slice(0, 100)}' does not exist${naming}`);
}

function index(value: Json, at: Json, around: Surroundings): Json {
  if (typeof at === 'string') return property(value, at, around);
  if (!Array.isArray(value)) throw new FunctionProblem(`an item is asked of a value of type ${typeOf(value)}`);
  if (typeof at !== 'number' || !Number.isInteger(at))
    throw new FunctionProblem(`an index is an int, not of type ${typeOf(at)}`);
  if (at < 0 || at >= value.length) {
    throw new FunctionProblem(`the index ${at} lies outside the array, which has ${value.length} items`);
  }
  return (value as readonly Json[])[at] as Json;
}
