import type { Digest } from '@holdfast/oci/digest';
import type { MetadataTx, RepositoryId } from '../metadata/metadata-store.ts';
import type { ScanRow } from '../metadata/scans.ts';

/** Asks the site's scanner to look at a manifest that is there: anew when it did before; nothing while it is at it. */
export async function requestScan(
  tx: MetadataTx,
  repositoryId: RepositoryId,
  digest: Digest,
  now: Date,
): Promise<ScanRow> {
  const before = await tx.scans.find(repositoryId, digest);
  if (before?.dueAt) return before;
  const row: ScanRow = { repositoryId, digest, state: 'waiting', requestedAt: now, dueAt: now, failures: 0 };
  await tx.scans.put(row);
  return row;
}
