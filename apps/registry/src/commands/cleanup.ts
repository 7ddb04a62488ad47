import { once } from 'node:events';
import { CommandLineExit, wrongUsage } from '../config/command-line-exit.ts';
import { takeOptions } from '../config/command-options.ts';
import { loadConfig } from '../config/load-config.ts';
import { previewCleanUp } from '../content/clean-up/preview.ts';
import { cleanUpAll } from '../jobs/clean-up.ts';
import type { RepositoryCleanUp } from '../metadata/clean-up.ts';
import type { MetadataReader, RegistryRow } from '../metadata/metadata-store.ts';
import { type DataFolder, openDataFolder } from '../open-data-folder.ts';
import { systemClock } from '../platform/clock.ts';
import { systemIds } from '../platform/ids.ts';
import { tellNotFound, whileAlive } from './long-work.ts';

const HELP = `Usage: holdfast cleanup --dry-run [--registry NAME [--policy POLICY]] [--json]
       holdfast cleanup [--json]

Takes the tags and manifests that clean-up policies and the retention policy take, or says what that would be. A running server does the
same by itself, every hour, while pushes and pulls go on: beside it only --dry-run is of use. Bytes are freed later ('holdfast gc').

  --dry-run         Say what would go now and why, what stays and why, and change nothing.
  --registry NAME   With --dry-run: of this registry alone.
  --policy POLICY   With --registry: of this policy alone, which may be disabled; retentionPolicy is the one of
                    'az acr config retention'.
  --data DIR        Folder that holds everything the registry keeps. [HOLDFAST_DATA]
  --config FILE     Configuration file (YAML). [HOLDFAST_CONFIG]
  --json            With --dry-run: one line of JSON for each tag and each manifest. Else: the counts as JSON.

Exit codes: 0 done, 1 it failed, or a server has the folder, 2 wrong usage, 3 there is no such registry.`;

/** `holdfast cleanup`: carries out the policies, or says what they would do. */
export async function cleanup(args: readonly string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) throw new CommandLineExit(0, HELP);
  const { values, switches, rest } = takeOptions(args, {
    values: ['--registry', '--policy'],
    switches: ['--dry-run', '--json'],
  });
  const { '--registry': registry, '--policy': policy } = values;
  const dry = switches['--dry-run'];
  if (!dry && (registry ?? policy) !== undefined) throw wrongUsage('--registry and --policy go with --dry-run.');
  if (policy !== undefined && registry === undefined) throw wrongUsage('--policy goes with --registry.');
  const config = await loadConfig(rest, process.env, process.cwd());
  const data = await tellNotFound(() => openDataFolder(config.dataDir));
  if (!data) return;
  const json = switches['--json'];
  try {
    await whileAlive(() => (dry ? preview(data.read, { registry, policy, json }) : carryOut(data, json)));
  } finally {
    await data.close();
  }
}

interface Asked {
  readonly registry: string | undefined;
  readonly policy: string | undefined;
  readonly json: boolean;
}

async function preview(read: MetadataReader, { registry: name, policy, json }: Asked): Promise<void> {
  const registries = name === undefined ? await read.registries.list({}, {}) : [await read.registries.byName(name)];
  for (const registry of registries) {
    if (!registry || !(await hasPolicy(read, registry, policy))) {
      process.stderr.write(
        `holdfast: there is no ${registry ? `policy ${policy} in ${name}` : `registry ${name}`} here.\n`,
      );
      process.exitCode = 3;
      return;
    }
    const now = systemClock.now();
    for (let after: string | undefined; ; ) {
      const { repositories, next } = await previewCleanUp(read, registry, now, { after, policy });
      for (const repository of repositories)
        await print(json ? lines(registry, repository) : text(registry, repository));
      after = next;
      if (next === undefined) break;
    }
  }
}

async function hasPolicy(read: MetadataReader, { id }: RegistryRow, policy: string | undefined): Promise<boolean> {
  if (policy === undefined || policy.toLowerCase() === 'retentionpolicy') return true;
  return (await read.policies.find(id, 'clean-up', policy)) !== undefined;
}

async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

function lines({ name: registry }: RegistryRow, { repository, items }: RepositoryCleanUp): string {
  return items.map((item) => `${JSON.stringify({ registry, repository, ...item })}\n`).join('');
}

function text(registry: RegistryRow, { repository, going, staying, items, more }: RepositoryCleanUp): string {
  const head = `${registry.name}/${repository}: ${going.tags} tags and ${going.manifests} manifests go, ${staying} stay\n`;
  const rows = items.map(({ decision, tag, digest, policy, text }) => {
    return `  ${decision.padEnd(6)}${tag === undefined ? `@${digest}` : `:${tag}`}  ${policy}: ${text}\n`;
  });
  return [head, ...rows, more ? '  … and more\n' : ''].join('');
}

async function carryOut({ metadata }: DataFolder, json: boolean): Promise<void> {
  if (!metadata) {
    throw new Error(
      'A server runs on this folder, and carries the policies out by itself. Ask with --dry-run what goes.',
    );
  }
  const counts = await cleanUpAll({ metadata, clock: systemClock, ids: systemIds }, async () => true);
  const { tags, manifests } = counts;
  await print(json ? `${JSON.stringify(counts)}\n` : `${tags} tags and ${manifests} manifests were taken away.\n`);
}
