import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pushImage } from './support/images.ts';
import {
  axeFindings,
  expectClean,
  go,
  LANGUAGES,
  type PortalSite,
  settled,
  signIn,
  startPortal,
  type Visit,
  visitAs,
} from './support/portal.ts';
import { wordsOf } from './support/words.ts';

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
const card = (page: Visit['page'], name: string) => page.locator(`section[aria-label="${name}"]`);

describe.each(LANGUAGES)('in %s', (language) => {
  const { t, like } = wordsOf(language);
  const own = language.toLowerCase();
  const owner = (at: string): Promise<Visit> => visitAs(portal, 'owner', at, language);

  describe('the page of an image', () => {
    it('says who has each layer, too, what needs it, and what its deletion would free', async () => {
      const { site } = portal;
      const one = `share/${own}`;
      const subject = await pushImage(site, one, 'v1', { layers: [base, layer(`own ${own}`)] });
      await pushImage(site, `${one}-other`, 'v1', { layers: [base] });
      await pushImage(site, one, undefined, { subject, artifactType: 'application/vnd.example.signature' });
      const visit = await owner(`${IMAGES}/${one}/~/tags/v1`);
      const { page } = visit;
      const rows = page.locator(`section[aria-label="${t('Layers')}"] tbody tr`);
      await rows.filter({ hasText: `${one}-other` }).waitFor();
      expect(await rows.nth(0).textContent()).toContain(t('other repositories'));
      expect(await rows.nth(1).textContent()).toContain(t('only here'));
      expect(
        await page
          .locator('[data-sharing]')
          .evaluateAll((parts) => parts.map((part) => part.getAttribute('data-sharing'))),
      ).toEqual(['shared', 'own']);
      const needed = card(page, t('Needed by'));
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
      const [one, two] = [`del/${own}/one`, `del/${own}/two`];
      const { digest } = await pushImage(site, one, 'v1', { layers: [layer(`of ${one}`), base] });
      await pushImage(site, two, 'v1', { layers: [base] });
      const visit = await owner(`${IMAGES}/${one}/~/tags/v1`);
      const { page } = visit;
      const explained = await site.ask('GET', `/acr/v1/${one}/_manifests/${digest}/_explain`);
      const { bytes } = explained.json<{ manifest: { deletingFrees: { bytes: number } } }>().manifest.deletingFrees;
      const before = await usage();
      await page.click(`button:text-is("${t('Delete the manifest')}")`);
      await page.waitForSelector(`[role=group]:has-text("${t('It cannot be undone: soft delete is off.')}")`);
      expect(await page.textContent('[role=group]')).toMatch(like('Deletes …, with the tags v1. It frees ….'));
      await page.click(`[role=group] button:text-is("${t('Cancel')}")`);
      expect(await usage()).toBe(before);
      await page.click(`button:text-is("${t('Delete the manifest')}")`);
      await page.click(`[role=group] button:text-is("${t('Delete the manifest')}")`);
      await page.getByText(like('The manifest … was deleted.')).waitFor();
      expect(before - (await usage())).toBe(bytes);
      await policies({ softDeletePolicy: { status: 'enabled', retentionDays: 9 } });
      const kept = await pushImage(site, two, 'v2', { layers: [layer(`of ${two}`)] });
      await go(page, `${IMAGES}/${two}/~/tags/v2`);
      // What the page knows of the policy is some seconds old.
      await visit.close();
      const again = await owner(`${IMAGES}/${two}/~/tags/v2`);
      await again.page.click(`button:text-is("${t('Delete the manifest')}")`);
      const restorable = 'Soft delete is on: it can be restored for 9 days, and its bytes count until then.';
      await again.page.waitForSelector(`[role=group]:has-text("${t(restorable)}")`);
      await again.page.click(`[role=group] button:text-is("${t('Delete the manifest')}")`);
      await again.page.getByText(like('The manifest … was deleted.')).waitFor();
      expect((await site.ask('GET', `/v2/${two}/manifests/v2`)).status).toBe(404);
      await again.page.click(`nav a:text-is("${t('Deleted')}")`);
      await again.page.click(`main a:text-is("${two}")`);
      await again.page.click(`tr:has-text("v2") button:text-is("${t('Restore')}")`);
      const short = kept.digest.slice(0, 19);
      const brings = like(`Brings back v2 on ${short}, …. If the tag is on another manifest by now, it is refused.`);
      await again.page.locator('[role=group]', { hasText: brings }).waitFor();
      expect(await axeFindings(again.page)).toEqual([]);
      await again.page.click(`[role=group] button:text-is("${t('Restore')}")`);
      await again.page.waitForSelector(`text=${t('v2 is back.')}`);
      expect((await site.ask('GET', `/v2/${two}/manifests/v2`)).status).toBe(200);
      await policies({ softDeletePolicy: { status: 'disabled' } });
      expectClean(again, site.bootstrap.domain);
      await again.close();
    });

    it('a repository says what goes and what stays, and a lock that refuses it', async () => {
      const { site } = portal;
      const repository = `del/${own}/repo`;
      await pushImage(site, repository, 'v1', { layers: [layer(`of ${repository}`), base] });
      await pushImage(site, `${repository}-keeper`, 'v1', { layers: [base] });
      await site.ask('PATCH', `/acr/v1/${repository}/_tags/v1`, { body: JSON.stringify({ deleteEnabled: false }) });
      const visit = await owner(`${IMAGES}/${repository}/~/tags`);
      const { page } = visit;
      await page.click(`button:text-is("${t('Delete the repository')}")`);
      const counts = `Deletes ${repository} with 1 manifests and 1 tags. It frees …;`;
      const goes = like(`${counts} … stay, since other repositories have them, too.`);
      await page.locator('[role=group]', { hasText: goes }).waitFor();
      expect(await page.textContent('[role=group]')).toContain('the lock delete on the tag v1');
      await page.click(`[role=group] button:text-is("${t('Delete the repository')}")`);
      await page.waitForSelector('[role=alert]:has-text("lock")');
      await site.ask('PATCH', `/acr/v1/${repository}/_tags/v1`, { body: JSON.stringify({ deleteEnabled: true }) });
      await page.click(`button:text-is("${t('Delete the repository')}")`);
      await page.click(`[role=group] button:text-is("${t('Delete the repository')}")`);
      await page.waitForSelector(`text=${t(`The repository ${repository} was deleted.`)}`);
      expect((await site.ask('GET', `/acr/v1/${repository}`)).status).toBe(404);
      expectClean(visit, site.bootstrap.domain);
      await visit.close();
    });
  });

  describe('quarantine', () => {
    it('is shown with what the scanner said, and decided by whoever has the right; others are told which role', async () => {
      const { site } = portal;
      const repository = `quar/${own}`;
      await policies({ quarantinePolicy: { status: 'enabled' } });
      const { digest } = await pushImage(site, repository, 'v1', { layers: [layer(`quarantined in ${language}`)] });
      const state = async () =>
        (await site.ask('GET', `/acr/v1/${repository}/_manifests/${digest}`)).json<{
          manifest: { changeableAttributes: { quarantineState: string } };
        }>().manifest.changeableAttributes.quarantineState;
      expect(await state()).toBe('Quarantined');
      const visit = await owner(`${IMAGES}/${repository}/~/manifests/${digest}`);
      const { page } = visit;
      await page.waitForSelector(`dd:has-text("${t('quarantined')}")`);
      await page.click(`button:text-is("${t('Release from quarantine')}")`);
      await page.waitForSelector('[role=alert]:has-text("AcrQuarantineWriter")');
      expect(await state()).toBe('Quarantined');
      const me = (await site.graph('GET', `/users/${site.bootstrap.owner.username}`)).json<{ id: string }>().id;
      const assignment = await site.assign('AcrQuarantineWriter', me, registryPath());
      await page.reload();
      await signIn(page, site.bootstrap.owner);
      await page.click(`button:text-is("${t('Keep in quarantine: failed')}")`);
      await page.waitForSelector(`dd:has-text("${t('quarantine failed')}")`);
      expect(await state()).toBe('Failed');
      await page.locator('dd', { hasText: like(`set by ${me}, …`) }).waitFor();
      await go(page, `${IMAGES}/${repository}/~/tags`);
      await page.waitForSelector(
        `[role=row]:has-text("v1"):has-text("${t('quarantine failed')}"):has-text("linux/amd64")`,
      );
      await go(page, `${IMAGES}/${repository}/~/manifests/${digest}`);
      await page.click(`button:text-is("${t('Release from quarantine')}")`);
      await page.waitForSelector(`dd:has-text("${t('quarantine passed')}")`);
      expect(await state()).toBe('Passed');
      await page.click(`button:text-is("${t('Lock the manifest')}")`);
      await page.waitForSelector(`dd:has-text("${t('delete locked')}")`);
      await page.waitForSelector('text=the lock delete on the manifest');
      await policies({ quarantinePolicy: { status: 'disabled' } });
      await site.arm('DELETE', assignment);
      expectClean(visit, site.bootstrap.domain);
      await visit.close();
    });
  });

  describe('referrers', () => {
    it('are a tree, opened level by level, and the raw bytes are kept as a file', async () => {
      const { site } = portal;
      const repository = `tree/${own}`;
      const subject = await pushImage(site, repository, 'v1');
      const report = await pushImage(site, repository, undefined, { subject, artifactType: 'application/x.report' });
      await pushImage(site, repository, undefined, { subject: report, artifactType: 'application/x.signature' });
      const visit = await owner(`${IMAGES}/${repository}/~/tags/v1`);
      const { page } = visit;
      await page.waitForSelector('li:has-text("application/x.report")');
      expect(await page.locator('li:has-text("application/x.signature")').count()).toBe(0);
      await page.click('li button[aria-expanded=false]');
      await page.waitForSelector('li li:has-text("application/x.signature")');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.click(`button:text-is("${t('Save as a file')}")`),
      ]);
      expect(download.suggestedFilename()).toBe(`${subject.digest.replace(':', '-')}.json`);
      await settled(page);
      expectClean(visit, site.bootstrap.domain);
      await visit.close();
    });
  });
});
