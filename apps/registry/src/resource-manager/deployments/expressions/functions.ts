import type { Budget } from './budget.ts';
import type { Json } from './values.ts';

/** What a function may use besides its arguments. */
export interface CallContext {
  readonly budget: Budget;
}

/** A function of the language. Throws `FunctionProblem` for arguments that it does not take. */
export interface TemplateFunction {
  readonly least: number;
  readonly most: number;
  readonly run: (args: readonly Json[], context: CallContext) => Json;
}

/** Why a function refuses its arguments; names types, never values: these may be secrets. */
export class FunctionProblem extends Error {}

export type FunctionTable = Readonly<Record<string, TemplateFunction>>;

/** A function of `least` to `most` arguments; as many as one likes when `most` is left out. */
export function fn(least: number, run: TemplateFunction['run'], most = Number.POSITIVE_INFINITY): TemplateFunction {
  return { least, most, run };
}
