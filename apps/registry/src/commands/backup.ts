import { relative, resolve, sep } from 'node:path';
import { type BackupReport, backUp } from '../backup/back-up.ts';
import { CommandLineExit, wrongUsage } from '../config/command-line-exit.ts';
import { takeOptions } from '../config/command-options.ts';
import { loadConfig } from '../config/load-config.ts';
import { openToBackUp } from '../open-data-folder.ts';
import { withCopyProgress } from './copy-progress.ts';
import { tellNotFound, whileAlive } from './long-work.ts';
import { sizeText } from './progress-line.ts';

const HELP = `Usage: holdfast backup --to DIR [--data DIR] [--config FILE] [--without-secrets] [--verify] [--json]

Copies the whole site into a folder, as it is at one moment: the database, every blob that it names, and the site's secrets. The
server goes on serving, pushes included. Each blob is verified by its digest while it is copied. A second backup into the same folder
copies only what is new, and takes the place of the first when it is complete: interrupted, it leaves the first one as it was.

Run it as the user of the server, while the server runs or while it is stopped. Keep the folder on another disk or another machine.

The backup holds secrets/master.key, which opens the passwords and keys in its database, the keys of the site's certificates and
bootstrap.json, if it is still there: whoever can read the folder can be this site. Its files are readable by their owner only.

  --to DIR            Folder of the backup; made when it is not there.
  --without-secrets   Leaves them out. To restore, put secrets/master.key (kept elsewhere) into the new data folder yourself.
  --verify            Also reads what the folder has already and copies anew what is no longer right.
  --data DIR          Folder that holds everything the registry keeps. [HOLDFAST_DATA]
  --config FILE       Configuration file (YAML). [HOLDFAST_CONFIG]
  --json              The report as JSON on stdout. Progress goes to stderr in any case.

Exit codes: 0 done; 1 failed, or done without what was known to be damaged (stderr says which); 2 wrong usage; 3 there is no registry.`;

/** `holdfast backup`: the whole site into a folder. */
export async function backup(args: readonly string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) throw new CommandLineExit(0, HELP);
  const known = { values: ['--to'], switches: ['--json', '--without-secrets', '--verify'] } as const;
  const { values, switches, rest } = takeOptions(args, known);
  if (values['--to'] === undefined) throw wrongUsage('backup needs --to DIR, the folder that the backup goes to.');
  const { dataDir } = await loadConfig(rest, process.env, process.cwd());
  const folder = resolve(values['--to']);
  if (isInside(folder, dataDir)) throw wrongUsage(`--to ${folder} lies in the data folder that is to be backed up.`);
  const options = { secrets: !switches['--without-secrets'], verify: switches['--verify'] };
  const report = await tellNotFound(() => whileAlive(() => run(dataDir, folder, options)));
  if (!report) return;
  process.stdout.write(switches['--json'] ? `${JSON.stringify(report, undefined, 2)}\n` : backupText(report, folder));
  if (report.damaged.length === 0) return;
  process.stderr.write(
    `holdfast: known to be damaged and therefore not in the backup: ${report.damaged.join(', ')}. holdfast scrub says what that hurts; push it again, then back up again.\n`,
  );
  process.exitCode = 1;
}

async function run(dataDir: string, folder: string, options: { secrets: boolean; verify: boolean }) {
  const open = await openToBackUp(dataDir, folder);
  try {
    return await withCopyProgress((progress) => backUp(open, folder, { ...options, progress }));
  } finally {
    await open.close();
  }
}

function isInside(folder: string, parent: string): boolean {
  const path = relative(parent, folder);
  return path === '' || (path !== '..' && !path.startsWith(`..${sep}`));
}

function backupText({ takenAt, blobs, manifests, copied, removed, secrets }: BackupReport, folder: string): string {
  const lines = [
    `The site as of ${takenAt} is in ${folder}: ${blobs.count} blobs with ${sizeText(blobs.bytes)} and ${manifests} manifests.`,
    `${copied.count} blobs with ${sizeText(copied.bytes)} were new; ${removed} that nothing names any more were removed.`,
    secrets
      ? 'The master key and the keys of the certificates are in it: keep the folder as you keep them.'
      : 'The master key is not in it: without secrets/master.key from elsewhere its passwords and keys are lost.',
  ];
  return `${lines.join('\n')}\n`;
}
