/** What the targets of small requests leave of a machine's CPU time, beside what the load client and `node:http` take of it. */
import type { Result } from './jobs.ts';
import { type Bare, type Facts, FLOOR, type Measurement, median, medianCpu, PEER, shownValue } from './results.ts';
import { figure, markdownTable } from './table.ts';

/**
 * Figures of one run differ by so much between two tries: what is missed by less is not called proven. And machines have slow minutes: a
 * bound is made of the least that client and server took in the whole run, with whatever workload.
 */
export const SURE = 1.05;

/** Of one request, in microseconds: CPU time, with one connection the clock's. */
interface Budget {
  readonly title: string;
  /** Requests a second that the target asks for. */
  readonly wanted: number;
  /** What one request may take of a server and its client together. */
  readonly available: number;
  /** The least that the client took, whoever answered; undefined with one connection, where the servers' figures are of both. */
  readonly client: number | undefined;
  /** The least of a server on `node:http`: that answers one constant, or the floor. */
  readonly server: number;
  /** A server on Node's sockets that does nothing; undefined when it was not measured. */
  readonly net: number | undefined;
  /** One line of our log; undefined when it was not measured. */
  readonly line: number | undefined;
}

/**
 * `run`: what else was measured in the run. With many connections a request takes the CPU time of client and server from the same cores, however many processes there are. With one, client and server wait
 * for each other, so that it takes as long as both one after the other; the bare servers stay awake behind their answers, as ours does (ADR 0008).
 */
export function budgetOf(m: Measurement, facts: Facts, run: readonly Measurement[] = [m]): Budget | undefined {
  const connections = connectionsOf(m);
  const peer = shownValue(m, PEER);
  if (m.unit !== 'requests/s' || peer === undefined || m.target.ratio === undefined) return undefined;
  if (!facts.client.bareNode.some((each) => each.connections === connections)) return undefined;
  const alike = (count: number) => (count === 1) === (connections === 1);
  const [http, net = []] = [facts.client.bareNode, facts.client.bareNet].map((all) =>
    all?.filter((each) => alike(each.connections)),
  ) as [Bare[], Bare[] | undefined];
  const others = run.filter((each) => each.unit === m.unit && alike(connectionsOf(each)));
  const wanted = peer * m.target.ratio;
  const shared = { title: m.title, wanted, line: facts.client.logLine };
  if (connections === 1) {
    const floors = others.map((each) => shownValue(each, FLOOR) ?? 0);
    const server = 1e6 / Math.max(...http.map((each) => each.requestsPerSecond), ...floors);
    const sockets = least(net.map((each) => 1e6 / each.requestsPerSecond));
    return { ...shared, available: 1e6 / wanted, client: undefined, server, net: sockets };
  }
  const clients = others.flatMap((each) => Object.values(each.sides)).map((all) => median(all.map(clientMicroseconds)));
  const client = least([...clients, ...[...http, ...net].map((bare) => bare.clientMicroseconds)]);
  const floors = others.map((each) => medianCpu(each.sides[FLOOR]));
  const server = least([...http.map((bare) => bare.microseconds), ...floors]) as number;
  const available = (facts.cores * 1e6) / wanted;
  return { ...shared, available, client, server, net: least(net.map((bare) => bare.microseconds)) };
}

function connectionsOf({ id }: Measurement): number {
  return Number(/-c(\d+)$/.exec(id)?.[1]);
}

function least(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}

/** Whether nothing that is built on `node:http` can reach the target there, in however many processes. */
export function isBeyondHttp(m: Measurement, facts: Facts, run?: readonly Measurement[]): boolean {
  const budget = budgetOf(m, facts, run);
  return budget !== undefined && budget.available * SURE < (budget.client ?? 0) + budget.server;
}

/** Whether nothing on `node:http` can that also writes a line to the log for each request, as ours does. */
export function isBeyondLog(m: Measurement, facts: Facts, run?: readonly Measurement[]): boolean {
  const budget = budgetOf(m, facts, run);
  if (budget?.line === undefined) return false;
  return budget.available * SURE < (budget.client ?? 0) + budget.server + budget.line;
}

/** Whether nothing that is built on Node's sockets can. */
export function isBeyondSockets(m: Measurement, facts: Facts, run?: readonly Measurement[]): boolean {
  const budget = budgetOf(m, facts, run);
  if (budget?.net === undefined) return false;
  const { available, client = 0, net, server } = budget;
  return available * SURE < client + Math.min(net, server); // who parses may take less: it may wake its client less often
}

/** `factsOf`: of the run that a measurement is of; `all`: of every run. */
export function budgetSection(
  missed: readonly Measurement[],
  factsOf: (m: Measurement) => Facts,
  all: readonly Measurement[] = missed,
): string[] {
  const runOf = (m: Measurement) => all.filter((each) => factsOf(each) === factsOf(m));
  const beyond = [isBeyondHttp, isBeyondSockets, isBeyondLog];
  const rows = missed.filter((m) => beyond.some((is) => is(m, factsOf(m), runOf(m))));
  if (rows.length === 0) return [];
  const text = `CPU time is what these targets ask for more of than there is: with many connections a request may take the machine’s cores ÷ the wanted rate of the client and the server together, however
many processes they are. With one connection it is the clock’s time: client and server wait for each other, and the servers’ figures are of both. *Client* is the least that the load client took in this run, whoever answered it; *node:http* is the least of a server built on it, with whatever workload of as many or one connection: the one that answers a constant, or the least on Node.
*Log* is one line of ours alone, in a loop that does nothing else (\`bench/log-alone.ts\`): a registry has to say who asked for what. *net* is a server on Node’s sockets alone, which takes whatever comes for a request, parses nothing and answers a constant.
Microseconds for each request, in the same run as the figures above. *Beyond* says what cannot reach the target there: \`node:http\`; \`node:http\` with such a line for each request; or whatever is built on Node’s sockets, whoever parses. What misses its target by less than 5 % is not listed: so much figures differ by between two tries.`;
  const cells = rows.map((m) => {
    const { title, wanted, available, client, server, net, line } = budgetOf(m, factsOf(m), runOf(m)) as Budget;
    const bare = net?.toFixed(1) ?? '–';
    const http = isBeyondHttp(m, factsOf(m), runOf(m)) ? '`node:http`' : '`node:http` and our log';
    const what = isBeyondSockets(m, factsOf(m), runOf(m)) ? 'Node’s sockets' : http;
    const log = line?.toFixed(1) ?? '–';
    return [title, figure(wanted), available.toFixed(1), client?.toFixed(1) ?? '–', server.toFixed(1), log, bare, what];
  });
  const head = ['Workload', 'Wanted, requests/s', 'There is', 'Client', '`node:http`', 'Log', '`net`', 'Beyond'];
  return ['### Beyond `node:http` on this machine', text, markdownTable([head, ...cells])];
}

/** Microseconds of the clock. */
interface RowsBudget {
  readonly title: string;
  /** What the target leaves for each push. */
  readonly available: number;
  readonly rows: number;
  /** With one connection: request and answer of a server on `node:http` that does nothing between them. With many they go on beside the rows of others. */
  readonly roundTrip: number | undefined;
}

/** What a push of a manifest must take at least when its rows lie in SQLite, which has one writer. */
function rowsBudgetOf(m: Measurement, facts: Facts, run?: readonly Measurement[]): RowsBudget | undefined {
  const connections = Number(/^manifest-put-c(\d+)$/.exec(m.id)?.[1]);
  const rows = facts.client.rows?.find((each) => each.connections === connections)?.microseconds;
  const peer = shownValue(m, PEER);
  if (rows === undefined || peer === undefined || m.target.ratio === undefined) return undefined;
  const roundTrip = connections === 1 ? budgetOf(m, facts, run)?.server : undefined;
  return { title: m.title, available: 1e6 / (peer * m.target.ratio), rows, roundTrip };
}

/** Whether the rows alone, with one connection behind their request and before their answer, take longer than the target leaves. */
export function isBeyondRows(m: Measurement, facts: Facts, run?: readonly Measurement[]): boolean {
  const budget = rowsBudgetOf(m, facts, run);
  return budget !== undefined && budget.available * SURE < budget.rows + (budget.roundTrip ?? 0);
}

export function rowsSection(
  missed: readonly Measurement[],
  factsOf: (m: Measurement) => Facts,
  all: readonly Measurement[] = missed,
): string[] {
  const rows = missed.flatMap((m) => {
    const run = all.filter((each) => factsOf(each) === factsOf(m));
    return isBeyondRows(m, factsOf(m), run) ? (rowsBudgetOf(m, factsOf(m), run) ?? []) : [];
  });
  if (rows.length === 0) return [];
  const text = `SQLite has one writer, so the rows of pushes are written one behind the other, in commits that they share. *Rows* is the time for those of one push with its part of the commit and of its sync, and nothing else in the process:
no HTTP, no check, no rights (\`bench/rows-alone.ts\`, the least of three tries of the run that the figures are of). With one connection nothing goes on beside it: request and answer of a server on \`node:http\` that does nothing between them, the quickest of the run, come to it. Microseconds of the clock.`;
  const cells = rows.map(({ title, available, rows: alone, roundTrip }) => [
    title,
    available.toFixed(0),
    alone.toFixed(0),
    roundTrip?.toFixed(0) ?? '–',
  ]);
  const head = ['Workload', 'There is', 'Rows', 'Request and answer'];
  return ['### Beyond one writer of these rows', text, markdownTable([head, ...cells])];
}

function clientMicroseconds({ detail }: Measurement['sides'][string][number]): number {
  const { clientCpuSeconds, done } = detail as Pick<Result, 'clientCpuSeconds' | 'done'>;
  return (clientCpuSeconds / done) * 1e6;
}
