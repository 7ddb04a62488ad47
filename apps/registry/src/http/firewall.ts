import { admits } from '../access/network-rules.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { Exchange } from './exchange.ts';

/** Before any sign-in: az tells a firewall by a 403 on the way in. */
export function refuseOutsiders(exchange: Exchange): void {
  const { clientAddress } = exchange.facts;
  const { name, networkRules } = exchange.registry;
  if (admits(networkRules, clientAddress)) return;
  throw new DomainError(
    'forbidden',
    'firewall.denied',
    `client with IP '${clientAddress}' is not allowed access. The network rules of the registry "${name}" do not let it in; whoever owns the registry can add it, for example with az acr network-rule add -n ${name} --ip-address ${clientAddress}.`,
    { detail: { clientAddress } },
  );
}
