import type { FakeClock } from '../../../apps/registry/src/platform/clock.ts';
import { bytesOf } from '../random.ts';
import { type Access, type Pieces, Refused } from '../workload/access.ts';
import { type Composition, expire, sweep } from '../workload/stores.ts';
import { type ExpectedUpload, expectedUploads } from './expected-values.ts';
import { readState, type State } from './read-state.ts';
import { committedCalls, type Timeline } from './timeline.ts';

type Complain = (text: string) => void;

/** Numbers that no operation of a history has. */
const RESUMED_FROM = 1_000_000;

/**
 * Goes on with every open upload, as its client would: at the offset that it was told, after repeating a chunk. One that is
 * `condemned` may be refused: a sync of its file failed, after which nobody knows what the disk holds of it.
 */
export async function resumeUploads(
  timeline: Timeline,
  state: State,
  access: Access,
  complain: Complain,
  condemned: (id: string) => boolean = () => false,
): Promise<void> {
  let number = RESUMED_FROM;
  const committed = committedCalls(timeline.calls, state, () => {});
  for (const [id, upload] of expectedUploads(timeline.calls, committed)) {
    const row = state.uploads.get(id);
    if (!row || row.completed) continue;
    try {
      await resume(access, id, upload, row.offset, number++);
    } catch (error) {
      const gone = error instanceof Refused && ['upload.unknown', 'http 404'].includes(error.code);
      if (gone && (upload.mayBeGone || condemned(id)) && !state.staged.has(id)) continue;
      complain(`the upload ${id} does not go on at ${row.offset}: ${error instanceof Error ? error.message : error}`);
    }
  }
}

async function resume(
  access: Access,
  id: string,
  { start }: ExpectedUpload,
  offset: number,
  number: number,
): Promise<void> {
  const { content, repository } = start;
  const at = { repository, number };
  const bytes = bytesOf(content.seed, content.size);
  const pieces = (from: number, to: number): Pieces => ({
    pieces: [bytes.subarray(from, to)],
    length: to - from,
    from,
  });
  if (offset > 0) {
    const from = offset > 1 && content.seed % 2 === 0 ? offset - 1 : 0; // overlaps, or repeats from the start
    const refused = await access
      .append(at, id, pieces(from, Math.max(from + 1, content.size)))
      .catch((e: unknown) => e);
    const isRange = refused instanceof Refused && ['upload.range', 'http 416'].includes(refused.code);
    if (!isRange) throw refused instanceof Error ? refused : new Error(`a repeated chunk was taken: ${refused}`);
  }
  if (offset < content.size) {
    const reached = await access.append(at, id, pieces(offset, content.size));
    if (reached !== content.size) throw new Error(`the last chunk led to ${reached} instead of ${content.size}`);
  }
  await access.complete(at, id, content.digest, undefined);
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
  const after = readState(folder, before.files);
  for (const complaint of after.complaints) complain(`after the sweep: ${complaint}`);
  for (const id of after.uploads.keys()) complain(`the sweep left the row of the upload ${id}`);
  for (const id of after.staged) complain(`the sweep left the staged file ${id}`);
  for (const digest of after.files.keys())
    if (!after.blobs.has(digest)) complain(`the sweep left the bytes of ${digest}, which no row knows`);
  for (const [digest, { links }] of after.blobs) {
    if (!after.files.has(digest)) complain(`the sweep left the row of ${digest}, which has no bytes`);
    if (links === 0) complain(`the sweep left ${digest}, which nothing links`);
  }
  const named = new Set(after.references.map((reference) => reference.named));
  for (const key of after.links)
    if (!named.has(key)) complain(`the sweep left the link ${key}, which no manifest names`);
  for (const { named: key, kind } of after.references) {
    if (kind !== 'manifest' && !after.links.has(key)) complain(`the sweep took ${key}, which a manifest names`);
  }
  for (const [key, digest] of before.tags)
    if (after.tags.get(key) !== digest) complain(`the sweep changed the tag ${key}`);
  if (after.manifests.size !== before.manifests.size) complain('the sweep changed the manifests');
  for (const [digest, { sound }] of after.files) if (!sound) complain(`after the sweep ${digest} does not hash right`);
}
