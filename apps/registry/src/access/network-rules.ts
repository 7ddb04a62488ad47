import { BlockList, isIP } from 'node:net';
import { BoundedCache } from '../platform/bounded-cache.ts';

/** What is kept of `properties.networkRuleSet`, as JSON: which addresses may reach a registry's content. */
export interface NetworkRules {
  readonly defaultAction: 'Allow' | 'Deny';
  /** Addresses and CIDR ranges that are let in. */
  readonly allowed: readonly string[];
}

type Admits = (address: string) => boolean;

/** By their text: every request asks, and a row that is read anew has the same text until somebody changes it. */
const compiled = new BoundedCache<Admits>(256);

/** Whether the address may come; everybody may while nothing is stored. */
export function admits(stored: string | undefined, address: string): boolean {
  if (stored === undefined) return true;
  let rule = compiled.get(stored);
  if (!rule) {
    rule = compile(JSON.parse(stored) as NetworkRules);
    compiled.set(stored, rule);
  }
  return rule(address);
}

/** An IPv4 address in IPv6's clothes (`::ffff:10.0.0.1`) is the IPv4 one: `BlockList` knows that by itself. */
function compile({ defaultAction, allowed }: NetworkRules): Admits {
  if (defaultAction === 'Allow') return () => true;
  const list = new BlockList();
  for (const rule of allowed) {
    const [base = '', bits] = rule.split('/');
    const type = isIP(base) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(base, type);
    else list.addSubnet(base, Number(bits), type);
  }
  return (address) => {
    const plain = address.replace(/%.*$/, '');
    const family = isIP(plain);
    return family !== 0 && list.check(plain, family === 6 ? 'ipv6' : 'ipv4');
  };
}
