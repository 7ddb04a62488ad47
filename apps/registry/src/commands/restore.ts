import { resolve } from 'node:path';
import type { BackupManifest } from '../backup/manifest.ts';
import { restore as restoreBackup } from '../backup/restore.ts';
import { CommandLineExit, wrongUsage } from '../config/command-line-exit.ts';
import { takeOptions } from '../config/command-options.ts';
import { loadConfig } from '../config/load-config.ts';
import { restoreDependencies } from '../open-data-folder.ts';
import { withCopyProgress } from './copy-progress.ts';
import { tellNotFound, whileAlive } from './long-work.ts';
import { sizeText } from './progress-line.ts';

const HELP = `Usage: holdfast restore --from DIR --data NEW [--config FILE] [--json]

Makes a data folder from a backup. Everything is verified on the way: the files by the backup's checksums, every blob and every manifest
by its digest. The folder is there when all of that was right, and not before; a byte that is wrong is named, and nothing is made.

Run it as the user that is to run the server; then start the server on the new folder.

  --from DIR      Folder that was given to holdfast backup --to. It is only read.
  --data NEW      The new data folder: not there yet, or empty. [HOLDFAST_DATA]
  --config FILE   Configuration file (YAML). [HOLDFAST_CONFIG]
  --json          The report as JSON on stdout. Progress goes to stderr in any case.

Exit codes: 0 done, 1 failed (stderr says why, and nothing was made), 2 wrong usage, 3 there is no backup.`;

/** `holdfast restore`: a data folder from a backup. */
export async function restore(args: readonly string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) throw new CommandLineExit(0, HELP);
  const { values, switches, rest } = takeOptions(args, { values: ['--from'], switches: ['--json'] });
  if (values['--from'] === undefined) throw wrongUsage('restore needs --from DIR, the folder of the backup.');
  const { dataDir } = await loadConfig(rest, process.env, process.cwd());
  const folder = resolve(values['--from']);
  const manifest = await tellNotFound(() =>
    whileAlive(() => withCopyProgress((progress) => restoreBackup(restoreDependencies, folder, dataDir, progress))),
  );
  if (!manifest) return;
  process.stdout.write(
    switches['--json'] ? `${JSON.stringify(manifest, undefined, 2)}\n` : restoreText(manifest, dataDir),
  );
}

function restoreText({ takenAt, blobs, manifests, damaged, secrets }: BackupManifest, dataDir: string): string {
  const lines = [
    `The site as of ${takenAt} is in ${dataDir}: ${blobs.count} blobs with ${sizeText(blobs.bytes)} and ${manifests} manifests, all verified.`,
  ];
  if (damaged.length > 0) lines.push(`Damaged already when it was backed up, and refused: ${damaged.join(', ')}.`);
  lines.push(
    secrets
      ? 'Start the server on it.'
      : `Before the server starts, put the master key of the site into ${dataDir}/secrets/master.key: the backup was made without it.`,
  );
  return `${lines.join('\n')}\n`;
}
