import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pushImage } from './support/images.ts';
import {
  axeFindings,
  expectClean,
  go,
  type Language,
  type PortalSite,
  settled,
  signIn,
  startPortal,
  type Visit,
} from './support/portal.ts';

// What an image is, who has its bytes, too, and what follows from deleting it: as the page says it, and as it then happens.

let portal: PortalSite;
beforeAll(async () => {
  portal = await startPortal();
});
afterAll(() => portal.stop());

const IMAGES = '/r/registry/repo';
const base = Buffer.alloc(200_000, 'base');
const layer = (text: string) => Buffer.alloc(100_000, text);
const registryPath = () => `${portal.site.group}/providers/Microsoft.ContainerRegistry/registries/registry`;
const usage = async () =>
  (await portal.site.arm('GET', `${registryPath()}/listUsages`))
    .json<{ value: { name: string; currentValue: number }[] }>()
    .value.find(({ name }) => name === 'Size')?.currentValue ?? 0;
async function policies(value: object): Promise<void> {
  const body = { properties: { policies: value } };
  const answer = await portal.site.arm('PATCH', registryPath(), { body, version: '2023-07-01' });
  expect(answer.status, answer.text).toBe(200);
}
async function owner(at: string, language: Language = 'en'): Promise<Visit> {
  const visit = await portal.visit({ language });
  await visit.page.goto(`${portal.origin}${at}`);
  await signIn(visit.page, portal.site.bootstrap.owner);
  return visit;
}
const card = (page: Visit['page'], name: string) => page.locator(`section[aria-label="${name}"]`);

describe.each(['en', 'zh-CN'] as const)('the page of an image in %s', (language) => {
  const words = {
    en: {
      needed: 'Needed by',
      free: 'Deleting would free',
      other: 'other repositories',
      only: 'only here',
      layers: 'Layers',
    },
    'zh-CN': { needed: '被以下项引用', free: '删除可释放', other: '其他存储库', only: '仅此处', layers: '层' },
  }[language];

  it('says who has each layer, too, what needs it, and what its deletion would free', async () => {
    const { site } = portal;
    const one = `share/${language.toLowerCase()}`;
    const subject = await pushImage(site, one, 'v1', { layers: [base, layer(`own ${language}`)] });
    await pushImage(site, `${one}-other`, 'v1', { layers: [base] });
    await pushImage(site, one, undefined, { subject, artifactType: 'application/vnd.example.signature' });
    const visit = await owner(`${IMAGES}/${one}/~/tags/v1`, language);
    const { page } = visit;
    const rows = page.locator(`section[aria-label="${words.layers}"] tbody tr`);
    await rows.filter({ hasText: `${one}-other` }).waitFor();
    expect(await rows.nth(0).textContent()).toContain(words.other);
    expect(await rows.nth(1).textContent()).toContain(words.only);
    expect(
      await page
        .locator('[data-sharing]')
        .evaluateAll((parts) => parts.map((part) => part.getAttribute('data-sharing'))),
    ).toEqual(['shared', 'own']);
    const needed = card(page, words.needed);
    expect(await needed.textContent()).toContain('v1');
    const explained = await site.ask('GET', `/acr/v1/${one}/_manifests/${subject.digest}/_explain`);
    const { bytes } = explained.json<{ manifest: { deletingFrees: { bytes: number } } }>().manifest.deletingFrees;
    expect(bytes).toBeGreaterThan(100_000);
    expect(await needed.textContent()).toContain(String(bytes).replace(/\B(?=(\d{3})+$)/g, ','));
    expect(await axeFindings(page)).toEqual([]);
    expectClean(visit, site.bootstrap.domain);
    await visit.close();
  });
});

describe('deleting', () => {
  it('a manifest frees what the preview said, and with soft delete on it comes back with its tag', async () => {
    const { site } = portal;
    const { digest } = await pushImage(site, 'del/one', 'v1', { layers: [layer('del one'), base] });
    await pushImage(site, 'del/two', 'v1', { layers: [base] });
    const visit = await owner(`${IMAGES}/del/one/~/tags/v1`);
    const { page } = visit;
    const explained = await site.ask('GET', `/acr/v1/del/one/_manifests/${digest}/_explain`);
    const { bytes } = explained.json<{ manifest: { deletingFrees: { bytes: number } } }>().manifest.deletingFrees;
    const before = await usage();
    await page.click('button:text-is("Delete the manifest")');
    await page.waitForSelector('[role=group]:has-text("cannot be undone: soft delete is off")');
    expect(await page.textContent('[role=group]')).toContain('tags v1');
    await page.click('[role=group] button:text-is("Cancel")');
    expect(await usage()).toBe(before);
    await page.click('button:text-is("Delete the manifest")');
    await page.click('[role=group] button:text-is("Delete the manifest")');
    await page.waitForSelector('text=was deleted');
    expect(before - (await usage())).toBe(bytes);
    await policies({ softDeletePolicy: { status: 'enabled', retentionDays: 9 } });
    const kept = await pushImage(site, 'del/two', 'v2', { layers: [layer('del two')] });
    await go(page, `${IMAGES}/del/two/~/tags/v2`);
    // What the page knows of the policy is some seconds old.
    await visit.close();
    const again = await owner(`${IMAGES}/del/two/~/tags/v2`);
    await again.page.click('button:text-is("Delete the manifest")');
    await again.page.waitForSelector('[role=group]:has-text("it can be restored for 9 days")');
    await again.page.click('[role=group] button:text-is("Delete the manifest")');
    await again.page.waitForSelector('text=was deleted');
    expect((await site.ask('GET', '/v2/del/two/manifests/v2')).status).toBe(404);
    await again.page.click('nav a:text-is("Deleted")');
    await again.page.click('main a:text-is("del/two")');
    await again.page.click('tr:has-text("v2") button:text-is("Restore")');
    await again.page.waitForSelector(`[role=group]:has-text("Brings back v2 on ${kept.digest.slice(0, 19)}")`);
    expect(await axeFindings(again.page)).toEqual([]);
    await again.page.click('[role=group] button:text-is("Restore")');
    await again.page.waitForSelector('text=v2 is back');
    expect((await site.ask('GET', '/v2/del/two/manifests/v2')).status).toBe(200);
    await policies({ softDeletePolicy: { status: 'disabled' } });
    expectClean(again, site.bootstrap.domain);
    await again.close();
  });

  it('a repository says what goes and what stays, and a lock that refuses it', async () => {
    const { site } = portal;
    await pushImage(site, 'del/repo', 'v1', { layers: [layer('del repo'), base] });
    await pushImage(site, 'del/keeper', 'v1', { layers: [base] });
    await site.ask('PATCH', '/acr/v1/del/repo/_tags/v1', { body: JSON.stringify({ deleteEnabled: false }) });
    const visit = await owner(`${IMAGES}/del/repo/~/tags`);
    const { page } = visit;
    await page.click('button:text-is("Delete the repository")');
    await page.waitForSelector('[role=group]:has-text("1 manifests and 1 tags")');
    expect(await page.textContent('[role=group]')).toContain('the lock delete on the tag v1');
    await page.click('[role=group] button:text-is("Delete the repository")');
    await page.waitForSelector('[role=alert]:has-text("lock")');
    await site.ask('PATCH', '/acr/v1/del/repo/_tags/v1', { body: JSON.stringify({ deleteEnabled: true }) });
    await page.click('button:text-is("Delete the repository")');
    await page.click('[role=group] button:text-is("Delete the repository")');
    await page.waitForSelector('text=The repository del/repo was deleted');
    expect((await site.ask('GET', '/acr/v1/del/repo')).status).toBe(404);
    expectClean(visit, site.bootstrap.domain);
    await visit.close();
  });
});

describe('quarantine', () => {
  it('is shown with what the scanner said, and decided by whoever has the right; others are told which role', async () => {
    const { site } = portal;
    await policies({ quarantinePolicy: { status: 'enabled' } });
    const { digest } = await pushImage(site, 'quar/app', 'v1', { layers: [layer('quarantined')] });
    const state = async () =>
      (await site.ask('GET', `/acr/v1/quar/app/_manifests/${digest}`)).json<{
        manifest: { changeableAttributes: { quarantineState: string } };
      }>().manifest.changeableAttributes.quarantineState;
    expect(await state()).toBe('Quarantined');
    const visit = await owner(`${IMAGES}/quar/app/~/manifests/${digest}`);
    const { page } = visit;
    await page.waitForSelector('dd:has-text("quarantined")');
    await page.click('button:text-is("Release from quarantine")');
    await page.waitForSelector('[role=alert]:has-text("AcrQuarantineWriter")');
    expect(await state()).toBe('Quarantined');
    const me = (await site.graph('GET', `/users/${site.bootstrap.owner.username}`)).json<{ id: string }>().id;
    await site.assign('AcrQuarantineWriter', me, registryPath());
    await page.reload();
    await signIn(page, site.bootstrap.owner);
    await page.click('button:text-is("Keep in quarantine: failed")');
    await page.waitForSelector('dd:has-text("quarantine failed")');
    expect(await state()).toBe('Failed');
    await page.waitForSelector(`dd:has-text("set by ${me}")`);
    await go(page, `${IMAGES}/quar/app/~/tags`);
    await page.waitForSelector('[role=row]:has-text("v1"):has-text("quarantine failed"):has-text("linux/amd64")');
    await go(page, `${IMAGES}/quar/app/~/manifests/${digest}`);
    await page.click('button:text-is("Release from quarantine")');
    await page.waitForSelector('dd:has-text("quarantine passed")');
    expect(await state()).toBe('Passed');
    await page.click('button:text-is("Lock the manifest")');
    await page.waitForSelector('dd:has-text("delete locked")');
    await page.waitForSelector('text=the lock delete on the manifest');
    await policies({ quarantinePolicy: { status: 'disabled' } });
    expectClean(visit, site.bootstrap.domain);
    await visit.close();
  });
});

describe('referrers', () => {
  it('are a tree, opened level by level, and the raw bytes are kept as a file', async () => {
    const { site } = portal;
    const subject = await pushImage(site, 'tree/app', 'v1');
    const report = await pushImage(site, 'tree/app', undefined, { subject, artifactType: 'application/x.report' });
    await pushImage(site, 'tree/app', undefined, { subject: report, artifactType: 'application/x.signature' });
    const visit = await owner(`${IMAGES}/tree/app/~/tags/v1`);
    const { page } = visit;
    await page.waitForSelector('li:has-text("application/x.report")');
    expect(await page.locator('li:has-text("application/x.signature")').count()).toBe(0);
    await page.click('li button[aria-expanded=false]');
    await page.waitForSelector('li li:has-text("application/x.signature")');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.click('button:text-is("Save as a file")'),
    ]);
    expect(download.suggestedFilename()).toBe(`${subject.digest.replace(':', '-')}.json`);
    await settled(page);
    expectClean(visit, site.bootstrap.domain);
    await visit.close();
  });
});
