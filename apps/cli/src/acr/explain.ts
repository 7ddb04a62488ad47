import type { AcrManifestExplanation, AcrRepositoryUsage, AcrTagExplanation } from '@holdfast/contracts/acr';
import { defineCommand, type TableRows } from '../command.ts';
import { wrongUsage } from '../command-error.ts';
import { RegistryClient } from '../site/registry-client.ts';
import { metadataPath, parseImageName, repositoryPath } from './image-name.ts';
import { CONTENT_OPTIONS } from './options.ts';

type Answer = AcrRepositoryUsage | AcrManifestExplanation | AcrTagExplanation;

export const command = defineCommand({
  summary: 'Say why an image or a repository is kept, and what deleting it would free.',
  details:
    "Asked of the registry, so it tells what the user may see. 'holdfast explain', where the site's data is, knows of blobs and of other registries as well.",
  options: {
    ...CONTENT_OPTIONS,
    image: { flags: ['--image', '-t'], value: 'IMAGE', text: 'REPOSITORY:TAG or REPOSITORY@DIGEST.' },
    repository: {
      flags: ['--repository'],
      value: 'NAME',
      text: 'All of a repository: what it takes, alone and shared.',
    },
  },
  examples: [
    { text: 'Why is it still there?', command: 'holdfast acr explain -n myregistry --image team/app:v1 -o table' },
    {
      text: 'What would it free?',
      command: 'holdfast acr explain -n myregistry --repository team/app --query deletingFrees',
    },
  ],
  table: (result): TableRows => rowsOf(result as Answer),
  run: async (context, { image, repository, ...values }) => {
    if ((image === undefined) === (repository === undefined)) throw wrongUsage('Give one of --image and --repository.');
    const client = await RegistryClient.open(context, values);
    const ask = async (name: string, path: string, key: string) =>
      (await client.json<Record<string, Answer>>(`repository:${name}:metadata_read`, path))[key];
    if (repository !== undefined) return ask(repository, `/acr/v1/${repositoryPath(repository)}/_usage`, 'usage');
    const named = parseImageName(image ?? '');
    const { path, key } = metadataPath(named);
    return ask(named.repository, `${path}/_explain`, key);
  },
});

/** A fact a line, in the words of the site's own `holdfast explain`. */
function rowsOf(answer: Answer): TableRows {
  const facts: [string, string | number | undefined][] = [];
  const manifest = 'manifest' in answer ? answer.manifest : 'referencedBy' in answer ? answer : undefined;
  if ('manifest' in answer)
    facts.push(['Tag', answer.name], ['Only tag of its manifest', answer.lastTag ? 'yes' : 'no']);
  if (manifest) {
    const { digest, referencedBy, subject } = manifest;
    facts.push(['Manifest', digest], ['Tags', referencedBy.tags.join(', ') || 'none']);
    facts.push(...referencedBy.indexes.map((index): [string, string] => ['Part of', index]), [
      'Says something of',
      subject,
    ]);
    facts.push(...referencedBy.referrers.map((referrer): [string, string] => ['Referrer', referrer]));
  }
  if ('storedBytes' in answer) {
    facts.push(['Manifests', answer.manifestCount], ['Tags', answer.tagCount], ['Stored bytes', answer.storedBytes]);
    facts.push(['Of that, in no other repository', answer.uniqueBytes], ['Shared with others', answer.sharedBytes]);
  }
  const kept = manifest ?? answer;
  const lastPull = 'lastPullTime' in kept ? kept.lastPullTime : undefined;
  facts.push(['Pulled last', lastPull ?? 'never, as far as is known']);
  facts.push(['It cannot be deleted', answer.keptBy ?? manifest?.keptBy]);
  facts.push(['Deleting it frees bytes', kept.deletingFrees.bytes], ['and blobs', kept.deletingFrees.count]);
  return facts.filter(([, value]) => value !== undefined).map(([FACT, VALUE]) => ({ FACT, VALUE }));
}
