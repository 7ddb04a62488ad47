import { recordVerdict, type Verdict } from '../content/quarantine-verdict.ts';
import type { MetadataTx } from '../metadata/metadata-store.ts';
import type { QuarantineRow } from '../metadata/quarantine.ts';
import type { DueScan } from '../metadata/scans.ts';
import { audit, SCANNER, type ScanDependencies } from './progress.ts';

/** Over with a result: the scan says so, and the quarantine is told what follows from it, if anything does. */
export async function conclude(
  d: ScanDependencies,
  tx: MetadataTx,
  scan: DueScan,
  result: {
    readonly severity?: string | undefined;
    readonly scanner?: string | undefined;
    readonly reason?: string | undefined;
    /** Undefined: people decide. */
    readonly verdict: Verdict | undefined;
  },
): Promise<void> {
  const { repositoryId, digest } = scan.row;
  const { verdict, severity, scanner, reason } = result;
  const over = { state: 'done', dueAt: undefined, failures: 0, finishedAt: d.clock.now() } as const;
  await tx.scans.put({ ...scan.row, ...over, severity, scanner, reason });
  const registry = await tx.registries.byId(scan.registryId);
  const counts = verdict && registry && mayReplace(await tx.quarantine.find(repositoryId, digest));
  const correlationId = d.ids.uuid();
  const said = counts ? `quarantineState=${verdict.state}` : 'the state of the quarantine stays';
  await audit(d, tx, scan, { correlationId, reason: `${severity ?? reason}; ${said}` });
  if (!counts) return;
  const about = { registry, repository: { id: repositoryId, name: scan.repository }, digest };
  await recordVerdict(d, tx, about, verdict, { principal: SCANNER, correlationId });
}

/** What a person said, or another scanner, stands. That nobody came in time does not. */
function mayReplace(row: QuarantineRow | undefined): boolean {
  return !row || row.state === 'Quarantined' || row.changedBy === SCANNER || row.changedBy === 'system';
}
