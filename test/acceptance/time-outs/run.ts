// The parts of FAQ 17, on a server that runs: `node run.ts PART`, with the environment that ../lib.sh describes.
// A line "figure: …" is shown by the runner; the last part of a failure is its reason.
import { Random } from '../../fault/random.ts';
import { Cuts } from './cuts.ts';
import { measureFirstBytes, type Times } from './first-byte.ts';
import { flakyRelay } from './flaky.ts';
import { kinds } from './kinds.ts';
import { failingStorage, tooManyUploads } from './refusals.ts';
import type { Manner } from './relay.ts';
import { openSite, type Site } from './site.ts';

/** Cuts of each kind of request in each lane; more of them look for what is rare. */
const EACH = Number(process.env.FAQ17_EACH ?? 6);
const MOST_SHOWN = 10;

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: this is run by faq/17-pull-time-outs.sh`);
  return value;
}

const figure = (text: string) => console.log(`   figure: ${text}`);

function siteOf(scheme: 'http' | 'https'): Site {
  const registry = setting(scheme === 'http' ? 'HTTP_REGISTRY' : 'HTTPS_REGISTRY').replace('localhost', '127.0.0.1');
  const account = { username: setting('REG_USER'), password: setting('REG_PASS') };
  return openSite(`${scheme}://${registry}`, account, scheme === 'https' ? setting('CA') : undefined);
}

/** Every kind of request, cut at random bytes and gone on with. */
async function cuts(): Promise<void> {
  const seed = seedOfRun();
  const random = new Random(seed);
  const lanes = (['http', 'http', 'https'] as const).map((scheme, lane) => {
    const options = { random: random.fork(), prefix: `faq17/lane-${lane}`, each: EACH };
    return new Cuts(siteOf(scheme), options).run();
  });
  const done = await Promise.all(lanes);
  const sum = (of: 'trials' | 'inRequest' | 'inAnswer') => done.reduce((total, counts) => total + counts[of], 0);
  const complaints = done.flatMap((counts) => counts.complaints);
  for (const complaint of complaints.slice(0, MOST_SHOWN)) console.log(`   ${complaint}`);
  const [inRequest, inAnswer] = [sum('inRequest'), sum('inAnswer')];
  figure(
    `seed ${seed}: ${kinds.length} kinds of request, ${inRequest} cut in the request, ${inAnswer} in the answer, ${complaints.length} ended otherwise`,
  );
  const least = Math.floor(kinds.length * EACH * done.length * 0.45);
  if (inRequest < least || inAnswer < least) throw new Error(`only ${inRequest} and ${inAnswer} were cut`);
  if (complaints.length > 0) throw new Error(`${complaints.length} cuts changed how it ended`);
}

/** Servers of our own, since the runner's must not fail. */
async function refusals(): Promise<void> {
  const work = setting('WORK');
  const [tooMany, unavailable] = [await tooManyUploads(work), await failingStorage(work)];
  figure(`Retry-After in whole seconds on ${tooMany} answers with 429 and ${unavailable} with 503`);
}

async function firstByte(): Promise<void> {
  const { idle, loaded, pushed } = await measureFirstBytes(siteOf('http'));
  const shown = (times: readonly Times[]) =>
    times.map(({ what, p50, p99 }) => `${what} p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`).join('; ');
  figure(`first byte alone: ${shown(idle)}`);
  figure(`first byte beside 16 pushes (${pushed.toFixed(0)} MiB/s): ${shown(loaded)}`);
}

/** Runs until it is killed. */
function flaky(cuts = '', within = '', ...manners: string[]): Promise<void> {
  const { port } = siteOf('http');
  const seed = seedOfRun();
  return flakyRelay({ port, cuts: Number(cuts), within: Number(within), manners: manners as Manner[], seed });
}

function seedOfRun(): number {
  const seed = Number(process.env.FAQ17_SEED ?? Math.floor(Math.random() * 1_000_000));
  console.log(`   seed ${seed} (FAQ17_SEED repeats it)`);
  return seed;
}

const parts: Readonly<Record<string, (...args: string[]) => Promise<void>>> = {
  cuts,
  refusals,
  'first-byte': firstByte,
  flaky,
};
const [name = '', ...args] = process.argv.slice(2);
const part = parts[name];
if (!part) throw new Error(`run.ts ${Object.keys(parts).join('|')}`);
await part(...args);
if (name !== 'flaky') process.exit(0); // kept-alive connections would hold it
