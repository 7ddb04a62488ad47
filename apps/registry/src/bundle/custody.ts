import type { Digest } from '@holdfast/oci/digest';
import { principalId } from '../access/principal.ts';
import type { CustodyRow } from '../metadata/bundle-journal.ts';
import type { MetadataReader, MetadataTx } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { BundleCaller } from './caller.ts';

/** What an entry of the custody log says besides who, what and when. */
export interface CustodyDetail {
  /** Numbers of volumes. */
  readonly volumes?: readonly number[];
  readonly of?: number | undefined;
  readonly file?: string;
  /** When the bundle was made, by its own word. */
  readonly created?: string | undefined;
  /** How many moved. */
  readonly tags?: number;
  /** Of what was applied, and how long that took: by these a plan tells the time. */
  readonly bytes?: number | undefined;
  readonly seconds?: number | undefined;
  /** What the registry was thought to have and has not: the next receipt names it. */
  readonly lacks?: readonly string[];
}

export interface CustodyFacts extends CustodyDetail {
  readonly action: CustodyRow['action'];
  readonly bundle?: Digest | undefined;
  readonly signer?: string | undefined;
  readonly carriedBy?: string | undefined;
}

/** In the transaction of what it tells. */
export async function logCustody(
  { clock }: { readonly clock: Clock },
  tx: Pick<MetadataTx, 'bundleJournal'>,
  { registry, principal }: BundleCaller,
  { action, bundle, signer, carriedBy, ...detail }: CustodyFacts,
): Promise<void> {
  await tx.bundleJournal.appendCustody({
    registryId: registry.id,
    time: clock.now(),
    by: principalId(principal),
    action,
    bundle,
    signer,
    carriedBy,
    detail: JSON.stringify(detail),
  });
}

/** What the last apply found lacking. */
export async function lastLacks(read: MetadataReader, registryId: string): Promise<readonly string[]> {
  const incomplete = await read.bundleJournal.lastCustody(registryId, 'incomplete');
  const applied = await read.bundleJournal.lastCustody(registryId, 'applied');
  if (!incomplete || (applied && applied.place > incomplete.place)) return [];
  return detailOf(incomplete).lacks ?? [];
}

/** How long so many bytes would take at the pace of the last apply; undefined when there was none. */
export async function secondsFor(read: MetadataReader, registryId: string, size: number): Promise<number | undefined> {
  const last = await read.bundleJournal.lastCustody(registryId, 'applied');
  const { bytes, seconds } = last ? detailOf(last) : {};
  return bytes && seconds ? Math.ceil((size * seconds) / bytes) : undefined;
}

export function detailOf({ detail }: CustodyRow): CustodyDetail {
  return JSON.parse(detail) as CustodyDetail;
}
