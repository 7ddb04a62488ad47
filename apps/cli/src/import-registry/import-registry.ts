import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fits, type Pattern, parseList, parsePattern, type SelectedImage, select } from '@holdfast/bundle/select';
import type { ContentSource } from '@holdfast/oci/content-source';
import { CREDENTIALS } from '../acr/options.ts';
import { openArchive } from '../bundle/place.ts';
import { type Context, defineCommand, type TableRows, Verdict } from '../command.ts';
import { CommandError, EXIT, notFound, wrongUsage } from '../command-error.ts';
import { COPY_OPTIONS, SOURCE_CREDENTIALS } from '../images/options.ts';
import { connect, openRegistry } from '../images/registry-store.ts';
import { plain } from '../images/repository-source.ts';
import { Progress } from '../output/progress.ts';
import { listedByHarbor } from './harbor.ts';
import { Import } from './import-images.ts';
import { Journal } from './journal.ts';
import { compare, type Difference, imageLines, summaryOf } from './report.ts';

const PARALLEL = 4;
const MOST_PARALLEL = 64;

export const command = defineCommand({
  summary: 'Move another registry into one of the site: its storage folder, the registry itself, or an OCI layout.',
  details:
    'Images go with all platforms, signatures and whatever else refers to them, over the API of the target, so that rights, quotas and locks hold. It may be stopped and begun again: what the target has is not sent anew. At the end the target is asked for every tag and every manifest, and the command fails if anything differs. Secrets are better in the environment: HOLDFAST_SOURCE_USERNAME, HOLDFAST_SOURCE_PASSWORD.',
  options: {
    include: {
      flags: ['--include'],
      value: 'IMAGE',
      many: true,
      text: 'Only these: REPOSITORY[:TAGS], each a name or a glob, tags also a range of versions.',
    },
    exclude: { flags: ['--exclude'], value: 'IMAGE', many: true, text: 'Not these; written likewise.' },
    list: { flags: ['--list'], value: 'FILE', text: 'What --include takes, one a line.' },
    prefix: { flags: ['--prefix'], value: 'PREFIX', text: 'Begin of the names at the target, such as old/.' },
    stripPrefix: {
      flags: ['--strip-prefix'],
      value: 'PREFIX',
      text: 'Begin of the names that is left out at the target.',
    },
    repository: { flags: ['--repository'], value: 'NAME', text: 'Name of what a layout has under tags alone.' },
    dryRun: { flags: ['--dry-run'], text: 'Read and compare only: what would be sent, and how much.' },
    force: { flags: ['--force'], text: 'Move tags that the target has for another image.' },
    parallel: { flags: ['--parallel'], value: 'N', text: `Images at a time. Default: ${PARALLEL}.` },
    noReferrers: { flags: ['--no-referrers'], text: 'Leave behind what refers to the images, but for tags.' },
    foreign: COPY_OPTIONS.foreign,
    report: { flags: ['--report'], value: 'FILE', text: 'Write every image with its digest and state as JSON.' },
    state: { flags: ['--state'], value: 'FILE', text: 'Where is kept which tags were moved, for the next run.' },
    ...CREDENTIALS,
    ...SOURCE_CREDENTIALS,
  },
  positionals: [
    { name: 'SOURCE', required: true, text: 'A folder, a tar file, or the host of a registry.' },
    { name: 'TARGET', required: true, text: 'A registry of the site by its name, or by its login server.' },
  ],
  examples: [
    {
      text: 'The storage folder of a registry that was stopped:',
      command: 'holdfast import-registry /var/lib/registry myregistry',
    },
    {
      text: 'From Harbor, one project, its name left out:',
      command: "holdfast import-registry harbor.corp.example myregistry --include 'team/**' --strip-prefix team/",
    },
  ],
  table: (result) => tableOf(result as Result),
  run: async (context, values, [from = '', to = '']) => {
    const parallel = parallelOf(values.parallel);
    const patterns = await patternsOf(values.include, values.list);
    const excluded = patternsFrom(values.exclude ?? []);
    const archive = await openArchive(from, values.repository);
    const source = archive ?? (await openSource(context, from, values));
    const target = await openRegistry(context, to, values);
    const all = await chosen(source, patterns);
    const images = all.filter((image) => !excluded.some((pattern) => fits(pattern, image)));
    if (images.length === 0) throw notFound(`${from} has no images, or none that was asked for.`);
    const { prefix = '', stripPrefix = '', dryRun } = values;
    const place = `${archive ? resolve(from) : from}\n${target.base.host}`;
    const file = `${createHash('sha256').update(place).digest('hex').slice(0, 16)}.jsonl`;
    const progress = new Progress(context, `import ${from}`);
    const work = new Import({
      source,
      sourceName: from,
      target,
      nameAtTarget: (name) => `${prefix}${name.startsWith(stripPrefix) ? name.slice(stripPrefix.length) : name}`,
      excluded,
      byTags: patterns.some(({ tags, digest }) => tags !== undefined || digest !== undefined),
      journal: await Journal.open(values.state ?? join(context.configDir, 'imports', file)),
      parallel,
      dryRun,
      force: values.force,
      referrers: !values.noReferrers,
      foreignLayers: values.foreign,
      onProgress: (done) => progress.show({ done, total: images.length }),
    });
    const repositories = await work.run(images).finally(() => progress.end());
    const differences = dryRun ? [] : await compare(target, repositories, parallel);
    const summary = summaryOf(repositories);
    const result: Result = { source: from, target: target.base.host, dryRun, ...summary, differences };
    if (values.report !== undefined) {
      const text = JSON.stringify({ ...result, list: imageLines(repositories) }, undefined, 2);
      await writeFile(values.report, `${text}\n`);
    }
    const isClean = differences.length === 0 && summary.failed === 0;
    context.say(closing(result, isClean));
    return new Verdict(result, isClean ? EXIT.done : EXIT.failed);
  },
});

type Result = ReturnType<typeof summaryOf> & {
  readonly source: string;
  readonly target: string;
  readonly dryRun: boolean;
  readonly differences: readonly Difference[];
};

function closing({ dryRun, images, copied, manifests, bytes, differences, failed }: Result, isClean: boolean): string {
  if (dryRun) return `${copied} of ${images} images would be copied, ${bytes} bytes; ${failed} cannot be read.`;
  if (isClean) return `All ${images} images are the same at the target: ${manifests} manifests, each by its digest.`;
  const left = differences.length === 1 ? '1 difference is' : `${differences.length} differences are`;
  return `${left} left. Mend what is said there and run it again: it goes on where it is.`;
}

function tableOf({ differences, ...result }: Result): TableRows {
  const { images, copied, there, different, failed, bytes, dryRun } = result;
  const total = { REPOSITORY: 'all', REFERENCE: `${images} images`, SOURCE: '', TARGET: '' };
  const REASON = `${copied} ${dryRun ? 'to be copied' : 'copied'}, ${there} there before, ${different} kept by the target, ${failed} failed, ${bytes} bytes`;
  return [
    ...differences.map(({ repository, reference, source, target, reason }) => ({
      REPOSITORY: repository,
      REFERENCE: reference,
      SOURCE: source ?? '',
      TARGET: target ?? '',
      REASON: reason,
    })),
    { ...total, REASON },
  ];
}

interface SourceCredentials {
  readonly sourceUsername: string | undefined;
  readonly sourcePassword: string | undefined;
}

/** What is meant for the target is never sent to the source. */
async function openSource(context: Context, from: string, values: SourceCredentials): Promise<ContentSource> {
  const { HOLDFAST_SOURCE_USERNAME, HOLDFAST_SOURCE_PASSWORD } = context.env;
  const username = values.sourceUsername ?? HOLDFAST_SOURCE_USERNAME;
  const password = values.sourcePassword ?? HOLDFAST_SOURCE_PASSWORD;
  return listedByHarbor(await connect(context, from, { username, password }));
}

/** By the patterns, or everything. */
async function chosen(source: ContentSource, patterns: readonly Pattern[]): Promise<SelectedImage[]> {
  if (patterns.length > 0) {
    return plain(select(source, patterns)).catch((error: Error) => {
      throw error instanceof CommandError ? error : notFound(`${error.message}.`);
    });
  }
  return plain(everything(source));
}

async function everything(source: ContentSource): Promise<SelectedImage[]> {
  const images: SelectedImage[] = [];
  for await (const repository of source.repositories()) {
    for await (const tag of source.tags(repository)) images.push({ repository, tag, reference: tag });
  }
  return images;
}

async function patternsOf(include: readonly string[] = [], list: string | undefined): Promise<Pattern[]> {
  const given = patternsFrom(include);
  if (list === undefined) return given;
  try {
    return [...given, ...parseList(await readFile(list, 'utf8'))];
  } catch (error) {
    throw wrongUsage(`--list is not taken: ${(error as Error).message}.`);
  }
}

function patternsFrom(texts: readonly string[]): Pattern[] {
  try {
    return texts.map(parsePattern);
  } catch (error) {
    throw wrongUsage(`It is not understood what to import: ${(error as Error).message}.`);
  }
}

function parallelOf(text: string | undefined): number {
  const count = text === undefined ? PARALLEL : Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MOST_PARALLEL) return count;
  throw wrongUsage(`--parallel takes a number from 1 to ${MOST_PARALLEL}, not '${text}'.`);
}
