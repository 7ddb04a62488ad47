import type { MetadataStore } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { BlobStore, UploadId } from '../storage/blob-store.ts';
import type { Job } from './worker.ts';

const BATCH = 100;
/** How long the end of an operation on bundles is told. */
const TOLD_MS = 30 * 86_400_000;

async function isKnown({ read }: MetadataStore, id: UploadId): Promise<boolean> {
  return Boolean((await read.uploads.find(id)) ?? (await read.bundles.file(id)));
}

/**
 * Removes uploads that nobody touched for `expireHours`, and staged bytes that no row knows (a crash between the two,
 * or a one-request push that was cut); and room that was reserved for uploads which ended without a word.
 */
export function expireUploads(deps: {
  metadata: MetadataStore;
  blobs: BlobStore;
  clock: Clock;
  expireHours: number;
}): Job {
  const { metadata, blobs, clock } = deps;
  return {
    kind: 'expire-uploads',
    everySeconds: 600,
    run: async ({ signal, stillMine }) => {
      const before = new Date(clock.now().getTime() - deps.expireHours * 3_600_000);
      let expired = 0;
      for (;;) {
        if (signal.aborted || !(await stillMine())) break;
        // Row first: from then on no request can find the session, so the bytes are nobody's. Found and deleted in one
        // transaction: a chunk that is acknowledged in between would be thrown away.
        const rows = await metadata.transaction(async (tx) => {
          const idle = await tx.uploads.idleSince(before, BATCH);
          for (const row of idle) await tx.uploads.delete(row.id);
          return idle;
        });
        if (rows.length === 0) break;
        for (const row of rows) await blobs.uploads.discard(row.id);
        expired += rows.length;
      }
      expired += await expireFiles(deps, before, async () => !signal.aborted && (await stillMine()));
      for (let n = BATCH; n === BATCH && !signal.aborted; ) {
        n = await metadata.transaction((tx) => tx.reservations.deleteExpired(clock.now(), BATCH));
      }
      await metadata.transaction((tx) => tx.bundleJournal.deleteEnded(new Date(clock.now().getTime() - TOLD_MS)));
      let stray = 0;
      for await (const staged of blobs.uploads.list()) {
        if (signal.aborted) break;
        if (staged.modified >= before || (await isKnown(metadata, staged.id))) continue;
        await blobs.uploads.discard(staged.id);
        stray++;
      }
      return { expired, stray };
    },
  };
}

/** The same for files of bundles that are not whole. */
async function expireFiles(
  { metadata, blobs }: { readonly metadata: MetadataStore; readonly blobs: BlobStore },
  before: Date,
  go: () => Promise<boolean>,
): Promise<number> {
  let expired = 0;
  while (await go()) {
    const rows = await metadata.transaction(async (tx) => {
      const idle = await tx.bundles.idleSince(before, BATCH);
      for (const row of idle) await tx.bundles.deleteFile(row.id);
      return idle;
    });
    for (const row of rows) await blobs.uploads.discard(row.id);
    expired += rows.length;
    if (rows.length === 0) break;
  }
  return expired;
}
