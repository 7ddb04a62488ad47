/** What the report says of garbage collection, made of the results of `bench/garbage.ts`. */
import type { GarbageResults, OfflineResults } from './garbage-results.ts';
import { median } from './results.ts';
import { figure, times } from './table.ts';

/** Bars of the issue. */
const DRY_RUN_SECONDS = 5;
const FREED_PER_SECOND = 2000;
const P99_RATIO = 1.5;

const number = (value: number) => value.toLocaleString('en').replaceAll(',', ' ');
const verdict = (met: boolean) => (met ? 'ok' : '**short**');

export function garbageSection(results: GarbageResults, name: string): string[] {
  const { size, rounds, ratio, leastRatio, perSecond, dryRunSeconds, freedPerSecond, offline } = results;
  const p99 = (key: 'without' | 'during' | 'least') => figure(median(rounds.map((round) => round.p99Ms[key])));
  const lines = [
    ['What', 'Is', 'Target', ''],
    ['---', '---', '---', '---'],
    ['dry run', `${figure(dryRunSeconds)} s`, `≤ ${DRY_RUN_SECONDS} s`, verdict(dryRunSeconds <= DRY_RUN_SECONDS)],
    [
      'blobs freed in a second',
      number(freedPerSecond),
      `≥ ${FREED_PER_SECOND}`,
      verdict(freedPerSecond >= FREED_PER_SECOND),
    ],
    [
      'p99 of manifest GET during the sweep',
      `${p99('during')} ms, without ${p99('without')} ms: ${times(ratio)}`,
      `≤ ${P99_RATIO}×`,
      verdict(ratio <= P99_RATIO),
    ],
    [
      'the same beside the least that collecting can be, in another process',
      `${p99('least')} ms: ${times(leastRatio)}`,
      '–',
      '',
    ],
  ];
  const beside = offline ? offlineText(offline) : 'The peer was not measured.';
  return [
    '## Collecting garbage',
    `A site of ${number(size.manifests)} manifests and ${number(size.links)} links, with the sweep of ${number(size.garbage)} garbage blobs while four connections pull ${perSecond ? `${number(perSecond)} manifests a second, each timed from when it was due` : 'as many manifests as are answered'}. Medians of ${rounds.length} rounds,
each without, beside the least, and then during the sweep; the ratios are the medians of theirs. The least (\`bench/floor/collect.ts\`) writes a log, syncs it and removes files at the rate of the target, behind whatever else
runs, and has no database: what pulls feel of that is the machine's, not the database's or the server's. Raw results: \`bench/results/${name}\`.`,
    lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n'),
    beside,
  ];
}

function offlineText({ untagged, manifests, freedBlobs, rounds, ratio, peerVersion }: OfflineResults): string {
  const seconds = (of: 'ours' | 'peer') => figure(median(rounds.map((round) => round[of])));
  const finished = rounds.every(({ peerFinished }) => peerFinished);
  const took = finished
    ? `it took ${seconds('peer')} s`
    : `it had not finished when it was broken off after ${seconds('peer')} s`;
  return `The peer collects offline, stopped or read-only. For getting rid of ${number(untagged)} untagged of ${number(manifests)} images and their ${number(freedBlobs)} layers
${took} (\`garbage-collect --delete-untagged\`, ${peerVersion}); ours, deleting them and \`holdfast gc\`, took ${seconds('ours')} s: **${finished ? '' : 'more than '}${times(ratio)} as fast**.`;
}
