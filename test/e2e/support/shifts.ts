import type { BrowserContext, Page } from 'playwright-core';

/** Up to which Web Vitals calls a page good: the worst five seconds of Cumulative Layout Shift. https://web.dev/articles/cls */
export const GOOD_SHIFT = 0.1;

interface Shifts {
  /** Of the window that is under way, and of the worst one. */
  value: number;
  worst: number;
  /** What moved in the worst one. */
  moved: string[];
}

/** Counts from the start of each document what moves without anybody having touched anything. */
export async function watchShifts(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const shifts: Shifts = { value: 0, worst: 0, moved: [] };
    Object.assign(globalThis, { layoutShifts: shifts });
    let first = 0;
    let last = 0;
    let moved: string[] = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as unknown as LayoutShift[]) {
        if (entry.hadRecentInput) continue;
        if (entry.startTime - last > 1000 || entry.startTime - first > 5000) {
          first = entry.startTime;
          shifts.value = 0;
          moved = [];
        }
        last = entry.startTime;
        shifts.value += entry.value;
        for (const { node } of entry.sources) moved.push((node as Element | null)?.outerHTML?.slice(0, 120) ?? '?');
        if (shifts.value <= shifts.worst) continue;
        shifts.worst = shifts.value;
        shifts.moved = moved;
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

/** https://wicg.github.io/layout-instability/#sec-layout-shift */
interface LayoutShift {
  readonly value: number;
  readonly startTime: number;
  readonly hadRecentInput: boolean;
  readonly sources: readonly { readonly node: unknown }[];
}

export const shiftsOf = (page: Page): Promise<Shifts | undefined> =>
  page.evaluate(() => (globalThis as { layoutShifts?: Shifts }).layoutShifts);
