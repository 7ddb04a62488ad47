import type { machineFacts } from './facts.ts';
import { median } from './results.ts';

/** `key`: Enter in the list of repositories, so that nothing is known beforehand; `pointer`: a hand that points, rests and clicks; `cold`: the address alone, from where the sign-in page leads back to. */
export type OpeningWay = 'key' | 'pointer' | 'cold';

export interface Opened {
  readonly ms: number;
  /** Of the page's own thread, throttled as it was; the rest is waiting, for the server and for a busy machine. */
  readonly cpuMs?: number;
}

export interface Scrolled {
  readonly throttling: number;
  readonly rows: number;
  readonly seconds: number;
  readonly rowElements: number;
  /** Tasks over 50 ms by the clock. */
  readonly longTasks: readonly number[];
  /** The longest tasks by the CPU time of the page's own thread: what is left when other programs of the machine are not counted. */
  readonly longestCpu: readonly number[];
}

/** What `bench/portal/run.ts` measured; times in milliseconds. Its parts may be of runs of their own. */
export interface PortalResults {
  readonly facts: ReturnType<typeof machineFacts>;
  readonly chromium: string;
  /** Tags of the repository that is opened and scrolled, and repositories beside it. */
  readonly rows: number;
  readonly script?: { readonly files: number; readonly gzipBytes: number };
  readonly opening?: {
    readonly throttling: number;
    /** From the key or the click to the first painted rows, each time in a fresh profile. */
    readonly ways: Readonly<Record<OpeningWay, readonly Opened[]>>;
  };
  readonly scrolling?: readonly Scrolled[];
  readonly heap?: {
    readonly minutes: number;
    /** The farthest that was reached. */
    readonly rows: number;
    /** Bytes after a forced collection, evenly over the time; the first after a warm-up. */
    readonly bytes: readonly number[];
    readonly longTasks: readonly number[];
    readonly rowElements: number;
  };
}

/** Bars of the issue; "flat" is a tenth, which is what one page more or less in memory makes of a heap so small. */
export const BARS = { scriptBytes: 350_000, openingMs: 300, taskMs: 50, rowElements: 200, heapGrowth: 1.1 } as const;

/** How much more the heap holds at the end than at the beginning: means of the first and the last quarter. */
export function heapGrowth(bytes: readonly number[]): number {
  const part = Math.max(1, Math.floor(bytes.length / 4));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return mean(bytes.slice(-part)) / mean(bytes.slice(0, part));
}

export interface Judgement {
  readonly what: string;
  readonly is: string;
  readonly bar: string;
  readonly met: boolean;
}

/** What was measured beside the bars of the issue. */
export function judge({ script, opening, scrolling = [], heap }: PortalResults): Judgement[] {
  const told: Judgement[] = [];
  const tell = (what: string, is: string, bar: string, met: boolean) => told.push({ what, is, bar, met });
  if (script) {
    const bytes = script.gzipBytes;
    tell('script of the first load', `${kB(bytes)} gzip`, `≤ ${kB(BARS.scriptBytes)}`, bytes <= BARS.scriptBytes);
  }
  const ways = { key: 'by Enter', pointer: 'by a click', cold: 'by the bare address, signed in just now' };
  for (const [way, rounds] of Object.entries(opening?.ways ?? {}) as [OpeningWay, readonly Opened[]][]) {
    const ms = median(rounds.map((one) => one.ms));
    const all = rounds.map((one) => one.ms.toFixed(0)).join(', ');
    const cpu = rounds.flatMap(({ cpuMs }) => cpuMs ?? []);
    const own = cpu.length > 0 ? `; CPU time of the page ${median(cpu).toFixed(0)} ms` : '';
    const barred = way !== 'cold';
    const bar = barred ? `< ${BARS.openingMs} ms` : '–';
    tell(
      `rows after opening, ${ways[way]}, ${opening?.throttling}× throttled`,
      `${ms.toFixed(0)} ms (${all})${own}`,
      bar,
      !barred || ms < BARS.openingMs,
    );
  }
  for (const { throttling, rows, longTasks, longestCpu, rowElements } of scrolling) {
    const barred = throttling === 1;
    const how = barred ? 'not throttled' : `${throttling}× throttled`;
    tell(
      `tasks over ${BARS.taskMs} ms while scrolling ${number(rows)} rows, ${how}`,
      `${longTasks.length === 0 ? 'none' : `${longTasks.length}, the longest ${Math.max(...longTasks)} ms`}; by CPU time the longest took ${Math.max(0, ...longestCpu).toFixed(0)} ms`,
      barred ? 'none' : '–',
      !barred || longTasks.length === 0,
    );
    if (barred) {
      tell('row elements', String(rowElements), `≤ ${BARS.rowElements}`, rowElements <= BARS.rowElements);
    }
  }
  if (heap) {
    const growth = heapGrowth(heap.bytes);
    const sizes = `${mb(Math.min(...heap.bytes))}–${mb(Math.max(...heap.bytes))} MB`;
    tell(
      `heap over ${heap.minutes} minutes, to row ${number(heap.rows)}`,
      `${growth.toFixed(2)}× (${sizes})`,
      `≤ ${BARS.heapGrowth}×`,
      growth <= BARS.heapGrowth,
    );
  }
  return told;
}

const kB = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`;
const mb = (bytes: number) => (bytes / 1e6).toFixed(1);
const number = (value: number) => value.toLocaleString('en').replaceAll(',', ' ');
