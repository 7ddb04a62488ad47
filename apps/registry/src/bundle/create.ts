import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type Collected, collect } from '@holdfast/bundle/collect';
import { type PlannedBundle, planBundle } from '@holdfast/bundle/create-bundle';
import { VolumeTooSmall } from '@holdfast/bundle/divide-volumes';
import { parseBundle } from '@holdfast/bundle/documents';
import {
  type Holdings,
  holdingsByBundles,
  holdingsByReceipt,
  knownAtSource,
  knownManifests,
  NOTHING_HELD,
  withoutDoubted,
} from '@holdfast/bundle/holdings';
import { readReceipt } from '@holdfast/bundle/receipt';
import { type Pattern, parsePattern, select } from '@holdfast/bundle/select';
import type { ContentSource } from '@holdfast/oci/content-source';
import type { Digest } from '@holdfast/oci/digest';
import type { BundleFileRow } from '../metadata/bundles.ts';
import { DomainError } from '../platform/domain-error.ts';
import { requireRoom } from '../quota/storage.ts';
import type { UploadId } from '../storage/blob-store.ts';
import { counting } from './apply.ts';
import type { BundleCaller, WhoAsks } from './caller.ts';
import { type Bundles, bundleAudit } from './context.ts';
import { logCustody } from './custody.ts';
import { discardFiles } from './files.ts';
import type { OperationRun, OperationWork } from './operations.ts';
import { allFiles } from './sets.ts';
import { sourceHere } from './source-here.ts';
import { type BundleSummary, documentRow, summaryOf } from './summary.ts';
import { siteKey, trustedKeys } from './trust.ts';

const NEVER = new Date(8.64e15);
/** The list of what a bundle has is one signed document: to write it is one piece of work, and this many hold others up for 0.4 s. */
const MOST_MANIFESTS = 50_000;
/** Room for what is still to be written; nothing else ends it when the operation is interrupted for good. */
const RESERVED_MS = 7 * 86_400_000;

/** What `POST …/_bundles` asks for, checked as far as that goes without looking. */
export interface CreateRequest {
  /** `repository[:tag][@digest]`, globs and ranges of versions. */
  readonly images: readonly string[];
  readonly platform?: string | undefined;
  /** Bytes of a volume at most; undefined for one volume. */
  readonly volumeBytes?: number | undefined;
  /** Begin of the names of the volumes. */
  readonly name: string;
  /** Leave out what the far side has by its receipt. */
  readonly receipt?: string | undefined;
  /** Without a receipt: leave out what the bundles brought that were made here before, but for those that may be lost. */
  readonly assumeArrived?: boolean | undefined;
  readonly doubted?: readonly Digest[] | undefined;
}

export interface Estimate extends BundleSummary {
  readonly volumes: number;
  /** Non-distributable layers that are not here; the server fetches none. */
  readonly layersLeftOut: readonly Digest[];
}

/** What the bundle would have if it were made now. Throws `bundle.invalid`, and what a pull would. */
export async function estimateBundle(
  d: Bundles,
  caller: BundleCaller,
  request: CreateRequest,
  signal: AbortSignal,
): Promise<Estimate> {
  const { planned, leftOut } = await plan(d, async () => caller, request, signal);
  const { document } = planned;
  return { ...summaryOf(document), volumes: document.volumes, layersLeftOut: [...leftOut.keys()] };
}

/** Writes the volumes. Interrupted it begins anew: what the registry has may have changed, and with it the bundle. */
export function createWork(d: Bundles): OperationWork {
  return async (run) => {
    const request = JSON.parse(run.row.request) as CreateRequest;
    await discardFiles(d, await leftOvers(d, run));
    run.progress({ step: 'collecting', done: 0 });
    const { planned } = await plan(d, run.who, request, run.signal);
    const total = planned.contents.reduce((sum, { size }) => sum + size, 0);
    const reserve = reserving(d, run, total);
    try {
      await reserve(0);
      const rows = await writeVolumes(d, run, request.name, planned, reserve);
      return await publish(d, await run.who(), planned, rows);
    } catch (error) {
      await discardFiles(d, await leftOvers(d, run));
      throw error;
    } finally {
      await d.metadata.transaction((tx) => tx.reservations.release(run.row.id as UploadId));
    }
  };
}

interface Plan extends Pick<Collected, 'leftOut'> {
  readonly planned: PlannedBundle;
}

async function plan(d: Bundles, who: WhoAsks, request: CreateRequest, signal: AbortSignal): Promise<Plan> {
  const { registry } = await who();
  const source = sourceHere(d, who, signal);
  const patterns = patternsOf(request.images, d.loginServer(registry.name));
  const collected = await inWords(async () => {
    const images = await select(source, patterns);
    requireFewer(images.length);
    return collect(source, images, { platform: request.platform, onManifest: requireFewer });
  });
  const held = await holdingsOf(d, registry.id, source, collected, request);
  const { volumeBytes = Number.POSITIVE_INFINITY } = request;
  const [key, created] = [await siteKey(d), d.clock.now()];
  const sourceName = d.loginServer(registry.name);
  const planned = await inWords(async () =>
    planBundle({ source, sourceName, collected, held, key, created, volumeBytes }),
  );
  return { planned, leftOut: collected.leftOut };
}

function requireFewer(manifests: number): void {
  if (manifests <= MOST_MANIFESTS) return;
  const own = 'holdfast bundle create, which has no such limit';
  throw new Error(`it would have more than ${MOST_MANIFESTS} manifests. Choose fewer images, or make it with ${own}`);
}

export function patternsOf(images: readonly string[], host: string): Pattern[] {
  try {
    const patterns = images.map(parsePattern);
    const foreign = patterns.find((one) => one.host !== undefined && one.host !== host);
    if (foreign) throw new Error(`${foreign.text} is of another registry than ${host}`);
    return patterns;
  } catch (error) {
    throw invalid((error as Error).message);
  }
}

async function holdingsOf(
  d: Bundles,
  registryId: string,
  source: ContentSource,
  collected: Collected,
  { receipt: text, assumeArrived, doubted = [] }: CreateRequest,
): Promise<Holdings> {
  if (text === undefined && !assumeArrived) return NOTHING_HELD;
  const made = [];
  for (const digest of await d.metadata.read.bundles.made(registryId)) {
    const bytes = await d.metadata.read.bundles.documentBytes(registryId, digest);
    if (bytes) made.push({ digest, document: parseBundle(bytes) });
  }
  if (text === undefined) return holdingsByBundles(withoutDoubted(made, (digest) => doubted.includes(digest)));
  const receipt = await believed(d, registryId, text);
  const known = made.flatMap(({ document }) => knownManifests(document));
  return holdingsByReceipt(receipt, text, [...known, ...(await knownAtSource(source, collected, receipt))]);
}

async function believed(d: Bundles, registryId: string, text: string) {
  const trusted = await trustedKeys(d, registryId);
  try {
    return readReceipt(text, trusted);
  } catch (error) {
    throw invalid(
      `the receipt is not believed: ${(error as Error).message}. Add the far side's key to the trusted signers`,
    );
  }
}

/** Refuses what does not fit before it is written, and lets go of what was written. */
function reserving(d: Bundles, run: OperationRun, total: number): (written: number) => Promise<void> {
  return async (written) => {
    const { registry } = await run.who();
    const now = d.clock.now();
    const left = Math.max(0, total - written);
    await d.metadata.transaction(async (tx) => {
      await tx.reservations.release(run.row.id);
      await requireRoom(tx, registry, left, now);
      await tx.reservations.put(run.row.id, registry.id, left, new Date(now.getTime() + RESERVED_MS));
    });
  };
}

async function writeVolumes(
  d: Bundles,
  run: OperationRun,
  name: string,
  planned: PlannedBundle,
  reserve: (written: number) => Promise<void>,
): Promise<BundleFileRow[]> {
  const rows: BundleFileRow[] = [];
  const total = planned.contents.reduce((sum, { size }) => sum + size, 0);
  const onBytes = counting(run, 'writing', total);
  const { id: signer } = await siteKey(d);
  let written = 0;
  for await (const volume of planned.volumes()) {
    const number = rows.length + 1;
    const facts = { bundle: planned.digest, number, of: planned.document.volumes, signer };
    const begun = await beginVolume(d, run, `${name}-${String(number).padStart(3, '0')}.tar`, facts);
    const row = await writeVolume(d, begun, volume, onBytes, run.signal);
    rows.push(row);
    written += row.size;
    await reserve(written);
  }
  return rows;
}

async function writeVolume(
  d: Bundles,
  row: BundleFileRow,
  content: AsyncIterable<Buffer>,
  onBytes: (count: number) => void,
  signal: AbortSignal,
): Promise<BundleFileRow> {
  const hash = createHash('sha256');
  const upload = await d.blobs.uploads.begin(row.id);
  try {
    const progress = await upload.append(Readable.from(hashed(content, hash, onBytes)), signal);
    const digest = `sha256:${hash.digest('hex')}` as Digest;
    const whole = { ...row, size: progress.offset, progress, digest, updatedAt: d.clock.now() };
    await d.metadata.transaction(async (tx) => {
      await tx.bundles.putFile(whole);
      await tx.reservations.put(row.id, row.registryId, whole.size, NEVER);
    });
    return whole;
  } finally {
    await upload.release();
  }
}

async function* hashed(
  content: AsyncIterable<Buffer>,
  hash: { update(bytes: Buffer): unknown },
  onBytes: (count: number) => void,
): AsyncGenerator<Buffer> {
  for await (const bytes of content) {
    if (bytes.length === 0) continue;
    hash.update(bytes);
    onBytes(bytes.length);
    yield bytes;
  }
}

async function beginVolume(
  d: Bundles,
  { row: { id: operation, registryId, principal } }: OperationRun,
  name: string,
  volume: NonNullable<BundleFileRow['volume']>,
): Promise<BundleFileRow> {
  const now = d.clock.now();
  const row: BundleFileRow = {
    id: d.ids.uuid() as UploadId,
    registryId,
    kind: 'volume',
    state: 'making',
    principal,
    name,
    size: 0,
    progress: { offset: 0 },
    volume,
    operation,
    startedAt: now,
    updatedAt: now,
  };
  await d.metadata.transaction((tx) => tx.bundles.putFile(row));
  return row;
}

/** All volumes at once: nobody takes away the first of a set whose last was never made. */
async function publish(
  d: Bundles,
  caller: BundleCaller,
  { digest: bundle, document, bytes }: PlannedBundle,
  rows: readonly BundleFileRow[],
): Promise<object> {
  const now = d.clock.now();
  await d.metadata.transaction(async (tx) => {
    for (const row of rows) await tx.bundles.putFile({ ...row, state: 'ready', verifiedAt: now, updatedAt: now });
    await tx.bundles.putDocument(documentRow(caller.registry.id, document, bytes, true, now), bytes);
    const { created } = document;
    const volumes = rows.map((_, i) => i + 1);
    await logCustody(d, tx, caller, { action: 'created', bundle, signer: rows[0]?.volume?.signer, created, volumes });
    await tx.audit.append(bundleAudit(d, caller, 'bundle.create', bundle));
  });
  return { bundle, ...summaryOf(document), volumes: rows.length, bytes: rows.reduce((sum, { size }) => sum + size, 0) };
}

/** What an interrupted run of this operation has written. */
async function leftOvers(d: Bundles, { row }: OperationRun): Promise<BundleFileRow[]> {
  return (await allFiles(d, row.registryId)).filter(
    ({ operation, state }) => operation === row.id && state === 'making',
  );
}

/** The rooms of bundles throw clauses; domain errors stay what they are. */
async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DomainError || !(error instanceof Error) || 'code' in error) throw error;
    if (error instanceof VolumeTooSmall) {
      throw invalid(`volumes of that size are too small for it: it needs ${error.needed} bytes or more in each`);
    }
    throw invalid(error.message);
  }
}

function invalid(why: string): DomainError {
  return new DomainError(
    'invalid',
    'bundle.invalid',
    `The bundle cannot be made: ${why}. Correct the request and send it again.`,
  );
}
