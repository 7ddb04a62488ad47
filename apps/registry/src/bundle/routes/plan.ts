import type { Distribution } from '../../distribution/context.ts';
import { readBody } from '../../http/body.ts';
import type { RouteHandler } from '../../http/route.ts';
import { planTags } from '../plan-tags.ts';
import { parseTagPlan, TAG_MOVE_LIMIT } from '../tag-move.ts';
import { bodyTooLarge, requirePushTo } from './named-repositories.ts';

export function postPlan(d: Distribution): RouteHandler {
  return async (exchange) => {
    const request = parseTagPlan(await readBody(exchange, TAG_MOVE_LIMIT, bodyTooLarge));
    await requirePushTo(d, exchange, request.tags);
    exchange.sendJson(200, {}, await planTags(d, exchange.registry, request));
  };
}
