/** What the targets of small requests leave of a machine's CPU time, beside what the load client and `node:http` take of it. */
import type { Result } from './jobs.ts';
import { type Facts, FLOOR, type Measurement, median, medianCpu, PEER, shownValue } from './results.ts';
import { figure, markdownTable } from './table.ts';

/** CPU time of one request, in microseconds. */
interface Budget {
  readonly title: string;
  /** Requests a second that the target asks for. */
  readonly wanted: number;
  /** What one request may take of a server and its client together; with one connection, of either of them. */
  readonly available: number;
  /** The least that the client took, whoever answered. */
  readonly client: number;
  /** The least of a server on `node:http`: that answers one constant, or the floor. */
  readonly server: number;
}

/**
 * With many connections a request takes the CPU time of client and server from the same cores, however many processes there are. With one, each of
 * the two has to be done with a request before the next one can come to it: neither may take longer than one round trip.
 */
export function budgetOf(m: Measurement, facts: Facts): Budget | undefined {
  const connections = Number(/-c(\d+)$/.exec(m.id)?.[1]);
  const peer = shownValue(m, PEER);
  const clients = Object.values(m.sides).map((samples) => median(samples.map(clientMicroseconds)));
  const bare = facts.client.bareNode.find((each) => each.connections === connections)?.microseconds;
  const server = Math.min(bare ?? Number.NaN, medianCpu(m.sides[FLOOR]) ?? Number.POSITIVE_INFINITY);
  if (m.unit !== 'requests/s' || peer === undefined || m.target.ratio === undefined || Number.isNaN(server))
    return undefined;
  const wanted = peer * m.target.ratio;
  const available = ((connections === 1 ? 1 : facts.cores) * 1e6) / wanted;
  return { title: m.title, wanted, available, client: Math.min(...clients), server };
}

/** Whether nothing that is built on `node:http` can reach the target there, in however many processes. */
export function isBeyondHttp(m: Measurement, facts: Facts): boolean {
  const budget = budgetOf(m, facts);
  if (!budget) return false;
  const { available, client, server } = budget;
  return available < (m.id.endsWith('-c1') ? Math.max(client, server) : client + server);
}

/** `factsOf`: of the run that a measurement is of. */
export function budgetSection(missed: readonly Measurement[], factsOf: (m: Measurement) => Facts): string[] {
  const rows = missed.filter((m) => isBeyondHttp(m, factsOf(m))).flatMap((m) => budgetOf(m, factsOf(m)) ?? []);
  if (rows.length === 0) return [];
  const text = `CPU time is what these targets ask for more of than there is. With many connections a request may take the machine’s cores ÷ the wanted rate of the client and the server together, however
many processes they are; with one connection, neither may take longer than a round trip, since it has to be done before its next one can come. *Client* is the least that the load client took in this run, whoever answered it; *node:http* is the least
of a server built on it: the one that answers a constant, or the least on Node. Microseconds of CPU time for each request, in the same run as the figures above.`;
  const cells = rows.map(({ title, wanted, available, client, server }) => [
    title,
    figure(wanted),
    available.toFixed(1),
    client.toFixed(1),
    server.toFixed(1),
  ]);
  const table = markdownTable([['Workload', 'Wanted, requests/s', 'There is', 'Client', '`node:http`'], ...cells]);
  return ['### Beyond `node:http` on this machine', text, table];
}

function clientMicroseconds({ detail }: Measurement['sides'][string][number]): number {
  const { clientCpuSeconds, done } = detail as Pick<Result, 'clientCpuSeconds' | 'done'>;
  return (clientCpuSeconds / done) * 1e6;
}
