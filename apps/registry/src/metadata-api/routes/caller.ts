import type { Caller } from '../../distribution/context.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { RouteParams } from '../../http/route.ts';

export function callerOf(exchange: Exchange, params: RouteParams): Caller {
  return {
    principal: exchange.principal,
    registry: exchange.registry,
    repository: params.repository,
    correlationId: exchange.facts.correlationId,
  };
}
