import { CommandLineExit } from '../config/command-line-exit.ts';
import { takeOptions } from '../config/command-options.ts';
import { loadConfig } from '../config/load-config.ts';
import { examineBlob } from '../integrity/examine.ts';
import { type Discrepancy, type ReconcileDependencies, reconcile } from '../integrity/reconcile.ts';
import { type DataToExamine, openToExamine } from '../open-data-folder.ts';
import { systemClock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';
import { systemIds } from '../platform/ids.ts';
import { tellNotFound, whileAlive } from './long-work.ts';
import { ProgressLine } from './progress-line.ts';

const HELP = `Usage: holdfast fsck [--repair] [--data DIR] [--config FILE] [--json]

Compares what is stored with what the database says of it, and the figures that the database keeps with what they count. One line for
each thing that does not agree:

  blob-missing      a row without bytes        blob-wrong-size  bytes of another length than their row says
  bytes-unknown     bytes without a row        link-count       how many repositories have a blob
  referenced-flag   whether a manifest of the repository names a blob
  manifest-count, tag-count, lock-count, byte-count, shared-byte-count, own-blob-count, logical-byte-count  what a repository has
  usage             the bytes of a registry

It reads no contents: whether bytes are what their digest says is the work of holdfast scrub.

Run it as the user of the server, while the server runs or while it is stopped. --repair needs the server stopped. It sets figures right
and removes bytes that nobody can reach. Bytes that are lost cannot be made again: their blob is refused until it is pushed again.

  --repair        Repairs what was found.
  --data DIR      Folder that holds everything the registry keeps. [HOLDFAST_DATA]
  --config FILE   Configuration file (YAML). [HOLDFAST_CONFIG]
  --json          The report as JSON on stdout. Progress goes to stderr in any case.

Exit codes: 0 all agrees (or was repaired), 1 something does not (or the check failed, then stderr says why), 2 wrong usage, 3 there is
no registry.`;

/** A push takes its time between bytes and row; while a server runs, younger bytes are none of ours. */
const YOUNG_MS = 3_600_000;

const KINDS = ['blob', 'file', 'link', 'repository', 'registry'] as const;
type Looked = Readonly<Record<'blobs' | 'files' | 'links' | 'repositories' | 'registries', number>>;
const PLURAL = {
  blob: 'blobs',
  file: 'files',
  link: 'links',
  repository: 'repositories',
  registry: 'registries',
} as const;

/** `holdfast fsck`: reconciles store and rows. */
export async function fsck(args: readonly string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) throw new CommandLineExit(0, HELP);
  const { switches, rest } = takeOptions(args, { switches: ['--repair', '--json'] });
  const { dataDir } = await loadConfig(rest, process.env, process.cwd());
  const data = await tellNotFound(() => openToExamine(dataDir));
  if (!data) return;
  try {
    const repair = switches['--repair'] ? repairOf(data, dataDir) : undefined;
    const json = switches['--json'];
    const { looked, found } = await whileAlive(() => check(data, repair, json ? () => undefined : tellLine));
    process.stdout.write(
      json ? `${JSON.stringify(reportOf(data, looked, found), undefined, 2)}\n` : endText(looked, found),
    );
    process.exitCode = found.every((one) => one.repair === 'done') ? 0 : 1;
  } finally {
    await data.close();
  }
}

function repairOf(data: DataToExamine, dataDir: string): ReconcileDependencies['repair'] {
  const { metadata } = data;
  if (metadata) return { metadata, examineBlob: (digest) => examineBlob(data, digest, {}) };
  throw new DomainError(
    'conflict',
    'server.unavailable',
    `A server is running on ${dataDir}, and what it has in memory cannot be repaired from here. Stop it, then repair; or check without --repair.`,
  );
}

async function check(
  data: DataToExamine,
  repair: ReconcileDependencies['repair'],
  tell: (finding: Discrepancy) => void,
): Promise<{ looked: Looked; found: Discrepancy[] }> {
  const count = { blobs: 0, files: 0, links: 0, repositories: 0, registries: 0 };
  const found: Discrepancy[] = [];
  const line = new ProgressLine<Looked & { found: number }>(
    process.stderr,
    (counts) => `${countsText(counts)}, ${counts.found} found`,
  );
  const looked = (what: (typeof KINDS)[number], name: string) => {
    count[PLURAL[what]] += 1;
    line.at(name);
    line.show({ ...count, found: found.length });
  };
  const { read, blobs, beside } = data;
  const unknownAfterMs = beside ? YOUNG_MS : 0;
  const d = { read, blobs, clock: systemClock, ids: systemIds, repair, unknownAfterMs, looked };
  for await (const finding of reconcile(d)) {
    found.push(finding);
    line.end();
    tell(finding);
  }
  line.end();
  return { looked: count, found };
}

const REPAIR = { none: '', done: ' [repaired]', marked: ' [refused until it is pushed again]' } as const;

function tellLine({ kind, of, what, repair }: Discrepancy): void {
  process.stdout.write(`${kind} ${of}: ${what}${REPAIR[repair]}\n`);
}

const countsText = ({ blobs, files, links, repositories, registries }: Looked): string =>
  `${blobs} blobs, ${files} files, ${links} links, ${repositories} repositories, ${registries} registries`;

function endText(looked: Looked, found: readonly Discrepancy[]): string {
  const head = `${countsText(looked)} were looked at.`;
  const left = found.filter(({ repair }) => repair === 'none').length;
  const marked = found.filter(({ repair }) => repair === 'marked').length;
  const end =
    found.length === 0
      ? 'All of it agrees.'
      : [
          `${found.length} found, ${found.length - left - marked} repaired.`,
          ...(left > 0 ? ['Stop the server and run holdfast fsck --repair.'] : []),
          ...(marked > 0
            ? ['What is lost comes back when it is pushed again, or with its file from a backup and holdfast scrub.']
            : []),
        ].join(' ');
  return `${head}\n${end}\n`;
}

function reportOf({ beside }: DataToExamine, looked: Looked, found: readonly Discrepancy[]) {
  return { clean: found.length === 0, beside, ...looked, found };
}
