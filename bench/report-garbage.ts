/** What the report says of garbage collection, made of the results of `bench/garbage.ts`. */
import type { GarbageResults } from './garbage-results.ts';
import { median } from './results.ts';
import { figure, times } from './table.ts';

/** Bars of the issue. */
const DRY_RUN_SECONDS = 5;
const FREED_PER_SECOND = 2000;
const P99_RATIO = 1.5;

const verdict = (met: boolean) => (met ? 'ok' : '**short**');

export function garbageSection(results: GarbageResults, name: string): string[] {
  const { size, rounds, ratio, perSecond, dryRunSeconds, freedPerSecond, offline } = results;
  const p99 = (key: 'without' | 'during') => figure(median(rounds.map((round) => round.p99Ms[key])));
  const number = (value: number) => value.toLocaleString('en').replaceAll(',', ' ');
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
  ];
  const beside = offline
    ? `The peer collects offline, stopped or read-only. Getting rid of ${number(offline.untagged)} untagged of ${number(offline.manifests)} images and their ${number(offline.freedBlobs)} layers took it
${figure(median(offline.rounds.map(({ peer }) => peer)))} s (\`garbage-collect --delete-untagged\`, ${offline.peerVersion}), ours, deleting them and \`holdfast gc\`, ${figure(median(offline.rounds.map(({ ours }) => ours)))} s: **${times(offline.ratio)} as fast**.`
    : 'The peer was not measured.';
  return [
    '## Collecting garbage',
    `A site of ${number(size.manifests)} manifests and ${number(size.links)} links, with the sweep of ${number(size.garbage)} garbage blobs while four connections pull ${perSecond ? `${number(perSecond)} manifests a second, each timed from when it was due` : 'as many manifests as are answered'}. Medians of ${rounds.length} rounds,
each without and then during the sweep; the ratio is the median of theirs. Raw results: \`bench/results/${name}\`.`,
    lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n'),
    beside,
  ];
}
