import type { Digest } from '@holdfast/oci/digest';
import { expectedUploads, expectedValues, maySweep } from './expected-values.ts';
import type { State } from './read-state.ts';
import { type Committed, committedCalls, type Timeline } from './timeline.ts';

type Complain = (text: string) => void;

/** Compares what a crash left with what the clients had been told. */
export function checkState(timeline: Timeline, state: State, complain: Complain): void {
  for (const complaint of state.complaints) complain(complaint);
  const { calls } = timeline;
  const committed = committedCalls(calls, state, complain);
  const expected = expectedValues(committed);

  const actualManifests = new Map([...state.manifests.keys()].map((key) => [key, key.split('|')[1] as Digest]));
  for (const [what, registers, actual] of [
    ['tag', expected.tags, state.tags],
    ['manifest', expected.manifests, actualManifests],
  ] as const) {
    for (const key of new Set([...registers.keys, ...actual.keys()])) {
      const value = actual.get(key) ?? 'absent';
      const allowed = registers.values(key);
      if (!allowed.has(value)) complain(`the ${what} ${key} is ${value} instead of ${[...allowed].join(' or ')}`);
    }
  }
  checkLinks(state, expected.links, committed, timeline, complain);
  checkContent(state, committed, complain);
  checkUploads(timeline, committed, state, complain);
}

function checkLinks(
  state: State,
  links: ReturnType<typeof expectedValues>['links'],
  committed: readonly Committed[],
  { calls }: Timeline,
  complain: Complain,
): void {
  for (const key of new Set([...links.keys, ...state.links])) {
    const allowed = links.values(key);
    const present = state.links.has(key);
    if (present && ![...allowed].some((value) => value !== 'absent')) complain(`the link ${key} must not be there`);
    if (!present && !allowed.has('absent') && !maySweep(key, committed, calls)) complain(`the link ${key} is lost`);
  }
}

/** Facts and bytes fit together, also those that nobody has asked for yet. */
function checkContent(state: State, committed: readonly Committed[], complain: Complain): void {
  const deleted = new Set(
    committed.flatMap(({ operation }) =>
      operation.kind === 'manifest.delete' ? [`${operation.repository}|${operation.digest}`] : [],
    ),
  );
  for (const [key, { sound }] of state.manifests) if (!sound) complain(`the manifest ${key} does not hash right`);
  for (const { manifest, named, kind } of state.references) {
    if (kind === 'manifest') {
      if (!state.manifests.has(named) && !deleted.has(named))
        complain(`the manifest ${manifest} names ${named}, which is lost`);
    } else if (!state.links.has(named))
      complain(`the manifest ${manifest} names the blob ${named}, which is not linked`);
  }
  for (const [digest, { size }] of state.blobs) {
    const file = state.files.get(digest);
    if (!file) complain(`the blob ${digest} has a row and no bytes`);
    else if (file.size !== size) complain(`the blob ${digest} has ${file.size} bytes, its row says ${size}`);
  }
  for (const [digest, { sound }] of state.files)
    if (!sound) complain(`the stored bytes of ${digest} do not hash right`);
}

function checkUploads(timeline: Timeline, committed: readonly Committed[], state: State, complain: Complain): void {
  const expected = expectedUploads(timeline.calls, committed);
  for (const [id, upload] of expected) {
    const row = state.uploads.get(id);
    if (!row) {
      if (!upload.mayBeGone && !upload.mustBeGone) complain(`the upload ${id} is lost`);
      continue;
    }
    if (upload.mustBeGone) complain(`the upload ${id} was cancelled and is there`);
    if (!upload.offsets.includes(row.offset)) {
      complain(`the upload ${id} stands at ${row.offset} instead of ${upload.offsets.join(' or ')}`);
    }
    if (row.completed !== upload.completed) {
      complain(`the upload ${id} is ${row.completed ?? 'open'} instead of ${upload.completed ?? 'open'}`);
    }
  }
  const unknown = [...state.uploads].filter(([id]) => !expected.has(id));
  // Over HTTP a mount that finds nothing opens a session, too.
  const starting = timeline.calls.filter(
    ({ operation, outcome }) => !outcome && ['upload.start', 'blob.mount'].includes(operation.kind),
  );
  if (unknown.length > starting.length) complain(`${unknown.length} uploads are open that nobody began`);
}
