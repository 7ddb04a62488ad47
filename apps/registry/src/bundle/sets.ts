import type { BundledTag } from '@holdfast/bundle/documents';
import { parseBundle } from '@holdfast/bundle/documents';
import { groupVolumes, openVolume, VolumeRefused, type VolumeSet } from '@holdfast/bundle/volumes';
import type { Digest } from '@holdfast/oci/digest';
import { principalId } from '../access/principal.ts';
import type { BundleDocumentRow, BundleFileRow, VolumeFacts } from '../metadata/bundles.ts';
import { DomainError } from '../platform/domain-error.ts';
import { type BundleCaller, mayDo } from './caller.ts';
import { type Bundles, bundleAudit } from './context.ts';
import { logCustody } from './custody.ts';
import { byteFile, discardFiles } from './files.ts';
import type { BundleSummary } from './summary.ts';
import { trustedKeys } from './trust.ts';

const FILES_PAGE = 1000;
/** How many tags an answer tells; all of them are in the plan. */
const TOLD_TAGS = 1000;

/** A bundle of which something lies here. */
export interface StagedBundle {
  readonly bundle: Digest;
  /** It was made here, and waits to be taken away. */
  readonly made: boolean;
  readonly signer: string;
  /** As the registry calls the key; undefined for the site's own and for one that is not trusted any more. */
  readonly signerName?: string | undefined;
  readonly of: number;
  /** Numbers of those that are not here; the first ones if there are thousands. */
  readonly missing: readonly number[];
  readonly volumes: readonly StagedVolume[];
  /** Undefined as long as no volume with the bundle's document is here. */
  readonly summary?: BundleSummary | undefined;
}

export interface StagedVolume {
  readonly number: number;
  readonly name: string;
  readonly size: number;
  readonly digest?: Digest | undefined;
  readonly by: string;
  readonly carriedBy?: string | undefined;
  readonly since: Date;
  readonly verifiedAt?: Date | undefined;
}

interface Found {
  readonly bundle: Digest;
  readonly rows: readonly (BundleFileRow & { readonly volume: VolumeFacts })[];
  readonly document: BundleDocumentRow | undefined;
}

/** Bundles of which the caller may know, newest first. */
export async function listBundles(d: Bundles, caller: BundleCaller): Promise<StagedBundle[]> {
  const rows = (await allFiles(d, caller.registry.id)).filter(isReady);
  const names = await signerNames(d, caller.registry.id);
  const bundles: StagedBundle[] = [];
  for (const [bundle, volumes] of Map.groupBy(rows, ({ volume }) => volume.bundle)) {
    const document = await d.metadata.read.bundles.document(caller.registry.id, bundle);
    const found = { bundle, rows: volumes, document };
    if (await mayKnow(d, caller, found)) bundles.push(described(found, names));
  }
  return bundles.sort((a, b) => newest(b) - newest(a));
}

const newest = ({ volumes }: StagedBundle) => Math.max(...volumes.map(({ since }) => since.getTime()));

/** Throws `bundle.unknown`, whether there is none or the caller may not know. */
export async function getBundle(
  d: Bundles,
  caller: BundleCaller,
  digest: Digest,
): Promise<StagedBundle & { readonly tags: readonly BundledTag[] }> {
  const found = await requireBundle(d, caller, digest);
  const bytes = await d.metadata.read.bundles.documentBytes(caller.registry.id, digest);
  const tags = bytes ? parseBundle(bytes).tags.slice(0, TOLD_TAGS) : [];
  return { ...described(found, await signerNames(d, caller.registry.id)), tags };
}

export async function requireBundle(d: Bundles, caller: BundleCaller, digest: Digest): Promise<Found> {
  const rows = (await d.metadata.read.bundles.volumesOf(caller.registry.id, digest)).filter(isReady);
  const document = await d.metadata.read.bundles.document(caller.registry.id, digest);
  const found = { bundle: digest, rows, document };
  if (rows.length > 0 && (await mayKnow(d, caller, found))) return found;
  throw unknownBundle(digest);
}

/** A file of it, to be sent. Throws `bundle.unknown`. */
export async function requireVolume(
  d: Bundles,
  caller: BundleCaller,
  digest: Digest,
  number: number,
): Promise<BundleFileRow> {
  const { rows } = await requireBundle(d, caller, digest);
  const row = rows.find(({ volume }) => volume.number === number);
  if (row) return row;
  throw unknownBundle(digest, `its volume ${number} is not here`);
}

/** All of it, or one volume. What was applied stays applied. */
export async function deleteBundle(d: Bundles, caller: BundleCaller, digest: Digest, number?: number): Promise<void> {
  const { rows, document } = await requireBundle(d, caller, digest);
  await requireIdle(d, caller.registry.id, digest);
  const doomed = number === undefined ? rows : rows.filter(({ volume }) => volume.number === number);
  if (doomed.length === 0) throw unknownBundle(digest, `its volume ${number} is not here`);
  await discardFiles(d, doomed);
  const volumes = doomed.map(({ volume }) => volume.number);
  await d.metadata.transaction(async (tx) => {
    const left = await tx.bundles.volumesOf(caller.registry.id, digest);
    if (left.length === 0 && document && !document.made) await tx.bundles.deleteDocument(caller.registry.id, digest);
    await logCustody(d, tx, caller, { action: 'deleted', bundle: digest, volumes });
    await tx.audit.append(bundleAudit(d, caller, 'bundle.delete', `volumes ${volumes.join(',')} of ${digest}`));
  });
}

/** Throws `bundle.busy` while an operation needs its volumes. */
async function requireIdle(d: Bundles, registryId: string, digest: Digest): Promise<void> {
  const running = await d.metadata.read.bundleJournal.running();
  const busy = running.find((row) => row.registryId === registryId && row.request.includes(digest));
  if (!busy) return;
  throw new DomainError(
    'conflict',
    'bundle.busy',
    `The operation ${busy.id} (${busy.kind}) on this bundle is under way. Wait for its end, or cancel it first.`,
    { detail: { operation: busy.id }, retryAfter: 5 },
  );
}

/** Its volumes, opened: their lists are signed by somebody who is trusted now. Throws `bundle.unknown`, `bundle.refused`. */
export async function openSet(d: Bundles, caller: BundleCaller, digest: Digest): Promise<VolumeSet> {
  const { rows } = await requireBundle(d, caller, digest);
  const trusted = await trustedKeys(d, caller.registry.id);
  const volumes = [];
  for (const row of rows) volumes.push(await openVolume(byteFile(d.blobs, row), trusted).catch(refused));
  const set = groupVolumes(volumes).find((one) => one.digest === digest);
  if (!set) throw unknownBundle(digest);
  return set;
}

/** A refused volume, in words that say what to do. */
export function refused(error: unknown): never {
  if (!(error instanceof VolumeRefused)) throw error;
  throw new DomainError(
    'conflict',
    'bundle.refused',
    `${error.message}. Nothing of it was used; send it again from its medium, or ask for it again.`,
    { detail: { volume: error.location }, cause: error },
  );
}

export async function allFiles(d: Bundles, registryId: string): Promise<BundleFileRow[]> {
  const all: BundleFileRow[] = [];
  for (let last = ''; ; ) {
    const page = await d.metadata.read.bundles.files(registryId, last, FILES_PAGE);
    all.push(...page);
    if (page.length < FILES_PAGE) return all;
    last = page.at(-1)?.id ?? '';
  }
}

function isReady(row: BundleFileRow): row is BundleFileRow & { volume: VolumeFacts } {
  return row.state === 'ready' && row.volume !== undefined;
}

/**
 * Whoever sent one of its volumes knows of it; besides, whoever may pull everything that is in it, if it was made here, or push
 * everything, if it was brought here.
 */
async function mayKnow(d: Bundles, caller: BundleCaller, { rows, document }: Found): Promise<boolean> {
  const made = document?.made ?? false;
  if (!made && rows.some((row) => row.principal === principalId(caller.principal))) return true;
  if (!document) return false;
  for (const name of document.repositories) {
    if (!(await mayDo(d, caller, name, made ? 'pull' : 'push'))) return false;
  }
  return true;
}

async function signerNames(d: Bundles, registryId: string): Promise<ReadonlyMap<string, string>> {
  return new Map((await d.metadata.read.bundles.signers(registryId)).map(({ keyId, name }) => [keyId, name]));
}

function described({ bundle, rows, document }: Found, names: ReadonlyMap<string, string>): StagedBundle {
  const { of, signer } = (rows[0] as Found['rows'][number]).volume;
  const here = new Set(rows.map(({ volume }) => volume.number));
  return {
    bundle,
    made: document?.made ?? false,
    signer,
    signerName: names.get(signer),
    of,
    missing: Array.from({ length: Math.min(of, 10_000) }, (_, i) => i + 1).filter((number) => !here.has(number)),
    volumes: rows.map((row) => ({
      number: row.volume.number,
      name: row.name,
      size: row.size,
      digest: row.digest,
      by: row.principal,
      carriedBy: row.carriedBy,
      since: row.updatedAt,
      verifiedAt: row.verifiedAt,
    })),
    summary: document && (JSON.parse(document.summary) as BundleSummary),
  };
}

function unknownBundle(
  digest: Digest,
  why = 'it was deleted or never was, or you may not use what it holds',
): DomainError {
  return new DomainError(
    'not-found',
    'bundle.unknown',
    `The bundle ${digest} is not here for you: ${why}. List the bundles to see which are.`,
    { detail: { bundle: digest } },
  );
}
