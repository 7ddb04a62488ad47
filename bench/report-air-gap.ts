/**
 * `node bench/report-air-gap.ts RESULTS.json [--out docs/reference]`: the last part of air-gap.md and its plot, made of the
 * results of bench/air-gap.ts.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { AirGapResults, Measured, MemoryResults, SpeedResults, UpgradeResults } from './air-gap-results.ts';
import { valuePlot } from './plot.ts';
import { figure, times } from './table.ts';

/** Bars of the issue. */
const OVERHEAD = 0.01;
const RATIO = 0.6;
const MEMORY_BYTES = 200e6;
/** What is before it is written by hand. */
const HEADING = '## Figures';

const verdict = (met: boolean) => (met ? 'ok' : '**short**');
const table = (rows: readonly (readonly string[])[]) => rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string', default: join(import.meta.dirname, '../docs/reference') } },
});
const [file] = positionals;
if (!file) throw new Error('say which results: node bench/report-air-gap.ts bench/results/<time>.json');
const { upgrade, speed, memory } = JSON.parse(readFileSync(file, 'utf8')) as AirGapResults;
const facts = (upgrade ?? speed ?? memory)?.facts;
if (!facts) throw new Error(`${file} has no figures`);
const parts = [
  HEADING,
  `Made by \`node bench/report-air-gap.ts\`; raw results: \`bench/results/${basename(file)}\`. ${facts.cores} × ${facts.cpu}, ${figure(facts.memoryBytes / 1e9)} GB of memory, Linux ${facts.kernel}, Node ${facts.node}.`,
  ...(upgrade ? upgradeSection(upgrade) : []),
  ...(speed ? speedSection(speed) : []),
  ...(memory ? memorySection(memory) : []),
];
const page = join(values.out, 'air-gap.md');
const [byHand = ''] = readFileSync(page, 'utf8').split(`\n${HEADING}\n`);
writeFileSync(page, `${byHand.trimEnd()}\n\n${parts.join('\n\n')}\n`);

/** When, and how busy the machine was. */
function taken({ facts: { time, load } }: Measured<object>): string {
  return `Measured ${time.slice(0, 16).replace('T', ' ')} UTC, load ${figure(load[0])} when it began.`;
}

function upgradeSection(upgraded: Measured<UpgradeResults>): string[] {
  const { images, layers, missing, delta, carried } = upgraded;
  mkdirSync(join(values.out, 'air-gap'), { recursive: true });
  const rows = carried.map(({ way, bytes }) => ({ label: way, bars: [{ side: 'MB carried', value: bytes / 1e6 }] }));
  writeFileSync(
    join(values.out, 'air-gap/upgrade.svg'),
    valuePlot('An upgrade of one layer in ten', 'MB to carry', rows),
  );
  return [
    '### What has to be carried',
    `${images} images of ${layers} layers each are on both sides; then each has one upgrade, with one new layer. The far side lacks ${missing.count} blobs and manifests of ${figure(missing.bytes / 1e6)} MB. Each tool does the job as it is: the images of the upgrade, from the same registry. ${taken(upgraded)}`,
    table([
      ['Way', 'MB', 'Of what is missing', 'Seconds'],
      ['---', '---:', '---:', '---:'],
      ...carried.map(({ way, bytes, seconds }) => [
        way,
        figure(bytes / 1e6),
        times(bytes / missing.bytes),
        figure(seconds),
      ]),
    ]),
    '![MB to carry](air-gap/upgrade.svg)',
    table([
      ['What', 'Is', 'Target', ''],
      ['---', '---', '---', '---'],
      ['blobs of the delta that the receipt names', String(delta.held), '0', verdict(delta.held === 0)],
      [
        'contents of the delta',
        String(delta.contents),
        String(missing.count),
        verdict(delta.contents === missing.count),
      ],
      [
        'bytes besides',
        `${(delta.overhead * 100).toFixed(2)} %`,
        `< ${OVERHEAD * 100} %`,
        verdict(delta.overhead < OVERHEAD),
      ],
    ]),
  ];
}

function speedSection(measured: Measured<SpeedResults>): string[] {
  const { bytes, cpSeconds, sha256sumSeconds, steps } = measured;
  const slower = cpSeconds > sha256sumSeconds ? 'cp' : 'sha256sum';
  return [
    '### How fast',
    `${figure(bytes / 1e9)} GB in layers of 250 MB, on one disk. \`cp\` (with a sync at its end) took ${figure(cpSeconds)} s, \`sha256sum\` ${figure(sha256sumSeconds)} s; the ratio is to ${slower}. An apply reads the volume twice: nothing of it is sent before all of it is verified. ${taken(measured)}`,
    table([
      ['Step', 'Seconds', 'MB/s', 'Ratio', 'Target', '', 'CPU seconds', 'Memory at most, MB', 'Target', ''],
      ['---', '---:', '---:', '---:', '---', '---', '---:', '---:', '---', '---'],
      ...steps.map(({ what, seconds, cpuSeconds, peakBytes, ratio }) => [
        what,
        figure(seconds),
        figure(bytes / 1e6 / seconds),
        times(ratio),
        `≥ ${RATIO}×`,
        verdict(ratio >= RATIO),
        figure(cpuSeconds),
        peakBytes === 0 ? '–' : figure(peakBytes / 1e6),
        `< ${MEMORY_BYTES / 1e6}`,
        peakBytes === 0 ? 'not seen' : verdict(peakBytes < MEMORY_BYTES),
      ]),
    ]),
  ];
}

function memorySection(measured: Measured<MemoryResults>): string[] {
  const { bytes, seconds, peakBytes } = measured;
  return [
    '### Memory',
    `A bundle of ${figure(bytes / 1e9)} GB (ten layers, sparse files), written to nowhere in ${figure(seconds)} s: at most ${figure(peakBytes / 1e6)} MB, target < ${MEMORY_BYTES / 1e6} MB: ${verdict(peakBytes < MEMORY_BYTES)}. ${taken(measured)}`,
  ];
}
