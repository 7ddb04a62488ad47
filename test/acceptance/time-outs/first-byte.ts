import { type ClientRequest, request as plainRequest } from 'node:http';
import { digestOf } from '@holdfast/oci/digest';
import { Random } from '../../fault/random.ts';
import { newContent } from './content.ts';
import { Load } from './load.ts';
import type { Site } from './site.ts';
import { Trial } from './trial.ts';

const SAMPLES = 100;
/** So generous that only a server that does not answer at all is beyond it; clients give up after 10 s or more. */
const BOUND_MS = 5000;

export interface Times {
  readonly what: string;
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
}

export interface FirstBytes {
  readonly idle: readonly Times[];
  readonly loaded: readonly Times[];
  /** MiB each second that were pushed meanwhile. */
  readonly pushed: number;
}

/** Time to the first byte of a manifest and of a blob, alone and beside 16 saturating pushes. */
export async function measureFirstBytes(site: Site): Promise<FirstBytes> {
  const trial = new Trial(site, 'faq17/pulled', newContent(new Random(Date.now()), 1_000_000));
  await trial.pushImage('one');
  const targets = {
    manifest: trial.path('manifests/one'),
    blob: trial.path(`blobs/${digestOf(trial.content.layer)}`),
  };
  const idle = await measure(site, targets);
  const load = await Load.start(site);
  try {
    const begun = performance.now();
    const before = load.progress.bytes;
    const loaded = await measure(site, targets);
    const bytes = load.progress.bytes - before;
    if (bytes === 0) throw new Error('nothing was pushed while the samples were taken');
    const pushed = bytes / 1024 / 1024 / ((performance.now() - begun) / 1000);
    const late = loaded.find(({ worst }) => worst > BOUND_MS);
    if (late) throw new Error(`the first byte of a ${late.what} took ${late.worst.toFixed(0)} ms`);
    return { idle, loaded, pushed };
  } finally {
    await load.stop();
  }
}

async function measure(site: Site, targets: Readonly<Record<string, string>>): Promise<Times[]> {
  const samples = new Map<string, number[]>(Object.keys(targets).map((what) => [what, []]));
  for (let i = 0; i < SAMPLES; i++) {
    for (const [what, target] of Object.entries(targets)) samples.get(what)?.push(await firstByte(site, target));
  }
  return [...samples].map(([what, times]) => {
    const sorted = times.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
    return { what, p50: at(0.5), p99: at(0.99), worst: at(1) };
  });
}

/** On a connection of its own, as a pull makes one; the rest is read before the next. */
function firstByte(site: Site, target: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const headers = { Authorization: site.authorization };
    const request: ClientRequest = plainRequest(
      { host: '127.0.0.1', port: site.port, path: target, headers, agent: false },
      (response) => {
        let first: number | undefined;
        response.on('data', () => {
          first ??= performance.now() - begun;
        });
        response.on('end', () => {
          if (response.statusCode === 200 && first !== undefined) resolve(first);
          else reject(new Error(`GET ${target}: ${response.statusCode}`));
        });
        response.on('error', reject);
      },
    );
    request.on('error', reject).end();
  });
}
