import type { Caller, Distribution } from '../../distribution/context.ts';
import { readBody } from '../../http/body.ts';
import { requireAlso } from '../../http/door.ts';
import type { RouteHandler } from '../../http/route.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { moveTags } from '../move-tags.ts';
import { parseTagMove, TAG_MOVE_LIMIT } from '../tag-move.ts';

export function postTags(d: Distribution): RouteHandler {
  return async (exchange, { repository }) => {
    const move = parseTagMove(await readBody(exchange, TAG_MOVE_LIMIT, bodyTooLarge));
    // The door asked for the repository of the path; the body may name others.
    for (const name of new Set(move.tags.map((one) => one.repository))) {
      await requireAlso(d.authorizer, exchange, name, 'push');
    }
    const { principal, registry, facts } = exchange;
    const request = { method: 'POST', userAgent: exchange.header('user-agent') };
    const { correlationId, clientAddress: client } = facts;
    const caller: Caller = { principal, registry, repository, correlationId, client, request };
    exchange.sendJson(200, {}, { moved: await moveTags(d, caller, move), tags: move.tags.length });
  };
}

function bodyTooLarge(limit: number): DomainError {
  return new DomainError(
    'too-large',
    'request.body-too-large',
    `The list of tags has more than ${limit} bytes. Make bundles of fewer tags.`,
  );
}
