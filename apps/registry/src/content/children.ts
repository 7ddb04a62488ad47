import type { Digest } from '@holdfast/oci/digest';
import type { ManifestReference, MetadataReader, RepositoryId } from '../metadata/metadata-store.ts';

/**
 * A manifest that a stored index names, itself or by indexes in it, and that is not there any more: it was deleted while no tag held
 * the index. Whoever puts a tag on an index asks this, in the same transaction, since what is tagged can be pulled whole.
 */
export async function missingChild(
  at: Pick<MetadataReader, 'manifests'>,
  repositoryId: RepositoryId,
  index: Digest,
): Promise<ManifestReference | undefined> {
  const seen = new Set<Digest>([index]);
  const unread = [index];
  for (let next = unread.pop(); next !== undefined; next = unread.pop()) {
    for (const reference of await at.manifests.references(repositoryId, next)) {
      if (reference.kind !== 'manifest' || seen.has(reference.digest)) continue;
      if (!(await at.manifests.find(repositoryId, reference.digest))) return reference;
      seen.add(reference.digest);
      unread.push(reference.digest);
    }
  }
  return undefined;
}
