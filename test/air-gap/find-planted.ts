import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { PLANTED_BUGS, type PlantedBug } from './planted-bugs.ts';

// node test/air-gap/find-planted.ts [PART OF A NAME]: before schedules say that nothing is wrong, they must find what is.
const SEED = 7_000_000;
const asked = process.argv[2] ?? '';
const folder = mkdtempSync(join(tmpdir(), 'holdfast-planted-'));
let missed = 0;
try {
  for (const bug of PLANTED_BUGS.filter(({ name }) => name.includes(asked))) {
    const { said, found, seconds } = await search(bug);
    if (!found) missed++;
    console.log(`${found ? 'found' : 'MISSED'} within ${bug.within} schedules, ${seconds} s: ${bug.name}\n   ${said}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exitCode = missed === 0 ? 0 : 1;

async function search({ name, within, evidence }: PlantedBug) {
  const begun = performance.now();
  const plant = join(import.meta.dirname, 'plant.ts');
  const run = [
    join(import.meta.dirname, 'run.ts'),
    '--until-failure',
    '--schedules',
    String(within),
    '--seed',
    String(SEED),
  ];
  const env = {
    ...process.env,
    TMPDIR: folder,
    HOLDFAST_PLANT: name,
    NODE_OPTIONS: `--import=${plant}`,
    NODE_COMPILE_CACHE: join(folder, 'compiled'), // what is compiled here is wrong
  };
  const child = spawn(process.execPath, run, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
  const said = stderr.split('\n').find((line) => /^seed \d+ failed/.test(line)) ?? 'nothing failed';
  return {
    said: said.slice(0, 300),
    found: evidence.test(stderr),
    seconds: Math.round((performance.now() - begun) / 1000),
  };
}
