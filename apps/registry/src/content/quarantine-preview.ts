import type { Digest } from '@holdfast/oci/digest';
import type { MetadataReader } from '../metadata/metadata-store.ts';
import type { ClosedManifest, ClosedPage, ExaminedManifest } from '../metadata/quarantine.ts';

/** Manifests that one page looks at. It shows those of them that would be closed, so it may be short, or empty. */
const EXAMINED = 500;

/** What the policy closes the moment it is switched on, whether it is on or not. By repository and digest. */
export async function previewQuarantine(
  read: MetadataReader,
  registryId: string,
  after: { readonly repository: string; readonly digest: string } = { repository: '', digest: '' },
): Promise<ClosedPage> {
  const page = await read.quarantine.examine(registryId, after, EXAMINED);
  const items: ClosedManifest[] = [];
  for (const row of page) {
    const culprit = await culpritOf(read, row);
    if (culprit === undefined) continue;
    const { repository, digest, state } = row;
    const tags = await read.tags.ofManifest(row.repositoryId, digest);
    items.push({ repository, digest, tags, state, because: culprit === digest ? undefined : culprit });
  }
  const last = page.at(-1);
  return page.length < EXAMINED || !last
    ? { items }
    : { items, next: { repository: last.repository, digest: last.digest } };
}

async function culpritOf(
  read: MetadataReader,
  { repositoryId, digest, state, childCount }: ExaminedManifest,
): Promise<Digest | undefined> {
  if (state !== 'Passed') return digest;
  return childCount === 0 ? undefined : read.quarantine.unreleased(repositoryId, digest);
}
