/** The table that a run prints, and how figures are written there and in reports. */
import {
  cpuRatio,
  type Measurement,
  medianValue,
  OURS,
  PEER,
  ratio,
  SECOND_PEER,
  shownValue,
  spread,
  type Target,
  verdict,
} from './results.ts';

export function figure(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  if (value >= 1000) return value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ' ');
  return value >= 100
    ? value.toFixed(0)
    : value
        .toPrecision(3)
        .replace(/(\.\d*?)0+$/, '$1')
        .replace(/\.$/, '');
}

export function times(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  return value >= 20 ? `${value.toFixed(0)}×` : `${value.toFixed(2)}×`;
}

export function wanted(target: Target, unit: string): string {
  if (target.ratio !== undefined) return `≥ ${target.ratio}×`;
  if (target.within !== undefined) return `≤ ${target.within}× apart`;
  return target.most === undefined ? '' : `≤ ${target.most} ${unit}`;
}

/** The first row is the head. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...rest] = rows;
  return [head, head.map(() => '---'), ...rest].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

export function tableOf(measurements: readonly Measurement[]): string {
  const second = measurements.some((m) => m.sides[SECOND_PEER]);
  const head = ['workload', 'unit', 'ours', 'peer', ...(second ? ['debian'] : [])];
  const rows = measurements.map((m) => [
    m.title,
    m.unit,
    figure(m.group === 'scale' ? worst(m) : shownValue(m, OURS)),
    figure(shownValue(m, PEER)),
    ...(second ? [figure(shownValue(m, SECOND_PEER))] : []),
    times(m.group === 'scale' ? spread(m) : ratio(m)),
    wanted(m.target, m.unit),
    times(cpuRatio(m)),
    m.target.cpu === undefined ? '' : `≤ ${m.target.cpu}×`,
    verdict(m),
  ]);
  return aligned([[...head, 'ratio', 'target', 'CPU ratio', 'target', ''], ...rows]);
}

/** The dearest of the sizes. */
function worst(m: Measurement): number | undefined {
  const costs = Object.values(m.sides).flatMap((samples) => medianValue(samples) ?? []);
  return costs.length > 0 ? Math.max(...costs) : undefined;
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const lines = rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
  );
  return lines.map((line) => line.trimEnd()).join('\n');
}
