/** Ten thousand rows by the wheel, and ten minutes of it. */
import type { PortalSite } from '../../test/e2e/support/portal.ts';
import type { PortalResults, Scrolled } from '../portal-results.ts';
import { openTags, reached, watched, wheel } from './look.ts';
import { longestTasks, traced } from './tasks.ts';

const HEAP_SAMPLES = 12;
/** So long the list rests before its heap is looked at: pages out of sight are forgotten after five seconds, and until then are as many as the wheel was fast. */
const REST_MS = 7000;
const GESTURE_ROWS = 1000;

export async function measureScrolling(site: PortalSite, rows: number, rate: number): Promise<Scrolled> {
  const { visit, session } = await openTags(site);
  const { page } = visit;
  await session.send('Emulation.setCPUThrottlingRate', { rate });
  const started = performance.now();
  let last = 0;
  const events = await traced(session, async () => {
    while (last < rows) {
      await wheel(session, GESTURE_ROWS);
      last = await reached(page);
    }
  });
  const seconds = (performance.now() - started) / 1000;
  const { tasks, rows: rowElements } = await watched(page);
  await visit.close();
  return { throttling: rate, rows: last, seconds, rowElements, longTasks: tasks, longestCpu: longestTasks(events) };
}

/** @param total how many rows the list has: at its end, the way back begins */
export async function measureHeap(
  site: PortalSite,
  minutes: number,
  total: number,
): Promise<NonNullable<PortalResults['heap']>> {
  const { visit, session } = await openTags(site);
  const { page } = visit;
  const bytes: number[] = [];
  let down = 1;
  let farthest = 0;
  // The first window is the warm-up.
  for (let sample = 0; sample <= HEAP_SAMPLES; sample++) {
    const end = performance.now() + (minutes * 60_000) / HEAP_SAMPLES - REST_MS;
    while (performance.now() < end) {
      await wheel(session, down * GESTURE_ROWS);
      const last = await reached(page);
      farthest = Math.max(farthest, last);
      if (last >= total) down = -1;
    }
    await page.waitForTimeout(REST_MS);
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    if (sample > 0) bytes.push(usedSize);
  }
  const { tasks, rows: rowElements } = await watched(page);
  await visit.close();
  return { minutes, rows: farthest, bytes, longTasks: tasks, rowElements };
}
