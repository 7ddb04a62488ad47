import type { Exchange } from '../../http/exchange.ts';
import type { RouteParams } from '../../http/route.ts';
import type { Caller } from '../context.ts';

export function callerOf(exchange: Exchange, params: RouteParams): Caller {
  return {
    principal: exchange.principal,
    registry: exchange.registry,
    repository: params.repository,
    correlationId: exchange.facts.correlationId,
    client: exchange.facts.clientAddress,
    request: { method: exchange.method, userAgent: exchange.header('user-agent') },
  };
}
