import type { Digest } from '@holdfast/oci/digest';
import type { ReferenceKind } from '@holdfast/oci/manifest';
import type { RepositoryName } from '@holdfast/oci/reference';
import type { MetadataReader, RepositoryRow } from '../../metadata/metadata-store.ts';
import { deletedFrom } from '../../metadata/soft-deletions.ts';

/** A blob that a manifest names, and who has it besides. */
export interface LayerExplanation {
  readonly digest: Digest;
  readonly kind: Exclude<ReferenceKind, 'manifest'>;
  /** Bytes, as the manifest claims. */
  readonly size: number;
  /** The repository has it; what a manifest names by URLs only may be elsewhere. */
  readonly stored: boolean;
  /** Other manifests of the repository that name it; at most `NAMED`. */
  readonly manifests: readonly Digest[];
  /** Another repository of the registry has it. */
  readonly shared: boolean;
  /** Which ones, of those that the asker may know of; at most `NAMED`. */
  readonly repositories: readonly RepositoryName[];
}

const NAMED = 100;

/** @param view the repositories of the registry of which the asker may know: names, and prefixes that end in `*` */
export async function explainLayers(
  read: MetadataReader,
  registry: { readonly id: string; readonly name: string },
  repository: RepositoryRow,
  digest: Digest,
  view: 'all' | readonly string[],
): Promise<LayerExplanation[]> {
  const named = await read.manifests.references(repository.id, digest);
  const layers: LayerExplanation[] = [];
  for (const { digest: blob, kind, size } of named) {
    if (kind === 'manifest') continue;
    if (layers.some((layer) => layer.digest === blob)) continue;
    const naming = await read.manifests.referencing(repository.id, blob, NAMED + 1);
    layers.push({
      digest: blob,
      kind,
      size,
      stored: (await read.garbage.linkOf(repository.id, blob)) !== undefined,
      manifests: naming.filter((other) => other !== digest).slice(0, NAMED),
      ...(await othersWith(read, registry, repository, blob, view)),
    });
  }
  return layers;
}

/** Whether other repositories of the registry have the blob, and which, of those that the asker may know of. */
export async function othersWith(
  read: MetadataReader,
  registry: { readonly id: string; readonly name: string },
  repository: RepositoryRow,
  blob: Digest,
  view: 'all' | readonly string[],
): Promise<Pick<LayerExplanation, 'shared' | 'repositories'>> {
  const links = await read.garbage.linksOf(blob, NAMED + 1);
  const others = links.filter(
    (link) => link.registry === registry.name && link.repositoryId !== repository.id && link.state !== 'released',
  );
  const names = others.map((link) => link.repository).filter((name) => deletedFrom(name) === undefined);
  return { shared: others.length > 0, repositories: await known(read, registry.id, names, view) };
}

/** Those of the names that the view shows, that hold an image and that no lock hides: what `_catalog` would tell, too. */
async function known(
  read: MetadataReader,
  registryId: string,
  names: readonly RepositoryName[],
  view: 'all' | readonly string[],
): Promise<readonly RepositoryName[]> {
  const shown = view === 'all' ? names : names.filter((name) => view.some((pattern) => covers(pattern, name)));
  return shown.length === 0 ? [] : read.repositories.listAmong(registryId, shown, { limit: NAMED });
}

function covers(pattern: string, name: RepositoryName): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
