import { PassThrough } from 'node:stream';
import type { RepositoryName } from '@holdfast/oci/reference';
import { expect, it } from 'vitest';
import { testAuthorizer } from '../access/test-authorizer.ts';
import { Integrity } from '../integrity/integrity.ts';
import { openMemoryMetadataStore } from '../metadata/sqlite/open.ts';
import { registryRow } from '../metadata/test-rows.ts';
import { FakeClock } from '../platform/clock.ts';
import { systemIds } from '../platform/ids.ts';
import { MemoryBlobStore } from '../storage/memory/memory-blob-store.ts';
import type { Caller, Distribution } from './context.ts';
import { UploadSessions } from './upload-sessions.ts';
import { appendChunk, startUpload } from './uploads.ts';

it('a chunk that takes longer than a session may be idle keeps its session in use, and its offset as acknowledged', async () => {
  const clock = new FakeClock();
  const metadata = openMemoryMetadataStore();
  await metadata.migrate();
  const registry = registryRow({ id: 'r1', name: 'registry', createdAt: clock.now() });
  await metadata.transaction((tx) => tx.registries.create(registry));
  const blobs = new MemoryBlobStore({ clock });
  const policy = { sparseManifests: false, uploadsPerPrincipal: 10, uploadExpireHours: 24, graceHours: 24 };
  const sessions = new UploadSessions(blobs, clock);
  const ids = systemIds;
  const integrity = new Integrity({ metadata, blobs, clock, ids, tell: () => undefined });
  const d: Distribution = {
    metadata,
    blobs,
    integrity,
    authorizer: testAuthorizer(),
    sessions,
    pulls: { note: () => undefined },
    clock,
    ids,
    policy,
  };
  const principal = { kind: 'admin-user', id: 'admin-user:registry', registry: 'r1' } as const;
  const caller: Caller = { principal, registry, repository: 'a' as RepositoryName, correlationId: 'c' };
  const { id } = await startUpload(d, caller);
  const row = async () => metadata.read.uploads.find(id);

  const body = new PassThrough();
  const chunk = appendChunk(d, caller, id, { body, signal: new AbortController().signal });
  body.write('x');
  for (let passed = 0; passed < 3; passed++) {
    await expect.poll(async () => (await row())?.updatedAt).toEqual(clock.now());
    clock.advance(5 * 60_000);
  }
  await expect.poll(async () => (await row())?.updatedAt).toEqual(clock.now());
  expect((await row())?.state.offset).toBe(0);
  body.end();
  expect((await chunk).offset).toBe(1);
  clock.advance(60 * 60_000);
  expect((await row())?.state.offset).toBe(1);
  await sessions.close();
  await metadata.close();
});
