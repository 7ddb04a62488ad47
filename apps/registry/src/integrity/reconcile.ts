import type { Digest } from '@holdfast/oci/digest';
import type { Kept } from '../metadata/consistency.ts';
import type { MetadataReader, MetadataStore, MetadataTx, RepositoryId } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { Verdict } from './recorder.ts';

/** What does not agree. Each kind is found and repaired in its own way. */
export type DiscrepancyKind =
  | 'blob-missing'
  | 'blob-wrong-size'
  | 'bytes-unknown'
  | 'link-count'
  | 'referenced-flag'
  | 'manifest-count'
  | 'tag-count'
  | 'lock-count'
  | 'byte-count'
  | 'shared-byte-count'
  | 'own-blob-count'
  | 'logical-byte-count'
  | 'usage';

export interface Discrepancy {
  readonly kind: DiscrepancyKind;
  /** The blob, the repository (with a blob), or the registry. */
  readonly of: string;
  /** What is wrong, in words, on one line. */
  readonly what: string;
  /** `marked`: what is lost cannot be made again; it is refused until somebody pushes it. */
  readonly repair: 'none' | 'done' | 'marked';
}

export interface ReconcileDependencies {
  readonly read: MetadataReader;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly ids: Ids;
  /** To repair with; undefined to look only. */
  readonly repair?:
    | { readonly metadata: MetadataStore; readonly examineBlob: (digest: Digest) => Promise<Verdict> }
    | undefined;
  /** Bytes without a row count as such when they are older: a push publishes its bytes before its row. Milliseconds. */
  readonly unknownAfterMs: number;
  /** Called with everything that was looked at. */
  readonly looked: (what: 'blob' | 'file' | 'link' | 'repository' | 'registry', name: string) => void;
}

const PAGE = 500;

/**
 * Compares what is stored with what the rows say, and the figures that rows keep with what they count: in pages, in the
 * order of their keys, beside a server that goes on. Bytes themselves are not read; that is the scrub's work.
 */
export async function* reconcile(d: ReconcileDependencies): AsyncGenerator<Discrepancy> {
  yield* reconcileBlobs(d);
  yield* reconcileFiles(d);
  for await (const repository of repositories(d)) {
    yield* reconcileRepository(d, repository);
    yield* reconcileLinks(d, repository);
  }
  yield* reconcileUsage(d);
}

async function* reconcileBlobs(d: ReconcileDependencies): AsyncGenerator<Discrepancy> {
  const { consistency } = d.read;
  for (let last = ''; ; ) {
    const page = await consistency.blobs({ last, limit: PAGE });
    for (const row of page) {
      const { digest, damaged } = row;
      d.looked('blob', digest);
      if (differ(row)) {
        const what = `${row.kept} links are counted, there are ${row.counted}`;
        const recount = (tx: MetadataTx) => tx.consistency.recountBlob(digest, d.clock.now());
        yield await settled(d, { kind: 'link-count', of: digest, what }, recount);
      }
      if (!damaged) yield* reconcileBytes(d, row);
    }
    if (page.length < PAGE) return;
    last = page.at(-1)?.digest ?? last;
  }
}

async function* reconcileBytes(
  d: ReconcileDependencies,
  { digest, size, counted }: { digest: Digest; size: number; counted: number },
): AsyncGenerator<Discrepancy> {
  const found = await d.blobs.stat(digest);
  if (found?.size === size) return;
  // Row first, then bytes, is the order in which blobs are freed: perhaps the row is gone by now.
  if ((await d.read.integrity.blob(digest)) === undefined) return;
  const kind = found ? 'blob-wrong-size' : 'blob-missing';
  const what = found ? `it has ${found.size} bytes, not ${size}` : 'its bytes are not there';
  if (counted > 0) {
    const verdict = await d.repair?.examineBlob(digest);
    const repair = verdict === undefined ? 'none' : verdict.state === 'damaged' ? 'marked' : 'done';
    yield { kind, of: digest, what, repair };
  } else {
    // Nothing links it: its row goes the way that it would have gone, and wrong bytes are bytes without a row then.
    yield await settled(d, { kind, of: digest, what }, (tx) => tx.blobs.forget(digest));
  }
}

async function* reconcileFiles(d: ReconcileDependencies): AsyncGenerator<Discrepancy> {
  const olderThan = new Date(d.clock.now().getTime() - d.unknownAfterMs);
  for await (const { digest, size } of d.blobs.list({ olderThan })) {
    d.looked('file', digest);
    if (await d.read.blobs.exists(digest)) continue;
    const finding = { kind: 'bytes-unknown', of: digest, what: `no row knows its ${size} bytes` } as const;
    yield await settled(d, finding, () => undefined);
    if (d.repair) await d.blobs.delete(digest);
  }
}

interface Repository {
  readonly id: RepositoryId;
  readonly name: string;
  readonly counts: readonly (Kept & { readonly kind: DiscrepancyKind })[];
}

async function* repositories({ read, looked }: ReconcileDependencies): AsyncGenerator<Repository> {
  for (let last = 0 as RepositoryId; ; ) {
    const page = await read.consistency.repositories(last, PAGE);
    for (const { id, name, ...of } of page) {
      looked('repository', name);
      const counts = [
        { kind: 'manifest-count', ...of.manifests },
        { kind: 'tag-count', ...of.tags },
        { kind: 'lock-count', ...of.locks },
        { kind: 'byte-count', ...of.bytes },
        { kind: 'shared-byte-count', ...of.sharedBytes },
        { kind: 'own-blob-count', ...of.ownBlobs },
        { kind: 'logical-byte-count', ...of.logicalBytes },
      ] as const;
      yield { id, name, counts };
    }
    if (page.length < PAGE) return;
    last = page.at(-1)?.id ?? last;
  }
}

async function* reconcileRepository(
  d: ReconcileDependencies,
  { id, name, counts }: Repository,
): AsyncGenerator<Discrepancy> {
  for (const { kind, kept, counted } of counts.filter(differ)) {
    const what = `${kept} ${kind.replace('-count', 's').replace('-', ' ')} are counted, there are ${counted}`;
    yield await settled(d, { kind, of: name, what }, (tx) => tx.consistency.recountRepository(id));
  }
}

async function* reconcileLinks(d: ReconcileDependencies, { id, name }: Repository): AsyncGenerator<Discrepancy> {
  for (let last = ''; ; ) {
    const page = await d.read.consistency.links(id, { last, limit: PAGE });
    for (const { digest, kept, counted } of page) {
      d.looked('link', digest);
      if (kept === counted) continue;
      const what =
        counted > 0
          ? 'a manifest names it, and its link says that none does'
          : 'no manifest names it, and its link says that one does';
      const finding = { kind: 'referenced-flag', of: `${name}@${digest}`, what } as const;
      yield await settled(d, finding, (tx) => tx.consistency.recountLink(id, digest));
    }
    if (page.length < PAGE) return;
    last = page.at(-1)?.digest ?? last;
  }
}

/** After the links, on which it rests. */
async function* reconcileUsage(d: ReconcileDependencies): AsyncGenerator<Discrepancy> {
  for (let last = ''; ; ) {
    const row = await d.read.consistency.usage(last);
    if (!row) return;
    d.looked('registry', row.name);
    last = row.id;
    if (!differ(row)) continue;
    const what = `${row.kept} bytes are counted, there are ${row.counted}`;
    yield await settled(d, { kind: 'usage', of: row.name, what }, (tx) => tx.consistency.recountUsage(row.id));
  }
}

const differ = ({ kept, counted }: Kept): boolean => kept !== counted;

/** The finding with what became of it; a repair and its audit row are one transaction. */
async function settled(
  d: ReconcileDependencies,
  finding: Omit<Discrepancy, 'repair'>,
  mend: (tx: MetadataTx) => unknown,
): Promise<Discrepancy> {
  if (!d.repair) return { ...finding, repair: 'none' };
  const [time, correlationId] = [d.clock.now(), d.ids.uuid()];
  await d.repair.metadata.transaction(async (tx) => {
    await mend(tx);
    await tx.audit.append({
      time,
      principal: 'system',
      action: 'fsck.repair',
      target: finding.of,
      outcome: 'done',
      reason: `${finding.kind}: ${finding.what}`,
      correlationId,
    });
  });
  return { ...finding, repair: 'done' };
}
