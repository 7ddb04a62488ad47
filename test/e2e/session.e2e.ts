import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeClock } from '../../apps/registry/src/platform/clock.ts';
import {
  axeFindings,
  expectClean,
  LANGUAGES,
  type PortalSite,
  settled,
  signIn,
  startPortal,
} from './support/portal.ts';
import { wordsOf } from './support/words.ts';

// What becomes of a page whose session ends: the server's clock goes on by two weeks, the browser's does not.

/** Longer than a session lives that nobody uses. */
const IDLE_MS = 15 * 24 * 3_600_000;
let portal: PortalSite;
let clock: FakeClock;
beforeAll(async () => {
  clock = new FakeClock(new Date());
  portal = await startPortal({ clock });
});
afterAll(() => portal.stop());

describe.each(LANGUAGES)('a session that ends in %s', (language) => {
  const { t } = wordsOf(language);
  const typed = `typed-in-${language.toLowerCase()}`;

  it('says so over the page, takes a sign-in in another window, and keeps what was typed', async () => {
    const visit = await portal.visit({ language });
    const { page } = visit;
    await page.goto(`${portal.origin}/r/registry/scope-maps`);
    await signIn(page, portal.site.bootstrap.owner);
    await settled(page);
    await page.click(`text=${t('Create a scope map')}`);
    await page.getByLabel(t('Name of the scope map')).fill(typed);
    await page.getByLabel(t('Rights, one on each line')).fill('repositories/a/content/read');
    expect(await page.locator('dialog[open]').count()).toBe(0);
    clock.advance(IDLE_MS);
    await page.click('main form button[type=submit]');
    await page.waitForSelector('dialog[open]');
    expect(await axeFindings(page)).toEqual([]);
    const opened = page.context().waitForEvent('page');
    await page.click('dialog button');
    const popup = await opened;
    await popup.fill('input[name=username]', portal.site.bootstrap.owner.username);
    await popup.fill('input[name=password]', portal.site.bootstrap.owner.password);
    await popup.click('button[value=yes]');
    await page.waitForSelector('dialog[open]', { state: 'detached' });
    expect(await page.getByLabel(t('Name of the scope map')).inputValue()).toBe(typed);
    await page.click('main form button[type=submit]');
    await page.waitForSelector(`main td:text-is("${typed}")`);
    const kept = await page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.startsWith('holdfast')));
    expect(kept).toEqual([]);
    expectClean(visit, portal.site.bootstrap.domain);
    await visit.close();
  });
});
