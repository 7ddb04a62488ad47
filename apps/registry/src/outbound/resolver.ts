import { lookup } from 'node:dns/promises';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** Names to addresses, in the order in which they are tried. A test may have its own. */
export type Resolve = (host: string) => Promise<readonly ResolvedAddress[]>;

/** As every other program of the machine resolves: /etc/hosts counts, too. */
export const systemResolve: Resolve = (host) => lookup(host, { all: true, order: 'verbatim' });
