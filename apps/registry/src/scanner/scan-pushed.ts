import { parseDigest } from '@holdfast/oci/digest';
import { parseRepositoryName } from '@holdfast/oci/reference';
import { requestScan } from '../content/request-scan.ts';
import type { MetadataTx } from '../metadata/metadata-store.ts';
import type { OutboxEvent, OutboxPayload } from '../metadata/outbox.ts';
import type { Clock } from '../platform/clock.ts';

/**
 * What scanners are told of by the outbox is scanned: what came into quarantine, and, where the policy is off, every push, so that
 * all there is has been looked at before it is switched on.
 */
export function scanPushed({ clock }: { readonly clock: Clock }) {
  return async (tx: MetadataTx, event: OutboxEvent): Promise<void> => {
    const { target, forScanners } = JSON.parse(event.payload) as OutboxPayload;
    if (event.kind !== 'quarantine' && !forScanners) return;
    const name = parseRepositoryName(target.repository);
    const digest = parseDigest(target.digest);
    const repository = name && (await tx.repositories.find(event.registryId, name));
    // It may be deleted by now.
    if (!digest || !repository || !(await tx.manifests.find(repository.id, digest))) return;
    await requestScan(tx, repository.id, digest, clock.now());
  };
}
