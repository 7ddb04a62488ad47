import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REGISTRIES, valuesOf } from '../support/azure-site.ts';
import { pushImage } from './support/images.ts';
import {
  axeFindings,
  go,
  type Language,
  leave,
  type PortalSite,
  settled,
  startPortal,
  visitAs,
} from './support/portal.ts';

// The site's health and certificates, the activity log with its filters, locks of a registry, repositories in every order, and the way
// back from an untagging; in a real Chromium, in both languages.

const EVIL = '"><img src=x onerror="document.title=`owned`"><script>document.title="owned"</script>';
const LANGUAGES = ['en', 'zh-CN'] as const;

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

const registry = () => `${portal.site.group}/${REGISTRIES}/registry`;
const domain = () => portal.site.bootstrap.domain;

describe.each(LANGUAGES)("the operator's page in %s", (language: Language) => {
  const words = {
    en: {
      health: 'Health',
      certificates: 'Certificates',
      jobs: 'Jobs that are paused',
      do: 'Resume them when you can',
      ca: "the site's own CA",
    },
    'zh-CN': {
      health: '运行状况',
      certificates: '证书',
      jobs: '已暂停的作业',
      do: '请在可行时继续',
      ca: '站点自己的 CA',
    },
  }[language];

  it('shows what is ill first, with what to do, and each certificate with its end and its chain', async () => {
    const { site } = portal;
    const operator = await site.operator();
    const at = await site.administration();
    await site.arm('POST', `${at}/jobs/scrub/pause`, { as: operator });
    const visit = await visitAs(portal, 'operator', '/operator', language);
    const { page } = visit;
    const health = page.locator(`section[aria-label="${words.health}"] tbody tr`);
    await health.filter({ hasText: words.jobs }).waitFor();
    const rows = await health.allTextContents();
    expect(rows.findIndex((row) => row.includes('●'))).toBeGreaterThan(rows.findIndex((row) => row.includes('scrub')));
    expect(rows.find((row) => row.includes('scrub'))).toContain(words.do);
    if (language === 'zh-CN') for (const row of rows) expect(row).toMatch(/[\u4e00-\u9fff]/);
    const certificates = page.locator(`section[aria-label="${words.certificates}"]`);
    await certificates.locator(`h3:text-is("${words.ca}")`).waitFor();
    const [server] = valuesOf<{ properties: { fingerprint: string; issuer: string } }>(
      await site.arm('GET', `${at}/certificates`, { as: operator }),
    );
    await certificates.locator(`code:text-is("${server?.properties.fingerprint}")`).waitFor();
    expect(await certificates.locator('ol li').first().textContent()).toContain(server?.properties.issuer);
    await site.arm('POST', `${at}/jobs/scrub/resume`, { as: operator });
    await leave(visit, domain());
  });
});

describe.each(LANGUAGES)('the activity log in %s', (language: Language) => {
  const words = {
    en: { what: 'What was done', repository: 'Repository', outcome: 'Outcome', clear: 'Clear the filters' },
    'zh-CN': { what: '操作', repository: '存储库', outcome: '结果', clear: '清除筛选' },
  }[language];

  it('is filtered by what is typed, and the address of it opens the same', async () => {
    const visit = await visitAs(portal, 'owner', '/r/registry/activity', language);
    const { page } = visit;
    await page.getByLabel(words.what, { exact: true }).fill('tag.delete');
    await page.waitForURL(/what=tag\.delete/);
    const rows = page.locator('main tbody tr');
    await expect.poll(() => rows.count()).toBe(1);
    expect(await rows.first().textContent()).toContain('small/app');
    const other = await visitAs(portal, 'owner', new URL(page.url()).pathname + new URL(page.url()).search, language);
    await expect.poll(() => other.page.locator('main tbody tr').count()).toBe(1);
    await leave(other, domain());
    await page.getByLabel(words.outcome, { exact: true }).selectOption('Failed');
    await expect.poll(() => rows.count()).toBe(0);
    await page.click(`text=${words.clear}`);
    await page.getByLabel(words.repository, { exact: true }).fill('large');
    await expect.poll(async () => (await rows.allTextContents()).every((row) => row.includes('large/app'))).toBe(true);
    await rows.first().locator('a', { hasText: 'manifest.push' }).click();
    await page.waitForURL(/what=manifest\.push/);
    expect(new URL(page.url()).searchParams.get('repository')).toBe('large');
    await leave(visit, domain());
  });
});

describe('the activity log', () => {
  it('goes on to older entries', async () => {
    const { site } = portal;
    for (let i = 0; i < 230; i++)
      await site.ask('PATCH', '/acr/v1/large/app/_tags/v1', {
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ writeEnabled: i % 2 === 1 }),
      });
    const visit = await visitAs(portal, 'owner', '/r/registry/activity?repository=large');
    const { page } = visit;
    const rows = page.locator('main tbody tr');
    await expect.poll(() => rows.count()).toBe(200);
    await page.click('text=Show older entries');
    await expect.poll(() => rows.count()).toBeGreaterThan(230);
    await page.waitForSelector('text=There are no older ones');
    await leave(visit, domain());
  });
});

describe.each(LANGUAGES)('locks of a registry in %s', (language: Language) => {
  const words = {
    en: {
      card: 'Locks of the registry',
      add: 'Lock the registry',
      notes: 'Notes',
      text: 'Nobody can delete',
      remove: 'Remove the lock',
      from: 'inherited',
    },
    'zh-CN': {
      card: '注册表锁定',
      add: '锁定注册表',
      notes: '备注',
      text: '无法删除注册表',
      remove: '移除锁定',
      from: '已继承',
    },
  }[language];

  it('say what follows before they are set, hold at once, show whence they come, and are taken away', async () => {
    const { site } = portal;
    const above = `${site.group}/providers/Microsoft.Authorization/locks/above`;
    await site.arm('PUT', above, { body: { properties: { level: 'ReadOnly', notes: EVIL } } });
    const visit = await visitAs(portal, 'owner', '/r/registry', language);
    const { page } = visit;
    const card = page.locator(`section[aria-label="${words.card}"]`).first();
    const inherited = card.locator('tr', { hasText: 'above' });
    await inherited.waitFor();
    expect(await inherited.textContent()).toContain(words.from);
    expect(await inherited.textContent()).toContain(EVIL);
    await site.arm('DELETE', above);
    await card.locator(`button:text-is("${words.add}")`).click();
    expect(await card.textContent()).toContain(words.text);
    await card.getByLabel(words.notes).fill(EVIL);
    await card.locator('form button[type=submit]').click();
    await card.locator('tr', { hasText: 'keep' }).waitFor();
    expect((await site.arm('DELETE', registry())).status).toBe(409);
    expect(await page.title()).not.toContain('owned');
    const findings = await axeFindings(page);
    expect(findings).toEqual([]);
    await card.locator(`button[aria-label^="${words.remove}"]`).click();
    await card.locator('[role=group]').locator(`button:text-is("${words.remove}")`).click();
    await card.locator('tr', { hasText: 'keep' }).waitFor({ state: 'detached' });
    expect(valuesOf(await site.arm('GET', `${registry()}/providers/Microsoft.Authorization/locks`))).toEqual([]);
    await leave(visit, domain());
  });
});

describe('repositories', () => {
  it('come by name, size, time and last pull, by a click on the head of the column, and by the address', async () => {
    const visit = await visitAs(portal, 'owner', '/r/registry/repositories');
    const { page } = visit;
    const names = async () =>
      (await page.locator('[role=grid] [role=row] a').allTextContents()).map((name) => name.split('/')[0]);
    await expect.poll(names).toEqual(['large', 'middle', 'small']);
    await page.click('[role=columnheader] button:has-text("Size")');
    await page.waitForURL(/sort=sizedesc/);
    await expect.poll(names).toEqual(['large', 'middle', 'small']);
    await page.click('[role=columnheader] button:has-text("Size")');
    await page.waitForURL(/sort=sizeasc/);
    await expect.poll(names).toEqual(['small', 'middle', 'large']);
    expect(await page.getAttribute('[role=columnheader]:has-text("Size")', 'aria-sort')).toBe('ascending');
    await go(page, '/r/registry/repositories?sort=timeasc');
    await expect.poll(async () => (await names()).length).toBe(3);
    const details = (await portal.site.ask('GET', '/acr/v1/_catalog?orderby=timeasc')).json<{
      repositories: string[];
    }>();
    await expect.poll(names).toEqual(details.repositories.map((name) => name.split('/')[0]));
    await page.locator('input[type=search]').fill('mid');
    await expect.poll(names).toEqual(['middle']);
    await leave(visit, domain());
  });
});

describe.each(LANGUAGES)('a tag that was taken away in %s', (language: Language) => {
  const words = { en: { untag: 'Untag', undo: 'Undo' }, 'zh-CN': { untag: '取消标记', undo: '撤销' } }[language];

  it('is put back, and is not when somebody has pushed it meanwhile', async () => {
    const { site } = portal;
    const repository = `undo/${language.toLowerCase()}`;
    const image = await pushImage(site, repository, 'v1', { layers: [Buffer.from('first')] });
    const visit = await visitAs(portal, 'owner', `/r/registry/repo/${repository}/~/tags/v1`, language);
    const { page } = visit;
    const digestOf = async () =>
      (await site.ask('HEAD', `/v2/${repository}/manifests/v1`)).header('Docker-Content-Digest');
    const untag = async () => {
      await page.click(`main button:text-is("${words.untag}")`);
      await page.click(`[role=group] button:text-is("${words.untag}")`);
      await page.waitForSelector(`main button:text-is("${words.undo}")`);
      expect(await digestOf()).toBeUndefined();
    };
    await untag();
    // Offered in the list of tags, too, for a while.
    await go(page, `/r/registry/repo/${repository}/~/tags`);
    await page.click(`main button:text-is("${words.undo}")`);
    await expect.poll(digestOf).toBe(image.digest);
    await settled(page);
    await go(page, `/r/registry/repo/${repository}/~/tags/v1`);
    await untag();
    const later = await pushImage(site, repository, 'v1', { layers: [Buffer.from('second')] });
    await page.click(`main button:text-is("${words.undo}")`);
    await page.waitForSelector(`text=${later.digest.slice(0, 19)}`);
    expect(await digestOf()).toBe(later.digest);
    await leave(visit, domain());
  });
});
