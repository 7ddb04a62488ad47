import type { Distribution } from '../../distribution/context.ts';
import { requireAlso } from '../../http/door.ts';
import type { Exchange } from '../../http/exchange.ts';
import { DomainError } from '../../platform/domain-error.ts';
import type { MovedTag } from '../tag-move.ts';

/** The door asked for the repository of the path; the body may name others. */
export async function requirePushTo(d: Distribution, exchange: Exchange, tags: readonly MovedTag[]): Promise<void> {
  for (const name of new Set(tags.map((one) => one.repository))) {
    await requireAlso(d.authorizer, exchange, name, 'push');
  }
}

export function bodyTooLarge(limit: number): DomainError {
  return new DomainError(
    'too-large',
    'request.body-too-large',
    `The list of tags has more than ${limit} bytes. Make bundles of fewer tags.`,
  );
}
