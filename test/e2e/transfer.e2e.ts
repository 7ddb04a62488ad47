import { execFileSync } from 'node:child_process';
import { hash, randomBytes } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jsQR from 'jsqr';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { numberRanges } from '../../apps/portal/src/transfer/media.ts';
import { REGISTRIES } from '../support/azure-site.ts';
import { pushImage } from './support/images.ts';
import { axeFindings, go, LANGUAGES, leave, type PortalSite, startPortal, visitAs } from './support/portal.ts';
import { wordsOf } from './support/words.ts';

// The transfer station, from one site to another that it has no network to: chosen, weighed, made, taken away, labelled, brought in by
// an upload that breaks off, planned, verified, applied; in a real Chromium, in both languages.

const EVIL = '"><img src=x onerror="document.title=`owned`"><script>document.title="owned"</script>';
/** The name of a file, which no slash may stand in. */
const EVIL_NAME = '"><img src=x onerror="document.title=`owned`">';
const STATION = '/r/registry/transfer';
const MIB = 2 ** 20;

let near: PortalSite;
let far: PortalSite;
let folder: string;
/** Bundles, by digest. */
const made: string[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-transfer-'));
  near = await startPortal();
  far = await startPortal({ name: 'far-site' });
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await near.stop();
  await far.stop();
});

const card = (page: Page, name: string) => page.locator(`main section[aria-label="${name}"]`);

/** What the drawing of a code says to a camera: each of its modules is looked at. */
async function readCode(page: Page, number: number): Promise<string | undefined> {
  const svg = page.locator('main svg[role=img]').nth(number - 1);
  const { side, dark } = await svg.evaluate((drawing) => {
    const box = (drawing as SVGSVGElement).viewBox.baseVal;
    const path = drawing.querySelector('path') as SVGPathElement;
    const found: boolean[] = [];
    for (let y = 0; y < box.height; y++) {
      for (let x = 0; x < box.width; x++) {
        found.push(path.isPointInFill(new DOMPoint(box.x + x + 0.5, box.y + y + 0.5)));
      }
    }
    return { side: box.width, dark: found };
  });
  const scale = 4;
  const pixels = new Uint8ClampedArray((side * scale) ** 2 * 4).fill(255);
  for (let y = 0; y < side * scale; y++) {
    for (let x = 0; x < side * scale; x++) {
      if (dark[Math.floor(y / scale) * side + Math.floor(x / scale)]) {
        pixels.fill(0, (y * side * scale + x) * 4, (y * side * scale + x) * 4 + 3);
      }
    }
  }
  return jsQR.default(pixels, side * scale, side * scale)?.data;
}

/** The page's own button, and the file that comes of it. */
async function download(page: Page, button: string, as: string): Promise<string> {
  // A receipt of two million manifests takes some ten seconds.
  const [file] = await Promise.all([page.waitForEvent('download', { timeout: 60_000 }), page.click(button)]);
  const path = join(folder, as);
  await file.saveAs(path);
  return path;
}

const choose = (page: Page, paths: readonly string[]) =>
  page.locator('main input[type=file][multiple]').setInputFiles([...paths]);

describe.each(LANGUAGES)('the transfer station in %s', (language) => {
  const { t, like } = wordsOf(language);
  const repository = `carried/${language.toLowerCase()}`;
  let set = '';
  let volumes: string[] = [];
  let digest = '';

  it('weighs what is to be sent, makes it in volumes, and gives those away', async () => {
    ({ digest } = await pushImage(near.site, repository, 'v1', {
      layers: [randomBytes(60 * MIB), randomBytes(4 * MIB)],
    }));
    const visit = await visitAs(near, 'owner', STATION, language);
    const { page } = visit;
    await page.click(`main button:text-is("${t('Make a bundle')}")`);
    await page.getByLabel(t('Add a repository')).fill(repository);
    await page.click(`main button:text-is("${t('Add')}")`);
    await expect.poll(() => page.getByLabel(t('Images, one on each line')).inputValue()).toBe(repository);
    await page.getByLabel(t('3 · Split for')).last().selectOption('own');
    await page.getByLabel(t('MiB in each volume')).fill('30');
    await page.click(`main button:text-is("${t('See the bytes')}")`);
    const weighed = card(page, t('4 · What it would be')).locator('span[title]');
    await weighed.waitFor();
    const bytes = Number(/[\d,]+/.exec((await weighed.getAttribute('title')) ?? '')?.[0].replaceAll(',', ''));
    expect(bytes).toBeGreaterThan(64 * MIB);
    expect(await axeFindings(page)).toEqual([]);
    await page.click(`main form button[type=submit]`);
    await page.waitForURL(new RegExp(`${STATION}$`));
    // Not those of the language before, which are made already.
    const others = made.map((digest) => `:not([href*="${digest.split(':')[1]}"])`).join('');
    const link = page.locator(`main section[aria-label="${t('Bundles made here')}"] tbody a${others}`);
    await link.first().click({ timeout: 60_000 });
    await page.waitForURL(/sets\/sha256/);
    set = decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1) ?? '');
    made.push(set);
    const buttons = page.locator(`main button:text-is("${t('Download')}")`);
    await buttons.first().waitFor();
    const count = await buttons.count();
    expect(count).toBeGreaterThanOrEqual(3);
    volumes = [];
    for (let number = 1; number <= count; number++) {
      const button = `main button[aria-label="${t(`Download volume ${String(number)}`)}"]`;
      volumes.push(await download(page, button, `${language}-${number}.tar`));
    }
    const total = volumes.reduce((sum, path) => sum + readFileSync(path).length, 0);
    expect(Math.abs(total / bytes - 1)).toBeLessThan(0.01);
    await go(page, `${STATION}/sets/${set}/labels`);
    for (let number = 1; number <= count; number++) {
      const checksum = hash('sha256', readFileSync(volumes[number - 1] ?? ''));
      expect(await readCode(page, number)).toBe(`holdfast ${set} ${number}/${count} sha256:${checksum}`);
      await page.waitForSelector(`main code:text-is("${checksum}")`);
    }
    await leave(visit, near.site.bootstrap.domain);
  });

  it('brings volumes in by an upload that breaks off, of a signer who is trusted first, and shows which are here', async () => {
    const key = await near.site.ask('GET', '/holdfast/v1/_key');
    const { publicKey } = key.json<{ publicKey: string }>();
    const visit = await visitAs(far, 'owner', STATION, language);
    const { page } = visit;
    // Nobody is trusted yet: the volume is refused with the reason, and looked at again later.
    await page.getByLabel(t('Carried by')).fill(EVIL);
    // The largest takes four chunks, and breaks off in its second or third.
    const sizes = volumes.map((path) => statSync(path).size);
    const broken = sizes.indexOf(Math.max(...sizes));
    const first = broken === 0 ? 1 : 0;
    const rest = volumes.map((_, i) => i).filter((i) => i !== broken && i !== first);
    const disguised = join(folder, `${EVIL_NAME} ${language}.tar`);
    copyFileSync(volumes[first] ?? '', disguised);
    await choose(page, [disguised]);
    await page
      .locator('main tr', { hasText: EVIL_NAME })
      .getByText(like('Not accepted: … Nothing of it is used.'))
      .waitFor();
    expect(await page.title()).not.toContain('owned');
    await go(page, `${STATION}/signers`);
    await page.getByLabel(t('Name of the signer')).fill(`${EVIL} ${language}`);
    await page.locator('main form textarea').fill(publicKey);
    await page.click('main form button[type=submit]');
    await page.waitForSelector(`main td:has-text("document.title")`);
    expect(await axeFindings(page)).toEqual([]);
    expect(await page.title()).not.toContain('owned');
    await go(page, STATION);
    await page.click(`main button:text-is("${t('Look at it again')}")`);
    const brought = page.locator(`main section[aria-label="${t('Bundles brought here')}"] tbody tr`);
    await brought.first().waitFor();
    // A slow line, and the window is closed in the middle.
    const slow = await page.context().newCDPSession(page);
    await slow.send('Network.enable');
    await slow.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: MIB,
    });
    await choose(page, [volumes[broken] ?? '']);
    await page.waitForSelector('main [role=progressbar]');
    await expect.poll(() => page.textContent('main'), { timeout: 30_000 }).toMatch(/8\.00 MiB/);
    await visit.close();
    const again = await visitAs(far, 'owner', STATION, language);
    await again.page.waitForSelector('text=/\\b(8|16)\\.00 MiB/');
    await choose(again.page, [volumes[broken] ?? '']);
    const numbers = numberRanges(rest.map((i) => i + 1));
    await again.page.waitForSelector(`text=${t(`missing: ${numbers}`)}`);
    const paths = rest.map((i) => volumes[i] ?? '');
    await choose(again.page, [...paths, paths[0] ?? '']);
    const short = set.slice('sha256:'.length, 'sha256:'.length + 12).toUpperCase();
    const whole = t(`all ${String(volumes.length)} here`);
    await again.page.waitForSelector(`main tr:has-text("${short}"):has-text("${whole}")`, { timeout: 60_000 });
    await leave(again, far.site.bootstrap.domain);
  });

  it('plans, verifies and applies, with nothing to be seen before, and keeps in the log who carried it', async () => {
    const visit = await visitAs(far, 'owner', `${STATION}/sets/${set}`, language);
    const { page } = visit;
    const head = async () =>
      (await far.site.ask('HEAD', `/v2/${repository}/manifests/v1`)).header('Docker-Content-Digest');
    await page.click(`main button:text-is("${t('Plan')}")`);
    await page.waitForSelector(`main td:text-is("${repository}:v1")`);
    expect(await head()).toBeUndefined();
    await page.click(`main button:text-is("${t('Verify every byte')}")`);
    await expect.poll(() => page.locator('main li:has-text("✔")').count(), { timeout: 30_000 }).toBe(volumes.length);
    await page.click(`main button:text-is("${t('Apply')}")`);
    await expect.poll(head, { timeout: 30_000 }).toBe(digest);
    await page.waitForSelector(`main td:text-is("${t('Applying')}")`);
    // Until it has ended, too: what can be pressed changes with that.
    await expect.poll(() => page.locator(`main td button:text-is("${t('Cancel')}")`).count()).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
    await go(page, `${STATION}/custody`);
    const rows = page.locator('main tbody tr');
    expect(await rows.filter({ hasText: t('applied') }).count()).toBeGreaterThan(0);
    expect(await rows.locator('q').first().textContent()).toBe(EVIL);
    expect(await page.title()).not.toContain('owned');
    await go(page, `${STATION}/signers`);
    await page.click(`main button[aria-label^="${t('Trust no more')}"]`);
    await page.click(`[role=group] button:text-is("${t('Trust no more')}")`);
    await page.waitForSelector(`text=${t('Nobody is trusted yet but this site itself.')}`);
    await leave(visit, far.site.bootstrap.domain);
  });

  it('leaves out what the receipt of the far side has', async () => {
    const there = await visitAs(far, 'owner', STATION, language);
    const receipt = await download(
      there.page,
      `main button:text-is("${t('Download the receipt')}")`,
      `${EVIL_NAME} ${language}.receipt`,
    );
    await leave(there, far.site.bootstrap.domain);
    const { publicKey } = (await far.site.ask('GET', '/holdfast/v1/_key')).json<{ publicKey: string }>();
    const visit = await visitAs(near, 'owner', `${STATION}/signers`, language);
    const { page } = visit;
    if (!(await page.textContent('main'))?.includes('the far side')) {
      await page.getByLabel(t('Name of the signer')).fill('the far side');
      await page.locator('main form textarea').fill(publicKey);
      await page.click('main form button[type=submit]');
      await page.waitForSelector('main td:text-is("the far side")');
    }
    await go(page, `${STATION}/new`);
    await page.getByLabel(t('Images, one on each line')).fill(`${repository}:v1`);
    await page.locator('main input[type=file]').setInputFiles(receipt);
    const taken = t(`Receipt ${EVIL_NAME} ${language}.receipt is taken into account.`);
    await page.locator('main p', { hasText: taken }).waitFor();
    await page.getByLabel(t('Begin of the names of the files')).fill(EVIL);
    await page.click(`main button:text-is("${t('See the bytes')}")`);
    await page.waitForSelector('main [role=alert]:has-text("name must be")');
    await page.getByLabel(t('Begin of the names of the files')).fill('delta');
    await page.click(`main button:text-is("${t('See the bytes')}")`);
    await page.waitForSelector(`text=${t('Nothing to ship: the other side has all of it.')}`);
    expect(await page.title()).not.toContain('owned');
    await leave(visit, near.site.bootstrap.domain);
  });
});

/** As `docker save` of an image with one layer writes it. */
function dockerSave(image: string): string {
  const place = mkdtempSync(join(folder, 'save-'));
  const pack = (to: string, ...names: string[]) => execFileSync('tar', ['-cf', to, '-C', place, ...names]);
  writeFileSync(join(place, 'hello'), 'hello');
  pack(join(place, 'layer.tar'), 'hello');
  const diff = hash('sha256', readFileSync(join(place, 'layer.tar')));
  const config = { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [`sha256:${diff}`] } };
  writeFileSync(join(place, 'config.json'), JSON.stringify(config));
  const manifest = [{ Config: 'config.json', RepoTags: [image], Layers: ['layer.tar'] }];
  writeFileSync(join(place, 'manifest.json'), JSON.stringify(manifest));
  const path = join(folder, 'saved.tar');
  pack(path, 'manifest.json', 'config.json', 'layer.tar');
  return path;
}

describe.each(LANGUAGES)('an archive of docker save in %s', (language) => {
  const { t } = wordsOf(language);
  const own = language.toLowerCase();

  it('is uploaded and pushed; one that is none says so', async () => {
    const junk = join(folder, `${EVIL_NAME} ${own}.tar`);
    writeFileSync(junk, Buffer.alloc(4096, 'x'));
    const visit = await visitAs(far, 'owner', STATION, language);
    const { page } = visit;
    const arrived = page.locator(`main td:has-text("${t('arrived')}")`);
    const work = card(page, t('Work of the station')).locator('tr');
    const push = async (path: string) => {
      await choose(page, [path]);
      await arrived.first().waitFor();
      await page.click(`main button:text-is("${t('Push its images')}")`);
    };
    await page.getByLabel(t('What the files are')).selectOption('archive');
    await push(junk);
    await work
      .filter({ hasText: `${EVIL_NAME} ${own}` })
      .getByText(t('failed'), { exact: true })
      .waitFor();
    expect(await page.title()).not.toContain('owned');
    const discard = page.getByLabel(t(`Discard ${EVIL_NAME} ${own}.tar`), { exact: true });
    await discard.click();
    await discard.waitFor({ state: 'detached' });
    await push(dockerSave(`saved/${own}:v7`));
    await work.filter({ hasText: `saved/${own}:v7` }).waitFor();
    expect((await far.site.ask('HEAD', `/v2/saved/${own}/manifests/v7`)).status).toBe(200);
    await leave(visit, far.site.bootstrap.domain);
  });
});

describe.each(LANGUAGES)('the pages of the station in %s', (language) => {
  it('say to whoever may not use them which right it takes', async () => {
    const { site } = near;
    expect((await site.arm('GET', `${site.group}/${REGISTRIES}/registry`)).status).toBe(200);
    const visit = await visitAs(near, 'operator', STATION, language);
    await visit.page.waitForSelector('main [role=alert]');
    await leave(visit, site.bootstrap.domain);
  });
});
