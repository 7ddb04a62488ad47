import { scopeKey } from '../../access/scope-path.ts';
import { readBody } from '../../http/body.ts';
import type { Exchange } from '../../http/exchange.ts';
import { DomainError } from '../../platform/domain-error.ts';
import type { ArmCaller } from '../context.ts';

/** The resource manager of Azure takes 4 MB. */
const BODY_LIMIT = 4 * 1024 * 1024;

/** The body as text; empty when there is none. */
export async function readTextBody(exchange: Exchange): Promise<string> {
  const bytes = await readBody(exchange, BODY_LIMIT, (limit) => {
    return new DomainError(
      'too-large',
      'resource.invalid',
      `The body of the request has more than ${limit} bytes, the most that is read. Send a smaller one.`,
    );
  });
  return bytes.toString('utf8');
}

/** `null` and a missing body are `{}`: some operations have no parameters, and clients send either. */
export async function readJsonBody(exchange: Exchange): Promise<Record<string, unknown>> {
  const text = await readTextBody(exchange);
  if (text === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const message =
      'The request content was invalid and could not be deserialized: it is no JSON. Correct it and send it again.';
    throw new DomainError('invalid', 'resource.invalid', message, { cause });
  }
  if (value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new DomainError('invalid', 'resource.invalid', 'The request content was invalid: it must be a JSON object.');
}

export interface ListPage<T> {
  readonly items: readonly T[];
  /** After which item the next page starts. */
  readonly next?: string | undefined;
}

/** So many registries, the largest items, take a few milliseconds to read and to write; Azure pages by 1000. */
const PAGE = 250;

/**
 * Asks for a page and one item more, to know whether another one follows. `$top` makes pages smaller and, as on Azure, never
 * larger: whoever asks for more goes on by `nextLink`.
 */
export async function listPage<T>(
  exchange: Exchange,
  list: (page: { last?: string | undefined; limit: number }) => Promise<readonly T[]> | readonly T[],
  key: (item: T) => string,
): Promise<ListPage<T>> {
  const { query } = exchange.facts.target;
  const top = Number(query.get('$top') ?? PAGE);
  if (!Number.isInteger(top) || top < 1) {
    throw new DomainError(
      'invalid',
      'query.invalid',
      `The $top '${query.get('$top')}' is no count of items. Send a number of 1 or more; a page has ${PAGE} at most.`,
    );
  }
  const limit = Math.min(top, PAGE);
  const items = await list({ last: query.get('$skipToken') ?? undefined, limit: limit + 1 });
  if (items.length <= limit) return { items };
  const shown = items.slice(0, limit);
  return { items: shown, next: key(shown[limit - 1] as T) };
}

/** `{value, nextLink?}`; the link is absolute, as clients expect it, and goes to the host that was asked. */
export function sendList<T>(exchange: Exchange, page: ListPage<T>, show: (item: T) => unknown): void {
  const { scheme, host, target } = exchange.facts;
  const value = page.items.map(show);
  const query = new URLSearchParams(target.query);
  if (page.next !== undefined) query.set('$skipToken', page.next);
  const nextLink = `${scheme}://${host}${target.path}?${query}`;
  exchange.sendJson(200, {}, page.next === undefined ? { value } : { value, nextLink });
}

export function armCaller(exchange: Exchange): ArmCaller {
  const { target, clientAddress: client, correlationId } = exchange.facts;
  return { principal: exchange.principal, scope: scopeKey(`/${target.segments.join('/')}`), client, correlationId };
}

export function apiVersion(exchange: Exchange): string {
  return exchange.facts.target.query.get('api-version') ?? '';
}
