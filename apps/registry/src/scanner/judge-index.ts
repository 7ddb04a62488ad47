import { requestScan } from '../content/request-scan.ts';
import type { MetadataTx } from '../metadata/metadata-store.ts';
import type { DueScan } from '../metadata/scans.ts';
import { conclude } from './conclude.ts';
import { change, giveUp, later, type ScanDependencies } from './progress.ts';

/** Between two looks at images that are still waited for. */
const LOOK_MS = 5000;

/**
 * Scanners take images, not lists of them: a multi-platform image passes when all its images have, and fails when one has. Those
 * that nobody has looked at yet are scanned for it.
 */
export async function judgeIndex(d: ScanDependencies, scan: DueScan): Promise<void> {
  const { repositoryId, digest } = scan.row;
  const references = await d.metadata.read.manifests.references(repositoryId, digest);
  const images = references.filter(({ kind }) => kind === 'manifest');
  if (images.length === 0) return giveUp(d, scan, 'it is an index that names no image');
  await change(d, scan, async (tx) => {
    const states = await statesOf(d, tx, scan, images);
    if (states.includes('Failed')) return finish(d, tx, scan, 'Failed', 'one of its images failed');
    if (states.includes('Quarantined')) {
      await tx.scans.put({ ...scan.row, dueAt: later(d.clock.now(), LOOK_MS), reason: 'it waits for its images' });
      return;
    }
    await finish(d, tx, scan, 'Passed', `all of its ${images.length} images passed`);
  });
}

async function statesOf(
  d: ScanDependencies,
  tx: MetadataTx,
  { row: { repositoryId } }: DueScan,
  images: readonly { readonly digest: DueScan['row']['digest'] }[],
): Promise<string[]> {
  const states: string[] = [];
  for (const { digest } of images) {
    const culprit = await tx.quarantine.unreleased(repositoryId, digest);
    if (culprit === undefined) continue;
    states.push((await tx.quarantine.find(repositoryId, culprit))?.state ?? 'Quarantined');
    const there = await tx.manifests.find(repositoryId, culprit);
    if (there && !(await tx.scans.find(repositoryId, culprit)))
      await requestScan(tx, repositoryId, culprit, d.clock.now());
  }
  return states;
}

async function finish(
  d: ScanDependencies,
  tx: MetadataTx,
  scan: DueScan,
  state: 'Passed' | 'Failed',
  reason: string,
): Promise<void> {
  const verdict = d.passBelow && { state, details: JSON.stringify({ scanner: 'index', result: reason }) };
  await conclude(d, tx, scan, { reason, verdict });
}
