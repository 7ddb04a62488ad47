import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startReceiver, type TestReceiver } from '../../apps/registry/src/outbound/test-receiver.ts';
import { REGISTRIES, valuesOf } from '../support/azure-site.ts';
import { pushImage } from './support/images.ts';
import { go, leave, type PortalSite, settled, signIn, startPortal, type Visit } from './support/portal.ts';

// What is changed by the portal's pages, in a real Chromium against a live server; the server's own answers say whether it was.

let portal: PortalSite;
let receiver: TestReceiver;
let works = true;
beforeAll(async () => {
  receiver = await startReceiver((_, response) => {
    response.statusCode = works ? 200 : 400;
    response.end();
  });
  portal = await startPortal(undefined, { config: 'outbound: { allow: [127.0.0.1] }\n' });
  for (const tag of ['pr-1', 'pr-2', 'pr-3', 'v1']) {
    await pushImage(portal.site, 'ci/app', tag, { annotations: { of: tag } });
  }
});
afterAll(async () => {
  await portal.stop();
  await receiver.stop();
});

const registry = () => `${portal.site.group}/${REGISTRIES}/registry`;
const ask = (method: string, path: string) =>
  portal.site.arm(method, `${registry()}${path}`, { version: '2023-07-01' });

async function owner(at: string, language: 'en' | 'zh-CN' = 'en'): Promise<Visit> {
  const visit = await portal.visit({ language });
  await visit.page.goto(`${portal.origin}/r/registry${at}`);
  await signIn(visit.page, portal.site.bootstrap.owner);
  await settled(visit.page);
  return visit;
}

describe('a webhook', () => {
  it('is made, heard, turned off and on, sends one event again, shows its address when asked, and is deleted after a warning', async () => {
    const visit = await owner('/webhooks');
    const { page } = visit;
    await page.click('text=Create a webhook');
    await page.getByLabel('Name of the webhook').fill('portal7');
    await page.getByLabel('Service URI').fill(`http://127.0.0.1:${receiver.port}/in`);
    await page.getByLabel('Custom headers').fill('X-Secret: hush');
    await page.getByLabel('delete', { exact: true }).check();
    await page.click('main form button[type=submit]');
    await page.waitForURL(/\/webhooks\/portal7$/);
    expect((await ask('GET', '/webhooks/portal7')).json()).toMatchObject({
      properties: { status: 'enabled', actions: ['push', 'delete'] },
    });
    works = false;
    await page.click('main button:text-is("Ping")');
    await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBe(1);
    expect(receiver.received[0]?.headers['x-secret']).toBe('hush');
    await page.click('text=Run again');
    await page.waitForSelector('main td:text-is("400")');
    works = true;
    await page.click('main button[aria-label^="Replay "]');
    await page.waitForSelector('text=1 will be sent once more');
    await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBe(2);
    expect(await page.textContent('main')).not.toContain('hush');
    await page.click('text=Show address and headers');
    await page.waitForSelector('dd:text-is("hush")');
    await page.click('main button:text-is("Disable")');
    await page.waitForSelector('main button:text-is("Enable")');
    await page.click('main button:text-is("Edit")');
    await page.getByLabel('Scope', { exact: true }).fill('ci/app:*');
    await page.click('main form button[type=submit]');
    await page.waitForSelector('main td:text-is("ci/app:*")');
    expect((await ask('GET', '/webhooks/portal7')).json()).toMatchObject({
      properties: { status: 'disabled', scope: 'ci/app:*' },
    });
    expect((await ask('POST', '/webhooks/portal7/getCallbackConfig')).text).toContain('hush');
    await page.click('main button:text-is("Delete")');
    await page.waitForSelector('text=Nothing is sent to its address any more');
    await page.click('[role=group] button:text-is("Delete")');
    await page.waitForURL(/\/webhooks$/);
    expect((await ask('GET', '/webhooks/portal7')).status).toBe(404);
    await leave(visit, portal.site.bootstrap.domain);
  });

  it('that the server refuses says why, and keeps what was typed', async () => {
    const visit = await owner('/webhooks');
    const { page } = visit;
    await page.click('text=Create a webhook');
    await page.getByLabel('Name of the webhook').fill('x');
    await page.getByLabel('Service URI').fill('ftp://nowhere');
    await page.click('main form button[type=submit]');
    await page.waitForSelector('[role=alert]:has-text("between 5 and 50")');
    expect(await page.getByLabel('Service URI').inputValue()).toBe('ftp://nowhere');
    await leave(visit, portal.site.bootstrap.domain);
  });
});

describe('a token', () => {
  it('has the rights of a scope map made here, its passwords are shown once, and each end counts at the next request', async () => {
    const visit = await owner('/scope-maps');
    const { page } = visit;
    await page.click('text=Create a scope map');
    await page.getByLabel('Name of the scope map').fill('ci-readers');
    await page.getByLabel('Repository', { exact: true }).fill('ci/*');
    await page.click('text=Add to the list');
    await page.click('main form button[type=submit]');
    await page.waitForSelector('main td:text-is("repositories/ci/*/content/read")');
    await go(page, '/r/registry/tokens');
    await page.click('text=Create a token');
    await page.getByLabel('Name of the token').fill('ci-reader');
    await page.getByLabel('Scope map').selectOption('ci-readers');
    await page.click('main form button[type=submit]');
    await page.waitForURL(/\/tokens\/ci-reader$/);
    await page.click('text=Generate password1');
    await page.waitForSelector('text=shown once');
    const secret = (await page.locator('main dl code').nth(1).textContent()) ?? '';
    const status = async () => {
      const Authorization = `Basic ${Buffer.from(`ci-reader:${secret}`).toString('base64')}`;
      const target = '/oauth2/token?service=registry&scope=repository:ci/app:pull';
      return (await portal.site.ask('GET', target, { as: 'none', headers: { Authorization } })).status;
    };
    expect(await status()).toBe(200);
    const kept = await page.evaluate(() => JSON.stringify(localStorage) + JSON.stringify(sessionStorage));
    expect(kept).not.toContain(secret);
    await page.click('main button:text-is("Disable")');
    await page.waitForSelector('main button:text-is("Enable")');
    expect(await status()).toBe(401);
    await page.click('main button:text-is("Enable")');
    await page.waitForSelector('main button:text-is("Disable")');
    expect(await status()).toBe(200);
    await go(page, '/r/registry/tokens');
    await go(page, '/r/registry/tokens/ci-reader');
    expect(await page.textContent('main')).not.toContain(secret);
    await page.click('text=End password1 now');
    await page.waitForSelector('text=End password1 now', { state: 'detached' });
    expect(await status()).toBe(401);
    await go(page, '/r/registry/scope-maps');
    await page.click('button[aria-label="Delete ci-readers"]');
    await page.waitForSelector('text=Tokens that have their rights from it: ci-reader');
    await go(page, '/r/registry/tokens/ci-reader');
    await page.click('main button:text-is("Delete")');
    await page.click('[role=group] button:text-is("Delete")');
    await page.waitForURL(/\/tokens$/);
    expect((await ask('GET', '/tokens/ci-reader')).status).toBe(404);
    await leave(visit, portal.site.bootstrap.domain);
  });
});

describe('policies', () => {
  it('of clean-up say what would go and why before they are saved, then are saved as they were shown', async () => {
    const visit = await owner('/policies');
    const { page } = visit;
    await page.click('text=Create a clean-up policy');
    await page.getByLabel('Name of the policy').fill('nightly');
    await page.getByLabel('Repositories, one on each line').fill('ci/*');
    await page.getByLabel('Tags, one pattern on each line').fill('pr-*');
    await page.getByLabel('Keep the latest').fill('1');
    await page.click('section[aria-label="Clean-up policies"] button:text-is("Preview")');
    await page.waitForSelector('text=Would go: 2 tags');
    const goes = await page.locator('section[aria-label=Preview] tr:has(td:text-is("goes"))').allTextContents();
    expect(goes.filter((row) => row.includes('pr-1')).length).toBeGreaterThan(0);
    expect(goes.some((row) => row.includes('pr-3'))).toBe(false);
    expect(valuesOf(await ask('GET', '/cleanupPolicies'))).toEqual([]);
    await page.click('section[aria-label="Clean-up policies"] form button[type=submit]');
    await page.waitForSelector('td:text-is("nightly")');
    expect((await ask('GET', '/cleanupPolicies/nightly')).json()).toMatchObject({
      properties: { status: 'disabled', repositories: ['ci/*'], tags: { match: ['pr-*'], keepLatest: 1 } },
    });
    await page.click('button[aria-label="Delete nightly"]');
    await page.click('[role=group] button:text-is("Delete")');
    await page.waitForSelector('td:text-is("nightly")', { state: 'detached' });
    await leave(visit, portal.site.bootstrap.domain);
  });

  it('make tags immutable: the next push of the tag is refused', async () => {
    const visit = await owner('/policies');
    const { page } = visit;
    await page.click('text=Make tags immutable');
    await page.getByLabel('Name of the policy').fill('releases');
    await page.click('section[aria-label="Immutable tags"] form button[type=submit]');
    await page.waitForSelector('td:text-is("releases")');
    await expect(pushImage(portal.site, 'ci/app', 'v1', { annotations: { of: 'another' } })).rejects.toThrow();
    await leave(visit, portal.site.bootstrap.domain);
  });

  it('of the registry are switched, in Chinese, too; network rules say what follows first', async () => {
    const visit = await owner('/policies', 'zh-CN');
    const { page } = visit;
    const card = (title: string) => page.locator(`section[aria-label="${title}"]`);
    await card('匿名提取').getByRole('switch').click();
    await card('匿名提取').locator('button[type=submit]').click();
    await page.waitForSelector('text=已保存');
    await card('未标记清单的保留').getByRole('switch').click();
    await card('未标记清单的保留').getByRole('spinbutton').fill('30');
    await card('未标记清单的保留').locator('button:text-is("预览")').click();
    await page.waitForSelector('section[aria-label="预览结果"]');
    await card('未标记清单的保留').locator('button[type=submit]').click();
    await card('隔离').locator('button:text-is("预览")').click();
    await page.waitForSelector('text=在扫描程序放行之前将无法提取');
    await card('网络规则').getByLabel('其他地址').selectOption('Deny');
    await page.waitForSelector('text=所有人都将无法提取或推送');
    await card('网络规则').getByLabel('允许的地址').fill('127.0.0.0/8\n::1');
    await page.waitForSelector('text=只有这 2 个范围');
    await card('网络规则').locator('button[type=submit]').click();
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
