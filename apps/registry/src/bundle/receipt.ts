import { writeReceipt } from '@holdfast/bundle/receipt';
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
  for await (const name of visible(d, caller)) {
    signal.throwIfAborted();
    const row = await d.metadata.read.repositories.find(registry.id, name);
    if (row) for await (const digest of wholeManifests(d, row)) manifests.push(`${name}@${digest}`);
  }
  const key = await siteKey(d);
  const lacks = await lastLacks(d.metadata.read, registry.id);
  const facts = { registry: d.loginServer(registry.name), created: d.clock.now(), manifests, lacks };
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

async function* wholeManifests(d: Bundles, { id }: RepositoryRow): AsyncGenerator<string> {
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
