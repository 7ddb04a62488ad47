import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REGISTRIES, valuesOf } from '../support/azure-site.ts';
import { pushImage } from './support/images.ts';
import { axeFindings, go, LANGUAGES, leave, type PortalSite, settled, startPortal, visitAs } from './support/portal.ts';
import { wordsOf } from './support/words.ts';

// The site's health and certificates, the activity log with its filters, locks of a registry, repositories in every order, and the way
// back from an untagging; in a real Chromium, in both languages.

const EVIL = '"><img src=x onerror="document.title=`owned`"><script>document.title="owned"</script>';

let portal: PortalSite;
beforeAll(async () => {
  portal = await startPortal();
  const { site } = portal;
  await pushImage(site, 'small/app', 'v1', { layers: [Buffer.alloc(1000, 's')] });
  await pushImage(site, 'large/app', 'v1', { layers: [Buffer.alloc(400_000, 'l')] });
  await pushImage(site, 'middle/app', 'v1', { layers: [Buffer.alloc(90_000, 'm')] });
  await site.ask('GET', '/v2/middle/app/manifests/v1');
  await site.ask('DELETE', '/acr/v1/small/app/_tags/v1');
});
afterAll(() => portal.stop());

/** From the largest on. */
const OURS = ['large/app', 'middle/app', 'small/app'];
const registry = () => `${portal.site.group}/${REGISTRIES}/registry`;
const domain = () => portal.site.bootstrap.domain;

describe.each(LANGUAGES)("the operator's page in %s", (language) => {
  const { t } = wordsOf(language);

  it('shows what is ill first, with what to do, and each certificate with its end and its chain', async () => {
    const { site } = portal;
    const operator = await site.operator();
    const at = await site.administration();
    await site.arm('POST', `${at}/jobs/scrub/pause`, { as: operator });
    const visit = await visitAs(portal, 'operator', '/operator', language);
    const { page } = visit;
    const health = page.locator(`section[aria-label="${t('Health')}"] tbody tr`);
    await health.filter({ hasText: t('Jobs that are paused') }).waitFor();
    const rows = await health.allTextContents();
    expect(rows.findIndex((row) => row.includes('●'))).toBeGreaterThan(rows.findIndex((row) => row.includes('scrub')));
    expect(rows.find((row) => row.includes('scrub'))).toContain(t('Resume them when you can.'));
    if (language === 'zh-CN') for (const row of rows) expect(row).toMatch(/[\u4e00-\u9fff]/);
    const certificates = page.locator(`section[aria-label="${t('Certificates')}"]`);
    await certificates.locator(`h3:text-is("${t("the site's own CA")}")`).waitFor();
    const [server] = valuesOf<{ properties: { fingerprint: string; issuer: string } }>(
      await site.arm('GET', `${at}/certificates`, { as: operator }),
    );
    await certificates.locator(`code:text-is("${server?.properties.fingerprint}")`).waitFor();
    expect(await certificates.locator('ol li').first().textContent()).toContain(server?.properties.issuer);
    await site.arm('POST', `${at}/jobs/scrub/resume`, { as: operator });
    await leave(visit, domain());
  });
});

describe.each(LANGUAGES)('the activity log in %s', (language) => {
  const { t } = wordsOf(language);

  it('is filtered by what is typed, and the address of it opens the same', async () => {
    const visit = await visitAs(portal, 'owner', '/r/registry/activity', language);
    const { page } = visit;
    await page.getByLabel(t('What was done'), { exact: true }).fill('tag.delete');
    await page.waitForURL(/what=tag\.delete/);
    const rows = page.locator('main tbody tr');
    await expect.poll(() => rows.count()).toBe(1);
    expect(await rows.first().textContent()).toContain('small/app');
    const other = await visitAs(portal, 'owner', new URL(page.url()).pathname + new URL(page.url()).search, language);
    await expect.poll(() => other.page.locator('main tbody tr').count()).toBe(1);
    await leave(other, domain());
    await page.getByLabel(t('Outcome'), { exact: true }).selectOption('Failed');
    await expect.poll(() => rows.count()).toBe(0);
    await page.click(`text=${t('Clear the filters')}`);
    await page.getByLabel(t('Repository'), { exact: true }).fill('large');
    await expect.poll(async () => (await rows.allTextContents()).every((row) => row.includes('large/app'))).toBe(true);
    await rows.first().locator('a', { hasText: 'manifest.push' }).click();
    await page.waitForURL(/what=manifest\.push/);
    expect(new URL(page.url()).searchParams.get('repository')).toBe('large');
    await leave(visit, domain());
  });
});

describe('a long activity log', () => {
  beforeAll(async () => {
    for (let i = 0; i < 230; i++)
      await portal.site.ask('PATCH', '/acr/v1/large/app/_tags/v1', {
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ writeEnabled: i % 2 === 1 }),
      });
  });

  it.each(LANGUAGES)('goes on to older entries in %s', async (language) => {
    const { t } = wordsOf(language);
    const visit = await visitAs(portal, 'owner', '/r/registry/activity?repository=large', language);
    const { page } = visit;
    const rows = page.locator('main tbody tr');
    await expect.poll(() => rows.count()).toBe(200);
    await page.click(`text=${t('Show older entries')}`);
    await expect.poll(() => rows.count()).toBeGreaterThan(230);
    await page.waitForSelector(`text=${t('There are no older ones in this time.')}`);
    await leave(visit, domain());
  });
});

describe.each(LANGUAGES)('locks of a registry in %s', (language) => {
  const { t } = wordsOf(language);

  it('say what follows before they are set, hold at once, show whence they come, and are taken away', async () => {
    const { site } = portal;
    const above = `${site.group}/providers/Microsoft.Authorization/locks/above`;
    await site.arm('PUT', above, { body: { properties: { level: 'ReadOnly', notes: EVIL } } });
    const visit = await visitAs(portal, 'owner', '/r/registry', language);
    const { page } = visit;
    const card = page.locator(`section[aria-label="${t('Locks of the registry')}"]`).first();
    const inherited = card.locator('tr', { hasText: 'above' });
    await inherited.waitFor();
    expect(await inherited.textContent()).toContain(t('inherited: change it there'));
    expect(await inherited.textContent()).toContain(EVIL);
    await site.arm('DELETE', above);
    await card.locator(`button:text-is("${t('Lock the registry')}")`).click();
    const nobody =
      'Nobody can delete the registry, its webhooks, tokens or policies until the lock is gone, whatever their role.';
    expect(await card.textContent()).toContain(t(`${nobody} Images can be pushed and deleted as before.`));
    await card.getByLabel(t('Notes')).fill(EVIL);
    await card.locator('form button[type=submit]').click();
    await card.locator('tr', { hasText: 'keep' }).waitFor();
    expect((await site.arm('DELETE', registry())).status).toBe(409);
    expect(await page.title()).not.toContain('owned');
    const findings = await axeFindings(page);
    expect(findings).toEqual([]);
    await card.locator(`button[aria-label^="${t('Remove the lock')}"]`).click();
    await card
      .locator('[role=group]')
      .locator(`button:text-is("${t('Remove the lock')}")`)
      .click();
    await card.locator('tr', { hasText: 'keep' }).waitFor({ state: 'detached' });
    expect(valuesOf(await site.arm('GET', `${registry()}/providers/Microsoft.Authorization/locks`))).toEqual([]);
    await leave(visit, domain());
  });
});

describe.each(LANGUAGES)('repositories in %s', (language) => {
  const { t } = wordsOf(language);

  it('come by name, size, time and last pull, by a click on the head of the column, and by the address', async () => {
    const visit = await visitAs(portal, 'owner', '/r/registry/repositories', language);
    const { page } = visit;
    const names = () => page.locator('[role=grid] [role=row] a').allTextContents();
    /** As many rows as there are, in the order in which the server has them. */
    const comeBy = async (order: string) => {
      const answer = await portal.site.ask('GET', `/acr/v1/_catalog?n=100&orderby=${order}`);
      const { repositories } = answer.json<{ repositories: string[] }>();
      expect(repositories.length).toBeGreaterThanOrEqual(OURS.length);
      await expect
        .poll(async () => {
          const shown = await names();
          return shown.length >= OURS.length && shown.every((name, i) => name === repositories[i]);
        })
        .toBe(true);
      return repositories;
    };
    const size = `[role=columnheader]:has-text("${t('Size')}")`;
    await comeBy('');
    await page.click(`${size} button`);
    await page.waitForURL(/sort=sizedesc/);
    expect((await comeBy('sizedesc')).filter((name) => OURS.includes(name))).toEqual(OURS);
    await page.click(`${size} button`);
    await page.waitForURL(/sort=sizeasc/);
    const smallest = (await comeBy('sizeasc')).filter((name) => OURS.includes(name));
    expect(smallest).toEqual(OURS.toReversed().slice(0, smallest.length));
    expect(await page.getAttribute(size, 'aria-sort')).toBe('ascending');
    await go(page, '/r/registry/repositories?sort=timeasc');
    await comeBy('timeasc');
    await page.locator('input[type=search]').fill('mid');
    await expect.poll(names).toEqual(['middle/app']);
    await leave(visit, domain());
  });
});

describe.each(LANGUAGES)('a tag that was taken away in %s', (language) => {
  const { t } = wordsOf(language);

  it('is put back, and is not when somebody has pushed it meanwhile', async () => {
    const { site } = portal;
    const repository = `undo/${language.toLowerCase()}`;
    const image = await pushImage(site, repository, 'v1', { layers: [Buffer.from('first')] });
    const visit = await visitAs(portal, 'owner', `/r/registry/repo/${repository}/~/tags/v1`, language);
    const { page } = visit;
    const digestOf = async () =>
      (await site.ask('HEAD', `/v2/${repository}/manifests/v1`)).header('Docker-Content-Digest');
    const untag = async () => {
      await page.click(`main button:text-is("${t('Untag')}")`);
      await page.click(`[role=group] button:text-is("${t('Untag')}")`);
      await page.waitForSelector(`main button:text-is("${t('Undo')}")`);
      expect(await digestOf()).toBeUndefined();
    };
    await untag();
    // Offered in the list of tags, too, for a while.
    await go(page, `/r/registry/repo/${repository}/~/tags`);
    await page.click(`main button:text-is("${t('Undo')}")`);
    await expect.poll(digestOf).toBe(image.digest);
    await settled(page);
    await go(page, `/r/registry/repo/${repository}/~/tags/v1`);
    await untag();
    const later = await pushImage(site, repository, 'v1', { layers: [Buffer.from('second')] });
    await page.click(`main button:text-is("${t('Undo')}")`);
    await page.waitForSelector(`text=${later.digest.slice(0, 19)}`);
    expect(await digestOf()).toBe(later.digest);
    await leave(visit, domain());
  });
});

describe.each(LANGUAGES)('the connection check in %s', (language) => {
  const { t, like } = wordsOf(language);
  const repository = `speed/${language.toLowerCase()}`;

  it('measures how fast bytes go to the registry and come back, and leaves nothing in a list', async () => {
    const { site } = portal;
    const visit = await visitAs(portal, 'owner', '/registries', language);
    const { page } = visit;
    await go(page, '/check'); // opened by its address it asks nobody to sign in
    const card = page.locator(`section[aria-label="${t('Speed')}"]`);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(`${request.method()} ${decodeURIComponent(request.url())}`));
    await card.getByLabel(t('Repository that you may push to')).fill(repository);
    await card.locator(`button:text-is("${t('Measure')}")`).click();
    for (const name of [t('Download speed'), t('Upload speed')]) {
      const value = card.locator(`dt:text-is("${name}") + dd`);
      await value.waitFor({ timeout: 30_000 });
      expect(await value.textContent()).toMatch(/^[\d.]+ [MG]iB\/s$/);
    }
    const digest = asked.map((one) => /GET .*\/blobs\/(sha256:[0-9a-f]{64})$/.exec(one)?.[1]).find(Boolean);
    const kept = await site.ask('HEAD', `/v2/${repository}/blobs/${digest}`);
    expect([kept.status, kept.header('Content-Length')]).toEqual([200, String(16 * 2 ** 20)]);
    const { repositories } = (await site.ask('GET', '/v2/_catalog?n=1000&last=sp')).json<{ repositories: string[] }>();
    expect(repositories).not.toContain(repository);
    await card.getByLabel(t('Repository that you may push to')).fill('Not/A/Name');
    await card.locator(`button:text-is("${t('Measure')}")`).click();
    await card.locator('[role=alert]').waitFor();
    await leave(visit, domain());
  });

  it("shows the server's own check to an operator, and neither to whoever is not signed in", async () => {
    const operator = await visitAs(portal, 'operator', '/registries', language);
    await go(operator.page, '/check');
    await operator.page.getByText(like('… good, … to look at, … ill.')).waitFor();
    await leave(operator, domain());
    const nobody = await portal.visit({ language });
    await nobody.page.goto(`${portal.origin}/check`);
    await nobody.page.waitForSelector('main [data-cause=none]');
    expect(await nobody.page.locator(`section[aria-label="${t('Speed')}"]`).count()).toBe(0);
    await leave(nobody, domain());
  });
});

describe.each(LANGUAGES)('the reference of the API in %s', (language) => {
  const { t, like } = wordsOf(language);

  it('is found by words that are in the address, opens an operation, and needs nobody to be signed in', async () => {
    const visit = await portal.visit({ language });
    const { page } = visit;
    await page.goto(`${portal.origin}/api`);
    await page.getByText(like('… of … operations')).waitFor();
    expect(await page.locator('main details').count()).toBeGreaterThan(300);
    await page.getByLabel(t('Search'), { exact: true }).fill('post listevents');
    await page.waitForURL(/\/api\?q=post\+listevents$/);
    await expect.poll(() => page.locator('main details').count()).toBe(1);
    await page.locator('main summary').click();
    expect(await page.locator('main details').textContent()).toContain('webhook-events');
    expect(
      await page
        .getByLabel(`${t('Answer', 'apiAnswer')} 200`)
        .locator('pre')
        .textContent(),
    ).toContain('nextLink?: string');
    await page.goto(`${portal.origin}/api?q=put+tasks`);
    await page.locator('main summary').click();
    await page.getByText(t('Always refused: this site does not have it.')).waitFor();
    await leave(visit, domain());
  });
});
