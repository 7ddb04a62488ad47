/** What the targets of small requests leave of a machine's CPU time, beside what the load client and `node:http` take of it. */
import type { Result } from './jobs.ts';
import { type Bare, type Facts, FLOOR, type Measurement, median, medianCpu, PEER, shownValue } from './results.ts';
import { figure, markdownTable } from './table.ts';

/** CPU time of one request, in microseconds. */
interface Budget {
  readonly title: string;
  readonly connections: number;
  /** Requests a second that the target asks for. */
  readonly wanted: number;
  /** What one request may take of a server and its client together; with one connection, of either of them. */
  readonly available: number;
  /** The least that the client took, whoever answered. */
  readonly client: number;
  /** The least of a server on `node:http`: that answers one constant, or the floor. */
  readonly server: number;
  /** A server on Node's sockets that does nothing; undefined when it was not measured. */
  readonly net: Bare | undefined;
  /** One line of our log; undefined when it was not measured. */
  readonly line: number | undefined;
}

/**
 * With many connections a request takes the CPU time of client and server from the same cores, however many processes there are. With one, each of
 * the two has to be done with a request before the next one can come to it: neither may take longer than one round trip.
 */
export function budgetOf(m: Measurement, facts: Facts): Budget | undefined {
  const connections = Number(/-c(\d+)$/.exec(m.id)?.[1]);
  const peer = shownValue(m, PEER);
  const clients = Object.values(m.sides).map((samples) => median(samples.map(clientMicroseconds)));
  const [http, net] = [facts.client.bareNode, facts.client.bareNet].map((all) =>
    all?.find((each) => each.connections === connections),
  );
  for (const bare of [http, net]) clients.push(bare?.clientMicroseconds ?? Number.POSITIVE_INFINITY);
  const server = Math.min(http?.microseconds ?? Number.NaN, medianCpu(m.sides[FLOOR]) ?? Number.POSITIVE_INFINITY);
  if (m.unit !== 'requests/s' || peer === undefined || m.target.ratio === undefined || Number.isNaN(server))
    return undefined;
  const wanted = peer * m.target.ratio;
  const available = ((connections === 1 ? 1 : facts.cores) * 1e6) / wanted;
  return {
    title: m.title,
    connections,
    wanted,
    available,
    client: Math.min(...clients),
    server,
    net,
    line: facts.client.logLine,
  };
}

/** Whether nothing that is built on `node:http` can reach the target there, in however many processes. */
export function isBeyondHttp(m: Measurement, facts: Facts): boolean {
  const budget = budgetOf(m, facts);
  if (!budget) return false;
  const { connections, available, client, server } = budget;
  return available < (connections === 1 ? Math.max(client, server) : client + server);
}

/** Whether nothing on `node:http` can that also writes a line to the log for each request, as ours does; said of many connections only. */
export function isBeyondLog(m: Measurement, facts: Facts): boolean {
  const budget = budgetOf(m, facts);
  if (!budget || budget.line === undefined || budget.connections === 1) return false;
  return budget.available < budget.client + budget.server + budget.line;
}

/** Whether nothing that is built on Node's sockets can: with one connection, not even the server that answers whatever comes did. */
export function isBeyondSockets(m: Measurement, facts: Facts): boolean {
  const budget = budgetOf(m, facts);
  if (!budget?.net) return false;
  const { connections, available, client, net, server, wanted } = budget;
  // A server that parses may take less: it may wake its client less often.
  return connections === 1 ? net.requestsPerSecond < wanted : available < client + Math.min(net.microseconds, server);
}

/** `factsOf`: of the run that a measurement is of. */
export function budgetSection(missed: readonly Measurement[], factsOf: (m: Measurement) => Facts): string[] {
  const beyond = [isBeyondHttp, isBeyondSockets, isBeyondLog];
  const rows = missed.filter((m) => beyond.some((is) => is(m, factsOf(m))));
  if (rows.length === 0) return [];
  const text = `CPU time is what these targets ask for more of than there is. With many connections a request may take the machine’s cores ÷ the wanted rate of the client and the server together, however
many processes they are; with one connection, neither may take longer than a round trip, since it has to be done before its next one can come. *Client* is the least that the load client took in this run, whoever answered it; *node:http* is the least
of a server built on it: the one that answers a constant, or the least on Node. *net* is a server on Node’s sockets alone, which takes whatever comes for a request, parses nothing and answers a constant. Microseconds of CPU time for each request, in the same run as the
figures above. *Log* is one line of ours alone, in a loop that does nothing else (\`bench/log-alone.ts\`): a registry has to say who asked for what. *Beyond* says what cannot reach the target there: \`node:http\`; \`node:http\` with such a line for each request; or whatever is built on Node’s sockets,
whoever parses (for one connection because that server itself, whose rate is in brackets, did not).`;
  const cells = rows.map((m) => {
    const { title, wanted, available, client, server, net, line } = budgetOf(m, factsOf(m)) as Budget;
    const bare = net ? `${net.microseconds.toFixed(1)} (${figure(net.requestsPerSecond)}/s)` : '–';
    const http = isBeyondHttp(m, factsOf(m)) ? '`node:http`' : '`node:http` and our log';
    const what = isBeyondSockets(m, factsOf(m)) ? 'Node’s sockets' : http;
    const log = line?.toFixed(1) ?? '–';
    return [title, figure(wanted), available.toFixed(1), client.toFixed(1), server.toFixed(1), log, bare, what];
  });
  const head = ['Workload', 'Wanted, requests/s', 'There is', 'Client', '`node:http`', 'Log', '`net`', 'Beyond'];
  return ['### Beyond `node:http` on this machine', text, markdownTable([head, ...cells])];
}

interface RowsBudget {
  readonly title: string;
  /** Microseconds of the clock that the target leaves for each push. */
  readonly available: number;
  readonly rows: number;
  /** A round trip to a server on `node:http` that does nothing; with many connections others' rows are written meanwhile. */
  readonly roundTrip: number | undefined;
}

/** What a push of a manifest must take at least when its rows lie in SQLite, which has one writer. */
function rowsBudgetOf(m: Measurement, facts: Facts): RowsBudget | undefined {
  const connections = Number(/^manifest-put-c(\d+)$/.exec(m.id)?.[1]);
  const of = <T extends { connections: number }>(all: readonly T[] | undefined) =>
    all?.find((each) => each.connections === connections);
  const rows = of(facts.client.rows)?.microseconds;
  const peer = shownValue(m, PEER);
  if (rows === undefined || peer === undefined || m.target.ratio === undefined) return undefined;
  const bare = connections === 1 ? of(facts.client.bareNode) : undefined;
  const roundTrip = bare && 1e6 / bare.requestsPerSecond;
  return { title: m.title, available: 1e6 / (peer * m.target.ratio), rows, roundTrip };
}

/** Whether the rows alone, and for one connection the way to the server and back, take longer than the target leaves. */
export function isBeyondRows(m: Measurement, facts: Facts): boolean {
  const budget = rowsBudgetOf(m, facts);
  return budget !== undefined && budget.available < budget.rows + (budget.roundTrip ?? 0);
}

export function rowsSection(missed: readonly Measurement[], factsOf: (m: Measurement) => Facts): string[] {
  const rows = missed.filter((m) => isBeyondRows(m, factsOf(m))).flatMap((m) => rowsBudgetOf(m, factsOf(m)) ?? []);
  if (rows.length === 0) return [];
  const text = `SQLite has one writer, so the rows of pushes are written one behind the other, in commits that they share. *Rows* is the time for those of one push with its part of the commit and of its sync, and nothing else in the process:
no HTTP, no check, no rights (\`bench/rows-alone.ts\`, the least of three tries of the run that the figures are of). With one connection a request has to come and its answer to go before and after: *round trip* is that of a server on \`node:http\` that answers a constant. Microseconds of the clock.`;
  const cells = rows.map(({ title, available, rows: alone, roundTrip }) => [
    title,
    available.toFixed(0),
    alone.toFixed(0),
    roundTrip?.toFixed(0) ?? 'beside them',
  ]);
  const head = ['Workload', 'There is', 'Rows', 'Round trip'];
  return ['### Beyond one writer of these rows', text, markdownTable([head, ...cells])];
}

function clientMicroseconds({ detail }: Measurement['sides'][string][number]): number {
  const { clientCpuSeconds, done } = detail as Pick<Result, 'clientCpuSeconds' | 'done'>;
  return (clientCpuSeconds / done) * 1e6;
}
