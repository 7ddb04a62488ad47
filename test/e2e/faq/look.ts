/**
 * `node test/e2e/faq/look.ts WHAT [OPTIONS]`: what somebody sees in the portal, for the scripts of the FAQ; as JSON, a line.
 *
 *   check REGISTRY      the cause that "Check my connection" names, and its sentence; signed out
 *   list PATH           a list is scrolled to its end: the total it tells, the last name, how many rows were in the page
 *   ring REGISTRY       bytes that the usage ring shows
 *
 *   --language L  --offline  --clock SECONDS off  --extension FOLDER  --spki HASH (of certificates to trust)
 *
 * The portal is at $PORTAL; $PERSON and $PORTAL_SECRET sign in. Exit code 1 with the page's text when what is looked for does not come.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import { CHROMIUM, settled, signIn } from '../support/portal.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    language: { type: 'string', default: 'en' },
    offline: { type: 'boolean', default: false },
    clock: { type: 'string' },
    extension: { type: 'string' },
    spki: { type: 'string' },
  },
});
const [what = '', argument = ''] = positionals;
const portal = process.env.PORTAL ?? '';
const person = { username: process.env.PERSON ?? '', password: process.env.PORTAL_SECRET ?? '' };

const profile = mkdtempSync(join(tmpdir(), 'portal-'));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: CHROMIUM,
  headless: options.extension === undefined,
  ignoreHTTPSErrors: options.spki === undefined,
  locale: options.language,
  args: [
    '--no-sandbox',
    '--disable-dev-shm-usage',
    ...(options.spki === undefined ? [] : [`--ignore-certificate-errors-spki-list=${options.spki}`]),
    ...(options.extension === undefined
      ? []
      : [
          '--headless=new',
          `--disable-extensions-except=${options.extension}`,
          `--load-extension=${options.extension}`,
        ]),
  ],
});
const page = context.pages()[0] ?? (await context.newPage());
page.setDefaultTimeout(30_000);
try {
  console.log(JSON.stringify(await look()));
} catch (error) {
  console.error(`${error}\n${await page.textContent('body').catch(() => '')}`);
  process.exitCode = 1;
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
}

function look(): Promise<object> {
  if (what === 'check') return check();
  if (what === 'list') return list();
  if (what === 'ring') return ring();
  throw new Error(`nothing is known of "${what}"`);
}

/** A browser that has just been told of a new interface drops what it was loading, and nothing is to be seen then: it is asked again. */
async function open(url: string): Promise<void> {
  for (let left = 3; ; left--) {
    try {
      await page.goto(url);
      return;
    } catch (error) {
      if (left === 0 || !String(error).includes('ERR_NETWORK_CHANGED')) throw error;
    }
  }
}

async function check(): Promise<object> {
  if (options.clock !== undefined) await page.clock.install({ time: Date.now() + Number(options.clock) * 1000 });
  await open(`${portal}/check?registry=${argument}`);
  await page.waitForSelector('[data-cause]');
  if (options.offline) {
    await context.setOffline(true);
    await page.locator('main button').first().click();
    await page.waitForSelector('[data-cause=network]');
  }
  const verdict = page.locator('[data-cause]');
  return { cause: await verdict.getAttribute('data-cause'), text: await verdict.textContent() };
}

function shown(at: Page) {
  return at.evaluate(() => {
    const rows = [...document.querySelectorAll('[role=grid] [role=row]')];
    const last = rows.at(-1);
    return {
      rows: rows.length,
      rank: Number(last?.getAttribute('aria-rowindex')) - 1,
      name: last?.querySelector('a')?.textContent ?? '',
    };
  });
}

async function list(): Promise<object> {
  await open(`${portal}${argument}`);
  await signIn(page, person);
  await page.waitForSelector('[role=row] a');
  await page.focus('[role=grid]');
  let rank = 0;
  for (let same = 0; same < 3; ) {
    await page.keyboard.press('End');
    await settled(page);
    const now = (await shown(page)).rank;
    same = now === rank ? same + 1 : 0;
    rank = now;
  }
  return { ...(await shown(page)), total: await page.getAttribute('[role=grid]', 'aria-rowcount') };
}

async function ring(): Promise<object> {
  await open(`${portal}/r/${argument}`);
  await signIn(page, person);
  return { used: Number(await page.getAttribute('svg[data-used]', 'data-used')) };
}
