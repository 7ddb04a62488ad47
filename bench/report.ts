/**
 * `node bench/report.ts RESULTS.json [--again LATER.json]… [--garbage GARBAGE.json] [--portal PORTAL.json] [--out docs/reference]`: performance.md
 * and its plots, made of one run's results, and of those of bench/garbage.ts and bench/portal/run.ts. What LATER.json, a run with `--only`, measured
 * anew takes the place of what it measured before.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { GarbageResults } from './garbage-results.ts';
import { ratioPlot, valuePlot } from './plot.ts';
import type { PortalResults } from './portal-results.ts';
import { garbageSection } from './report-garbage.ts';
import { heapPlot, portalSection } from './report-portal.ts';
import {
  fallingShort,
  floorText,
  fsyncSection,
  howItWasMeasured,
  machineTable,
  peerIsBetter,
  scaleSection,
} from './report-texts.ts';
import {
  cpuRatio,
  FLOOR,
  type Measurement,
  medianCpu,
  medianValue,
  OURS,
  PEER,
  type Results,
  ratio,
  ratioRange,
  SECOND_PEER,
  shownValue,
  verdict,
} from './results.ts';
import { figure, markdownTable, times, wanted } from './table.ts';

const GROUPS: readonly { readonly group: Measurement['group']; readonly title: string; readonly text: string }[] = [
  { group: 'pull', title: 'Pulling blobs', text: 'All blobs are in the page cache of both servers.' },
  { group: 'push', title: 'Pushing blobs', text: 'Chunks have 16 MiB. Content is random and no blob is pushed twice.' },
  { group: 'manifest', title: 'Manifests and blob HEAD', text: 'A manifest of a config and five layers, about 1 KiB.' },
  { group: 'list', title: 'Lists', text: '10 000 repositories; 10 000 tags in one repository. Time for each request.' },
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    again: { type: 'string', multiple: true, default: [] },
    garbage: { type: 'string' },
    portal: { type: 'string' },
    out: { type: 'string', default: join(import.meta.dirname, '../docs/reference') },
  },
});
const [file] = positionals;
if (!file) throw new Error('say which results: node bench/report.ts bench/results/<time>.json');
const results = JSON.parse(readFileSync(file, 'utf8')) as Results;
/** Of a measurement that several have, the last one counts. */
const again = values.again.map((path) => ({
  name: basename(path),
  ...(JSON.parse(readFileSync(path, 'utf8')) as Results),
}));
const plots = join(values.out, 'performance');
rmSync(plots, { recursive: true, force: true });
mkdirSync(plots, { recursive: true });
writeFileSync(join(values.out, 'performance.md'), report(results, basename(file)));

function report({ facts, measurements: first, fsync }: Results, name: string): string {
  const measurements = first.map((m) => laterOf(m.id) ?? m);
  const counted = measurements.map(verdict);
  const number = (wantedVerdict: string) => counted.filter((each) => each === wantedVerdict).length;
  const parts = [
    `<!-- Made by bench/report.ts from bench/results/${name}. Do not edit; run \`npm run bench\`, then bench/report.ts. -->`,
    '# Performance',
    ...(facts.quick
      ? [
          '**These figures are of a quick run: tiny sizes, one round. They show that everything runs, and nothing else.**',
        ]
      : []),
    `Holdfast as shipped (every request signed in by a Bearer token, durable before it is acknowledged, audit and log on, plain HTTP)
beside CNCF Distribution ${facts.peer ?? '(not measured)'} in its fastest form (files, descriptors in memory, no access log, no sign-in), on the same
machine and disk in one run. Medians of ${facts.rounds} interleaved rounds. Of ${counted.length - number('–')} measurements that have a target, **${number('ok')} reach it and
${number('short')} fall short**${number('error') > 0 ? `; ${number('error')} had requests that failed` : ''}.`,
    'A ratio is how many times as good as the peer; in brackets the lowest and highest of the rounds. A CPU ratio is our CPU time for the\nsame work over the peer’s: below 1 is less.',
    ...measuredAgain(),
    ...floorText(measurements),
    ...GROUPS.flatMap(({ group, title, text }) =>
      section(
        title,
        text,
        measurements.filter((m) => m.group === group),
        group,
      ),
    ),
    ...startSection(measurements),
    ...scaleSection(
      measurements,
      plotFile('scale', () => scalePlot(measurements)),
    ),
    ...garbage(),
    ...portal(),
    ...fallingShort(measurements, facts, (m) => runOf(m.id)?.facts ?? facts),
    ...peerIsBetter(measurements),
    ...fsyncSection(fsync, first),
    ...howItWasMeasured(facts),
    '## The machine',
    machineTable(facts, name),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The last of the later runs that measured it. */
function runOf(id: string): Results | undefined {
  return again.findLast(({ measurements }) => measurements.some((m) => m.id === id));
}

function laterOf(id: string): Measurement | undefined {
  return runOf(id)?.measurements.find((m) => m.id === id);
}

function measuredAgain(): string[] {
  return again.map(({ name, facts: { commit, node, rounds, time }, measurements }) => {
    const counting = measurements.filter((m) => laterOf(m.id) === m);
    return `Measured anew, in a later run of their own on the same kind of machine and disk (\`bench/results/${name}\`, ${time}, commit ${commit.slice(0, 7)}, Node ${node}, medians of ${rounds} rounds):
${counting.map(({ title }) => title).join('; ')}. The tables have the figures of that run for them; those of the first stay in its raw results.`;
  });
}

function garbage(): string[] {
  if (!values.garbage) return [];
  const told = JSON.parse(readFileSync(values.garbage, 'utf8')) as GarbageResults;
  return garbageSection(told, basename(values.garbage));
}

function portal(): string[] {
  if (!values.portal) return [];
  const told = JSON.parse(readFileSync(values.portal, 'utf8')) as PortalResults;
  const { heap } = told;
  return portalSection(told, basename(values.portal), heap ? [plotFile('portal-heap', () => heapPlot(heap))] : []);
}

function section(title: string, text: string, rows: readonly Measurement[], plot: string): string[] {
  if (rows.length === 0) return [];
  const bars = rows.flatMap((m) => {
    const value = ratio(m);
    return value
      ? [{ label: m.title, ratio: value, target: m.target.ratio, short: value < (m.target.ratio ?? 0) }]
      : [];
  });
  const image = bars.length > 0 ? [plotFile(plot, () => ratioPlot(`${title}: ours against the peer`, bars))] : [];
  return [`## ${title}`, text, ...image, table(rows)];
}

function table(rows: readonly Measurement[]): string {
  const second = rows.some((m) => m.sides[SECOND_PEER]);
  const least = rows.some((m) => m.sides[FLOOR]);
  const head = ['Workload', 'Unit', 'Ours', 'Peer', ...(second ? ['Debian’s'] : []), 'Ratio', 'Target'];
  const floorHead = least ? ['Least on Node', 'its CPU ratio'] : [];
  const cpuHead = ['CPU ours', 'CPU peer', 'CPU ratio', 'Target', ...floorHead, ''];
  const lines = rows.map((m) => {
    const range = ratioRange(m);
    const among = range
      ? ` (${range.map((value) => (value >= 20 ? value.toFixed(0) : value.toFixed(2))).join('–')})`
      : '';
    return [
      m.title,
      m.unit,
      figure(shownValue(m, OURS)),
      figure(shownValue(m, PEER)),
      ...(second ? [figure(shownValue(m, SECOND_PEER))] : []),
      `${times(ratio(m))}${among}`,
      wanted(m.target, m.unit),
      cpu(m, OURS),
      cpu(m, PEER),
      times(cpuRatio(m)),
      m.target.cpu === undefined ? '' : `≤ ${m.target.cpu}×`,
      ...(least ? [times(ratio(m, FLOOR)), times(cpuRatio(m, FLOOR))] : []),
      verdict(m) === 'short' ? '**short**' : verdict(m),
    ];
  });
  return markdownTable([[...head, ...cpuHead], ...lines]);
}

function cpu(m: Measurement, side: string): string {
  const value = medianCpu(m.sides[side]);
  if (value === undefined) return '–';
  return m.unit === 'GB/s' ? `${value.toFixed(2)} s/GiB` : `${value.toFixed(0)} µs`;
}

function startSection(measurements: readonly Measurement[]): string[] {
  const rows = measurements.filter((m) => m.group === 'start' || m.group === 'memory');
  if (rows.length === 0) return [];
  const plot = (unit: 'ms' | 'MB', title: string) => {
    const shown = rows.filter((m) => m.unit === unit);
    if (shown.length === 0) return [];
    return [plotFile(unit === 'ms' ? 'start' : 'memory', () => valuePlot(title, unit, shown.map(valueRow)))];
  };
  const text =
    'Ready is the time from the start of the process to the first answer on `/v2/`. Memory is resident, in MB of 10⁶ bytes.';
  const images = [...plot('ms', 'From start to the first answer'), ...plot('MB', 'Resident memory')];
  return ['## Start and memory', text, ...images, table(rows)];
}

function valueRow(m: Measurement) {
  const bars = Object.entries(m.sides).map(([side, samples]) => ({ side, value: medianValue(samples) ?? 0 }));
  return { label: m.title, bars, most: m.target.most };
}

function scalePlot(measurements: readonly Measurement[]): string {
  const rows = measurements.filter((m) => m.group === 'scale').map(valueRow);
  return valuePlot('One page, by the number of entries', 'µs', rows);
}

/** Writes the plot; answers the line that shows it. */
function plotFile(name: string, make: () => string): string {
  const svg = make();
  writeFileSync(join(plots, `${name}.svg`), svg);
  return `![${/aria-label="([^"]*)"/.exec(svg)?.[1] ?? name}](performance/${name}.svg)`;
}
