import { defineCommand, type TableRows } from '../../command.ts';
import { RegistryClient } from '../../site/registry-client.ts';
import { metadataPath, parseImageName, repositoryPath } from '../image-name.ts';
import { SPECIFIER, SPECIFIER_OPTIONS, specified } from './specifier.ts';

interface Referrer {
  readonly digest: string;
  readonly artifactType?: string;
  readonly mediaType: string;
  readonly size: number;
}

export const command = defineCommand({
  summary: 'List what refers to an image: its signatures, its bill of materials.',
  options: {
    ...SPECIFIER_OPTIONS,
    artifactType: { flags: ['--artifact-type'], value: 'TYPE', text: 'Only those of this type.' },
  },
  positionals: SPECIFIER,
  examples: [
    { text: 'As a table:', command: 'holdfast acr manifest list-referrers -r myregistry -n team/app:v1 -o table' },
  ],
  table: (result): TableRows =>
    (result as { manifests: Referrer[] }).manifests.map(({ digest, artifactType, mediaType, size }) => ({
      Digest: digest,
      ArtifactType: artifactType,
      MediaType: mediaType,
      Size: size,
    })),
  run: async (context, values, positionals) => {
    const { registry, name } = specified(values, positionals);
    const client = await RegistryClient.open(context, { ...values, name: registry });
    const image = parseImageName(name);
    const scope = `repository:${image.repository}:pull,metadata_read`;
    const digest =
      image.digest ?? (await client.json<{ tag: { digest: string } }>(scope, metadataPath(image).path)).tag.digest;
    let path = `/v2/${repositoryPath(image.repository)}/referrers/${digest}`;
    if (values.artifactType !== undefined) path += `?artifactType=${encodeURIComponent(values.artifactType)}`;
    const manifests: Referrer[] = [];
    for (let next: string | undefined = path; next !== undefined; ) {
      const page = await client.call(scope, next);
      manifests.push(...(page.json<{ manifests: Referrer[] }>()?.manifests ?? []));
      const query = /<[^>?]*\?([^>]*)>/.exec(page.headers.get('link') ?? '')?.[1];
      next = query === undefined ? undefined : `${path.split('?')[0]}?${query}`;
    }
    return { manifests };
  },
});
