import {
  type Applied,
  applyVolumes,
  type BundlePlan,
  type Incomplete,
  planVolumes,
} from '@holdfast/bundle/apply-bundle';
import type { BundledTag } from '@holdfast/bundle/documents';
import { HeldVolumes } from '@holdfast/bundle/staging';
import { type VolumeSet, verifyVolume } from '@holdfast/bundle/volumes';
import type { Digest } from '@holdfast/oci/digest';
import type { RegistryRow } from '../metadata/metadata-store.ts';
import type { BundleCaller } from './caller.ts';
import { type Bundles, bundleAudit } from './context.ts';
import { logCustody, secondsFor } from './custody.ts';
import type { OperationRun, OperationWork, Progress } from './operations.ts';
import { planTags, type TagPlan } from './plan-tags.ts';
import { openSet, refused } from './sets.ts';
import { targetHere } from './target-here.ts';

export interface BundleRequest {
  readonly bundle: Digest;
}

/** What an apply would do now, and what would refuse it. Reads the signed lists alone, and changes nothing. */
export async function planBundleHere(d: Bundles, caller: BundleCaller, digest: Digest, signal: AbortSignal) {
  const set = await openSet(d, caller, digest);
  const target = targetHere(d, async () => caller, { signal });
  const plan = await planVolumes(set, target, await lastMoves(d, caller.registry, set));
  const seconds = await secondsFor(d.metadata.read, caller.registry.id, bytesOf(set));
  const told = plan && (await askRules(d, caller.registry, plan));
  return {
    bundle: digest,
    signer: set.signer,
    missingVolumes: set.missing,
    seconds,
    ...plan,
    room: told?.room,
    quarantine: told?.quarantine,
    tags: plan?.tags.map((tag, i) => ({ ...tag, ...refusalOf(told, i) })) ?? [],
  };
}

async function askRules(d: Bundles, registry: RegistryRow, plan: BundlePlan): Promise<TagPlan | undefined> {
  const [first, ...rest] = plan.tags;
  return first && planTags(d, registry, { bytes: plan.bytesToSend, tags: [first, ...rest] });
}

function refusalOf(
  told: TagPlan | undefined,
  i: number,
): { readonly refused?: 'locked' | 'immutable'; why?: string | undefined } {
  const { state, why } = told?.tags[i] ?? {};
  return state === 'locked' || state === 'immutable' ? { refused: state, why } : {};
}

/** Verifies every byte of the volumes that are here. */
export function verifyWork(d: Bundles): OperationWork {
  return async (run) => {
    const { bundle } = JSON.parse(run.row.request) as BundleRequest;
    const caller = await run.who();
    const set = await openSet(d, caller, bundle);
    const onBytes = counting(run, 'verifying', bytesOf(set));
    for (const volume of set.volumes) await verifyVolume(volume, onBytes).catch(refused);
    const volumes = numbersOf(set);
    await noteVerified(d, caller, set);
    return { bundle, signer: set.signer, volumes, of: set.of, missingVolumes: set.missing, bytes: bytesOf(set) };
  };
}

async function noteVerified(d: Bundles, caller: BundleCaller, set: VolumeSet): Promise<void> {
  const { digest: bundle, signer, of } = set;
  await d.metadata.transaction(async (tx) => {
    for (const row of await tx.bundles.volumesOf(caller.registry.id, bundle)) {
      if (row.state === 'ready') await tx.bundles.putFile({ ...row, verifiedAt: d.clock.now() });
    }
    await logCustody(d, tx, caller, { action: 'verified', bundle, signer, volumes: numbersOf(set), of });
  });
}

/** Brings in what is here, as pushes of the caller. Safe to repeat: what the registry has is not pushed again. */
export function applyWork(d: Bundles): OperationWork {
  return async (run) => {
    const { bundle } = JSON.parse(run.row.request) as BundleRequest;
    const caller = await run.who();
    const set = await openSet(d, caller, bundle);
    const bytes = bytesOf(set);
    const sending = counting(run, 'sending', set.bundle ? undefined : 0);
    const custody = { bytes, startedMs: d.clock.monotonic() };
    const target = targetHere(d, run.who, { signal: run.signal, onSent: sending, custody });
    const movedBy = await lastMoves(d, caller.registry, set);
    const onBytes = counting(run, 'verifying', bytes);
    const options = { target, staging: new HeldVolumes(), movedBy, onBytes };
    const result = await applyVolumes(set, options).catch(refused);
    return result.state === 'applied' ? applied(d, caller, set, result) : lacking(d, caller, set, result);
  };
}

async function applied(d: Bundles, caller: BundleCaller, set: VolumeSet, result: Applied): Promise<object> {
  const { digest: bundle, signer } = set;
  const { created } = result.document;
  if (result.tags.length === 0) {
    const facts = { bundle, signer, created, volumes: numbersOf(set), tags: 0 };
    await d.metadata.transaction((tx) => logCustody(d, tx, caller, { action: 'applied', ...facts }));
  }
  const names = (tags: readonly BundledTag[]) => tags.map(({ repository, tag }) => `${repository}:${tag}`);
  return {
    bundle,
    state: 'applied',
    blobsSent: result.blobs,
    tags: names(result.tags),
    superseded: names(result.superseded),
  };
}

async function lacking(d: Bundles, caller: BundleCaller, set: VolumeSet, result: Incomplete): Promise<object> {
  const { digest: bundle, signer, of } = set;
  const { missingVolumes, lacks } = result;
  await d.metadata.transaction(async (tx) => {
    const facts = { bundle, signer, volumes: numbersOf(set), of, lacks };
    await logCustody(d, tx, caller, { action: 'incomplete', ...facts });
    await tx.audit.append(bundleAudit(d, caller, 'bundle.incomplete', bundle));
  });
  return { bundle, state: 'incomplete', missingVolumes, lacks };
}

/** By the bundles that were applied to the registry, over the API or from the command line. */
async function lastMoves(
  d: Bundles,
  { id }: RegistryRow,
  set: VolumeSet,
): Promise<(tag: BundledTag) => string | undefined> {
  const moves = new Map<string, string>();
  for (const { repository, tag } of set.bundle?.document.tags ?? []) {
    const created = await d.metadata.read.bundles.lastMove(id, repository, tag);
    if (created !== undefined) moves.set(`${repository}:${tag}`, created);
  }
  return ({ repository, tag }) => moves.get(`${repository}:${tag}`);
}

/** Counts bytes of a step, and ends it when the operation is to stop. */
export function counting(
  run: OperationRun,
  step: Progress['step'],
  total: number | undefined,
): (bytes: number) => void {
  let done = 0;
  return (bytes) => {
    run.signal.throwIfAborted();
    done += bytes;
    run.progress({ step, done, total });
  };
}

const numbersOf = ({ volumes }: VolumeSet) => volumes.map(({ document }) => document.number).sort((a, b) => a - b);

/** What the files of the volumes at hand have, without the tar format. */
function bytesOf({ volumes }: VolumeSet): number {
  return volumes.flatMap(({ document }) => document.files).reduce((sum, { size }) => sum + size, 0);
}
