import { deepEqual } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { openSqliteMetadataStore } from '../../../apps/registry/src/metadata/sqlite/open.ts';
import { fill } from '../../../bench/scale-rows.ts';
import { type AzureSite, startAzureSite } from '../../support/azure-site.ts';
import type { StartOptions } from '../../support/start-registry.ts';
import { GOOD_SHIFT, shiftsOf, watchShifts } from './shifts.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** As .ci/run installs it from Debian; nothing is downloaded here. */
export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

export const LANGUAGES = ['en', 'zh-CN'] as const;
export type Language = (typeof LANGUAGES)[number];

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** The browser's own complaints about the policy, and errors of the page. */
  readonly complaints: readonly string[];
  /** Hosts that were asked for anything. */
  readonly hosts: ReadonlySet<string>;
  close(): Promise<void>;
}

export interface PortalSite {
  readonly site: AzureSite;
  readonly browser: Browser;
  /** `https://portal.<domain>:<port>` */
  readonly origin: string;
  /** A fresh browser profile; nothing of an earlier visit is in it. */
  visit(options?: { readonly language?: Language; readonly dark?: boolean }): Promise<Visit>;
  stop(): Promise<void>;
}

export interface PortalOptions extends StartOptions {
  /** Tags of one repository, and as many repositories, beside what the tests push; `ROWS` unless it is said, else none. */
  readonly rows?: number;
  /** Where sites that were filled are kept for the next run, one folder for each name and size; `SITES` unless it is said. */
  readonly kept?: string;
  /** Two sites at once are two folders, with keys of their own. */
  readonly name?: string;
}

/** A whole site with a built portal, and a real browser that finds its names. */
export async function startPortal(options: PortalOptions = {}): Promise<PortalSite> {
  execFileSync(process.execPath, [join(ROOT, 'tools/portal.ts'), '--if-needed'], { stdio: 'inherit' });
  const site = await startFilled(options);
  const origin = `https://portal.${site.bootstrap.domain}:${new URL(site.https ?? '').port}`;
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [`--host-resolver-rules=MAP *.${site.bootstrap.domain} 127.0.0.1`, '--no-sandbox', '--disable-dev-shm-usage'],
  });
  return {
    site,
    browser,
    origin,
    visit: ({ language = 'en', dark = false } = {}) => visit(browser, language, dark),
    stop: async () => {
      const { value, address } = largestShift;
      if (value > 0) console.log(`${address} jumped the most of what was visited: by ${value.toFixed(3)}.`);
      await browser.close();
      await site.stop();
    },
  };
}

async function startFilled({
  rows = Number(process.env.ROWS ?? 0),
  kept = process.env.SITES,
  name = 'site',
  ...options
}: PortalOptions): Promise<AzureSite> {
  if (rows === 0) return startAzureSite({ https: true, ...options });
  const folder = join(kept ?? (await mkdtemp(join(tmpdir(), 'holdfast-filled-'))), `${name}-${rows}`);
  if (!existsSync(folder)) await makeFilled(folder, rows, options);
  try {
    return await startAzureSite({
      https: true,
      ...options,
      prepare: (dataDir) => cp(folder, dataDir, { recursive: true }),
    });
  } finally {
    if (kept === undefined) await rm(join(folder, '..'), { recursive: true });
  }
}

/** In a site of its own, since a site that starts again has another port, and told everybody the one that it had. */
async function makeFilled(folder: string, rows: number, options: StartOptions): Promise<void> {
  const site = await startAzureSite({ https: true, ...options });
  await site.halt();
  const store = openSqliteMetadataStore({ path: join(site.dataDir, 'metadata.db') });
  await store.migrate();
  await fill(store, rows);
  await store.close();
  await cp(site.dataDir, folder, { recursive: true });
  await site.resume();
  await site.stop();
}

async function visit(browser: Browser, language: Language, dark: boolean): Promise<Visit> {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true, // the site's own CA is in no browser's store
    locale: language,
    colorScheme: dark ? 'dark' : 'light',
    viewport: { width: 1280, height: 800 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const complaints: string[] = [];
  const hosts = new Set<string>();
  const count = (by: number) => open.set(context, (open.get(context) ?? 0) + by);
  context.on('requestfinished', () => count(-1));
  context.on('requestfailed', () => count(-1));
  context.on('request', (request) => {
    count(1);
    const url = new URL(request.url());
    if (url.protocol !== 'data:') hosts.add(url.hostname);
  });
  await watchShifts(context);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('console', (message) => {
    if (/content security policy|refused to/i.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, context, complaints, hosts, close: () => context.close() };
}

/** By the site's own sign-in page, as a person does. */
export async function signIn(
  page: Page,
  { username, password }: { username: string; password: string },
): Promise<void> {
  await page.fill('input[name=username]', username);
  await page.fill('input[name=password]', password);
  await page.click('button[value=yes]');
  await page.waitForSelector('main h1');
}

/** Signed in, on that page. */
export async function visitAs(
  portal: PortalSite,
  who: 'owner' | 'operator',
  at: string,
  language: Language = 'en',
): Promise<Visit> {
  const made = await portal.visit({ language });
  await made.page.goto(`${portal.origin}${at}`);
  await signIn(made.page, portal.site.bootstrap[who]);
  await settled(made.page);
  return made;
}

/** To another page of the portal, as a link does: a reload would ask for the password again. */
export async function go(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
  }, path);
  await page.waitForSelector('main h1');
  await settled(page);
}

/** Requests that wait for their answer. Playwright's `networkidle` is of the first load only. */
const open = new WeakMap<BrowserContext, number>();
const QUIET_MS = 300;

/** Until nothing was asked for any more for a while. */
export async function settled(page: Page): Promise<void> {
  for (let quiet = 0; quiet < QUIET_MS; quiet += 50) {
    await page.waitForTimeout(50);
    if ((open.get(page.context()) ?? 0) > 0) quiet = 0;
  }
}

/**
 * Serious and critical findings of axe on the page as it stands. Its source is evaluated by the debugger, past the policy.
 * What is on its way from one colour to another is waited for: a button that can be pressed again has, for a moment, neither.
 */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(async () => {
    const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map((one) => one.finished));
  });
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
      resultTypes: ['violations'],
    });
    return violations.map(({ id, impact, nodes }) => ({
      id,
      impact,
      html: nodes.map((node) => node.html.slice(0, 200)),
    }));
  });
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, html }) => `${id}: ${html.slice(0, 3).join(' | ')}`);
}

/** What must be true at the end of every visit. */
export function expectClean({ complaints, hosts }: Visit, domain: string): void {
  deepEqual(complaints, []);
  deepEqual(
    [...hosts].filter((host) => !host.endsWith(`.${domain}`)),
    [],
  );
}

let largestShift = { value: 0, address: '' };

/** The end of a visit: neither axe nor the page's policy has anything to say, and nothing jumped while it loaded. */
export async function leave(visit: Visit, domain: string): Promise<void> {
  const shifts = await shiftsOf(visit.page);
  if (shifts && shifts.worst > largestShift.value) largestShift = { value: shifts.worst, address: visit.page.url() };
  if (shifts && shifts.worst > GOOD_SHIFT)
    throw new Error(`${visit.page.url()} jumped by ${shifts.worst.toFixed(3)}:\n${shifts.moved.join('\n')}`);
  const findings = await axeFindings(visit.page);
  if (findings.length > 0) throw new Error(`axe found:\n${findings.join('\n')}`);
  expectClean(visit, domain);
  await visit.close();
}
