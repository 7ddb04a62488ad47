import { defineCommand, type TableRows } from '../../command.ts';
import { RegistryClient } from '../../site/registry-client.ts';
import { repositoryPath } from '../image-name.ts';
import { LIST_OPTIONS, topOf } from '../options.ts';
import { MANIFEST_TYPES } from './manifest-types.ts';
import { SPECIFIER, SPECIFIER_OPTIONS, specified } from './specifier.ts';

interface Manifest {
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly subject?: { readonly digest: string };
}

export const command = defineCommand({
  summary: 'List the manifests of a repository themselves.',
  options: { ...SPECIFIER_OPTIONS, ...LIST_OPTIONS },
  positionals: SPECIFIER,
  examples: [
    { text: 'What each is, and about what:', command: 'holdfast acr manifest list -r myregistry -n team/app -o table' },
  ],
  table: (result): TableRows =>
    (result as Manifest[]).map(({ mediaType, artifactType, subject }) => ({
      MediaType: mediaType,
      ArtifactType: artifactType,
      SubjectDigest: subject?.digest,
    })),
  run: async (context, values, positionals) => {
    const { registry, name: repository } = specified(values, positionals);
    const client = await RegistryClient.open(context, { ...values, name: registry });
    const scope = `repository:${repository}:pull,metadata_read`;
    const path = repositoryPath(repository);
    const options = { top: topOf(values.top), orderby: values.orderby };
    const found = await client.list<{ digest: string }>(scope, `/acr/v1/${path}/_manifests`, 'manifests', options);
    const manifests: Manifest[] = [];
    for (const { digest } of found) {
      manifests.push(
        await client.json(scope, `/v2/${path}/manifests/${digest}`, { headers: { Accept: MANIFEST_TYPES } }),
      );
    }
    return manifests;
  },
});
