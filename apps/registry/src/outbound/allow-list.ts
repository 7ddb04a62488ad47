import { BlockList, isIP } from 'node:net';
import { withoutZone } from './addresses.ts';

/** What `outbound.allow` names: hosts, whatever they resolve to, and addresses, whoever resolves to them. */
export interface AllowList {
  host(name: string): boolean;
  address(address: string): boolean;
}

export function createAllowList(entries: readonly string[]): AllowList {
  const names = new Set<string>();
  const addresses = new BlockList();
  for (const entry of entries) {
    const [base = '', bits] = entry.split('/');
    const family = isIP(base);
    if (family === 0) names.add(plainHost(entry));
    else if (bits === undefined) addresses.addAddress(base, family === 4 ? 'ipv4' : 'ipv6');
    else addresses.addSubnet(base, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  }
  return {
    host: (name) => names.has(plainHost(name)),
    address: (address) => {
      const plain = withoutZone(address);
      const family = isIP(plain);
      return family !== 0 && addresses.check(plain, family === 4 ? 'ipv4' : 'ipv6');
    },
  };
}

/** As names are compared: in lower case, without the root's dot, without the brackets of IPv6. */
export function plainHost(name: string): string {
  return name
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\[(.*)\]$/, '$1');
}
