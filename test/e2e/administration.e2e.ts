import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startReceiver, type TestReceiver } from '../../apps/registry/src/outbound/test-receiver.ts';
import { REGISTRIES, valuesOf } from '../support/azure-site.ts';
import { pushImage } from './support/images.ts';
import { go, LANGUAGES, leave, type PortalSite, settled, startPortal, type Visit, visitAs } from './support/portal.ts';
import { wordsOf } from './support/words.ts';

// What is changed by the portal's pages, in a real Chromium against a live server; the server's own answers say whether it was.

let portal: PortalSite;
let receiver: TestReceiver;
let works = true;
beforeAll(async () => {
  receiver = await startReceiver((_, response) => {
    response.statusCode = works ? 200 : 400;
    response.end();
  });
  portal = await startPortal({ config: 'outbound: { allow: [127.0.0.1] }\n' });
  for (const tag of ['pr-1', 'pr-2', 'pr-3', 'v1']) {
    await pushImage(portal.site, 'ci/app', tag, { annotations: { of: tag } });
  }
});
afterAll(async () => {
  await portal.stop();
  await receiver.stop();
});

const AS_MADE = {
  properties: {
    anonymousPullEnabled: false,
    networkRuleSet: { defaultAction: 'Allow', ipRules: [] },
    policies: { retentionPolicy: { status: 'disabled' } },
  },
};
const registry = () => `${portal.site.group}/${REGISTRIES}/registry`;
const ask = (method: string, path: string, body?: object) =>
  portal.site.arm(method, `${registry()}${path}`, { version: '2023-07-01', ...(body === undefined ? {} : { body }) });

describe.each(LANGUAGES)('in %s', (language) => {
  const { t, like } = wordsOf(language);
  const owner = (at: string): Promise<Visit> => visitAs(portal, 'owner', `/r/registry${at}`, language);

  describe('a webhook', () => {
    it('is made, heard, turned off and on, sends one event again, shows its address when asked, and is deleted after a warning', async () => {
      const visit = await owner('/webhooks');
      const { page } = visit;
      await page.click(`text=${t('Create a webhook')}`);
      await page.getByLabel(t('Name of the webhook')).fill('portal7');
      await page.getByLabel(t('Service URI')).fill(`http://127.0.0.1:${receiver.port}/in`);
      await page.getByLabel(t('Custom headers')).fill('X-Secret: hush');
      await page.getByLabel('delete', { exact: true }).check();
      await page.click('main form button[type=submit]');
      await page.waitForURL(/\/webhooks\/portal7$/);
      expect((await ask('GET', '/webhooks/portal7')).json()).toMatchObject({
        properties: { status: 'enabled', actions: ['push', 'delete'] },
      });
      receiver.received.length = 0;
      works = false;
      await page.click(`main button:text-is("${t('Ping')}")`);
      await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBe(1);
      expect(receiver.received[0]?.headers['x-secret']).toBe('hush');
      await page.click(`text=${t('Run again')}`);
      await page.waitForSelector('main td:text-is("400")');
      works = true;
      await page.click(`main button[aria-label^="${t('Replay')}"]`);
      await page.waitForSelector(`text=${t('1 will be sent once more.')}`);
      await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBe(2);
      expect(await page.textContent('main')).not.toContain('hush');
      await page.click(`text=${t('Show address and headers')}`);
      await page.waitForSelector('dd:text-is("hush")');
      await page.click(`main button:text-is("${t('Disable')}")`);
      await page.waitForSelector(`main button:text-is("${t('Enable')}")`);
      await page.click(`main button:text-is("${t('Edit')}")`);
      await page.getByLabel(t('Scope'), { exact: true }).fill('ci/app:*');
      await page.click('main form button[type=submit]');
      await page.waitForSelector('main td:text-is("ci/app:*")');
      expect((await ask('GET', '/webhooks/portal7')).json()).toMatchObject({
        properties: { status: 'disabled', scope: 'ci/app:*' },
      });
      expect((await ask('POST', '/webhooks/portal7/getCallbackConfig')).text).toContain('hush');
      await page.click(`main button:text-is("${t('Delete')}")`);
      const warning = 'The webhook portal7 is deleted, its event log with it. Nothing is sent to its address any more.';
      await page.waitForSelector(`text=${t(warning)}`);
      await page.click(`[role=group] button:text-is("${t('Delete')}")`);
      await page.waitForURL(/\/webhooks$/);
      expect((await ask('GET', '/webhooks/portal7')).status).toBe(404);
      await leave(visit, portal.site.bootstrap.domain);
    });

    it('that the server refuses says why, and keeps what was typed', async () => {
      const visit = await owner('/webhooks');
      const { page } = visit;
      await page.click(`text=${t('Create a webhook')}`);
      await page.getByLabel(t('Name of the webhook')).fill('x');
      await page.getByLabel(t('Service URI')).fill('ftp://nowhere');
      await page.click('main form button[type=submit]');
      await page.waitForSelector('[role=alert]:has-text("between 5 and 50")');
      expect(await page.getByLabel(t('Service URI')).inputValue()).toBe('ftp://nowhere');
      await leave(visit, portal.site.bootstrap.domain);
    });
  });

  describe('a token', () => {
    it('has the rights of a scope map made here, its passwords are shown once, and each end counts at the next request', async () => {
      const visit = await owner('/scope-maps');
      const { page } = visit;
      await page.click(`text=${t('Create a scope map')}`);
      await page.getByLabel(t('Name of the scope map')).fill('ci-readers');
      await page.getByLabel(t('Repository'), { exact: true }).fill('ci/*');
      await page.click(`text=${t('Add to the list')}`);
      await page.click('main form button[type=submit]');
      await page.waitForSelector('main td:text-is("repositories/ci/*/content/read")');
      await go(page, '/r/registry/tokens');
      await page.click(`text=${t('Create a token')}`);
      await page.getByLabel(t('Name of the token')).fill('ci-reader');
      await page.getByLabel(t('Scope map')).selectOption('ci-readers');
      await page.click('main form button[type=submit]');
      await page.waitForURL(/\/tokens\/ci-reader$/);
      await page.click(`text=${t('Generate password1')}`);
      await page.waitForSelector(`text=${t('This password is shown once and stored nowhere. Copy it now.')}`);
      const secret = (await page.locator('main dl code').nth(1).textContent()) ?? '';
      const status = async () => {
        const Authorization = `Basic ${Buffer.from(`ci-reader:${secret}`).toString('base64')}`;
        const target = '/oauth2/token?service=registry&scope=repository:ci/app:pull';
        return (await portal.site.ask('GET', target, { as: 'none', headers: { Authorization } })).status;
      };
      expect(await status()).toBe(200);
      const kept = await page.evaluate(() => JSON.stringify(localStorage) + JSON.stringify(sessionStorage));
      expect(kept).not.toContain(secret);
      await page.click(`main button:text-is("${t('Disable')}")`);
      await page.waitForSelector(`main button:text-is("${t('Enable')}")`);
      expect(await status()).toBe(401);
      await page.click(`main button:text-is("${t('Enable')}")`);
      await page.waitForSelector(`main button:text-is("${t('Disable')}")`);
      expect(await status()).toBe(200);
      await go(page, '/r/registry/tokens');
      await go(page, '/r/registry/tokens/ci-reader');
      expect(await page.textContent('main')).not.toContain(secret);
      await page.click(`text=${t('End password1 now')}`);
      await page.waitForSelector(`text=${t('End password1 now')}`, { state: 'detached' });
      expect(await status()).toBe(401);
      await go(page, '/r/registry/scope-maps');
      await page.click(`button[aria-label="${t('Delete ci-readers')}"]`);
      const warning = 'Tokens that have their rights from it: ci-reader. They have none any more.';
      await page.waitForSelector(`text=${t(`The scope map ci-readers goes. ${warning}`)}`);
      await go(page, '/r/registry/tokens/ci-reader');
      await page.click(`main button:text-is("${t('Delete')}")`);
      await page.click(`[role=group] button:text-is("${t('Delete')}")`);
      await page.waitForURL(/\/tokens$/);
      expect((await ask('GET', '/tokens/ci-reader')).status).toBe(404);
      await leave(visit, portal.site.bootstrap.domain);
    });
  });

  describe('policies', () => {
    it('of clean-up say what would go and why before they are saved, then are saved as they were shown', async () => {
      const visit = await owner('/policies');
      const { page } = visit;
      await page.click(`text=${t('Create a clean-up policy')}`);
      await page.getByLabel(t('Name of the policy')).fill('nightly');
      await page.getByLabel(t('Repositories, one on each line')).fill('ci/*');
      await page.getByLabel(t('Tags, one pattern on each line')).fill('pr-*');
      await page.getByLabel(t('Keep the latest')).fill('1');
      await page.click(
        `section[aria-label="${t('Clean-up policies')}"] button:text-is("${t('Preview', 'previewIt')}")`,
      );
      const figures = 'Would go: 2 tags and … manifests. Would stay: …. In … repositories. Nothing was changed.';
      await page.getByText(like(figures)).waitFor();
      const decided = (as: string) =>
        page.locator(`section[aria-label="${t('Preview', 'preview')}"] tr:has(td:text-is("${as}"))`).allTextContents();
      const goes = await decided(t('goes'));
      expect(goes.filter((row) => row.includes('pr-1')).length).toBeGreaterThan(0);
      expect(goes.some((row) => row.includes('pr-3'))).toBe(false);
      expect((await decided(t('stays', 'stays'))).some((row) => row.includes('pr-3'))).toBe(true);
      expect(valuesOf(await ask('GET', '/cleanupPolicies'))).toEqual([]);
      await page.click(`section[aria-label="${t('Clean-up policies')}"] form button[type=submit]`);
      await page.waitForSelector('td:text-is("nightly")');
      expect((await ask('GET', '/cleanupPolicies/nightly')).json()).toMatchObject({
        properties: { status: 'disabled', repositories: ['ci/*'], tags: { match: ['pr-*'], keepLatest: 1 } },
      });
      await page.click(`button[aria-label="${t('Delete nightly')}"]`);
      await page.click(`[role=group] button:text-is("${t('Delete')}")`);
      await page.waitForSelector('td:text-is("nightly")', { state: 'detached' });
      await leave(visit, portal.site.bootstrap.domain);
    });

    it('make tags immutable: the next push of the tag is refused', async () => {
      const visit = await owner('/policies');
      const { page } = visit;
      await page.click(`text=${t('Make tags immutable')}`);
      await page.getByLabel(t('Name of the policy')).fill('releases');
      await page.click(`section[aria-label="${t('Immutable tags')}"] form button[type=submit]`);
      await page.waitForSelector('td:text-is("releases")');
      await expect(pushImage(portal.site, 'ci/app', 'v1', { annotations: { of: 'another' } })).rejects.toThrow();
      await page.click(`button[aria-label="${t('Delete releases')}"]`);
      await page.click(`[role=group] button:text-is("${t('Delete')}")`);
      await page.waitForSelector('td:text-is("releases")', { state: 'detached' });
      await leave(visit, portal.site.bootstrap.domain);
    });

    it('of the registry are switched; network rules say what follows first', async () => {
      await ask('PATCH', '', AS_MADE);
      const visit = await owner('/policies');
      const { page } = visit;
      const closed = 'manifests could not be pulled until a scanner passes them.';
      const these = [like(`… ${closed}`), like(`The first … of the ${closed.replace('could', 'that could')}`)];
      const card = (title: string) => page.locator(`section[aria-label="${title}"]`);
      await card(t('Anonymous pull')).getByRole('switch').click();
      await card(t('Anonymous pull')).locator('button[type=submit]').click();
      await page.waitForSelector(`text=${t('Saved. It counts at once.')}`);
      await card(t('Retention of untagged manifests')).getByRole('switch').click();
      await card(t('Retention of untagged manifests')).getByRole('spinbutton').fill('30');
      await card(t('Retention of untagged manifests'))
        .locator(`button:text-is("${t('Preview', 'previewIt')}")`)
        .click();
      await page.waitForSelector(`section[aria-label="${t('Preview', 'preview')}"]`);
      await card(t('Retention of untagged manifests')).locator('button[type=submit]').click();
      await card(t('Quarantine'))
        .locator(`button:text-is("${t('Preview', 'previewIt')}")`)
        .click();
      await page.getByText(new RegExp(these.map(({ source }) => source).join('|'))).waitFor();
      await card(t('Network rules')).getByLabel(t('Everyone else')).selectOption('Deny');
      await page.waitForSelector(`text=${t('Nobody at all could pull or push: no address is named.')}`);
      await card(t('Network rules')).getByLabel(t('Addresses that may come')).fill('127.0.0.0/8\n::1');
      const reached = 'From the next request on, content is reached from these 2 ranges only.';
      await page.waitForSelector(`text=${t(`${reached} Make sure that yours is among them.`)}`);
      await card(t('Network rules')).locator('button[type=submit]').click();
      await settled(page);
      expect((await ask('GET', '')).json()).toMatchObject({
        properties: {
          anonymousPullEnabled: true,
          networkRuleSet: { defaultAction: 'Deny', ipRules: [{ value: '127.0.0.0/8' }, { value: '::1' }] },
          policies: { retentionPolicy: { status: 'enabled', days: 30 }, quarantinePolicy: { status: 'disabled' } },
        },
      });
      await leave(visit, portal.site.bootstrap.domain);
    });
  });
});
