import { writeReceipt } from '@holdfast/bundle/receipt';
import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName } from '@holdfast/oci/reference';
import { listRepositories } from '../distribution/listings.ts';
import type { RepositoryRow } from '../metadata/metadata-store.ts';
import type { BundleCaller } from './caller.ts';
import type { Bundles } from './context.ts';
import { lastLacks, logCustody } from './custody.ts';
import { siteKey } from './trust.ts';

const PAGE = 1000;
const SALT_BYTES = 16;

/**
 * What the registry has, signed, for the side that makes bundles: every manifest of the repositories that the caller sees,
 * whole or not released yet, since a receipt says what need not be sent. After an apply that lacked something, it names that.
 */
export async function receiptHere(d: Bundles, caller: BundleCaller, signal: AbortSignal): Promise<string> {
  const { registry } = caller;
  const manifests: string[] = [];
  const lacks = new Set(await lastLacks(d.metadata.read, registry.id));
  for await (const name of visible(d, caller)) {
    signal.throwIfAborted();
    const row = await d.metadata.read.repositories.find(registry.id, name);
    if (!row) continue;
    for await (const digest of wholeManifests(d, row)) {
      manifests.push(`${name}@${digest}`);
      for (const layer of await missingLayers(d, row, digest)) lacks.add(layer);
    }
  }
  const key = await siteKey(d);
  const facts = { registry: d.loginServer(registry.name), created: d.clock.now(), manifests, lacks: [...lacks] };
  await d.metadata.transaction((tx) => logCustody(d, tx, caller, { action: 'receipt', signer: key.id }));
  return writeReceipt(facts, key, d.ids.bytes(SALT_BYTES));
}

async function* visible(d: Bundles, caller: BundleCaller): AsyncGenerator<RepositoryName> {
  for (let last: string | undefined, more = true; more; ) {
    const page = await listRepositories(d, caller, { last, limit: PAGE });
    yield* page.items;
    last = page.next;
    more = last !== undefined;
  }
}

/** Non-distributable layers, without which a manifest is taken. */
async function missingLayers(d: Bundles, { id }: RepositoryRow, manifest: Digest): Promise<Digest[]> {
  const { manifests, blobs } = d.metadata.read;
  const missing: Digest[] = [];
  for (const { kind, digest } of await manifests.references(id, manifest)) {
    if (kind === 'foreign-layer' && (await blobs.linked(id, digest)) === undefined) missing.push(digest);
  }
  return missing;
}

async function* wholeManifests(d: Bundles, { id }: RepositoryRow): AsyncGenerator<Digest> {
  for (let last: string | undefined, more = true; more; ) {
    const digests = await d.metadata.read.deletions.manifestsOf(id, { last, limit: PAGE });
    for (const digest of digests) {
      const row = await d.metadata.read.manifests.find(id, digest);
      if (row && !row.damagedAt) yield digest;
    }
    last = digests.at(-1);
    more = digests.length === PAGE;
  }
}
