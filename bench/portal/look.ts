/** What the page itself looks at, in its own time. */
import type { CDPSession, Page } from 'playwright-core';
import { type PortalSite, settled, signIn, type Visit } from '../../test/e2e/support/portal.ts';
import { REPOSITORY } from '../scale-rows.ts';

export const TAGS = `/r/registry/repo/${REPOSITORY}/~/tags`;
const ROW_PIXELS = 36;
/** Rows: a million in ten minutes. */
const SCROLLED_PER_SECOND = 1700;

/** What the page counts while it is scrolled. */
interface Watch {
  tasks: number[];
  rows: number;
}
declare global {
  var watch: Watch;
  /** When the first rows were painted, in milliseconds since the document began to load. */
  var rowsAt: number | undefined;
  /** When the key or the click came that opened the list. */
  var openedAt: number;
}

/** For `addInitScript`, or to be evaluated: notes when rows of tags are painted. */
export function noteRows(): void {
  const look = () => {
    const shown = [...document.querySelectorAll('[role=row] a')].some((row) => /^t\d{7}$/.test(row.textContent ?? ''));
    const note = () => {
      globalThis.rowsAt = performance.now();
      performance.mark('rows');
    };
    // The frame behind the one in which they are there has them on the screen.
    requestAnimationFrame(shown ? note : look);
  };
  globalThis.rowsAt = undefined;
  look();
}

/** A visit that has the list of tags open, and counts its row elements and its tasks over 50 ms. */
export async function openTags(site: PortalSite): Promise<{ visit: Visit; session: CDPSession }> {
  const visit = await site.visit();
  const { page } = visit;
  await page.goto(`${site.origin}${TAGS}?sort=name`);
  await signIn(page, site.site.bootstrap.owner);
  await page.waitForSelector('[role=row] a:text-is("t0000000")');
  await settled(page);
  await page.hover('[role=grid]');
  await page.evaluate(() => {
    globalThis.watch = { tasks: [], rows: 0 };
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) watch.tasks.push(Math.round(duration));
    }).observe({ type: 'longtask' });
    const count = () => {
      watch.rows = Math.max(watch.rows, document.querySelectorAll('[role=grid] [role=row]').length);
      requestAnimationFrame(count);
    };
    count();
  });
  return { visit, session: await visit.context.newCDPSession(page) };
}

export const watched = (page: Page): Promise<Watch> => page.evaluate(() => watch);

/** Rank of the last row that is in the page. */
export function reached(page: Page): Promise<number> {
  return page.evaluate(() => {
    const rows = [...document.querySelectorAll('[role=grid] [role=row]')];
    return Math.max(...rows.map((row) => Number(row.getAttribute('aria-rowindex'))));
  });
}

/** As a hand does it with a wheel, in the middle of the list. */
export async function wheel(session: CDPSession, rows: number): Promise<void> {
  const yDistance = -rows * ROW_PIXELS;
  const speed = SCROLLED_PER_SECOND * ROW_PIXELS;
  await session.send('Input.synthesizeScrollGesture', { x: 700, y: 500, yDistance, speed, gestureSourceType: 'mouse' });
}
