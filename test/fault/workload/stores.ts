import { join } from 'node:path';
import { testAuthorizer } from '../../../apps/registry/src/access/test-authorizer.ts';
import type { Distribution } from '../../../apps/registry/src/distribution/context.ts';
import { UploadSessions } from '../../../apps/registry/src/distribution/upload-sessions.ts';
import { Integrity } from '../../../apps/registry/src/integrity/integrity.ts';
import { expireUploads } from '../../../apps/registry/src/jobs/expire-uploads.ts';
import { sweepBlobs, sweepOrphans } from '../../../apps/registry/src/jobs/sweep-blobs.ts';
import type { MetadataStore } from '../../../apps/registry/src/metadata/metadata-store.ts';
import { openSqliteMetadataStore } from '../../../apps/registry/src/metadata/sqlite/open.ts';
import { registryRow } from '../../../apps/registry/src/metadata/test-rows.ts';
import { type Clock, systemClock } from '../../../apps/registry/src/platform/clock.ts';
import { type Ids, systemIds } from '../../../apps/registry/src/platform/ids.ts';
import type { BlobStore } from '../../../apps/registry/src/storage/blob-store.ts';
import { nodeFileSystem } from '../../../apps/registry/src/storage/filesystem/file-system.ts';
import { openFilesystemBlobStore } from '../../../apps/registry/src/storage/filesystem/filesystem-blob-store.ts';
import type { Planted } from '../planted.ts';
import { REGISTRY_ID, REGISTRY_NAME } from './operation.ts';

export interface Composition {
  readonly distribution: Distribution;
  readonly metadata: MetadataStore;
  readonly blobs: BlobStore;
  close(): Promise<void>;
}

export interface CompositionOptions {
  readonly clock?: Clock;
  readonly ids?: Ids;
  /** Sessions that are held open; few, so that most are taken up again from the disk. */
  readonly sessions?: number;
  readonly planted?: Planted | undefined;
}

export const databasePath = (folder: string): string => join(folder, 'metadata.db');

/** The real stores in `folder`, laid out as the server does it, and the operations on them. */
export async function openComposition(folder: string, options: CompositionOptions = {}): Promise<Composition> {
  const { clock = systemClock, ids = systemIds, planted = {} } = options;
  const sync = planted.sync ? { sync: planted.sync } : {};
  const inner = openSqliteMetadataStore({ path: databasePath(folder), ...sync });
  await inner.migrate();
  const files = planted.files ? planted.files(nodeFileSystem) : nodeFileSystem;
  const blobs = await openFilesystemBlobStore({ root: folder, clock, files });
  const metadata = planted.metadata ? planted.metadata(inner, blobs) : inner;
  return compose({ metadata, blobs, clock, ids, sessions: options.sessions ?? 3 });
}

/** The row that the server makes at its first start. */
export async function createRegistryRow(metadata: MetadataStore): Promise<void> {
  await metadata.transaction(async (tx) => {
    if (await tx.registries.byName(REGISTRY_NAME)) return;
    await tx.registries.create(registryRow({ id: REGISTRY_ID, name: REGISTRY_NAME, createdAt: new Date() }));
  });
}

export function compose(parts: {
  metadata: MetadataStore;
  blobs: BlobStore;
  clock: Clock;
  ids: Ids;
  sessions: number;
}): Composition {
  const { metadata, blobs, clock, ids } = parts;
  const sessions = new UploadSessions(blobs, clock, parts.sessions);
  const integrity = new Integrity({ metadata, blobs, clock, ids, tell: () => undefined });
  const policy = { sparseManifests: false, uploadsPerPrincipal: 1000, uploadExpireHours: 24, graceHours: 24 };
  return {
    distribution: {
      metadata,
      blobs,
      integrity,
      authorizer: testAuthorizer(),
      sessions,
      pulls: { note: () => undefined },
      clock,
      ids,
      policy,
    },
    metadata,
    blobs,
    close: async () => {
      await sessions.close();
      await blobs.close();
      await metadata.close();
    },
  };
}

const ALWAYS = { signal: new AbortController().signal, stillMine: async () => true };

/** Both sweeps, without grace. */
export async function sweep({ distribution: { metadata, blobs, clock } }: Composition): Promise<void> {
  await sweepBlobs({ metadata, blobs, clock, graceHours: 0 }).run(ALWAYS);
  await sweepOrphans({ metadata, blobs, clock, graceHours: 0 }).run(ALWAYS);
}

/** Removes every upload that was touched before now. */
export async function expire({ distribution: { metadata, blobs, clock } }: Composition): Promise<void> {
  await expireUploads({ metadata, blobs, clock, expireHours: 0 }).run(ALWAYS);
}
