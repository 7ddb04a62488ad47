/** Tasks of the page's thread as Chromium's own tracing tells them: by CPU time, which other programs of the machine do not lengthen. */
import type { CDPSession } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds, of the same clock for all. */
  readonly ts: number;
  /** Microseconds that the thread ran, without those in which others did. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

const SHOWN = 10;

/** What was traced while the work ran: tasks, and the page's own marks. */
export async function traced(session: CDPSession, work: () => Promise<void>): Promise<TraceEvent[]> {
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  const traceConfig = { includedCategories: ['toplevel', 'blink.user_timing', '__metadata'] };
  await session.send('Tracing.start', { traceConfig, transferMode: 'ReportEvents' });
  await work();
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  return events;
}

/** CPU milliseconds of the longest tasks, the longest first. */
export function longestTasks(events: readonly TraceEvent[]): number[] {
  const pages = new Set(
    events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain').map(threadOf),
  );
  return tasks(events)
    .filter((event) => pages.has(threadOf(event)))
    .map(({ tdur = 0 }) => tdur / 1000)
    .sort((a, b) => b - a)
    .slice(0, SHOWN);
}

/** CPU milliseconds of the page's thread between two marks of the page. */
export function busyBetween(events: readonly TraceEvent[], from: string, to: string): number {
  const first = events.find(({ name }) => name === from);
  const last = events.find(({ name }) => name === to);
  if (!first || !last) throw new Error(`the trace has no mark "${first ? to : from}"`);
  return tasks(events)
    .filter((event) => threadOf(event) === threadOf(first) && event.ts >= first.ts && event.ts < last.ts)
    .reduce((sum, { tdur = 0 }) => sum + tdur / 1000, 0);
}

const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
const tasks = (events: readonly TraceEvent[]) =>
  events.filter(({ name, ph }) => ph === 'X' && name.endsWith('RunTask'));
