import type { Digest } from '@holdfast/oci/digest';
import type { Damage, MetadataStore, MetadataTx } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import { hasDigest } from './examine.ts';
import { describeDamage, type Finding, type StoredKind } from './finding.ts';
import type { Recorder, Seen, Verdict } from './recorder.ts';

export interface LedgerDependencies {
  readonly metadata: MetadataStore;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Hears of each damage once, when it is recorded. */
  readonly tell: (finding: Finding) => void;
}

/** Repositories that get an audit row of one damage. */
const AUDITED = 50;

/** Records in the database of a data folder that this process has to itself. */
export class Ledger implements Recorder {
  readonly #d: LedgerDependencies;

  constructor(dependencies: LedgerDependencies) {
    this.#d = dependencies;
  }

  /**
   * Under the lock that a push holds from publishing bytes to linking them, and a sweep from forgetting to deleting: so here a row
   * without bytes is a loss, and bytes of the version that was read are still those that are served.
   */
  async settleBlob(digest: Digest, seen: Seen): Promise<Verdict | undefined> {
    const { metadata, blobs } = this.#d;
    const verdict = await metadata.exclusive(`blob:${digest}`, async (): Promise<Verdict | undefined> => {
      if ((await blobs.stat(digest))?.version !== seen.version) return undefined;
      const found = this.#moment();
      return metadata.transaction((tx) => recordBlob(tx, digest, seen, found));
    });
    await this.#tell('blob', digest, verdict);
    return verdict;
  }

  async settleManifest(digest: Digest): Promise<Verdict> {
    const found = this.#moment();
    const verdict = await this.#d.metadata.transaction((tx) => recordManifest(tx, digest, found));
    await this.#tell('manifest', digest, verdict);
    return verdict;
  }

  #moment(): Moment {
    return { now: this.#d.clock.now(), correlationId: this.#d.ids.uuid() };
  }

  async #tell(what: StoredKind, digest: Digest, verdict: Verdict | undefined): Promise<void> {
    if (verdict?.state !== 'damaged' || !verdict.news) return;
    this.#d.tell(await describeDamage(this.#d.metadata.read, what, digest, verdict.damage));
  }
}

interface Moment {
  readonly now: Date;
  readonly correlationId: string;
}

async function recordBlob(tx: MetadataTx, digest: Digest, seen: Seen, at: Moment): Promise<Verdict> {
  const row = await tx.integrity.blob(digest);
  if (!row) return { state: 'gone' };
  if (seen.kind === undefined) {
    const healed = await tx.integrity.healBlob(digest, seen.size);
    if (healed) await audit(tx, 'blob', digest, 'heal', undefined, at);
    return { state: 'sound', version: seen.version ?? '', healed };
  }
  const damage: Damage = row.damage ?? { kind: seen.kind, since: at.now };
  const news = await tx.integrity.markBlob(digest, damage);
  if (news) await audit(tx, 'blob', digest, 'damage', damage.kind, at);
  return { state: 'damaged', damage, news };
}

async function recordManifest(tx: MetadataTx, digest: Digest, at: Moment): Promise<Verdict> {
  const stored = await tx.integrity.manifest(digest);
  if (!stored) return { state: 'gone' };
  if (hasDigest(stored.bytes, digest)) {
    const healed = stored.damagedAt !== undefined && (await tx.integrity.healManifest(digest, stored.bytes));
    if (healed) await audit(tx, 'manifest', digest, 'heal', undefined, at);
    return { state: 'sound', version: '', healed };
  }
  const damage: Damage = { kind: 'wrong-bytes', since: stored.damagedAt ?? at.now };
  const news = await tx.integrity.markManifest(digest, damage.since);
  if (news) await audit(tx, 'manifest', digest, 'damage', damage.kind, at);
  return { state: 'damaged', damage, news };
}

/** One row for each repository, since each may belong to somebody else. */
async function audit(
  tx: MetadataTx,
  what: StoredKind,
  digest: Digest,
  verb: 'damage' | 'heal',
  reason: string | undefined,
  { now: time, correlationId }: Moment,
): Promise<void> {
  for (const { registryId, repository } of await tx.integrity.holders(what, digest, AUDITED)) {
    await tx.audit.append({
      time,
      registryId,
      principal: 'system',
      action: `${what}.${verb}`,
      repository,
      target: digest,
      outcome: 'done',
      reason,
      correlationId,
    });
  }
}
