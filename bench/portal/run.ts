/**
 * `node bench/portal/run.ts [--rows N] [--parts script,opening,scrolling,heap] [--rounds N] [--scroll N] [--minutes N] [--sites FOLDER] [--out FILE]`:
 * the portal in a real Chromium, against a server with a repository of N tags (1,000,000) and as many repositories, filled by rows.
 *
 * The script of the first load; from the key, the click and the bare address to the rows at 4x CPU throttling, in a fresh profile
 * each of the rounds (5); tasks over 50 ms and row elements while 10,000 rows are scrolled by the wheel, without throttling and with;
 * the heap after a forced collection over ten minutes of scrolling. `--sites` keeps the filled site for the next run, `--out` adds each part to
 * what the file has of others. Exit code 1 when a bar of the issue is missed.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type PortalSite, settled, startPortal } from '../../test/e2e/support/portal.ts';
import { machineFacts } from '../facts.ts';
import { judge, type PortalResults } from '../portal-results.ts';
import { measureOpening } from './opening.ts';
import { measureHeap, measureScrolling } from './scrolling.ts';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    parts: { type: 'string', default: 'script,opening,scrolling,heap' },
    scroll: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '5' },
    minutes: { type: 'string', default: '10' },
    sites: { type: 'string' },
    out: { type: 'string' },
  },
});
const ROWS = Number(options.rows);
const RATES = [1, 4];
const wanted = new Set(options.parts.split(','));
const PARTS = ['script', 'opening', 'scrolling', 'heap'] as const;
const MEASURED = {
  script: firstLoad,
  opening: (site: PortalSite) => measureOpening(site, Number(options.rounds)),
  scrolling: async (site: PortalSite) => {
    const runs = [];
    for (const rate of RATES) runs.push(await measureScrolling(site, Math.min(Number(options.scroll), ROWS), rate));
    return runs;
  },
  heap: (site: PortalSite) => measureHeap(site, Number(options.minutes), ROWS),
} satisfies Record<(typeof PARTS)[number], (site: PortalSite) => Promise<unknown>>;

const begun = performance.now();
const portal = await startPortal({ rows: ROWS, ...(options.sites === undefined ? {} : { kept: options.sites }) });
console.log(`the site is there after ${((performance.now() - begun) / 1000).toFixed(0)} s`);
try {
  const results = await measure(portal);
  for (const { what, is, bar, met } of judge(results)) {
    if (!met) process.exitCode = 1;
    console.log(`${met ? 'ok   ' : 'SHORT'} ${what}: ${is} (${bar})`);
  }
} finally {
  await portal.stop();
}

async function measure(site: PortalSite): Promise<PortalResults> {
  const { out } = options;
  const earlier = out !== undefined && existsSync(out) ? (JSON.parse(readFileSync(out, 'utf8')) as PortalResults) : {};
  let results: PortalResults = {
    ...earlier,
    facts: machineFacts(),
    chromium: site.browser.version(),
    rows: ROWS,
  };
  for (const part of PARTS) {
    if (!wanted.has(part)) continue;
    results = { ...results, [part]: await MEASURED[part](site) };
    if (out !== undefined) writeFileSync(out, `${JSON.stringify(results, undefined, 2)}\n`);
  }
  return results;
}

/** Scripts as they come over the wire. */
async function firstLoad(site: PortalSite): Promise<PortalResults['script']> {
  const visit = await site.visit();
  const session = await visit.context.newCDPSession(visit.page);
  await session.send('Network.enable');
  const scripts = new Set<string>();
  let gzipBytes = 0;
  session.on('Network.responseReceived', ({ requestId, response }) => {
    if (response.url.endsWith('.js')) scripts.add(requestId);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) gzipBytes += encodedDataLength;
  });
  await visit.page.goto(`${site.origin}/check`);
  await settled(visit.page);
  await visit.close();
  return { files: scripts.size, gzipBytes };
}
