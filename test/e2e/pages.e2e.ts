import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pushImage, pushIndex } from './support/images.ts';
import {
  axeFindings,
  expectClean,
  go,
  LANGUAGES,
  type Language,
  leave,
  type PortalSite,
  settled,
  signIn,
  startPortal,
} from './support/portal.ts';
import { wordsOf } from './support/words.ts';

// Every page in both languages and themes: what axe finds, what the policy stops, how much is loaded, and how it looks.

const PICTURES = join(import.meta.dirname, '../../docs/how-to/portal');
const REGISTRY = '/r/registry';
const PAGES: Readonly<Record<string, string>> = {
  registries: '/registries',
  create: '/registries/new',
  overview: REGISTRY,
  quickstart: `${REGISTRY}/quickstart`,
  repositories: `${REGISTRY}/repositories`,
  'no-match': `${REGISTRY}/repositories?q=zzz`,
  tags: `${REGISTRY}/repo/app/web/~/tags`,
  manifests: `${REGISTRY}/repo/app/web/~/manifests`,
  'by-size': `${REGISTRY}/repo/app/web/~/tags?sort=sizedesc`,
  deleted: `${REGISTRY}/deleted`,
  'deleted-from': `${REGISTRY}/repo/app/gone/~/deleted`,
  index: `${REGISTRY}/repo/app/web/~/tags/v1`,
  image: `${REGISTRY}/repo/app/api/~/tags/v2`,
  access: `${REGISTRY}/access`,
  keys: `${REGISTRY}/keys`,
  webhooks: `${REGISTRY}/webhooks/portal1`,
  tokens: `${REGISTRY}/tokens`,
  token: `${REGISTRY}/tokens/portal-token`,
  'scope-maps': `${REGISTRY}/scope-maps`,
  policies: `${REGISTRY}/policies`,
  activity: `${REGISTRY}/activity`,
  properties: `${REGISTRY}/properties`,
  transfer: `${REGISTRY}/transfer`,
  'new-bundle': `${REGISTRY}/transfer/new`,
  custody: `${REGISTRY}/transfer/custody`,
  signers: `${REGISTRY}/transfer/signers`,
  'repositories-by-size': `${REGISTRY}/repositories?sort=sizedesc`,
  'activity-filtered': `${REGISTRY}/activity?what=push&outcome=Succeeded`,
  operator: '/operator',
  check: '/check',
  api: '/api?q=webhooks',
  'signed-out': '/signed-out',
  unknown: '/no-such-page',
};
/** Which of them the handbook shows. */
const SHOWN = [
  'overview',
  'tags',
  'by-size',
  'image',
  'deleted-from',
  'access',
  'token',
  'webhooks',
  'policies',
  'check',
];

let portal: PortalSite;
beforeAll(async () => {
  portal = await startPortal();
  const { site } = portal;
  await pushIndex(site, 'app/web', 'v1');
  await pushImage(site, 'app/api', 'v2', {
    layers: [Buffer.alloc(300_000, 'a'), Buffer.alloc(100_000, 'b'), Buffer.alloc(60_000, 'c')],
    annotations: { 'org.opencontainers.image.title': 'the api' },
    history: ['ADD rootfs.tar.gz /', 'RUN install', 'COPY dist /app'],
  });
  await site.arm('PATCH', `${site.group}/providers/Microsoft.ContainerRegistry/registries/registry`, {
    body: { properties: { policies: { softDeletePolicy: { status: 'enabled', retentionDays: 7 } } } },
    version: '2023-07-01',
  });
  const gone = await pushImage(site, 'app/gone', 'v1');
  await site.ask('DELETE', `/v2/app/gone/manifests/${gone.digest}`);
  const hook = `${site.group}/providers/Microsoft.ContainerRegistry/registries/registry/webhooks/portal1`;
  const properties = { serviceUri: 'https://hooks.example/in', actions: ['push'], status: 'enabled' };
  await site.arm('PUT', hook, { body: { location: site.bootstrap.region, properties } });
  await site.arm('POST', `${hook}/ping`);
  const registry = `${site.group}/providers/Microsoft.ContainerRegistry/registries/registry`;
  const token = { properties: { scopeMapId: `${registry}/scopeMaps/_repositories_pull` } };
  await site.arm('PUT', `${registry}/tokens/portal-token`, { body: token, version: '2023-07-01' });
  mkdirSync(PICTURES, { recursive: true });
});
afterAll(() => portal.stop());

describe.each([
  ['en', false],
  ['en', true],
  ['zh-CN', false],
  ['zh-CN', true],
] as const)('pages in %s, dark: %s', (language: Language, dark) => {
  it('have no serious or critical issue for axe, break no policy, ask no other host, and are all in their language', async () => {
    const visit = await portal.visit({ language, dark });
    const { page } = visit;
    await page.goto(portal.origin);
    await signIn(page, portal.site.bootstrap.owner);
    const findings: Record<string, string[]> = {};
    for (const [name, path] of Object.entries(PAGES)) {
      await go(page, path);
      expect(await page.getAttribute('html', 'lang')).toBe(language);
      expect(await page.locator('h1').count(), name).toBe(1);
      const found = await axeFindings(page);
      if (found.length > 0) findings[name] = found;
      if (language === 'zh-CN') expect(await page.textContent('nav, h1'), name).toMatch(/[\u4e00-\u9fff]|v[12]|app/);
      if (SHOWN.includes(name)) await picture(visit.page, name, language, dark);
    }
    expect(findings).toEqual({});
    expectClean(visit, portal.site.bootstrap.domain);
    await visit.close();
  });

  it('have one for the operator, which is as clean', async () => {
    const visit = await portal.visit({ language, dark });
    await visit.page.goto(`${portal.origin}/operator`);
    await signIn(visit.page, portal.site.bootstrap.operator);
    await visit.page.waitForSelector('main section');
    await settled(visit.page);
    await picture(visit.page, 'operator', language, dark);
    await leave(visit, portal.site.bootstrap.domain);
  });
});

async function picture(page: import('playwright-core').Page, name: string, language: Language, dark: boolean) {
  if (process.env.SCREENSHOTS === undefined) return;
  const path = join(PICTURES, `${name}-${language}-${dark ? 'dark' : 'light'}.png`);
  await page.screenshot({ path, scale: 'css', animations: 'disabled' });
}

describe('the first load', () => {
  it('has at most 350 kB of script, zipped, and all of it may be kept for a year', async () => {
    const visit = await portal.visit();
    let bytes = 0;
    visit.page.on('response', (response) => {
      if (!response.url().endsWith('.js')) return;
      expect(response.headers()['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(response.headers()['content-encoding']).toBe('gzip');
      void response.body().then((body) => {
        bytes += gzipSync(body).length;
      });
    });
    await visit.page.goto(`${portal.origin}/check`);
    await settled(visit.page);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThanOrEqual(350_000);
    await visit.close();
  });

  it.each(LANGUAGES)('reaches a tablet’s width, and 320 px, without anything cut off, in %s', async (language) => {
    const visit = await portal.visit({ language });
    await visit.page.setViewportSize({ width: 320, height: 640 });
    await visit.page.goto(portal.origin);
    await signIn(visit.page, portal.site.bootstrap.owner);
    for (const path of [PAGES.overview, PAGES.image, PAGES.access, PAGES.check]) {
      await go(visit.page, path ?? '');
      const wide = await visit.page.evaluate(() =>
        document.documentElement.scrollWidth <= 320
          ? []
          : [...document.querySelectorAll('body *')]
              .filter((element) => element.getBoundingClientRect().right > 320)
              .map((element) => `${element.tagName} ${element.className} ${element.textContent?.slice(0, 60)}`),
      );
      expect(wide, path).toEqual([]);
    }
    await visit.close();
  });
});

describe.each(LANGUAGES)('what others wrote, in %s,', (language) => {
  it('stays text wherever it is shown (A35)', async () => {
    const { site } = portal;
    const evil = '"><img src=x onerror="document.title=`owned`"><svg onload=alert(1)>';
    const script = '<script>document.title="owned"</script>';
    const digest = await pushImage(site, 'evil/xss', 'v1', {
      annotations: { [evil]: script, link: 'javascript:alert(1)', formula: '=cmd|/c calc' },
      history: [`RUN ${script}`],
      labels: { [script]: evil },
    });
    await pushImage(site, 'evil/xss', undefined, {
      subject: digest,
      artifactType: 'application/vnd.x',
      annotations: { a: script },
    });
    const app = (await site.graph('POST', '/applications', { displayName: script })).json<{ appId: string }>();
    const robot = (await site.graph('POST', '/servicePrincipals', { appId: app.appId })).json<{ id: string }>();
    const scope = `${site.group}/providers/Microsoft.ContainerRegistry/registries/registry`;
    await site.assign('AcrPull', robot.id, scope);
    const map = { properties: { actions: ['repositories/evil/xss/content/read'], description: evil } };
    await site.arm('PUT', `${scope}/scopeMaps/evilmap`, { body: map, version: '2023-07-01' });
    const visit = await portal.visit({ language });
    const { page } = visit;
    let dialogs = 0;
    page.on('dialog', (dialog) => {
      dialogs += 1;
      void dialog.dismiss();
    });
    await page.goto(portal.origin);
    await signIn(page, site.bootstrap.owner);
    const seen: Record<string, readonly string[]> = {
      [`${REGISTRY}/repo/evil/xss/~/tags/v1`]: [script, evil, 'javascript:alert(1)', '=cmd|/c calc'],
      [`${REGISTRY}/access`]: [script],
      [`${REGISTRY}/scope-maps`]: [evil],
      [`${REGISTRY}/repositories?q=${encodeURIComponent(evil)}`]: [evil],
      [`${REGISTRY}/repo/evil/xss/~/tags/${encodeURIComponent(script)}`]: [],
      [`/check?registry=${encodeURIComponent(evil)}`]: [],
    };
    for (const [path, texts] of Object.entries(seen)) {
      expect(visit.complaints, path).toEqual([]);
      await go(page, path);
      const shown = await page.textContent('main');
      for (const text of texts) expect(shown, path).toContain(text);
      expect(await page.locator('main img, main script, main svg[onload], a[href^="javascript:"]').count(), path).toBe(
        0,
      );
      expect(await page.title()).not.toBe('owned');
    }
    expect(dialogs).toBe(0);
    expectClean(visit, site.bootstrap.domain);
    await visit.close();
  });

  it('cannot frame the portal (A36)', async () => {
    const visit = await portal.visit();
    const { page } = visit;
    const answer = await page.goto(`${portal.origin}/check`);
    expect(answer?.headers()['content-security-policy']).toContain("frame-ancestors 'none'");
    await page.goto(`https://adfs.${portal.site.bootstrap.domain}:${new URL(portal.origin).port}/adfs/discovery/keys`);
    const framed = await page.evaluate(
      (url) =>
        new Promise<boolean>((resolve) => {
          const frame = document.createElement('iframe');
          frame.src = url;
          frame.onload = () => {
            try {
              resolve(frame.contentDocument !== null && frame.contentDocument.body.childElementCount > 0);
            } catch {
              resolve(false);
            }
          };
          document.documentElement.append(frame);
        }),
      portal.origin,
    );
    expect(framed).toBe(false);
    await visit.close();
  });
});

describe.each(LANGUAGES)('whoever may only pull, in %s,', (language) => {
  const { t } = wordsOf(language);

  it('sees no registry in the list, is told why, and opens one by its login server (FAQ 14)', async () => {
    const { site } = portal;
    const { domain } = site.bootstrap;
    const own = language.toLowerCase();
    const alone =
      'With AcrPull or AcrPush alone you can pull or push, but no registry is listed. Open one by its login server.';
    const user = { username: `pat-${own}@${domain}`, password: 'Correct-Horse-7-Battery' };
    const made = await site.graph('POST', '/users', {
      accountEnabled: true,
      displayName: 'Pat',
      mailNickname: `pat-${own}`,
      userPrincipalName: user.username,
      passwordProfile: { password: user.password, forceChangePasswordNextSignIn: false },
    });
    expect(made.status, made.text).toBe(201);
    const scope = `${site.group}/providers/Microsoft.ContainerRegistry/registries/registry`;
    await site.assign('AcrPull', made.json<{ id: string }>().id, scope);
    const visit = await portal.visit({ language });
    const { page } = visit;
    await page.goto(portal.origin);
    await signIn(page, user);
    await page.waitForSelector(`text=${t(`No registry to manage. ${alone}`)}`);
    await page.fill('main form input', site.bootstrap.registry.loginServer);
    await page.click('main form button');
    await page.waitForSelector('[role=row]:has-text("app/api")');
    await go(page, `${REGISTRY}/keys`);
    const managing = 'Managing it takes the role Reader, Contributor or Owner here; ask an owner of the registry.';
    await page.waitForSelector(`text=${t(`You see the content of this registry only. ${managing}`)}`);
    await go(page, '/operator');
    await page.waitForSelector(`text=${t('Nothing here for you: this page is for the operators of the site.')}`);
    expectClean(visit, domain);
    await visit.close();
  });

  it('is not the operator, who sees the whole site', async () => {
    const visit = await portal.visit({ language });
    await visit.page.goto(portal.origin);
    await signIn(visit.page, portal.site.bootstrap.operator);
    await go(visit.page, '/operator');
    await visit.page.waitForSelector(`section[aria-label="${t('Capacity')}"]`);
    await visit.close();
  });
});
