import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';
import { type Finding, finding } from './faults.ts';

/** All addresses of a name; rejects with the code of getaddrinfo or of a DNS answer. */
export type Resolve = (name: string) => Promise<readonly string[]>;

export const systemResolve: Resolve = async (name) => (await lookup(name, { all: true })).map(({ address }) => address);

interface Reach {
  readonly address: string;
  /** Undefined when a connection came to be. */
  readonly error?: string | undefined;
  readonly connectMs: number;
}

export interface NameObservation {
  readonly error?: string;
  readonly lookupMs: number;
  readonly reached: readonly Reach[];
}

/** Looks the name up and knocks at each address. */
export async function observeName(
  { name, port }: { readonly name: string; readonly port: number },
  { resolve, timeoutMs }: { readonly resolve: Resolve; readonly timeoutMs: number },
): Promise<NameObservation> {
  const started = performance.now();
  try {
    const addresses = await resolve(name);
    const lookupMs = performance.now() - started;
    const reached = await Promise.all(addresses.map((address) => knock(address, port, timeoutMs)));
    return { lookupMs, reached };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { error: code ?? message, lookupMs: performance.now() - started, reached: [] };
  }
}

function knock(address: string, port: number, timeoutMs: number): Promise<Reach> {
  const started = performance.now();
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (error?: string) => {
      socket.destroy();
      resolve({ address, connectMs: performance.now() - started, ...(error === undefined ? {} : { error }) });
    };
    socket.setTimeout(timeoutMs, () => end('ETIMEDOUT'));
    socket.once('connect', () => end());
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}

export function judgeName(host: string, seen: NameObservation): Finding[] {
  if (seen.error !== undefined || seen.reached.length === 0) {
    const absent = seen.error === 'ENOTFOUND' || seen.error === 'ENODATA' || seen.error === undefined;
    return [
      finding(absent ? 'dns.not-found' : 'dns.no-answer', host, `lookup of ${host}: ${seen.error ?? 'no address'}`),
    ];
  }
  const dead = seen.reached.filter(({ error }) => error !== undefined);
  if (dead.length === 0) return [];
  const list = dead.map(({ address, error }) => `${address} (${error})`).join(', ');
  if (dead.length < seen.reached.length) return [finding('dns.dead-address', host, list)];
  const refused = dead.some(({ error }) => error === 'ECONNREFUSED');
  return [finding(refused ? 'connect.refused' : 'connect.timed-out', host, list)];
}
