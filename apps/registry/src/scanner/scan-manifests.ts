import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { isIndexType } from '@holdfast/oci/media-types';
import type { Verdict } from '../content/quarantine-verdict.ts';
import type { Job } from '../jobs/worker.ts';
import type { RegistryRow } from '../metadata/metadata-store.ts';
import type { DueScan } from '../metadata/scans.ts';
import type { Capability } from './adapter.ts';
import { conclude } from './conclude.ts';
import { judgeIndex } from './judge-index.ts';
import { change, giveUp, later, type PullAccess, postpone, type ScanDependencies } from './progress.ts';
import { isBelow, type ReadReport, readReport, type Severity } from './report.ts';

/** Calls to the scanner at a time. */
const TOGETHER = 4;
/** Between the scanner's word that it has the scan and the first question for the report. */
const FIRST_LOOK_MS = 2000;
/** A scan that nothing came of by then is given up. */
const TRIED_MS = 24 * 3_600_000;

/**
 * Takes every scan that is due a step further:
 *
 *     waiting ──► POST /scan ──► submitted ──► GET report ──► done, and the quarantine told
 *        ▲                            │ 302: asked again later
 *        └── back-off ◄── down, slow, lost it                  a day of that, or refused: failed, nobody told
 *
 * Only a report of that very manifest that is understood to its last word says anything: whatever else comes, or does not come,
 * leaves the image as closed as it was.
 */
export function scanManifests(d: ScanDependencies): Job {
  return {
    kind: 'scan-manifests',
    everySeconds: 1,
    run: async ({ signal, stillMine }) => {
      let steps = 0;
      while (!signal.aborted && (await stillMine())) {
        const due = await d.metadata.read.scans.due(d.clock.now(), TOGETHER);
        if (due.length === 0) break;
        await Promise.all(due.map((scan) => step(d, scan, signal)));
        steps += due.length;
      }
      return { steps };
    },
  };
}

async function step(d: ScanDependencies, scan: DueScan, signal: AbortSignal): Promise<void> {
  const { repositoryId, digest, state, requestedAt, reason } = scan.row;
  const { read } = d.metadata;
  const registry = await read.registries.byId(scan.registryId);
  const manifest = await read.manifests.find(repositoryId, digest);
  if (!registry || !manifest) return; // deleted since, and the scan with it
  const sought = d.clock.now().getTime() - requestedAt.getTime();
  if (sought > TRIED_MS) return giveUp(d, scan, reason ?? 'the scanner was not reached within a day');
  if (isIndexType(manifest.mediaType)) return judgeIndex(d, scan);
  const capability = await d.adapter.capability(manifest.mediaType, signal);
  if (capability.kind !== 'done') return postpone(d, scan, capability);
  return state === 'submitted'
    ? askForReport(d, scan, capability.value, signal)
    : submit(d, scan, registry, manifest.mediaType, capability.value, signal);
}

async function submit(
  d: ScanDependencies,
  scan: DueScan,
  registry: RegistryRow,
  mediaType: string,
  capability: Capability,
  signal: AbortSignal,
): Promise<void> {
  const { digest } = scan.row;
  const access = await d.access(registry, scan.repository, later(d.clock.now(), d.timeoutMinutes * 60_000));
  const request = {
    registry: { url: access.url, authorization: authorizationOf(access, capability) },
    artifact: { repository: scan.repository, digest, mime_type: mediaType },
  };
  const called = await d.adapter.submit(request, capability, signal);
  if (called.kind !== 'done') return postpone(d, scan, called);
  const now = d.clock.now();
  const submitted = { state: 'submitted', scanId: called.value, submittedAt: now } as const;
  await change(d, scan, (tx) => tx.scans.put({ ...scan.row, ...submitted, dueAt: later(now, FIRST_LOOK_MS) }));
}

function authorizationOf({ username, token }: PullAccess, { authorization }: Capability): string {
  if (authorization === 'Bearer') return `Bearer ${token}`;
  return `Basic ${Buffer.from(`${username}:${token}`).toString('base64')}`;
}

async function askForReport(
  d: ScanDependencies,
  scan: DueScan,
  { reportType }: Capability,
  signal: AbortSignal,
): Promise<void> {
  const { scanId = '', repositoryId, digest } = scan.row;
  const called = await d.adapter.report(scanId, reportType, signal);
  if (called.kind !== 'done') return postpone(d, scan, called);
  const read = readReport(called.value, digest);
  if (typeof read === 'string') return giveUp(d, scan, read);
  const { severity, scanner } = read;
  const packed = await promisify(gzip)(called.value);
  await change(d, scan, async (tx) => {
    await conclude(d, tx, scan, { severity, scanner, verdict: verdictOf(read, d.passBelow) });
    await tx.scans.putReport(repositoryId, digest, packed);
  });
}

function verdictOf({ severity, counts, scanner }: ReadReport, passBelow: Severity | undefined): Verdict | undefined {
  if (passBelow === undefined) return undefined;
  const details = JSON.stringify({ scanner, severity, counts, passBelow });
  return { state: isBelow(severity, passBelow) ? 'Passed' : 'Failed', details };
}
