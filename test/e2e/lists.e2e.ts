import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPOSITORY } from '../../bench/scale-rows.ts';
import { pushImage } from './support/images.ts';
import { expectClean, go, LANGUAGES, type PortalSite, settled, signIn, startPortal } from './support/portal.ts';
import { wordsOf } from './support/words.ts';

// FAQ 25: a portal that lists a hundred of many. Here all are reached, and the page stays small.

/** Tags of one repository, and as many repositories; `ROWS=1000000` is the size that the FAQ's entry is accepted at. */
const ROWS = Number(process.env.ROWS ?? 20_000);
const MOST_ROW_ELEMENTS = 200;

let portal: PortalSite;
beforeAll(async () => {
  portal = await startPortal({ rows: ROWS });
});
afterAll(() => portal.stop());

describe.each(LANGUAGES)('a repository of many tags in %s', (language) => {
  const { t } = wordsOf(language);

  it('shows its first rows, knows how many there are, and is scrolled through with few elements in the page', async () => {
    const visit = await portal.visit({ language });
    const { page } = visit;
    await page.goto(`${portal.origin}/r/registry/repo/${REPOSITORY}/~/tags?sort=name`);
    await signIn(page, portal.site.bootstrap.owner);
    await page.waitForSelector('[role=row]:has-text("t0000000")');
    expect(await page.getAttribute('[role=grid]', 'aria-rowcount')).toBe(String(ROWS));
    await page.focus('[role=grid]');
    let reached = 0;
    let most = 0;
    while (reached < 10_000) {
      // The end of what is loaded; the next page comes meanwhile.
      await expect
        .poll(
          async () => {
            await page.keyboard.press('End');
            return page
              .getAttribute('[role=grid] > [role=rowgroup]:last-child > [role=row]:last-child', 'aria-rowindex')
              .then(Number);
          },
          { timeout: 15_000 },
        )
        .toBeGreaterThan(Math.max(reached, 1));
      const seen = await page.evaluate(() => {
        const rows = [...document.querySelectorAll('[role=grid] [role=row]')];
        return { count: rows.length, last: Math.max(...rows.map((row) => Number(row.getAttribute('aria-rowindex')))) };
      });
      reached = seen.last;
      most = Math.max(most, seen.count);
    }
    expect(most).toBeLessThanOrEqual(MOST_ROW_ELEMENTS);
    expectClean(visit, portal.site.bootstrap.domain);
    await visit.close();
  });

  it('and one of as many repositories, is found by typing, however far down it stands', async () => {
    const visit = await portal.visit({ language });
    const { page } = visit;
    const last = String(ROWS - 1).padStart(7, '0');
    await page.goto(`${portal.origin}/r/registry/repo/${REPOSITORY}/~/tags?q=t${last}`);
    await signIn(page, portal.site.bootstrap.owner);
    await page.waitForSelector(`[role=row]:has-text("t${last}")`);
    expect(await page.locator('[role=grid] [role=row]').count()).toBe(2); // with the head
    await page.goto(`${portal.origin}/r/registry/repositories`);
    await signIn(page, portal.site.bootstrap.owner);
    await page.fill('input[type=search]', `scale/r${last}`);
    await page.waitForSelector(`[role=row]:has-text("scale/r${last}")`);
    expectClean(visit, portal.site.bootstrap.domain);
    await visit.close();
  });

  it('asks for what a row shows while the keys rest on it', async () => {
    const visit = await portal.visit({ language });
    const { page } = visit;
    await page.goto(`${portal.origin}/r/registry/repositories?q=${REPOSITORY}`);
    await signIn(page, portal.site.bootstrap.owner);
    await page.waitForSelector(`[role=row] a:text-is("${REPOSITORY}")`);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    const tags = () => asked.filter((url) => url.includes(`/acr/v1/${REPOSITORY}/_tags`));
    await settled(page);
    expect(tags()).toEqual([]);
    await page.focus('[role=grid]');
    await expect.poll(tags).toHaveLength(1);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=row] a:text-matches("^t[0-9]{7}$")');
    // What follows are the pages behind it.
    expect(new Set(tags()).size).toBe(tags().length);
    expectClean(visit, portal.site.bootstrap.domain);
    await visit.close();
  });

  it('comes in each order of the server, which is in the address: in a fresh browser the same rows are there', async () => {
    const { site } = portal;
    const layer = (bytes: number) => [Buffer.alloc(bytes, String(bytes))];
    await pushImage(site, 'few/app', 'small', { layers: layer(10) });
    await pushImage(site, 'few/app', 'large', { layers: layer(9000) });
    await pushImage(site, 'few/app', 'middle', { layers: layer(500) });
    const visit = await portal.visit({ language });
    const { page } = visit;
    await page.goto(`${portal.origin}/r/registry/repo/few/app/~/tags`);
    await signIn(page, site.bootstrap.owner);
    const names = async (of = page) => (await of.locator('[role=row] a').allTextContents()).join(' ');
    await expect.poll(() => names()).toBe('middle large small');
    await page.click(`[role=columnheader] button:has-text("${t('Size')}")`);
    await expect.poll(() => names()).toBe('large middle small');
    await page.click(`[role=columnheader] button:has-text("${t('Size')}")`);
    await expect.poll(() => names()).toBe('small middle large');
    expect(await page.locator('[role=columnheader][aria-sort=ascending]').textContent()).toContain(t('Size'));
    const other = language === 'en' ? 'zh-CN' : 'en';
    const another = await portal.visit({ language: other });
    await another.page.goto(page.url());
    await signIn(another.page, site.bootstrap.owner);
    await expect.poll(() => names(another.page)).toBe('small middle large');
    await another.page.goto(`${portal.origin}/r/registry/repo/few/app/~/tags?sort=pulldesc`);
    await signIn(another.page, site.bootstrap.owner);
    await another.page.waitForSelector(`[role=columnheader]:has-text("${wordsOf(other).t('Last pull')}")`);
    await page.fill('input[type=search]', 'la');
    await expect.poll(() => names()).toBe('large');
    const digest = await page.locator('[role=row] span[title^="sha256:"]').getAttribute('title');
    await go(page, `/r/registry/repo/few/app/~/manifests?q=${digest?.slice(7, 15)}`);
    await expect.poll(() => names()).toBe(digest?.slice(0, 19));
    expectClean(visit, site.bootstrap.domain);
    expectClean(another, site.bootstrap.domain);
    await visit.close();
    await another.close();
  });
});
