/** From the list of repositories, or from nothing, to the painted rows of a million tags. */
import type { CDPSession, Page } from 'playwright-core';
import { type PortalSite, settled, signIn } from '../../test/e2e/support/portal.ts';
import type { Opened, OpeningWay, PortalResults } from '../portal-results.ts';
import { REPOSITORY } from '../scale-rows.ts';
import { noteRows, TAGS } from './look.ts';
import { busyBetween, traced } from './tasks.ts';

const THROTTLING = 4;
/** How long a hand lets the pointer, or the keys, rest on a link, and holds the button. */
const REST_MS = 150;
const HOLD_MS = 80;
/** A busy machine may take its time. */
const PATIENCE_MS = 120_000;

export async function measureOpening(site: PortalSite, rounds: number): Promise<PortalResults['opening']> {
  // Once untimed: the server has been in use.
  await open(site, press);
  const ways: Record<OpeningWay, Opened[]> = { key: [], pointer: [], cold: [] };
  for (let round = 0; round < rounds; round++) {
    ways.key.push(await open(site, press));
    ways.pointer.push(await open(site, point));
    ways.cold.push(await openCold(site));
  }
  return { throttling: THROTTLING, ways };
}

async function throttled(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: THROTTLING });
  return session;
}

const rowsAt = (page: Page): Promise<number> =>
  page.waitForFunction(() => globalThis.rowsAt).then((handle) => handle.jsonValue() as Promise<number>);

/** A fresh profile in which somebody looks at the list of repositories, and then opens the one. */
async function open(site: PortalSite, by: (page: Page) => Promise<void>): Promise<Opened> {
  const visit = await site.visit();
  const { page } = visit;
  await page.goto(`${site.origin}/r/registry/repositories?q=${REPOSITORY}`);
  await signIn(page, site.site.bootstrap.owner);
  await page.waitForSelector(`[role=row] a:text-is("${REPOSITORY}")`);
  await page.focus('[role=grid]');
  await settled(page);
  await page.evaluate(() => {
    const note = ({ timeStamp }: Event) => {
      globalThis.openedAt = timeStamp;
      performance.mark('opened', { startTime: timeStamp });
    };
    addEventListener('keydown', note, true);
    addEventListener('click', note, true);
  });
  await page.evaluate(noteRows);
  const events = await traced(await throttled(page), async () => {
    await by(page);
    await rowsAt(page);
  });
  const ms = (await rowsAt(page)) - (await page.evaluate(() => openedAt));
  await visit.close();
  return { ms, cpuMs: busyBetween(events, 'opened', 'rows') };
}

async function press(page: Page): Promise<void> {
  await page.waitForTimeout(REST_MS);
  await page.keyboard.press('Enter');
}

async function point(page: Page): Promise<void> {
  await page.hover(`[role=row] a:text-is("${REPOSITORY}")`);
  await page.waitForTimeout(REST_MS);
  await page.mouse.down();
  await page.waitForTimeout(HOLD_MS);
  await page.mouse.up();
}

/** Of the document that the sign-in page leads back to: scripts are in the browser's store, nothing else is. */
async function openCold(site: PortalSite): Promise<Opened> {
  const visit = await site.visit();
  const { page } = visit;
  page.setDefaultTimeout(PATIENCE_MS);
  await page.addInitScript(noteRows);
  await page.goto(`${site.origin}${TAGS}`);
  await page.waitForSelector('input[name=username]');
  await throttled(page);
  await signIn(page, site.site.bootstrap.owner);
  const ms = await rowsAt(page);
  await visit.close();
  return { ms };
}
