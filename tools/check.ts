// `npm run check`: format, types, lint, borders and dead code. Everything is always told, not only the first failure.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const cache = join(root, 'node_modules/.cache/check');
mkdirSync(cache, { recursive: true });

/** The longest first, so that the last one to end is a short one. */
const checks: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  // Without --cache: the rules look at types, which other files change.
  { name: 'lint', command: ['eslint', '.'] },
  {
    name: 'types',
    command: ['tsc', '--noEmit', '-p', '.', '--incremental', '--tsBuildInfoFile', join(cache, 'tsc.tsbuildinfo')],
  },
  { name: 'types of the portal', command: ['tsc', '--noEmit', '-p', 'apps/portal'] },
  { name: 'types of e2e', command: ['tsc', '--noEmit', '-p', 'test/e2e'] },
  {
    name: 'borders',
    command: ['depcruise', '--config', '.dependency-cruiser.cjs', 'apps', 'packages', 'test', 'tools'],
  },
  { name: 'dead code', command: ['knip', '--no-progress', '--cache', '--cache-location', cache] },
  { name: 'format', command: ['biome', 'check', '.'] },
  { name: 'reference', command: ['node', 'tools/docs.ts', '--check'] },
];

interface Outcome {
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: string;
  readonly output: string;
}

function run({ name, command: [tool = '', ...args] }: (typeof checks)[number]): Promise<Outcome> {
  const begun = performance.now();
  return new Promise((resolve) => {
    const bin = join(root, 'node_modules/.bin');
    // The tools' first lines ask for `node`: ours, whatever Node the machine has.
    const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
    const child = spawn(join(bin, tool), args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    const end = (passed: boolean, more = '') => {
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      resolve({ name, passed, seconds, output: Buffer.concat(chunks).toString() + more });
    };
    child.on('error', (error) => end(false, `${tool} cannot be run: ${error.message}. Run 'npm ci' first.\n`));
    child.on('close', (code) => end(code === 0));
  });
}

const begun = performance.now();
const waiting = [...checks];
const outcomes: Outcome[] = [];

async function work(): Promise<void> {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const outcome = await run(next);
    outcomes.push(outcome);
    if (!outcome.passed) process.stdout.write(`\n${outcome.output.trimEnd()}\n\n`);
    console.log(`${outcome.passed ? 'ok    ' : 'FAILED'} ${outcome.name.padEnd(10)} ${outcome.seconds.padStart(5)} s`);
  }
}

await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, work));
const passed = outcomes.filter((outcome) => outcome.passed).length;
console.log(`in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
console.log(`${passed} passed, ${outcomes.length - passed} failed`);
process.exitCode = passed === checks.length ? 0 : 1;
