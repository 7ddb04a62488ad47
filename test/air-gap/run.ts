import { appendFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { runSchedule } from './schedule.ts';
import { acrossGap, type Gap } from './sites.ts';
import { readImages } from './tool-images.ts';

// node test/air-gap/run.ts [--schedules 100] [--seed N] [--images FOLDER] [--log FILE] [--until-failure]: two sites in processes of
// their own, and nothing between them but files. Every other image is one of those in FOLDER, OCI layouts that real tools
// made. The log gets a line of JSON for each schedule.
const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '100' },
    seed: { type: 'string' },
    images: { type: 'string' },
    log: { type: 'string' },
    'until-failure': { type: 'boolean', default: false },
  },
});
const count = Number(values.schedules);
const from = Number(values.seed ?? Math.floor(Math.random() * 1e9));
const images = values.images === undefined ? [] : await readImages(values.images);
/** What schedules leave behind makes sites slower: so many of them share two. */
const TOGETHER = 25;

const met = new Map<string, number>();
let failed = 0;
for (let seed = from; seed < from + count && !(failed > 0 && values['until-failure']); ) {
  const end = Math.min(seed + TOGETHER, from + count);
  // A schedule that fails is the last of its sites, which stay as they are to be looked at.
  await acrossGap(async (gap) => {
    while (seed < end) await run(seed++, gap);
  }).catch((error: Error) => {
    failed++;
    console.error(`seed ${seed - 1} failed: ${error.stack}`);
  });
}
console.log(JSON.stringify({ schedules: count, firstSeed: from, failed, met: Object.fromEntries(met) }));
process.exitCode = failed === 0 ? 0 : 1;

async function run(seed: number, gap: Gap): Promise<void> {
  const begun = performance.now();
  const outcome = await runSchedule(seed, gap, images).then(
    (events) => ({ met: [...events] }),
    (error: Error) => ({ failed: error, said: error.stack, folder: gap.folder }),
  );
  const seconds = Math.round(performance.now() - begun) / 1000;
  if (values.log) await appendFile(values.log, `${JSON.stringify({ seed, seconds, ...outcome })}\n`);
  if ('failed' in outcome) throw outcome.failed;
  for (const event of outcome.met) met.set(event, (met.get(event) ?? 0) + 1);
}
