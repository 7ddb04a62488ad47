import { once } from 'node:events';
import { CommandLineExit } from '../config/command-line-exit.ts';
import { loadConfig } from '../config/load-config.ts';
import { type FreedCounts, freeUnneeded } from '../jobs/sweep-blobs.ts';
import type { ByteCount, LinkPlace, LinkState } from '../metadata/garbage.ts';
import type { MetadataReader } from '../metadata/metadata-store.ts';
import { type DataFolder, openDataFolder } from '../open-data-folder.ts';
import { systemClock } from '../platform/clock.ts';
import { formatBytes } from '../quota/format-bytes.ts';
import { tellNotFound, whileAlive } from './long-work.ts';

const HELP = `Usage: holdfast gc [--dry-run] [--list] [--data DIR] [--config FILE] [--json]

Frees the bytes of blobs that no manifest names any more, once they are older than the grace period (garbageCollection.graceHours).
A running server does the same by itself, every quarter of an hour, while pushes and pulls go on: beside it only --dry-run is of use.

  --dry-run       Say what would be freed now, what waits and how long, and change nothing.
  --list          With --dry-run: each link that no manifest names, oldest first, one line of JSON each.
  --data DIR      Folder that holds everything the registry keeps. [HOLDFAST_DATA]
  --config FILE   Configuration file (YAML). [HOLDFAST_CONFIG]
  --json          The report as JSON on stdout.

'holdfast explain blob DIGEST' says of a single blob why it is kept.

Exit codes: 0 done, 1 it failed, or a server has the folder, 2 wrong usage, 3 there is no registry.`;

const PAGE = 1000;

/** What `--json` prints of a dry run. */
export interface GarbageReport {
  readonly graceHours: number;
  /** Blobs that the next sweep takes. */
  readonly now: ByteCount;
  /** Blobs that it will take when they are older than the grace period, unless somebody names them. */
  readonly waiting: ByteCount;
}

/** `holdfast gc`: frees what nothing needs, or says what that would be. */
export async function gc(args: readonly string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) throw new CommandLineExit(0, HELP);
  const own = new Set(['--dry-run', '--list', '--json']);
  const has = (flag: string) => args.includes(flag);
  const config = await loadConfig(
    args.filter((argument) => !own.has(argument)),
    process.env,
    process.cwd(),
  );
  const { graceHours } = config.garbageCollection;
  const data = await tellNotFound(() => openDataFolder(config.dataDir));
  if (!data) return;
  try {
    await whileAlive(() => act(data, graceHours, has));
  } finally {
    await data.close();
  }
}

async function act(data: DataFolder, graceHours: number, has: (flag: string) => boolean): Promise<void> {
  if (has('--list')) return list(data.read);
  if (has('--dry-run')) return print(await report(data.read, graceHours), reportText, has('--json'));
  if (data.metadata) return print(await sweep(data, graceHours), sweepText, has('--json'));
  throw new Error(
    'A server runs on this folder, and frees what nothing needs by itself. Ask with --dry-run what that will be.',
  );
}

function print<T>(value: T, text: (value: T) => string, json: boolean): void {
  process.stdout.write(json ? `${JSON.stringify(value, undefined, 2)}\n` : text(value));
}

async function report({ garbage }: MetadataReader, graceHours: number): Promise<GarbageReport> {
  const now = systemClock.now();
  const before = new Date(now.getTime() - graceHours * 3_600_000);
  const together = async (at: Date) => sum(await garbage.unlinked(at), await garbage.unneeded(at));
  const ready = await together(before);
  const all = await together(new Date(now.getTime() + 1));
  return { graceHours, now: ready, waiting: { count: all.count - ready.count, bytes: all.bytes - ready.bytes } };
}

const sum = (a: ByteCount, b: ByteCount): ByteCount => ({ count: a.count + b.count, bytes: a.bytes + b.bytes });

function reportText({ graceHours, now, waiting }: GarbageReport): string {
  return (
    `${blobs(now)} would be freed now.\n` +
    `${blobs(waiting)} wait: no manifest names them, but not yet for ${graceHours} h (garbageCollection.graceHours).\n`
  );
}

const blobs = ({ count, bytes }: ByteCount) => `${count} ${count === 1 ? 'blob' : 'blobs'} (${formatBytes(bytes)})`;

async function list({ garbage }: MetadataReader): Promise<void> {
  for (let after: LinkPlace | undefined; ; ) {
    const page: LinkState[] = await garbage.waiting({ after, limit: PAGE });
    for (const { registry, repository, digest, size, state, since } of page) {
      const line = JSON.stringify({ registry, repository, digest, size, state, since });
      if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
    }
    after = page.at(-1);
    if (page.length < PAGE) return;
  }
}

async function sweep(data: DataFolder, graceHours: number): Promise<FreedCounts> {
  const { metadata, blobs } = data;
  if (!metadata) throw new Error('There is no store to write to');
  return freeUnneeded({ metadata, blobs, clock: systemClock, graceHours }, async () => true);
}

function sweepText({ unlinked, freed, bytes, repositories }: FreedCounts): string {
  return `${freed} blobs (${formatBytes(bytes)}) were freed. ${unlinked} links and ${repositories} empty repositories were taken away.\n`;
}
