import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REGISTRIES, valuesOf } from '../support/azure-site.ts';
import { expectClean, go, leave, type PortalSite, settled, signIn, startPortal, type Visit } from './support/portal.ts';

// Access with its reasons, the operator's page, and what others wrote into the fields of both; in a real Chromium.

const EVIL = '"><img src=x onerror="document.title=`owned`"><script>document.title="owned"</script>';

let portal: PortalSite;
beforeAll(async () => {
  portal = await startPortal();
});
afterAll(() => portal.stop());

const registry = () => `${portal.site.group}/${REGISTRIES}/registry`;

async function visitAs(who: 'owner' | 'operator', at: string, language: 'en' | 'zh-CN' = 'en'): Promise<Visit> {
  const visit = await portal.visit({ language });
  await visit.page.goto(`${portal.origin}${at}`);
  await signIn(visit.page, portal.site.bootstrap[who]);
  await settled(visit.page);
  return visit;
}

describe('access control', () => {
  it('says why somebody may and may not, and gives a role for a path of repositories that counts at once', async () => {
    const robot = await portal.site.robot();
    const { displayName } = (await portal.site.graph('GET', `/servicePrincipals/${robot.objectId}`)).json<{
      displayName: string;
    }>();
    const visit = await visitAs('owner', '/r/registry/access');
    const { page } = visit;
    const card = page.locator('section[aria-label="Check access"]');
    await card.locator('input[type=search]').fill(displayName);
    await card.locator(`label:has-text("${displayName}")`).click();
    await card.getByLabel('On the repository').fill('team/app');
    await card.locator('button[type=submit]').click();
    await page.waitForSelector('text=The smallest role that does is AcrPull');
    await page.click('main button:text-is("Add")');
    const add = page.locator('section[aria-label="Add role assignment"]');
    await add.locator('input[type=search]').fill(displayName);
    await add.locator(`label:has-text("${displayName}")`).click();
    await add.getByLabel('Only repositories below').fill('team');
    await add.locator('button[type=submit]').click();
    await page.waitForSelector(`main table tr:has-text("${displayName}"):has-text("below team")`);
    await card.locator('button[type=submit]').click();
    await page.waitForSelector(`text=AcrPull was assigned to ${displayName}`);
    const part = (text: string) =>
      page.waitForSelector(`section[aria-label="Assignments that were looked at"] td:text-is("${text}")`);
    await part('decides');
    await card.getByLabel('On the repository').fill('');
    await card.locator('button[type=submit]').click();
    await part('its scope is elsewhere');
    await card.getByLabel('On the repository').fill('team/app');
    await card.getByLabel('May do').selectOption('push');
    await card.locator('button[type=submit]').click();
    await part('its role does not give it');
    await page.waitForSelector('text=The smallest role that does is AcrPush');
    await portal.site.graph('PATCH', `/servicePrincipals/${robot.objectId}`, { accountEnabled: false });
    await card.locator('button[type=submit]').click();
    await page.waitForSelector(`text=No: the account ${displayName} is disabled`);
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
    const visit = await visitAs('operator', '/operator');
    const { page } = visit;
    await page.waitForSelector('text=The site accepts pushes');
    const [sample] = valuesOf<{ usedBytes: number }>(await ask('/capacitySamples')).slice(-1);
    expect(await page.getAttribute('svg[data-last]', 'data-last')).toBe(String(sample?.usedBytes));
    await page.getByLabel('Maximum of the site in GiB').fill('500');
    await page.click('section[aria-label=Capacity] form button');
    await page.waitForSelector('section[aria-label=Capacity] svg[data-limit]');
    expect((await ask('/capacities')).text).toContain('"maximumCapacityInGiB":500');
    await page.getByLabel('Name of the quota').fill('small');
    await page.getByLabel('GiB for each registry').fill('7');
    await page.click('text=Save the quota');
    await page.waitForSelector('section[aria-label=Quotas] td:text-is("small")');
    await page.getByLabel('Quota to assign').selectOption('small');
    await page.getByLabel('To the subscription').selectOption(site.bootstrap.subscriptionId);
    await page.click('main button:text-is("Assign")');
    await page.waitForSelector(
      `section[aria-label=Quotas] tr:has-text("small"):has-text("${site.bootstrap.subscriptionId}")`,
    );
    const usages = valuesOf<{ name: string; limit: number }>(await site.arm('GET', `${registry()}/listUsages`));
    expect(usages.find(({ name }) => name === 'Size')?.limit).toBe(7 * 2 ** 30);
    await page.click('button[aria-label="Delete small"]');
    await page.click('[role=group] button:text-is("Delete")');
    await page.waitForSelector('[role=alert]:has-text("cannot be deleted")');
    await page.click('button[aria-label="Pause scrub"]');
    await page.waitForSelector('tr:has-text("scrub"):has-text("paused")');
    await page.click('button[aria-label="Resume scrub"]');
    await page.waitForSelector('tr:has-text("scrub"):has-text("waiting")');
    await leave(visit, portal.site.bootstrap.domain);
  });

  it('has the page in Chinese, and nobody else has it at all', async () => {
    const visit = await visitAs('operator', '/operator', 'zh-CN');
    await visit.page.waitForSelector('section[aria-label="作业"] button:text-is("立即运行")');
    await leave(visit, portal.site.bootstrap.domain);
    const tenant = await visitAs('owner', '/operator');
    await tenant.page.waitForSelector('text=this page is for the operators');
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
    expect(map.status).toBe(201);
    expect((await put('/tokens/evil-token', { scopeMapId: `${registry()}/scopeMaps/evilmap` })).status).toBe(201);
    const customHeaders = { 'X-Evil': EVIL };
    const hook = await put('/webhooks/evilhook', {
      serviceUri: `https://hooks.example/${encodeURIComponent(EVIL)}?a='onload=alert(1)`,
      customHeaders,
      actions: ['push'],
    });
    expect(hook.status, hook.text).toBe(201);
    const app = (await site.graph('POST', '/applications', { displayName: EVIL })).json<{ appId: string }>();
    const robot = (await site.graph('POST', '/servicePrincipals', { appId: app.appId })).json<{ id: string }>();
    await site.assign('AcrPull', robot.id, `${registry()}/repositories/evil`);
    const visit = await visitAs('owner', '/r/registry/access');
    const { page } = visit;
    const harmless = async () => {
      const bad = 'main img, main script, main svg[onload], a[href^="javascript:"]';
      expect(await page.locator(bad).count(), page.url()).toBe(0);
      expect(await page.title()).not.toBe('owned');
      expectClean(visit, site.bootstrap.domain);
    };
    const card = page.locator('section[aria-label="Check access"]');
    await card.locator('input[type=search]').fill(EVIL.slice(0, 12));
    await card.locator('[role=radiogroup] label, input[type=radio]').first().click();
    await card.getByLabel('On the repository').fill('evil');
    await card.locator('button[type=submit]').click();
    await page.waitForSelector('text=AcrPull was assigned to');
    expect(await page.textContent('main')).toContain(EVIL);
    await harmless();
    await card.getByLabel('On the repository').fill(EVIL);
    await card.locator('button[type=submit]').click();
    await page.waitForSelector('[role=alert]');
    await harmless();
    await go(page, '/r/registry/scope-maps');
    expect(await page.textContent('main')).toContain(EVIL);
    await page.click('button[aria-label="Edit evilmap"]');
    await harmless();
    await go(page, '/r/registry/webhooks/evilhook');
    await page.click('text=Show address and headers');
    await page.waitForSelector('dd:has-text("onerror")');
    await harmless();
    for (const path of ['webhooks/', 'tokens/', 'policies?x=']) {
      await go(page, `/r/registry/${path}${encodeURIComponent(EVIL)}`);
      await harmless();
    }
    await page.click('text=Create a clean-up policy');
    await page.getByLabel('Name of the policy').fill(EVIL);
    await page.getByLabel('Repositories, one on each line').fill(EVIL);
    await page.click('section[aria-label="Clean-up policies"] button:text-is("Preview")');
    await page.waitForSelector('[role=alert]');
    await harmless();
    await visit.close();
  });
});
