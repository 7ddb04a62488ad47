import { CommandLineExit } from '../config/command-line-exit.ts';
import { loadConfig } from '../config/load-config.ts';
import { examineBlob, examineManifest } from '../integrity/examine.ts';
import { describeDamage, type Finding } from '../integrity/finding.ts';
import { START, walk } from '../integrity/walk.ts';
import { type DataToExamine, openToExamine } from '../open-data-folder.ts';
import { tellNotFound, whileAlive } from './long-work.ts';
import { ProgressLine } from './progress-line.ts';
import { type ScrubCounts, type ScrubReport, scrubProgress, scrubText } from './scrub-report.ts';

const HELP = `Usage: holdfast scrub [--data DIR] [--config FILE] [--json]

Reads everything that is stored and compares it with its digests: blobs, and manifests in the database. Names what is damaged, missing
or of the wrong length, and which repositories, manifests and tags that hurts. What is damaged is refused from then on, until it is
pushed again; what was marked and is sound again is served again.

Run it as the user of the server, while the server runs or while it is stopped. Beside a running server it only reads, and the
server looks at what was found within a minute.

  --data DIR      Folder that holds everything the registry keeps. [HOLDFAST_DATA]
  --config FILE   Configuration file (YAML). [HOLDFAST_CONFIG]
  --json          The report as JSON on stdout. Progress goes to stderr in any case.

Exit codes: 0 all is sound, 1 damage was found (or the check failed, then stderr says why), 2 wrong usage, 3 there is no registry.`;

/** `holdfast scrub`: checks everything now. */
export async function scrub(args: readonly string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) throw new CommandLineExit(0, HELP);
  const json = args.includes('--json');
  const rest = args.filter((argument) => argument !== '--json');
  const { dataDir } = await loadConfig(rest, process.env, process.cwd());
  const data = await tellNotFound(() => openToExamine(dataDir));
  if (!data) return;
  try {
    const report = await whileAlive(() => check(data));
    process.stdout.write(json ? `${JSON.stringify(report, undefined, 2)}\n` : scrubText(report));
    process.exitCode = report.damaged.length > 0 ? 1 : 0;
  } finally {
    await data.close();
  }
}

async function check(data: DataToExamine): Promise<ScrubReport> {
  const { read, beside } = data;
  const damaged: Finding[] = [];
  const healed: string[] = [];
  const count = { blobs: 0, manifests: 0, bytes: 0 };
  const line = new ProgressLine<ScrubCounts>(process.stderr, scrubProgress);
  const pace = async (bytes: number) => {
    count.bytes += bytes;
    line.show({ ...count, damaged: damaged.length });
  };
  const steps = walk(
    {
      read,
      examineBlob: (digest) => examineBlob(data, digest, { pace }),
      examineManifest: (digest) => examineManifest(data, digest, { pace }),
    },
    START,
  );
  for await (const { what, digest, verdict } of steps) {
    if (verdict.state === 'gone') continue;
    count[what === 'blob' ? 'blobs' : 'manifests'] += 1;
    line.at(digest);
    if (verdict.state === 'damaged') damaged.push(await describeDamage(read, what, digest, verdict.damage));
    else if (verdict.healed) healed.push(digest);
  }
  line.end();
  return { clean: damaged.length === 0, beside, ...count, damaged, healed };
}
