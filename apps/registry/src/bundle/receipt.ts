import { writeReceipt } from '@holdfast/bundle/receipt';
import { listRepositories } from '../distribution/listings.ts';
import type { WholeManifest } from '../metadata/bundles.ts';
import { Turns } from '../platform/turns.ts';
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
  const turns = new Turns(d.clock);
  const turn = async () => {
    signal.throwIfAborted();
    await turns.give();
  };
  const lacks = new Set(await lastLacks(d.metadata.read, registry.id));
  async function* keys(): AsyncGenerator<string> {
    for await (const { repository, digest, missingLayers } of wholeManifests(d, caller, turn)) {
      yield `${repository}@${digest}`;
      for (const layer of missingLayers) lacks.add(layer);
    }
  }
  const key = await siteKey(d);
  const facts = { registry: d.loginServer(registry.name), created: d.clock.now(), manifests: keys(), lacks };
  const text = await writeReceipt(facts, key, d.ids.bytes(SALT_BYTES), turn);
  await d.metadata.transaction((tx) => logCustody(d, tx, caller, { action: 'receipt', signer: key.id }));
  return text;
}

async function* wholeManifests(
  d: Bundles,
  caller: BundleCaller,
  turn: () => Promise<void>,
): AsyncGenerator<WholeManifest> {
  for (let last: string | undefined, more = true; more; ) {
    const { items: names, next } = await listRepositories(d, caller, { last, limit: PAGE });
    for (let after = { repository: '', digest: '' }, full = names.length > 0; full; ) {
      const page = await d.metadata.read.bundles.wholeManifests(caller.registry.id, names, after, PAGE);
      yield* page;
      after = page.at(-1) ?? after;
      full = page.length === PAGE;
      await turn();
    }
    last = next;
    more = next !== undefined;
  }
}
