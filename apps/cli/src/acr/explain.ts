import type {
  AcrBlobExplanation,
  AcrManifestExplanation,
  AcrRepositoryUsage,
  AcrTagExplanation,
} from '@holdfast/contracts/acr';
import { defineCommand, type TableRows } from '../command.ts';
import { wrongUsage } from '../command-error.ts';
import { RegistryClient } from '../site/registry-client.ts';
import { metadataPath, parseImageName, repositoryPath } from './image-name.ts';
import { CONTENT_OPTIONS } from './options.ts';

type ContentAnswer = AcrRepositoryUsage | AcrManifestExplanation | AcrTagExplanation;
type Answer = ContentAnswer | AcrBlobExplanation;

export const command = defineCommand({
  summary: 'Say why an image, a repository or a blob is kept, and what deleting it would free.',
  details:
    "Asked of the registry, so it tells what the user may see. 'holdfast explain', where the site's data is, knows of other registries as well.",
  options: {
    ...CONTENT_OPTIONS,
    image: { flags: ['--image', '-t'], value: 'IMAGE', text: 'REPOSITORY:TAG or REPOSITORY@DIGEST.' },
    repository: {
      flags: ['--repository'],
      value: 'NAME',
      text: 'All of a repository: what it takes, alone and shared.',
    },
    blob: { flags: ['--blob'], value: 'DIGEST', text: 'A layer or configuration, in the repository given beside it.' },
  },
  examples: [
    { text: 'Why is it still there?', command: 'holdfast acr explain -n myregistry --image team/app:v1 -o table' },
    {
      text: 'What would it free?',
      command: 'holdfast acr explain -n myregistry --repository team/app --query deletingFrees',
    },
    {
      text: 'Which images need this layer?',
      command: 'holdfast acr explain -n myregistry --repository team/app --blob "$LAYER"',
    },
  ],
  table: (result): TableRows => {
    const answer = result as Answer;
    return factRows('state' in answer ? blobFacts(answer) : contentFacts(answer));
  },
  run: async (context, { image, repository, blob, ...values }) => {
    if (blob !== undefined && repository === undefined) throw wrongUsage('--blob needs the --repository it is in.');
    if ((image === undefined) === (repository === undefined)) throw wrongUsage('Give one of --image and --repository.');
    const client = await RegistryClient.open(context, values);
    const ask = async (name: string, path: string, key: string) =>
      (await client.json<Record<string, Answer>>(`repository:${name}:metadata_read`, path))[key];
    if (repository !== undefined && blob !== undefined) {
      return ask(
        repository,
        `/acr/v1/${repositoryPath(repository)}/_blobs/${encodeURIComponent(blob)}/_explain`,
        'blob',
      );
    }
    if (repository !== undefined) return ask(repository, `/acr/v1/${repositoryPath(repository)}/_usage`, 'usage');
    const named = parseImageName(image ?? '');
    const { path, key } = metadataPath(named);
    return ask(named.repository, `${path}/_explain`, key);
  },
});

/** A fact a line, in the words of the site's own `holdfast explain`. */
type Facts = [string, string | number | undefined][];

function factRows(facts: Facts): TableRows {
  return facts.filter(([, value]) => value !== undefined).map(([FACT, VALUE]) => ({ FACT, VALUE }));
}

const STATES: Readonly<Record<AcrBlobExplanation['state'], string>> = {
  named: 'kept, needed by manifests',
  pushed: 'pushed, and no manifest names it yet',
  released: 'its last manifest was deleted',
};

function blobFacts({
  digest,
  size,
  damage,
  state,
  since,
  goesAt,
  manifests,
  repositories,
  shared,
}: AcrBlobExplanation): Facts {
  const elsewhere = repositories.join(', ') || (shared ? 'some that this list does not tell' : 'none');
  return [
    ['Blob', digest],
    ['Bytes', size],
    ['Damaged', damage],
    ['State', STATES[state]],
    ['Since', since],
    ['It goes after', goesAt],
    ...manifests.map(({ digest: named, tags }): [string, string] => [
      'Needed by',
      `${named}  ${tags.join(', ') || 'no tag'}`,
    ]),
    ['Also in the repositories', elsewhere],
  ];
}

function contentFacts(answer: ContentAnswer): Facts {
  const facts: Facts = [];
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
  return facts;
}
