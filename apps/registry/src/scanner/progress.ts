import type { MetadataStore, MetadataTx, RegistryRow } from '../metadata/metadata-store.ts';
import type { DueScan } from '../metadata/scans.ts';
import type { Awaitable } from '../platform/awaitable.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import { retryDelay } from '../webhooks/retry.ts';
import type { Called, ScannerAdapter } from './adapter.ts';
import type { Severity } from './report.ts';

/** Who says what the site's scanner says. */
export const SCANNER = 'scanner';

export interface ScanDependencies {
  readonly metadata: MetadataStore;
  readonly adapter: ScannerAdapter;
  readonly clock: Clock;
  readonly ids: Ids;
  /** What the scanner says below this passes, the rest fails; undefined: people decide. */
  readonly passBelow: Severity | undefined;
  /** How long the scanner may take for one manifest, and how long it may pull it. */
  readonly timeoutMinutes: number;
  /** Where and as whom the scanner pulls from a repository until that time. */
  readonly access: (registry: RegistryRow, repository: string, until: Date) => Promise<PullAccess>;
}

export interface PullAccess {
  /** Of the registry, as the scanner reaches it. */
  readonly url: string;
  /** The user name to which the token is the password. */
  readonly username: string;
  readonly token: string;
}

/** Does `work` unless the scan has been taken further, or begun anew, since it was found due. */
export async function change(
  { metadata }: Pick<ScanDependencies, 'metadata'>,
  { row }: DueScan,
  work: (tx: MetadataTx) => Awaitable<void>,
): Promise<void> {
  await metadata.transaction(async (tx) => {
    const now = await tx.scans.find(row.repositoryId, row.digest);
    if (now && (['state', 'failures', 'scanId'] as const).every((key) => now[key] === row[key])) {
      if (now.requestedAt.getTime() === row.requestedAt.getTime()) await work(tx);
    }
  });
}

/** What did not come yet is asked for again; what went wrong, from the start and later each time; what is refused, not at all. */
export async function postpone(
  d: ScanDependencies,
  scan: DueScan,
  called: Exclude<Called<never>, { kind: 'done' }>,
): Promise<void> {
  if (called.kind === 'refused') return giveUp(d, scan, called.why);
  const now = d.clock.now();
  const { submittedAt, failures } = scan.row;
  const overdue = submittedAt && now.getTime() - submittedAt.getTime() > d.timeoutMinutes * 60_000;
  if (called.kind === 'wait' && !overdue) {
    return change(d, scan, (tx) => tx.scans.put({ ...scan.row, dueAt: later(now, called.seconds * 1000) }));
  }
  const reason = called.kind === 'retry' ? called.why : `the scanner had no report within ${d.timeoutMinutes} minutes`;
  await change(d, scan, (tx) =>
    tx.scans.put({
      ...scan.row,
      state: 'waiting',
      failures: failures + 1,
      reason,
      dueAt: later(now, retryDelay(failures + 1, d.ids)),
      scanId: undefined,
      submittedAt: undefined,
    }),
  );
}

/** Over without a report. The quarantine is told nothing: what is closed stays closed, until somebody says otherwise. */
export async function giveUp(d: ScanDependencies, scan: DueScan, reason: string): Promise<void> {
  await change(d, scan, async (tx) => {
    const over = { state: 'failed', dueAt: undefined, finishedAt: d.clock.now(), reason } as const;
    await tx.scans.put({ ...scan.row, ...over });
    await audit(d, tx, scan, { correlationId: d.ids.uuid(), reason: `no report: ${reason}` });
  });
}

export async function audit(
  d: ScanDependencies,
  tx: MetadataTx,
  { row, registryId, repository }: DueScan,
  said: { readonly correlationId: string; readonly reason: string },
): Promise<void> {
  const about = { registryId, repository, target: row.digest, principal: SCANNER } as const;
  await tx.audit.append({ ...about, ...said, time: d.clock.now(), action: 'manifest.scan', outcome: 'done' });
}

export function later(time: Date, milliseconds: number): Date {
  return new Date(time.getTime() + milliseconds);
}
