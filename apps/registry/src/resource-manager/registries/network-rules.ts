import { isIP } from 'node:net';
import type { NetworkRules } from '../../access/network-rules.ts';
import { DomainError } from '../../platform/domain-error.ts';
import type { Fields } from '../fields.ts';

const MAX_RULES = 100;

/** `properties.networkRuleSet` as clients read it; az crashes when it is missing. */
export function networkRulesJson(stored: string | undefined) {
  const rules: NetworkRules = stored ? (JSON.parse(stored) as NetworkRules) : { defaultAction: 'Allow', allowed: [] };
  return {
    defaultAction: rules.defaultAction,
    virtualNetworkRules: [],
    ipRules: rules.allowed.map((value) => ({ action: 'Allow', value })),
  };
}

/** Reads `networkRuleSet`; undefined when it lets everybody in. Rules that could not be enforced are refused. */
export function readNetworkRules(given: Fields): string | undefined {
  const virtual = given.list('virtualNetworkRules') ?? [];
  if (virtual.length > 0) {
    throw new DomainError(
      'unsupported',
      'resource.not-supported',
      'Rules for virtual networks are not offered on this site, since it has none. Use ipRules with the addresses that may come.',
    );
  }
  const ipRules = given.list('ipRules') ?? [];
  if (ipRules.length > MAX_RULES) throw given.wrong('ipRules', `a list of at most ${MAX_RULES} rules`);
  const allowed = ipRules.map((rule) => {
    rule.word('action', ['Allow']);
    const value = rule.required('value');
    if (!isAddressOrRange(value)) throw rule.wrong('value', 'an IP address or a range such as 10.0.0.0/8');
    return value;
  });
  const defaultAction = given.word('defaultAction', ['Allow', 'Deny']) ?? 'Allow';
  if (defaultAction === 'Allow' && allowed.length === 0) return undefined;
  return JSON.stringify({ defaultAction, allowed } satisfies NetworkRules);
}

function isAddressOrRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
