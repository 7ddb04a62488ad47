import type { ArmCaller, ResourceManager } from '../context.ts';
import type { LookedUp } from './environment.ts';
import { Budget } from './expressions/budget.ts';
import type { ResourceChange } from './resource-change.ts';
import { Secrets } from './secrets.ts';
import { invalidTemplate } from './template.ts';

/** As the resource manager writes an error. */
export interface ShownError {
  readonly code: string;
  readonly message: string;
  readonly details?: readonly ShownError[];
}

/** One deployment with all that are nested in it: what they share. */
export interface Run {
  readonly rm: ResourceManager;
  readonly caller: ArmCaller;
  readonly budget: Budget;
  readonly secrets: Secrets;
  /** What `reference` and `list…` gave so far. */
  readonly known: Map<string, LookedUp>;
  /** Aborted when the deployment is cancelled, or the server stops. */
  readonly signal: AbortSignal;
  /** The code and the text of an error, as answers have them; texts of unknown errors say nothing of the inside. */
  readonly describe: (error: unknown) => ShownError;
  readonly tenantId: string;
  /** Set when it is only foreseen what the deployment would do: it runs, notes what it changes, and is taken back. */
  readonly foreseen?: ResourceChange[];
  /** Counts resources of all templates together. */
  planned: number;
}

/** All templates of a deployment together; each may have 800. */
const MAX_PLANNED = 2_000;

export function startRun(
  rm: ResourceManager,
  caller: ArmCaller,
  more: Pick<Run, 'signal' | 'describe' | 'tenantId'>,
): Run {
  return { rm, caller, ...more, budget: new Budget(), secrets: new Secrets(), known: new Map(), planned: 0 };
}

export function countPlanned(run: Run, more: number): void {
  run.planned += more;
  if (run.planned > MAX_PLANNED) {
    throw invalidTemplate(`the template and those nested in it make more than ${MAX_PLANNED} resources`);
  }
}

/** The error without what must not be told. */
export function shownError(run: Run, error: unknown): ShownError {
  const { code, message } = run.describe(error);
  return { code, message: run.secrets.blank(message) };
}
