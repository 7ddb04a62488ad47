/** What a run leaves, and what is made of it: medians, ratios, verdicts. */

/** What a measurement shall reach; a key that is not there asks for nothing. */
export interface Target {
  /** At least so many times as good as the peer. */
  readonly ratio?: number;
  /** At most this part of the peer's CPU time for the same work. */
  readonly cpu?: number;
  /** Ours alone: at most this, in the measurement's unit. */
  readonly most?: number;
  /** Ours alone: the dearest size costs at most so many times what the cheapest does. */
  readonly within?: number;
}

export interface Sample {
  readonly value: number;
  /** CPU seconds of the server for each GiB, or microseconds for each request. */
  readonly cpu?: number | undefined;
  readonly peakBytes?: number | undefined;
  readonly errors?: number | undefined;
  readonly firstError?: string | undefined;
  /** What the client told, whole. */
  readonly detail?: unknown;
}

export type Unit = 'GB/s' | 'requests/s' | 'ms' | 'MB' | 'µs';

export interface Measurement {
  readonly id: string;
  readonly group: 'pull' | 'push' | 'manifest' | 'list' | 'start' | 'memory' | 'scale';
  readonly title: string;
  readonly unit: Unit;
  readonly target: Target;
  /** By column (or size), one sample for each round. */
  readonly sides: Readonly<Record<string, readonly Sample[]>>;
}

/** A server that answers one constant. */
export interface Bare {
  readonly connections: number;
  readonly requestsPerSecond: number;
  /** CPU time of the server for one request. */
  readonly microseconds: number;
  /** And of the client; not in results before 2026-11-29. */
  readonly clientMicroseconds?: number;
}

/** What the rows of one push of a manifest take alone, with their sync, one writer and so many pushes at once (`rows-alone.ts`). */
export interface RowsAlone {
  readonly connections: number;
  /** Of the clock. */
  readonly microseconds: number;
}

/** What the load client reaches against servers that do nothing (`ceiling.ts`). */
export interface Ceiling {
  readonly requestsPerSecond: number;
  readonly gigabytesPerSecond: number;
  /** On `node:http`. */
  readonly bareNode: readonly Bare[];
  /** On Node's sockets, without HTTP: whatever comes is a request. Not in results before 2026-11-29. */
  readonly bareNet?: readonly Bare[];
  readonly rows?: readonly RowsAlone[];
  /** CPU time of one line of our log, microseconds (`log-alone.ts`). Not in results before 2026-11-29. */
  readonly logLine?: number;
}

export interface Facts {
  readonly time: string;
  readonly commit: string;
  /** True when files differed from that commit. */
  readonly changed: boolean;
  readonly quick: boolean;
  readonly rounds: number;
  /** In how many sittings it was made, when it was ended and went on. */
  readonly sittings?: number;
  readonly cores: number;
  readonly cpu: string;
  readonly memoryBytes: number;
  readonly kernel: string;
  readonly node: string;
  readonly peer: string | undefined;
  readonly secondPeer: string | undefined;
  readonly fileSystem: string;
  /** Load average of the last minute, before and after. */
  readonly load: readonly number[];
  /** What the client alone can do, and what a server that does nothing can do on `node:http`. */
  readonly client: Ceiling;
}

/** How often one push asked the disk to keep what it was given. */
export interface FsyncHabit {
  readonly side: string;
  readonly operation: string;
  readonly calls: Readonly<Record<string, number>>;
}

export interface Results {
  readonly facts: Facts;
  readonly measurements: readonly Measurement[];
  readonly fsync: readonly FsyncHabit[];
}

export const OURS = 'holdfast';
export const PEER = 'distribution';
export const SECOND_PEER = 'docker-registry';
export const NO_FSYNC = 'holdfast without fsync';
/** The least that a registry on Node can be (bench/floor). */
export const FLOOR = 'floor';
/** The same with what the contract asks for when a manifest is read or pushed, in one process and in two that share the port (bench/floor/duties.ts). */
export const DUTIES = 'floor with duties';
export const DUTIES_TWICE = 'floor with duties, two processes';

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

export function medianValue(samples: readonly Sample[] | undefined): number | undefined {
  return samples && samples.length > 0 ? median(samples.map((sample) => sample.value)) : undefined;
}

/** What a measurement is judged by and shown as: memory by its highest round, everything else by the median. */
export function shownValue(m: Measurement, side: string): number | undefined {
  const samples = m.sides[side];
  if (m.group !== 'memory' || !samples || samples.length === 0) return medianValue(samples);
  return Math.max(...samples.map((sample) => sample.value));
}

export function medianCpu(samples: readonly Sample[] | undefined): number | undefined {
  const known = (samples ?? []).flatMap((sample) => (sample.cpu === undefined ? [] : [sample.cpu]));
  return known.length > 0 ? median(known) : undefined;
}

/** How many times as good `side` is as `other`: medians, more is better. */
export function ratio(m: Measurement, side: string = OURS, other: string = PEER): number | undefined {
  const [a, b] = [shownValue(m, side), shownValue(m, other)];
  if (a === undefined || b === undefined) return undefined;
  return betterIsMore(m.unit) ? a / b : b / a;
}

/** The same, round by round: the lowest and the highest. */
export function ratioRange(m: Measurement): [number, number] | undefined {
  const other = m.sides[PEER] ?? [];
  const pairs = (m.sides[OURS] ?? []).flatMap((sample, i) => {
    const theirs = other[i]?.value;
    if (theirs === undefined) return [];
    return [betterIsMore(m.unit) ? sample.value / theirs : theirs / sample.value];
  });
  return pairs.length > 1 ? [Math.min(...pairs), Math.max(...pairs)] : undefined;
}

export function cpuRatio(m: Measurement, side: string = OURS, other: string = PEER): number | undefined {
  const [a, b] = [medianCpu(m.sides[side]), medianCpu(m.sides[other])];
  return a === undefined || b === undefined || b === 0 ? undefined : a / b;
}

/** Dearest size over cheapest. */
export function spread(m: Measurement): number | undefined {
  const costs = Object.values(m.sides).flatMap((samples) => medianValue(samples) ?? []);
  return costs.length > 1 ? Math.max(...costs) / Math.min(...costs) : undefined;
}

function betterIsMore(unit: Unit): boolean {
  return unit === 'GB/s' || unit === 'requests/s';
}

export type Verdict = 'ok' | 'short' | 'error' | '–';

/** Which of its targets a measurement misses, or `error`. What cannot be told (no peer) is no verdict. */
export function verdict(m: Measurement): Verdict {
  if (Object.values(m.sides).some((samples) => samples.some((sample) => (sample.errors ?? 0) > 0))) return 'error';
  const { target } = m;
  const checks: [number | undefined, number | undefined, 'least' | 'most'][] = [
    [ratio(m), target.ratio, 'least'],
    [cpuRatio(m), target.cpu, 'most'],
    [shownValue(m, OURS), target.most, 'most'],
    [spread(m), target.within, 'most'],
  ];
  const told = checks.filter(([value, wanted]) => value !== undefined && wanted !== undefined);
  if (told.length === 0) return '–';
  const met = told.every(([value = 0, wanted = 0, way]) => (way === 'least' ? value >= wanted : value <= wanted));
  return met ? 'ok' : 'short';
}
