/**
 * `node bench/air-gap.ts [upgrade] [speed] [memory] [--gb 10] [--memory-gb 100] [--folder DIR] [--out FILE]`: what has to be
 * carried after an upgrade of a hundred images beside other tools, how fast bundles are made, verified and applied beside `cp`
 * and `sha256sum` on the same bytes, and how much memory a bundle of 100 GB takes. Needs three times --gb of disk. Parts that
 * are not asked for stay in FILE as they are.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { LayoutFolder } from './air-gap-images.ts';
import type {
  AirGapResults,
  Carried,
  Measured,
  MemoryResults,
  SpeedResults,
  Step,
  UpgradeResults,
} from './air-gap-results.ts';
import { machineFacts } from './facts.ts';
import { settle } from './measure.ts';
import { watchUsage } from './process-usage.ts';
import { clientsFolder, holdfast } from './programs.ts';
import { Server } from './server.ts';

const IMAGES = 100;
const LAYERS = 10;
const LAYER_BYTES = 500_000;
const SPEED_LAYER_BYTES = 250_000_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    gb: { type: 'string', default: '10' },
    'memory-gb': { type: 'string', default: '100' },
    folder: { type: 'string', default: tmpdir() },
    out: { type: 'string' },
  },
});
const earlier: AirGapResults = values.out && existsSync(values.out) ? JSON.parse(readFileSync(values.out, 'utf8')) : {};
const work = mkdtempSync(join(values.folder, 'hf-air-gap-'));
const bin = join(import.meta.dirname, '../bin/holdfast');
const env = {
  ...process.env,
  HOME: work,
  HOLDFAST_CONFIG_DIR: join(work, 'config'),
  HOLDFAST_BUNDLE_STATE: join(work, 'state'),
  PATH: [clientsFolder(), process.env.PATH].join(delimiter),
};

interface Ran {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  readonly stdout: string;
}

/** A command to its end; its output goes to a file or nowhere. */
async function run(
  command: string,
  args: readonly string[],
  more: { out?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Ran> {
  const file = more.out ?? join(work, 'stdout');
  const out = openSync(file, 'w');
  const begun = performance.now();
  const child: ChildProcess = spawn(command, args, { stdio: ['ignore', out, 'inherit'], env: { ...env, ...more.env } });
  await once(child, 'spawn');
  const watched = watchUsage(child.pid ?? 0);
  let usage = watched.end();
  // Its marks are gone with it.
  const timer = setInterval(() => {
    if (existsSync(`/proc/${child.pid}/status`)) usage = watchEnd(watched, usage);
  }, 100);
  const [code] = await once(child, 'exit');
  clearInterval(timer);
  const seconds = (performance.now() - begun) / 1000;
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
  const stdout = more.out === undefined ? readFileSync(file, 'utf8') : '';
  return { seconds, cpuSeconds: usage.cpuSeconds, peakBytes: usage.peakBytes, stdout };
}

function watchEnd(watched: ReturnType<typeof watchUsage>, before: ReturnType<ReturnType<typeof watchUsage>['end']>) {
  try {
    const usage = watched.end();
    return { ...usage, peakBytes: Math.max(usage.peakBytes, before.peakBytes) }; // of a process that ends there is none
  } catch {
    return before; // it ended just now
  }
}

const ours = (...args: string[]) => run(bin, [...args, '--progress', 'none']);

function bytesBelow(path: string): number {
  if (!statSync(path).isDirectory()) return statSync(path).size;
  return readdirSync(path).reduce((sum, name) => sum + bytesBelow(join(path, name)), 0);
}

async function startSite(name: string) {
  const server = await Server.start({ ...holdfast(join(work, name)), side: name });
  const [, basic = ''] = (server.asAdmin().authorization ?? '').split(' ');
  const [username = '', password = ''] = Buffer.from(basic, 'base64').toString().split(':');
  const host = `127.0.0.1:${server.port}`;
  return { server, host, username, password, as: ['-u', username, '-p', password] };
}
type Site = Awaited<ReturnType<typeof startSite>>;

function writeImages(): { first: LayoutFolder; second: LayoutFolder; missing: UpgradeResults['missing'] } {
  const [first, second] = ['v1', 'v2'].map((tag) => new LayoutFolder(join(work, tag))) as [LayoutFolder, LayoutFolder];
  for (let i = 0; i < IMAGES; i++) {
    const layers = Array.from({ length: LAYERS }, () => first.layer(LAYER_BYTES));
    first.image(`apps/app-${i}:v1`, layers);
    for (const { digest } of layers.slice(1)) {
      execFileSync('ln', [join(first.folder, 'blobs/sha256', digest.slice(7)), join(second.folder, 'blobs/sha256')]);
    }
    second.image(`apps/app-${i}:v2`, [second.layer(LAYER_BYTES), ...layers.slice(1)]);
  }
  first.end();
  second.end();
  const known = new Set(readdirSync(join(first.folder, 'blobs/sha256')));
  const fresh = readdirSync(join(second.folder, 'blobs/sha256')).filter((name) => !known.has(name));
  const bytes = fresh.reduce((sum, name) => sum + statSync(join(second.folder, 'blobs/sha256', name)).size, 0);
  return { first, second, missing: { count: fresh.length, bytes } };
}

async function keys(): Promise<{ key: string; pub: string }> {
  const file = join(work, 'key');
  if (!existsSync(`${file}.key`)) await ours('bundle', 'keygen', '--file', file);
  return { key: `${file}.key`, pub: `${file}.pub` };
}

async function upgrade(): Promise<UpgradeResults> {
  const { first, second, missing } = writeImages();
  const [near, far] = [await startSite('near'), await startSite('far')];
  const { key, pub } = await keys();
  for (const layout of [first, second]) {
    await ours('import-registry', layout.folder, near.host, ...near.as);
    if (layout === first) await ours('import-registry', layout.folder, far.host, ...far.as);
  }
  const receipt = join(work, 'far.receipt');
  await ours('bundle', 'receipt', '--of', far.host, ...far.as, '--key', key, '--file', receipt);
  const made = await ours(
    'bundle',
    'create',
    'apps/*:v2',
    '--from',
    near.host,
    ...near.as,
    '--key',
    key,
    '--receipt',
    receipt,
    '--trust',
    pub,
    '-d',
    join(work, 'delta'),
  );
  const delta = JSON.parse(made.stdout) as { volumes: [string]; manifests: number; blobs: number };
  const bytes = bytesBelow(delta.volumes[0]);
  const has = new Set(readdirSync(join(first.folder, 'blobs/sha256')));
  const listed = execFileSync('tar', ['tf', delta.volumes[0]], { encoding: 'utf8' }).split('\n');
  const contents = listed.flatMap((path) => /^(?:blobs|pieces)\/sha256\/([a-f0-9]{64})/.exec(path)?.[1] ?? []);
  const carried = [{ way: 'holdfast bundle create --receipt', bytes, seconds: made.seconds }, ...(await others(near))];
  await ours('bundle', 'apply', delta.volumes[0], '--to', far.host, ...far.as, '--trust', pub);
  for (const { server } of [near, far]) await server.stop();
  const held = contents.filter((hex) => has.has(hex)).length;
  const facts = { contents: contents.length, held, overhead: bytes / missing.bytes - 1 };
  for (const folder of ['v1', 'v2', 'near', 'far', 'delta', 'skopeo', 'oras'])
    rmSync(join(work, folder), { recursive: true, force: true });
  return { images: IMAGES, layers: LAYERS, missing, delta: facts, carried };
}

/** The same job with what people use: the images of the upgrade, each tool as it is. */
async function others({ host, username, password, server }: Site): Promise<Carried[]> {
  const names = Array.from({ length: IMAGES }, (_, i) => `apps/app-${i}`);
  const found: Carried[] = [];
  const yaml = join(work, 'sync.yml');
  const images = names.map((name) => `    ${name}: [v2]\n`).join('');
  writeFileSync(
    yaml,
    `${host}:\n  tls-verify: false\n  credentials: {username: ${username}, password: "${password}"}\n  images:\n${images}`,
  );
  const folder = join(work, 'skopeo');
  mkdirSync(folder);
  const sync = await run('skopeo', ['sync', '--src', 'yaml', '--dest', 'dir', '--scoped', yaml, folder], {
    out: '/dev/null',
  });
  found.push({ way: 'skopeo sync', bytes: bytesBelow(folder), seconds: sync.seconds });
  mkdirSync(join(work, 'oras'));
  await run('oras', ['login', '--plain-http', '-u', username, '-p', password, host]);
  let seconds = 0;
  for (const [i, name] of names.entries()) {
    const args = [
      'backup',
      '--plain-http',
      '--include-referrers',
      '--output',
      join(work, 'oras', `${i}.tar`),
      `${host}/${name}:v2`,
    ];
    seconds += (await run('oras', args)).seconds;
  }
  found.push({ way: 'oras backup, one for each repository', bytes: bytesBelow(join(work, 'oras')), seconds });
  const tar = join(work, 'registry.tar');
  const packed = await run('tar', ['cf', tar, '-C', server.folder, 'data']);
  found.push({ way: "tar of the registry's folder", bytes: statSync(tar).size, seconds: packed.seconds });
  rmSync(tar);
  return found;
}

async function speed(bytes: number): Promise<SpeedResults> {
  const layout = new LayoutFolder(join(work, 'speed'));
  const count = Math.round(bytes / SPEED_LAYER_BYTES);
  layout.image(
    'speed/app:v1',
    Array.from({ length: count }, () => layout.layer(SPEED_LAYER_BYTES)),
  );
  layout.end();
  const { key, pub } = await keys();
  const blobs = join(layout.folder, 'blobs');
  settle(work);
  const sum = await run('sh', ['-c', `sha256sum "${blobs}"/sha256/*`]);
  const copy = await run('sh', ['-c', `cp -r "${blobs}" "${work}/copy" && sync "${work}/copy"/sha256/*`]);
  rmSync(join(work, 'copy'), { recursive: true });
  const slower = Math.max(sum.seconds, copy.seconds);
  const steps: Step[] = [];
  const step = async (what: Step['what'], command: 'create' | 'verify' | 'apply', ...args: string[]) => {
    settle(work);
    const { seconds, cpuSeconds, peakBytes } = await ours('bundle', command, ...args);
    steps.push({ what, seconds, cpuSeconds, peakBytes, ratio: slower / seconds });
    console.log(
      `${what}: ${seconds.toFixed(1)} s, ${(slower / seconds).toFixed(2)}× of the slower of cp ${copy.seconds.toFixed(1)} s and sha256sum ${sum.seconds.toFixed(1)} s`,
    );
  };
  const out = join(work, 'bundle');
  await step('create from a layout', 'create', 'speed/app:v1', '--from', layout.folder, '--key', key, '-d', out);
  rmSync(layout.folder, { recursive: true });
  await step('verify', 'verify', out, '--trust', pub);
  const site = await startSite('speed-site');
  await step('apply', 'apply', out, '--to', site.host, ...site.as, '--trust', pub);
  rmSync(out, { recursive: true });
  await step(
    'create from a registry',
    'create',
    'speed/app:v1',
    '--from',
    site.host,
    ...site.as,
    '--key',
    key,
    '-d',
    out,
  );
  await site.server.stop();
  for (const folder of ['bundle', 'speed-site']) rmSync(join(work, folder), { recursive: true });
  return { bytes: count * SPEED_LAYER_BYTES, cpSeconds: copy.seconds, sha256sumSeconds: sum.seconds, steps };
}

async function memory(bytes: number): Promise<MemoryResults> {
  const layout = new LayoutFolder(join(work, 'memory'));
  layout.image('memory/app:v1', layout.sparseLayers(bytes / 10, 10));
  layout.end();
  const { key } = await keys();
  const args = [
    'bundle',
    'create',
    'memory/app:v1',
    '--from',
    layout.folder,
    '--key',
    key,
    '-d',
    '-',
    '--progress',
    'none',
  ];
  const { seconds, peakBytes } = await run(bin, args, { out: '/dev/null' });
  rmSync(layout.folder, { recursive: true });
  return { bytes, seconds, peakBytes };
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    clean();
    process.exit(1);
  });
}

try {
  const measured = async <T>(part: string, measure: () => Promise<T>): Promise<Measured<T> | undefined> => {
    if (positionals.length > 0 && !positionals.includes(part)) return undefined;
    const facts = machineFacts();
    return { ...(await measure()), facts };
  };
  const results: AirGapResults = {
    upgrade: (await measured('upgrade', upgrade)) ?? earlier.upgrade,
    speed: (await measured('speed', () => speed(Number(values.gb) * 1e9))) ?? earlier.speed,
    memory: (await measured('memory', () => memory(Number(values['memory-gb']) * 1e9))) ?? earlier.memory,
  };
  const text = `${JSON.stringify(results, undefined, 2)}\n`;
  if (values.out) writeFileSync(values.out, text);
  console.log(text);
} finally {
  clean();
}

function clean(): void {
  Server.killAll();
  rmSync(work, { recursive: true, force: true });
}
