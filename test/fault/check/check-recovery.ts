import { Readable } from 'node:stream';
import { appendChunk, completeUpload } from '../../../apps/registry/src/distribution/uploads.ts';
import type { FakeClock } from '../../../apps/registry/src/platform/clock.ts';
import { DomainError } from '../../../apps/registry/src/platform/domain-error.ts';
import { bytesOf } from '../random.ts';
import { callerOf } from '../workload/client.ts';
import { type Composition, expire, sweep } from '../workload/stores.ts';
import { type ExpectedUpload, expectedUploads } from './expected-values.ts';
import { readState, type State } from './read-state.ts';
import { committedCalls, type Timeline } from './timeline.ts';

type Complain = (text: string) => void;

/** Goes on with every open upload, as its client would: at the offset that it was told, after repeating a chunk. */
export async function resumeUploads(timeline: Timeline, state: State, composition: Composition, complain: Complain): Promise<void> {
  const committed = committedCalls(timeline.calls, state, () => {});
  for (const [id, upload] of expectedUploads(timeline.calls, committed)) {
    const row = state.uploads.get(id);
    if (!row || row.completed) continue;
    try {
      await resume(composition, id, upload, row.offset);
    } catch (error) {
      const gone = error instanceof DomainError && error.code === 'upload.unknown';
      // The closing request had published the bytes: its client begins anew, and finds that they may stay unlinked.
      if (gone && (upload.closing || upload.mayBeGone) && !state.staged.has(id)) continue;
      complain(`the upload ${id} does not go on at ${row.offset}: ${error instanceof Error ? error.message : error}`);
    }
  }
}

async function resume({ distribution }: Composition, id: string, { start }: ExpectedUpload, offset: number): Promise<void> {
  const { content, repository } = start;
  const caller = callerOf(repository, -1, `resume-${id}`);
  const bytes = bytesOf(content.seed, content.size);
  const signal = new AbortController().signal;
  const chunk = (from: number, to: number) => ({
    body: Readable.from([bytes.subarray(from, to)]),
    range: { start: from, end: to - 1 },
    signal,
  });
  if (offset > 0) {
    const from = offset > 1 && content.seed % 2 === 0 ? offset - 1 : 0; // overlaps, or repeats from the start
    const refused: unknown = await appendChunk(distribution, caller, id, chunk(from, Math.max(from + 1, content.size))).catch((e: unknown) => e);
    const said = refused instanceof DomainError && refused.code === 'upload.range' ? (refused.detail as { offset: number }).offset : refused;
    if (said !== offset) throw refused instanceof Error ? refused : new Error(`a repeated chunk was answered with ${JSON.stringify(said)}`);
  }
  if (offset < content.size) await appendChunk(distribution, caller, id, chunk(offset, content.size));
  await completeUpload(distribution, caller, id, content.digest, undefined);
}

/** Runs the jobs without grace: what is left is just what manifests need. */
export async function checkSweep(
  folder: string,
  before: State,
  composition: Composition,
  clock: FakeClock,
  complain: Complain,
): Promise<void> {
  await expire(composition);
  await sweep(composition);
  clock.advance(1000); // what the first sweep unlinked, the next one frees
  await sweep(composition);
  const after = readState(folder);
  for (const complaint of after.complaints) complain(`after the sweep: ${complaint}`);
  for (const id of after.uploads.keys()) complain(`the sweep left the row of the upload ${id}`);
  for (const id of after.staged) complain(`the sweep left the staged file ${id}`);
  for (const digest of after.files.keys()) if (!after.blobs.has(digest)) complain(`the sweep left the bytes of ${digest}, which no row knows`);
  for (const [digest, { links }] of after.blobs) {
    if (!after.files.has(digest)) complain(`the sweep left the row of ${digest}, which has no bytes`);
    if (links === 0) complain(`the sweep left ${digest}, which nothing links`);
  }
  const named = new Set(after.references.map((reference) => reference.named));
  for (const key of after.links) if (!named.has(key)) complain(`the sweep left the link ${key}, which no manifest names`);
  for (const { named: key, kind } of after.references) {
    if (kind !== 'manifest' && !after.links.has(key)) complain(`the sweep took ${key}, which a manifest names`);
  }
  for (const [key, digest] of before.tags) if (after.tags.get(key) !== digest) complain(`the sweep changed the tag ${key}`);
  if (after.manifests.size !== before.manifests.size) complain('the sweep changed the manifests');
  for (const [digest, { sound }] of after.files) if (!sound) complain(`after the sweep ${digest} does not hash right`);
}
