import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REGISTRIES, valuesOf } from '../support/azure-site.ts';
import { expectClean, go, LANGUAGES, leave, type PortalSite, startPortal, visitAs } from './support/portal.ts';
import { wordsOf } from './support/words.ts';

// Access with its reasons, the operator's page, and what others wrote into the fields of both; in a real Chromium.

const EVIL = '"><img src=x onerror="document.title=`owned`"><script>document.title="owned"</script>';

/** The second language finds what the first has made. */
const MADE = [200, 201];

let portal: PortalSite;
beforeAll(async () => {
  portal = await startPortal();
});
afterAll(() => portal.stop());

const registry = () => `${portal.site.group}/${REGISTRIES}/registry`;

describe.each(LANGUAGES)('in %s', (language) => {
  const { t, like } = wordsOf(language);
  const visitThe = (who: 'owner' | 'operator', at: string) => visitAs(portal, who, at, language);

  describe('access control', () => {
    it('says why somebody may and may not, and gives a role for a path of repositories that counts at once', async () => {
      const robot = await portal.site.robot();
      const { displayName } = (await portal.site.graph('GET', `/servicePrincipals/${robot.objectId}`)).json<{
        displayName: string;
      }>();
      const visit = await visitThe('owner', '/r/registry/access');
      const { page } = visit;
      const card = page.locator(`section[aria-label="${t('Check access')}"]`);
      await card.locator('input[type=search]').fill(displayName);
      await card.locator(`label:has-text("${displayName}")`).click();
      await card.getByLabel(t('On the repository')).fill('team/app');
      await card.locator('button[type=submit]').click();
      await page
        .getByText(
          like(`No: ${displayName} has no assignment that allows … here. The smallest role that does is AcrPull.`),
        )
        .waitFor();
      await page.click(`main button:text-is("${t('Add')}")`);
      const add = page.locator(`section[aria-label="${t('Add role assignment')}"]`);
      await add.locator('input[type=search]').fill(displayName);
      await add.locator(`label:has-text("${displayName}")`).click();
      await add.getByLabel(t('Only repositories below')).fill('team');
      await add.locator('button[type=submit]').click();
      await page.waitForSelector(
        `main table tr:has-text("${displayName}"):has-text("${t('this registry, below team')}")`,
      );
      await card.locator('button[type=submit]').click();
      await page
        .getByText(like(`Yes: ${displayName} may … here. AcrPull was assigned to ${displayName} at ….`))
        .waitFor();
      const part = (text: string) =>
        page.waitForSelector(`section[aria-label="${t('Assignments that were looked at')}"] td:text-is("${text}")`);
      await part(t('decides'));
      await card.getByLabel(t('On the repository')).fill('');
      await card.locator('button[type=submit]').click();
      await part(t('its scope is elsewhere'));
      await card.getByLabel(t('On the repository')).fill('team/app');
      await card.getByLabel(t('May do')).selectOption('push');
      await card.locator('button[type=submit]').click();
      await part(t('its role does not give it'));
      await page
        .getByText(
          like(`No: ${displayName} has no assignment that allows … here. The smallest role that does is AcrPush.`),
        )
        .waitFor();
      await portal.site.graph('PATCH', `/servicePrincipals/${robot.objectId}`, { accountEnabled: false });
      await card.locator('button[type=submit]').click();
      await page.getByText(like(`No: the account ${displayName} is disabled, so it can not sign in to ….`)).waitFor();
      await leave(visit, portal.site.bootstrap.domain);
    });
  });

  describe('the operator', () => {
    it('sees capacity, sets the maximum, makes and assigns a quota, pauses a job and lets it run', async () => {
      const { site } = portal;
      const operator = await site.operator();
      const at = await site.administration();
      const ask = (path: string) => site.arm('GET', `${at}${path}`, { as: operator });
      await expect
        .poll(
          async () => {
            await site.arm('POST', `${at}/jobs/sample-capacity/run`, { as: operator });
            return valuesOf(await ask('/capacitySamples')).length;
          },
          { timeout: 20_000, interval: 1000 },
        )
        .toBeGreaterThan(0);
      const visit = await visitThe('operator', '/operator');
      const { page } = visit;
      await page.waitForSelector(`text=${t('The site accepts pushes.')}`);
      const [sample] = valuesOf<{ usedBytes: number }>(await ask('/capacitySamples')).slice(-1);
      expect(await page.getAttribute('svg[data-last]', 'data-last')).toBe(String(sample?.usedBytes));
      await page.getByLabel(t('Maximum of the site in GiB')).fill('500');
      await page.click(`section[aria-label=${t('Capacity')}] form button`);
      await page.waitForSelector(`section[aria-label=${t('Capacity')}] svg[data-limit]`);
      expect((await ask('/capacities')).text).toContain('"maximumCapacityInGiB":500');
      await page.getByLabel(t('Name of the quota')).fill('small');
      await page.getByLabel(t('GiB for each registry')).fill('7');
      await page.click(`text=${t('Save the quota')}`);
      await page.waitForSelector(`section[aria-label=${t('Quotas')}] td:text-is("small")`);
      await page.getByLabel(t('Quota to assign')).selectOption('small');
      await page.getByLabel(t('To the subscription')).selectOption(site.bootstrap.subscriptionId);
      await page.click(`main button:text-is("${t('Assign')}")`);
      await page.waitForSelector(
        `section[aria-label=${t('Quotas')}] tr:has-text("small"):has-text("${site.bootstrap.subscriptionId}")`,
      );
      const usages = valuesOf<{ name: string; limit: number }>(await site.arm('GET', `${registry()}/listUsages`));
      expect(usages.find(({ name }) => name === 'Size')?.limit).toBe(7 * 2 ** 30);
      await page.click(`button[aria-label="${t('Delete small')}"]`);
      await page.click(`[role=group] button:text-is("${t('Delete')}")`);
      await page.waitForSelector('[role=alert]:has-text("cannot be deleted")');
      await page.click(`button[aria-label="${t('Pause')} scrub"]`);
      await page.waitForSelector(
        `section[aria-label="${t('Jobs')}"] tr:has-text("scrub"):has-text("${t('paused', 'jobPaused')}")`,
      );
      await page.click(`button[aria-label="${t('Resume')} scrub"]`);
      await page.waitForSelector(`button[aria-label="${t('Pause')} scrub"]`);
      await leave(visit, portal.site.bootstrap.domain);
    });

    it('has the page alone', async () => {
      const tenant = await visitThe('owner', '/operator');
      await tenant.page.waitForSelector(
        `text=${t('Nothing here for you: this page is for the operators of the site.')}`,
      );
      await leave(tenant, portal.site.bootstrap.domain);
    });
  });

  describe('what others wrote into the fields of these pages', () => {
    it('stays text wherever it is shown (A35)', async () => {
      const { site } = portal;
      const put = (path: string, properties: object) =>
        site.arm('PUT', `${registry()}${path}`, {
          body: { location: site.bootstrap.region, properties },
          version: '2023-07-01',
        });
      const map = await put('/scopeMaps/evilmap', { actions: ['repositories/a/content/read'], description: EVIL });
      expect(MADE).toContain(map.status);
      expect(MADE).toContain(
        (await put('/tokens/evil-token', { scopeMapId: `${registry()}/scopeMaps/evilmap` })).status,
      );
      const customHeaders = { 'X-Evil': EVIL };
      const hook = await put('/webhooks/evilhook', {
        serviceUri: `https://hooks.example/${encodeURIComponent(EVIL)}?a='onload=alert(1)`,
        customHeaders,
        actions: ['push'],
      });
      expect(MADE, hook.text).toContain(hook.status);
      const app = (await site.graph('POST', '/applications', { displayName: EVIL })).json<{ appId: string }>();
      const robot = (await site.graph('POST', '/servicePrincipals', { appId: app.appId })).json<{ id: string }>();
      await site.assign('AcrPull', robot.id, `${registry()}/repositories/evil`);
      const visit = await visitThe('owner', '/r/registry/access');
      const { page } = visit;
      const harmless = async () => {
        const bad = 'main img, main script, main svg[onload], a[href^="javascript:"]';
        expect(await page.locator(bad).count(), page.url()).toBe(0);
        expect(await page.title()).not.toBe('owned');
        expectClean(visit, site.bootstrap.domain);
      };
      const card = page.locator(`section[aria-label="${t('Check access')}"]`);
      await card.locator('input[type=search]').fill(EVIL.slice(0, 12));
      await card.locator('[role=radiogroup] label, input[type=radio]').first().click();
      await card.getByLabel(t('On the repository')).fill('evil');
      await card.locator('button[type=submit]').click();
      await page.getByText(like('Yes: … may … here. AcrPull was assigned to … at ….')).waitFor();
      expect(await page.textContent('main')).toContain(EVIL);
      await harmless();
      await card.getByLabel(t('On the repository')).fill(EVIL);
      await card.locator('button[type=submit]').click();
      await page.waitForSelector('[role=alert]');
      await harmless();
      await go(page, '/r/registry/scope-maps');
      expect(await page.textContent('main')).toContain(EVIL);
      await page.click(`button[aria-label="${t('Edit evilmap')}"]`);
      await harmless();
      await go(page, '/r/registry/webhooks/evilhook');
      await page.click(`text=${t('Show address and headers')}`);
      await page.waitForSelector('dd:has-text("onerror")');
      await harmless();
      for (const path of ['webhooks/', 'tokens/', 'policies?x=']) {
        await go(page, `/r/registry/${path}${encodeURIComponent(EVIL)}`);
        await harmless();
      }
      await page.click(`text=${t('Create a clean-up policy')}`);
      await page.getByLabel(t('Name of the policy')).fill(EVIL);
      await page.getByLabel(t('Repositories, one on each line')).fill(EVIL);
      await page.click(
        `section[aria-label="${t('Clean-up policies')}"] button:text-is("${t('Preview', 'previewIt')}")`,
      );
      await page.waitForSelector('[role=alert]');
      await harmless();
      await visit.close();
    });
  });
});
