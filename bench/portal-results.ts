import type { machineFacts } from './facts.ts';

/** What `bench/portal.ts` measured; times in milliseconds. */
export interface PortalResults {
  readonly facts: ReturnType<typeof machineFacts>;
  readonly chromium: string;
  /** Tags of the repository that is opened and scrolled, and repositories beside it. */
  readonly rows: number;
  readonly script: { readonly files: number; readonly gzipBytes: number };
  readonly opening: {
    readonly throttling: number;
    /** From the click on the repository's link to the first painted rows, each time in a fresh profile. */
    readonly rounds: readonly number[];
  };
  readonly scrolling: {
    readonly rows: number;
    readonly seconds: number;
    readonly rowElements: number;
    /** Tasks over 50 ms. */
    readonly longTasks: readonly number[];
  };
  readonly heap?: {
    readonly minutes: number;
    readonly rows: number;
    /** Bytes after a forced collection, evenly over the time; the first after a warm-up. */
    readonly bytes: readonly number[];
    readonly longTasks: readonly number[];
    readonly rowElements: number;
  };
}

/** Bars of the issue. */
export const BARS = { scriptBytes: 350_000, openingMs: 300, taskMs: 50, rowElements: 200, heapGrowth: 1.1 } as const;

/** How much more the heap holds at the end than at the beginning: means of the first and the last quarter. */
export function heapGrowth(bytes: readonly number[]): number {
  const part = Math.max(1, Math.floor(bytes.length / 4));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return mean(bytes.slice(-part)) / mean(bytes.slice(0, part));
}
