import type { Caller, Distribution } from '../../distribution/context.ts';
import { readBody } from '../../http/body.ts';
import type { RouteHandler } from '../../http/route.ts';
import { moveTags } from '../move-tags.ts';
import { parseTagMove, TAG_MOVE_LIMIT } from '../tag-move.ts';
import { bodyTooLarge, requirePushTo } from './named-repositories.ts';

export function postTags(d: Distribution): RouteHandler {
  return async (exchange, { repository }) => {
    const move = parseTagMove(await readBody(exchange, TAG_MOVE_LIMIT, bodyTooLarge));
    await requirePushTo(d, exchange, move.tags);
    const { principal, registry, facts } = exchange;
    const request = { method: 'POST', userAgent: exchange.header('user-agent') };
    const { correlationId, clientAddress: client } = facts;
    const caller: Caller = { principal, registry, repository, correlationId, client, request };
    const { moved, superseded } = await moveTags(d, caller, move);
    const names = superseded.map(({ repository: name, tag }) => ({ repository: name, tag }));
    exchange.sendJson(200, {}, { moved, tags: move.tags.length, superseded: names });
  };
}
