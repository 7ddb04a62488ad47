import { FunctionProblem } from './functions.ts';
import { isObject, type Json, type JsonObject, textOf, typeOf } from './values.ts';

/** One argument as the type that the function takes; what it is not is said by its place, never by its value. */
export function text(args: readonly Json[], i: number): string {
  const value = args[i] as Json;
  if (typeof value === 'string') return value;
  throw wrong(args, i, 'a string');
}

export function integer(args: readonly Json[], i: number): number {
  const value = args[i] as Json;
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  throw wrong(args, i, 'an int');
}

export function boolean(args: readonly Json[], i: number): boolean {
  const value = args[i] as Json;
  if (typeof value === 'boolean') return value;
  throw wrong(args, i, 'a bool');
}

export function array(args: readonly Json[], i: number): readonly Json[] {
  const value = args[i] as Json;
  if (Array.isArray(value)) return value as readonly Json[];
  throw wrong(args, i, 'an array');
}

export function object(args: readonly Json[], i: number): JsonObject {
  const value = args[i] as Json;
  if (isObject(value)) return value;
  throw wrong(args, i, 'an object');
}

/** What is joined into text: strings, numbers and Booleans. */
export function scalarText(args: readonly Json[], i: number): string {
  const value = args[i] as Json;
  if (['string', 'boolean', 'number'].includes(typeof value)) return textOf(value);
  throw wrong(args, i, 'a string, a number or a bool');
}

export function wrong(args: readonly Json[], i: number, expected: string): FunctionProblem {
  return new FunctionProblem(`argument ${i + 1} is of type ${typeOf(args[i] as Json)} and must be ${expected}`);
}
