import { parseDigest } from '@holdfast/oci/digest';
import { parseRepositoryName, parseTagName } from '@holdfast/oci/reference';
import { CommandLineExit, wrongUsage } from '../config/command-line-exit.ts';
import { loadConfig } from '../config/load-config.ts';
import { explainBlob } from '../content/explain/explain-blob.ts';
import { explainManifest } from '../content/explain/explain-manifest.ts';
import { explainUsage } from '../content/explain/explain-usage.ts';
import { explainSoftDeleted } from '../content/explain/soft-deleted.ts';
import type { MetadataReader } from '../metadata/metadata-store.ts';
import { openDataFolder } from '../open-data-folder.ts';
import { systemClock } from '../platform/clock.ts';
import { blobText, manifestText, softDeletedText, usageText } from './explain-text.ts';
import { tellNotFound, whileAlive } from './long-work.ts';

const HELP = `Usage: holdfast explain blob DIGEST
       holdfast explain manifest REGISTRY/REPOSITORY:TAG
       holdfast explain manifest REGISTRY/REPOSITORY@DIGEST
       holdfast explain usage REGISTRY

Says why something is kept, or when it goes. Run it as the user of the server, beside it or while it is stopped; it only reads.

  blob        Which repositories have it, which manifests and tags need it, or when its bytes are freed.
  manifest    Its tags, the indexes that contain it, its referrers, what would refuse its deletion, and what that would free.
  usage       Quota and usage, the largest repositories, what is shared, what waits to be freed.

  --data DIR      Folder that holds everything the registry keeps. [HOLDFAST_DATA]
  --config FILE   Configuration file (YAML). [HOLDFAST_CONFIG]
  --json          The answer as JSON.

Exit codes: 0 done, 1 it failed, 2 wrong usage, 3 there is no such thing, or no registry in the folder.`;

interface Answer {
  readonly json: unknown;
  readonly text: string;
}
type Ask = (read: MetadataReader, graceHours: number) => Promise<Answer | undefined>;

/** `holdfast explain`: why is this kept. */
export async function explain(args: readonly string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) throw new CommandLineExit(0, HELP);
  const rest = args.filter((argument) => argument !== '--json');
  const [what = '', subject = '', ...flags] = rest;
  const ask = questionFor(what, subject);
  const config = await loadConfig(flags, process.env, process.cwd());
  const data = await tellNotFound(() => openDataFolder(config.dataDir));
  if (!data) return;
  try {
    const answer = await whileAlive(() => ask(data.read, config.garbageCollection.graceHours));
    if (answer) {
      process.stdout.write(args.includes('--json') ? `${JSON.stringify(answer.json, undefined, 2)}\n` : answer.text);
    } else {
      process.stderr.write(
        `holdfast: there is no ${what} ${subject} here. Check the spelling; names of repositories are in lower case.\n`,
      );
      process.exitCode = 3;
    }
  } finally {
    await data.close();
  }
}

function questionFor(what: string, subject: string): Ask {
  if (what === 'blob') return blobQuestion(subject);
  if (what === 'manifest') return manifestQuestion(subject);
  if (what === 'usage' && subject) {
    return async (read) => {
      const registry = await read.registries.byName(subject);
      const found = registry && (await explainUsage(read, registry, systemClock.now()));
      return found && { json: found, text: usageText(found) };
    };
  }
  throw wrongUsage(
    `say what to explain: blob DIGEST, manifest REGISTRY/REPOSITORY:TAG or usage REGISTRY (explain --help).`,
  );
}

function blobQuestion(subject: string): Ask {
  const digest = parseDigest(subject);
  if (!digest) throw wrongUsage(`'${subject}' is no digest, such as sha256:… with 64 hexadecimal digits.`);
  return async (read, graceHours) => {
    const found = await explainBlob(read, digest, graceHours);
    return found && { json: found, text: blobText(found) };
  };
}

function manifestQuestion(subject: string): Ask {
  const parts = /^([^/]+)\/([^:@]+)(?::([^@]+)|@(.+))$/.exec(subject);
  const [, registryName = '', path = '', tagText, digestText] = parts ?? [];
  const repository = parseRepositoryName(path);
  const tag = tagText === undefined ? undefined : parseTagName(tagText);
  const digest = digestText === undefined ? undefined : parseDigest(digestText);
  const reference = tag ? { tag } : digest && { digest };
  if (!repository || !reference) {
    throw wrongUsage(`'${subject}' is no image: write REGISTRY/REPOSITORY:TAG or REGISTRY/REPOSITORY@DIGEST.`);
  }
  return async (read) => {
    const registry = await read.registries.byName(registryName);
    const found = registry && (await explainManifest(read, registry, repository, reference));
    if (found) return { json: found, text: manifestText(found) };
    const gone = registry && digest && (await explainSoftDeleted(read, registry, repository, digest));
    return gone && { json: gone, text: softDeletedText(gone) };
  };
}
