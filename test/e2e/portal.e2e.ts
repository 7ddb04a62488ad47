import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { valuesOf } from '../support/azure-site.ts';
import { pushImage, pushIndex } from './support/images.ts';
import {
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

// The portal in a real Chromium against a live server: by its own names, without intercepting anything.

let portal: PortalSite;
let domain: string;
beforeAll(async () => {
  portal = await startPortal();
  domain = portal.site.bootstrap.domain;
  await pushIndex(portal.site, 'app/web', 'v1');
  const image = await pushImage(portal.site, 'app/api', 'v2', {
    layers: [Buffer.alloc(300_000, 'a'), Buffer.alloc(100_000, 'b')],
    annotations: { 'org.opencontainers.image.title': 'the api' },
    history: ['ADD rootfs', 'COPY dist'],
  });
  await pushImage(portal.site, 'app/api', undefined, {
    subject: image,
    artifactType: 'application/vnd.example.signature',
  });
});
afterAll(() => portal.stop());

describe.each(LANGUAGES)('in %s', (language) => {
  const { t, like } = wordsOf(language);
  const owner = (at = '/'): Promise<Visit> => visitAs(portal, 'owner', at, language);
  const visitor = () => portal.visit({ language });

  describe('signing in', () => {
    it('goes by code and PKCE, comes back to the page that was wanted, and leaves no secret in the browser', async () => {
      const visit = await visitor();
      const { page } = visit;
      await page.goto(`${portal.origin}/r/registry/repositories?q=app`);
      await page.waitForURL(/\/adfs\/oauth2\/authorize/);
      const asked = new URL(page.url()).searchParams;
      expect(asked.get('code_challenge_method')).toBe('S256');
      expect(asked.get('response_type')).toBe('code');
      await signIn(page, portal.site.bootstrap.owner);
      expect(page.url()).toBe(`${portal.origin}/r/registry/repositories?q=app`);
      const kept = await page.evaluate(async () => ({
        local: JSON.stringify(localStorage),
        session: Object.keys(sessionStorage).filter((key) => key.startsWith('holdfast')),
        databases: (await indexedDB.databases()).length,
        cookies: document.cookie,
      }));
      expect(kept).toEqual({ local: '{}', session: [], databases: 0, cookies: '' });
      expectClean(visit, domain);
      await visit.close();
    });

    it('works by path on the own machine, over plain HTTP and without any name', async () => {
      const visit = await visitor();
      const { page } = visit;
      const home = `${portal.site.http}/portal`;
      await page.goto(`${home}/r/registry/repositories`);
      await signIn(page, portal.site.bootstrap.owner);
      expect(page.url()).toBe(`${home}/r/registry/repositories`);
      await page.waitForSelector('[role=row]:has-text("app/api")');
      expect(visit.complaints).toEqual([]);
      expect([...visit.hosts]).toEqual(['127.0.0.1']);
      await visit.close();
    });

    it('refuses a wrong password on the sign-in page', async () => {
      const { page, close } = await visitor();
      await page.goto(portal.origin);
      await page.fill('input[name=username]', portal.site.bootstrap.owner.username);
      await page.fill('input[name=password]', 'not the password');
      await page.click('button[value=yes]');
      await page.waitForSelector('.error');
      await close();
    });

    it.each([
      '//evil.example',
      '/\\evil.example',
      'https:evil.example',
      '/%5cevil.example',
      '/%0d%0aevil',
      'javascript:alert(1)',
    ])('never leads to another site: to=%s (A34)', async (to) => {
      const visit = await visitor();
      await visit.page.goto(`${portal.origin}/signed-out?${new URLSearchParams({ to })}`);
      await visit.page.click('main button');
      await signIn(visit.page, portal.site.bootstrap.owner);
      expect(new URL(visit.page.url()).origin).toBe(portal.origin);
      expect(new URL(visit.page.url()).pathname).toBe('/registries');
      expectClean(visit, domain);
      await visit.close();
    });

    it('ends with signing out: the refresh token is revoked and nothing is shown any more', async () => {
      const visit = await visitor();
      const { page } = visit;
      let form = new URLSearchParams();
      page.on('response', async (answer) => {
        if (!answer.url().endsWith('/oauth2/token')) return;
        const sent = new URLSearchParams(answer.request().postData() ?? '');
        const { refresh_token } = (await answer.json()) as { refresh_token: string };
        const kept = ['client_id', 'scope'].map((name) => [name, sent.get(name) ?? '']);
        form = new URLSearchParams([['grant_type', 'refresh_token'], ['refresh_token', refresh_token], ...kept]);
      });
      await page.goto(portal.origin);
      await signIn(page, portal.site.bootstrap.owner);
      await settled(page);
      const revoked = page.waitForResponse(/\/oauth2\/revoke$/);
      await page.click(`text=${t('Sign out')}`);
      await revoked;
      await page.waitForURL(/\/signed-out/);
      expect(await page.textContent('h1')).toBe(t('You are signed out'));
      const again = await portal.site.ask('POST', '/adfs/oauth2/token', {
        as: 'none',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: form.toString(),
      });
      expect([again.status, again.json<{ error: string }>().error]).toEqual([400, 'invalid_grant']);
      expectClean(visit, domain);
      await visit.close();
    });
  });

  describe('a registry', () => {
    it('is listed with its usage, and its overview says how full it is and what to paste', async () => {
      const visit = await owner();
      const { page } = visit;
      await page.click('main table a:text-is("registry")');
      await page.waitForSelector('svg[data-used]');
      const used = Number(await page.getAttribute('svg[data-used]', 'data-used'));
      const usages = await portal.site.arm('GET', registryPath('/listUsages'));
      expect(used).toBeGreaterThanOrEqual(400_000);
      expect(valuesOf<{ name: string; currentValue: number }>(usages)).toContainEqual(
        expect.objectContaining({ name: 'Size', currentValue: used }),
      );
      const { loginServer } = portal.site.bootstrap.registry;
      for (const tool of ['Docker', 'Podman', 'containerd', 'Helm', 'ORAS', 'Kubernetes']) {
        await page.getByRole('tab', { name: tool, exact: true }).click();
        await page.waitForURL(new RegExp(`tool=${tool}`));
        expect(await page.textContent('main')).toContain(loginServer);
      }
      await page.getByRole('tab', { name: 'Docker' }).click();
      await page.click(`button[aria-label="${t(`Copy docker login ${loginServer}`)}"]`);
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`docker login ${loginServer}`);
      expectClean(visit, domain);
      await visit.close();
    });

    it('is made once its name is free, and deleted once its name is typed', async () => {
      const visit = await owner();
      const { page } = visit;
      await go(page, '/registries/new');
      const submit = page.locator('main form button[type=submit]');
      await page.fill('main form input', 'registry');
      await page.waitForSelector('text=already in use');
      expect(await submit.getAttribute('aria-disabled')).toBe('true');
      await page.fill('main form input', 'Contoso1');
      await page.getByText(like('The name is free. Login server: …')).waitFor();
      await submit.click();
      await page.waitForURL(/\/r\/Contoso1$/);
      await go(page, '/r/Contoso1/properties');
      await page.fill('main form input', 'contoso');
      expect(await page.locator('main form button').getAttribute('aria-disabled')).toBe('true');
      await page.press('main form input', 'Enter');
      await settled(page);
      expect(new URL(page.url()).pathname).toBe('/r/Contoso1/properties');
      await page.fill('main form input', 'Contoso1');
      await page.click('main form button');
      await page.waitForURL(/\/registries$/);
      await settled(page);
      expect(await page.locator('main table a:text-is("Contoso1")').count()).toBe(0);
      expectClean(visit, domain);
      await visit.close();
    });

    it('shows passwords when asked, and rotates one: the old one is refused, the other works', async () => {
      const visit = await owner('/r/registry/keys');
      const { page } = visit;
      expect(await page.locator('main dl').count()).toBe(0);
      await page.click(`text=${t('Show passwords')}`);
      const { username, password } = portal.site.bootstrap.registry;
      await page.waitForSelector(`code:text-is("${password}")`);
      const second = (await page.locator('main dl code').nth(2).textContent()) ?? '';
      await page.click(`text=${t('Rotate password2')}`);
      await page.waitForSelector(
        `text=${t('password2 is a new one. The old one is refused from the next request on; the other password still works.')}`,
      );
      const fresh = (await page.locator('main dl code').nth(2).textContent()) ?? '';
      const status = async (secret: string) =>
        (
          await portal.site.ask('GET', '/v2/', {
            as: 'none',
            headers: { Authorization: `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}` },
          })
        ).status;
      expect([await status(second), await status(fresh), await status(password)]).toEqual([401, 200, 200]);
      expectClean(visit, domain);
      await visit.close();
    });

    it('gives a role to somebody who is found by name, at once, by the click path of the FAQ', async () => {
      const robot = await portal.site.robot();
      const found = await portal.site.graph('GET', `/servicePrincipals/${robot.objectId}`);
      const { displayName } = found.json<{ displayName: string }>();
      const visit = await owner('/r/registry');
      const { page } = visit;
      await page.click(`nav a:text-is("${t('Access control (IAM)')}")`);
      await page.click(`main button:text-is("${t('Add')}")`);
      await page.fill('main form input[type=search]', displayName);
      await page.click(`label:has-text("${displayName}")`);
      await page.click('main form button[type=submit]');
      await page.waitForSelector(`text=${t(`${displayName} now has AcrPull. It counts at the next request.`)}`);
      await page.waitForSelector(`main table tr:has-text("${displayName}"):has-text("${t('this registry', 'here')}")`);
      const token = await portal.site.ask('POST', '/oauth2/exchange', {
        as: 'none',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ grant_type: 'access_token', service: 'x', access_token: robot.token }).toString(),
      });
      expect(token.status).toBe(200);
      await page.click(`button[aria-label="${t(`Remove ${displayName}`)}"]`);
      await page.waitForSelector(`main table tr:has-text("${displayName}")`, { state: 'detached' });
      expectClean(visit, domain);
      await visit.close();
    });
  });

  describe('content', () => {
    it('is found by typing, opened by keyboard, and a prefix of a name is a link', async () => {
      const visit = await owner('/r/registry/repositories');
      const { page } = visit;
      await page.waitForSelector('[role=row]:has-text("app/api")');
      await page.fill('input[type=search]', 'app/w');
      await page.waitForSelector('[role=row]:has-text("app/api")', { state: 'detached' });
      await page.waitForSelector('[role=row]:has-text("app/web")');
      expect(page.url()).toContain('q=app%2Fw');
      await page.focus('[role=grid]');
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/r\/registry\/repo\/app\/web\/~\/tags$/);
      await page.waitForSelector('[role=row]:has-text("v1")'); // until then the page before stands there
      await page.focus('[role=grid]');
      await page.keyboard.press('c');
      const { loginServer } = portal.site.bootstrap.registry;
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${loginServer}/app/web:v1`);
      await page.click(`nav[aria-label="${t('You are here')}"] a:text-is("app")`);
      await page.waitForURL(/repositories\?q=app%2F$/);
      expectClean(visit, domain);
      await visit.close();
    });

    it('is opened by a link that is one: asked for ahead once it is meant, opened here by a click and elsewhere by Ctrl', async () => {
      const visit = await owner('/r/registry/repositories?q=app');
      const { page } = visit;
      const link = '[role=row] a:text-is("app/web")';
      await page.waitForSelector(link);
      await settled(page);
      await page.evaluate(() => {
        document.body.dataset.loaded = 'once';
      });
      expect(await page.getAttribute(link, 'href')).toBe('/r/registry/repo/app/web/~/tags');
      const opened = page.context().waitForEvent('page');
      await page.click(link, { modifiers: ['Control'] });
      await (await opened).close();
      expect(new URL(page.url()).pathname).toBe('/r/registry/repositories');
      const other = '[role=row] a:text-is("app/api")';
      const ahead = page.waitForRequest((request) => request.url().includes('/acr/v1/app/api/_tags?'));
      await page.hover(other);
      await ahead;
      let again = 0;
      page.on('request', (request) => {
        if (request.url().includes('/acr/v1/app/api/_tags?')) again += 1;
      });
      await page.click(other);
      await page.waitForSelector('[role=row]:has-text("v2")');
      expect(new URL(page.url()).pathname).toBe('/r/registry/repo/app/api/~/tags');
      expect(await page.evaluate(() => document.body.dataset.loaded)).toBe('once');
      expect(again).toBe(0);
      await page.goBack();
      await page.waitForSelector(other);
      expect(new URL(page.url()).search).toBe('?q=app');
      expectClean(visit, domain);
      await visit.close();
    });

    it('of an index is drawn by platform, of an image by layer, with who refers to it and its bytes', async () => {
      const visit = await owner('/r/registry/repo/app/web/~/tags/v1');
      const { page } = visit;
      await page.getByRole('tab', { name: 'linux/arm64' }).click();
      await page.getByText(like('1 layers, … in all')).waitFor();
      await go(page, '/r/registry/repo/app/api/~/tags/v2');
      await page.waitForSelector(`text=${t('2 layers, 391 KiB in all')}`);
      await page.waitForSelector('td:text-is("COPY dist")');
      await page.waitForSelector('dd:text-is("the api")');
      await page.waitForSelector('li span:text-is("application/vnd.example.signature")');
      const raw = await portal.site.ask('GET', '/v2/app/api/manifests/v2', {
        headers: { Accept: 'application/vnd.oci.image.manifest.v1+json' },
      });
      expect(await page.textContent(`section[aria-label="${t('Raw bytes')}"] section`)).toBe(raw.text);
      expectClean(visit, domain);
      await visit.close();
    });

    it('is locked and unlocked; a locked tag says why it stays, an unlocked one goes after a preview', async () => {
      const repository = `locked/${language.toLowerCase()}`;
      await pushImage(portal.site, repository, 'v1');
      const visit = await owner(`/r/registry/repo/${repository}/~/tags/v1`);
      const { page } = visit;
      await page.click(`main button:text-is("${t('Lock the tag')}")`);
      await page.waitForSelector(`main button:text-is("${t('Unlock the tag')}")`);
      // The manifest cannot go either, and its page says because of what.
      await page.getByText(like(`${t('Tag', 'tag')} v1, by …`, 'lockFrom')).waitFor();
      expect((await portal.site.ask('DELETE', `/acr/v1/${repository}/_tags/v1`)).status).toBe(405);
      await page.click(`main button:text-is("${t('Untag')}")`);
      await page.click(`[role=group] button:text-is("${t('Untag')}")`);
      await page.waitForSelector('[role=alert]:has-text("lock")');
      await page.click(`main button:text-is("${t('Unlock the tag')}")`);
      await page.waitForSelector(`main button:text-is("${t('Lock the tag')}")`);
      await page.click(`main button:text-is("${t('Untag')}")`);
      await page.click(`[role=group] button:text-is("${t('Untag')}")`);
      await page.waitForSelector(`text=${t('The tag v1 is gone. The manifest is still there.')}`);
      expect((await portal.site.ask('GET', `/acr/v1/${repository}/_tags/v1`)).status).toBe(404);
      expectClean(visit, domain);
      await visit.close();
    });
  });
});

function registryPath(rest: string): string {
  return `${portal.site.group}/providers/Microsoft.ContainerRegistry/registries/registry${rest}`;
}
