/** What the report says besides tables: what falls short and why, where the peer is better, how it was measured. */

import { budgetSection, rowsSection } from './report-budget.ts';
import { dutiesSection } from './report-duties.ts';
import {
  cpuRatio,
  type Facts,
  FLOOR,
  type FsyncHabit,
  type Measurement,
  NO_FSYNC,
  OURS,
  PEER,
  ratio,
  shownValue,
  spread,
  verdict,
} from './results.ts';
import { figure, markdownTable, times, wanted } from './table.ts';

const SMALL = /^(manifest-(get|head)|blob-head)/;

/** What is known to limit each kind of work, with the id that it is about. */
const LIMITS: readonly (readonly [about: RegExp, text: string])[] = [
  [
    /^blob-get/,
    'Pulls: Node has no sendfile. Each byte is copied from the page cache into a buffer of ours and from there into the socket. ' +
      'The client takes a part of the same cores, so that with many connections both servers come up against the same memory copies.',
  ],
  [
    /^blob-push/,
    'Pushes: hashing a GiB takes about 0.5 CPU seconds with the processor’s instructions, writing it 0.2 where memory is at hand, and receiving it 0.2 to 0.3 ' +
      '(ADR 0032). With four pushes at once all cores are busy. Large pushes take memory that a virtual machine’s host must give first (ADR 0004).',
  ],
  [
    /^manifest-put/,
    'Manifest PUT: one at a time waits for one sync of the database’s log; with many at once they share it, and the CPU time of a request is the limit.',
  ],
  [
    SMALL,
    'Small requests: one event loop, so one core, serves them all. The limit is the CPU time of a request: parsing, checking the token, the log line, one or two lookups. With one connection client and server wait for each other, and in a virtual machine it takes longer to be woken than to answer: the server stays awake for some 50 µs behind an answer, the client does not (ADR 0008).',
  ],
  [
    /^(catalog|tags)/,
    'Lists: a page costs little more than a request does; a whole list is limited by writing its names as JSON.',
  ],
  [/^ready/, 'Start: Node itself takes a good part of it, loading and compiling the program the rest.'],
  [
    /^(idle|memory)/,
    'Memory: Node itself takes about half of the idle memory; uploads hold buffers that are bounded together.',
  ],
  [/^scale/, 'Growth: deeper trees of the database, and pages of it that are not in its cache.'],
];

/** `factsOf`: of the run that a measurement is of; `facts` of the first one. */
export function fallingShort(
  measurements: readonly Measurement[],
  facts: Facts,
  factsOf: (m: Measurement) => Facts,
): string[] {
  const missed = measurements.filter((m) => verdict(m) === 'short');
  if (missed.length === 0) return ['## What falls short', 'Nothing that has a target.'];
  const rows = missed.map(
    (m) => `- ${m.title}: ${missing(m)}${isBeyondNode(m) ? '; **beyond the least on Node**' : ''}`,
  );
  const why = LIMITS.filter(([about]) => missed.some((m) => about.test(m.id))).map(([, text]) => `- ${text}`);
  const firstSmall = missed.find((m) => SMALL.test(m.id));
  const small = firstSmall ? [bareNode(measurements, factsOf(firstSmall))] : [];
  const cores = `- Client and server share ${facts.cores} cores: a figure at many connections is of both together.`;
  return [
    '## What falls short',
    rows.join('\n'),
    'What limits it:',
    [...why, ...small, cores].join('\n'),
    ...budgetSection(missed, factsOf, measurements),
    ...dutiesSection(missed),
    ...rowsSection(missed, factsOf, measurements),
  ];
}

/** What the column of the floor is. */
export function floorText(measurements: readonly Measurement[]): string[] {
  if (!measurements.some((m) => m.sides[FLOOR])) return [];
  return [
    `*Least on Node* is the ratio of a program that answers these requests and does nothing else (\`bench/floor\`: no sign-in, no rights, no log, no
check but the digest and whether there is what a manifest names, one sync for each acknowledged write, and of a pushed manifest the rows that collection, lists, quotas, audit and events rest on), in the same rounds. A target that it
does not reach either (**beyond the least on Node**) asks for another way to do the same work, not for doing less of it: what a registry does besides is between it and ours. That it falls short proves no more than that; another way has been found before (ADR 0004).`,
  ];
}

/** Whether the floor, or ours where that is quicker, misses what was wanted, too. */
function isBeyondNode(m: Measurement): boolean {
  if (!m.sides[FLOOR]) return false;
  const speed = Math.max(ratio(m, FLOOR) ?? 0, ratio(m) ?? 0);
  const cpu = Math.min(cpuRatio(m, FLOOR) ?? Number.POSITIVE_INFINITY, cpuRatio(m) ?? Number.POSITIVE_INFINITY);
  return (m.target.ratio !== undefined && speed < m.target.ratio) || (m.target.cpu !== undefined && cpu > m.target.cpu);
}

/** What a server that does nothing reaches; `facts` of the run that the small requests are of. */
function bareNode(measurements: readonly Measurement[], facts: Facts): string {
  const parts = facts.client.bareNode.map(({ connections, requestsPerSecond, microseconds }) => {
    const peer = measurements.find((m) => m.id === `manifest-get-tag-c${connections}`);
    const theirs = peer && shownValue(peer, PEER);
    const beside = theirs ? `, ${times(requestsPerSecond / theirs)} the peer’s manifest GET by tag` : '';
    return `${connections} connection${connections === 1 ? '' : 's'} ${figure(requestsPerSecond)} requests/s (${microseconds} µs of CPU each)${beside}`;
  });
  return `- A bare \`node:http\` server that answers one constant of 1 KiB, with no sign-in, no log, no lookup, and writes its answers as ours does, in the same run: ${parts.join('; ')}.`;
}

function missing(m: Measurement): string {
  const parts: string[] = [];
  const [speed, cpu] = [ratio(m), cpuRatio(m)];
  if (m.target.ratio !== undefined && speed !== undefined && speed < m.target.ratio)
    parts.push(`${times(speed)} where ${wanted({ ratio: m.target.ratio }, m.unit)} was wanted`);
  if (m.target.cpu !== undefined && cpu !== undefined && cpu > m.target.cpu)
    parts.push(`${times(cpu)} of the peer’s CPU time where ≤ ${m.target.cpu}× was wanted`);
  if (m.target.most !== undefined)
    parts.push(`${figure(shownValue(m, OURS))} ${m.unit} where ${wanted(m.target, m.unit)} was wanted`);
  if (m.target.within !== undefined) parts.push(`${times(spread(m))} apart where ≤ ${m.target.within}× was wanted`);
  return parts.join('; ');
}

export function peerIsBetter(measurements: readonly Measurement[]): string[] {
  const better = measurements.filter((m) => (ratio(m) ?? 1) < 1);
  if (better.length === 0) return [];
  const rows = better.map((m) => {
    const [ours, theirs] = [OURS, PEER].map((side) => `${figure(shownValue(m, side))} ${m.unit}`);
    return `- ${m.title}: ${theirs} there, ${ours} here`;
  });
  const smaller = better.some((m) => m.id.startsWith('idle'));
  const quicker = better.some((m) => m.id.startsWith('ready'));
  const said =
    smaller && quicker
      ? 'The peer is smaller and starts quicker: a Go binary carries neither a JavaScript engine nor a program to compile.'
      : 'The peer is better at these.';
  return ['## Where the peer is better', said, rows.join('\n')];
}

export function scaleSection(measurements: readonly Measurement[], image: string): string[] {
  const rows = measurements.filter((m) => m.group === 'scale');
  const [first] = rows;
  if (!first) return [];
  const sizes = Object.keys(first.sides);
  const table = markdownTable([
    ['List', ...sizes.map((size) => `${size} entries`), 'Apart', 'Target', ''],
    ...rows.map((m) => [
      m.title,
      ...sizes.map((size) => `${figure(shownValue(m, size))} µs`),
      times(spread(m)),
      `≤ ${m.target.within}×`,
      verdict(m) === 'short' ? '**short**' : verdict(m),
    ]),
  ]);
  const text = `Ours alone. A registry with so many tags in one repository, as many repositories, and half as many referrers of one manifest.
Time of one request, one after the other on one connection.`;
  return ['## However long the list', text, image, table];
}

export function fsyncSection(habits: readonly FsyncHabit[], measurements: readonly Measurement[]): string[] {
  const parts: string[] = [];
  if (habits.length > 0) {
    const calls = [...new Set(habits.flatMap((habit) => Object.keys(habit.calls)))];
    const rows = habits.map(({ side, operation, calls: made }) => [
      side,
      operation,
      ...calls.map((call) => String(made[call] ?? 0)),
    ]);
    parts.push(
      'How often one operation asks the disk to keep what it was given, told by strace:',
      markdownTable([['Server', 'Operation', ...calls.map((call) => `\`${call}\``)], ...rows]),
    );
  }
  const without = measurements.filter((m) => m.sides[NO_FSYNC]);
  if (without.length > 0) {
    const rows = without.map((m) => [
      m.title,
      times(ratio(m)),
      times(ratio(m, NO_FSYNC)),
      times(ratio(m, NO_FSYNC, OURS)),
    ]);
    parts.push(
      'Ours as shipped, and with a preloaded library that answers every `fsync` at once (the peer as it is, with its own syncs):',
      markdownTable([
        ['Workload', 'As shipped to peer', 'Without fsync to peer', 'Without fsync to as shipped'],
        ...rows,
      ]),
    );
  }
  return parts.length > 0 ? ['## Syncing', ...parts] : [];
}

export function howItWasMeasured(facts: Facts): string[] {
  return [
    '## How it was measured',
    `- \`npm run bench -- --scale --fsync-off\` starts both servers on fresh folders of one disk and keeps them up. Each round measures
  all sides, in an order of its own; between two measurements everything unwritten is synced, and right before the clock of pushes three times as much memory as they need, at most half of what is free (before commit 95511ac once as much, at most 4 GiB), is used
  once, since a virtual machine's host may have taken it back meanwhile. Starts are measured on a data folder that exists.${
    facts.sittings ? ` This run had ${facts.sittings} sittings, each measurement all its rounds in one of them.` : ''
  }
- The load client is a process of its own on raw sockets, without pipelining. Against a server that does nothing it reached
  ${figure(facts.client.requestsPerSecond)} requests/s and ${facts.client.gigabytesPerSecond} GB/s in this run.
- What is pushed is random, differs in every push, and is ready with its digest before the clock starts. A GiB is sixteen times the same
  random 64 MiB behind a head of its own. What is pulled was pulled once before, so that it is in the page cache.
- Every status is checked, and the length of every blob that is pulled. The bytes of pushed blobs are removed between rounds.
- CPU time is the server process’s, user and system, from \`/proc\`; memory is its peak while the clock runs.
- A list’s figure is the mean of requests that follow each other on one connection; the walk is a whole walk.`,
  ];
}

export function machineTable(facts: Facts, name: string): string {
  const rows = [
    ['What', 'Is'],
    ['Time', facts.time],
    ['Commit', `${facts.commit}${facts.changed ? ', with changes' : ''}`],
    ['Processor', `${facts.cpu}, ${facts.cores} cores`],
    ['Memory', `${(facts.memoryBytes / 1024 ** 3).toFixed(0)} GiB`],
    ['Kernel', facts.kernel],
    ['File system', facts.fileSystem],
    ['Node', facts.node],
    ['Peer', facts.peer ?? 'not measured'],
    ...(facts.secondPeer ? [['Debian’s docker-registry', facts.secondPeer]] : []),
    ['Load average before, after', facts.load.map((load) => load.toFixed(1)).join(', ')],
    ['Raw results', `\`bench/results/${name}\``],
  ];
  return markdownTable(rows);
}
