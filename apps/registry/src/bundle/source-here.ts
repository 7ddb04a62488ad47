import type { ContentSource } from '@holdfast/oci/content-source';
import { type Digest, parseDigest } from '@holdfast/oci/digest';
import type { TagName } from '@holdfast/oci/reference';
import { withoutCeiling } from '../access/principal.ts';
import { closedBy, isQuarantineOn } from '../content/quarantine.ts';
import { type FoundBlob, findBlob } from '../distribution/blobs.ts';
import type { Caller, Distribution } from '../distribution/context.ts';
import { listReferrers, listRepositories, listTags } from '../distribution/listings.ts';
import { getManifest } from '../distribution/manifests.ts';
import { parseReference } from '../distribution/reference.ts';
import { DomainError } from '../platform/domain-error.ts';
import { Turns } from '../platform/turns.ts';
import { requireRight, type WhoAsks } from './caller.ts';
import { nameOf } from './target-here.ts';

const PAGE = 1000;

/**
 * This registry as the caller may pull from it. What is locked against pulls, damaged or in quarantine is no part of a bundle,
 * even for somebody who may read what is in quarantine: the far side could not know.
 */
export function sourceHere(d: Distribution, who: WhoAsks, signal: AbortSignal): ContentSource {
  const turns = new Turns(d.clock);
  const turn = async () => {
    signal.throwIfAborted();
    await turns.give();
  };
  const at = async (name: string): Promise<Caller> => {
    await turn();
    return requireRight(d, await who(), nameOf(name), 'pull');
  };
  return {
    repositories: async function* () {
      const caller = await who();
      const asker = { registry: caller.registry, principal: withoutCeiling(caller.principal) };
      yield* pages(turn, (last) => listRepositories(d, asker, { last, limit: PAGE }));
    },
    tags: async function* (name) {
      const caller = await at(name);
      for await (const tag of pages(turn, (last) => listTags(d, caller, { last, limit: PAGE }))) {
        if (await isOpen(d, caller, tag)) yield tag;
      }
    },
    manifest: async (name, reference) => {
      const { content } = await getManifest(d, await at(name), parseReference(reference));
      const { digest, mediaType, bytes } = content;
      return { digest, mediaType, bytes };
    },
    referrers: async (name, subject) => {
      const caller = await at(name);
      const found = [];
      for (let last: string | undefined, more = true; more; ) {
        const page = await listReferrers(d, caller, subject, { last, limit: PAGE });
        await turn();
        for (const { mediaType, digest, size } of page.items) {
          if (await isOpen(d, caller, digest)) found.push({ mediaType, digest, size });
        }
        last = page.next;
        more = last !== undefined;
      }
      return found;
    },
    findBlob: async (name, digest) => (await soundBlob(d, await at(name), digest))?.size,
    blob: async (name, digest) => {
      const found = await soundBlob(d, await at(name), digest);
      return found && d.blobs.read(digest, { signal });
    },
  };
}

/** What a tag names, or what refers to something: nothing of it is sent while it is in quarantine. */
async function isOpen(d: Distribution, { registry, repository }: Caller, what: TagName | Digest): Promise<boolean> {
  if (!isQuarantineOn(registry)) return true;
  const { read } = d.metadata;
  const row = await read.repositories.find(registry.id, repository);
  const digest = row && (parseDigest(what) ?? (await read.tags.find(row.id, what as TagName))?.digest);
  return row !== undefined && digest !== undefined && (await closedBy(read, registry, row.id, digest)) === undefined;
}

async function* pages<T>(
  turn: () => Promise<void>,
  page: (last: string | undefined) => Promise<{ readonly items: readonly T[]; readonly next?: string | undefined }>,
): AsyncGenerator<T> {
  for (let last: string | undefined, more = true; more; ) {
    const { items, next } = await page(last);
    yield* items;
    await turn();
    last = next;
    more = next !== undefined;
  }
}

/** Undefined when there is none; what forbids to pull it is thrown. */
async function soundBlob(d: Distribution, caller: Caller, digest: Digest): Promise<FoundBlob | undefined> {
  try {
    const found = await findBlob(d, caller, digest);
    if (found.quarantined) throw closedBlob(caller, digest);
    return found;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'blob.unknown') return undefined;
    throw error;
  }
}

function closedBlob({ repository }: Caller, digest: Digest): DomainError {
  return new DomainError(
    'disallowed',
    'content.quarantined',
    `The blob ${digest} of "${repository}" is in quarantine, so it is sent to nobody. Wait until a scanner has passed its image.`,
  );
}
