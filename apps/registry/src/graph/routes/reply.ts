import { principalId } from '../../access/principal.ts';
import { readBody } from '../../http/body.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { DirectoryCaller } from '../../identity/directory.ts';
import type { PageRequest } from '../../metadata/metadata-store.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { Body } from '../body.ts';

const BODY_LIMIT = 1024 * 1024;
const PAGE = 100;
const MOST = 999;

export async function readJson(x: Exchange): Promise<Body> {
  const bytes = await readBody(x, BODY_LIMIT, (limit) => {
    const message = `The body of the request has more than ${limit} bytes, the most that is read. Send a smaller one.`;
    return new DomainError('too-large', 'directory.invalid', message);
  });
  if (bytes.length === 0) return new Body({});
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return new Body(value as Record<string, unknown>);
    }
  } catch {
    // told below
  }
  throw new DomainError(
    'invalid',
    'directory.invalid',
    'Unable to read JSON request payload: it must be a JSON object.',
  );
}

export function callerOf(x: Exchange): DirectoryCaller {
  const { clientAddress: client, correlationId } = x.facts;
  return { id: principalId(x.principal), client, correlationId };
}

/** `{value, "@odata.nextLink"?}`, a page of what `list` answers; the link is absolute, and on the host that was asked. */
export async function sendPageOf<T>(
  x: Exchange,
  list: (page: PageRequest) => Promise<readonly T[]>,
  key: (item: T) => string,
  show: (item: T) => unknown,
): Promise<void> {
  const { query, path } = x.facts.target;
  const top = Number(query.get('$top') ?? PAGE);
  if (!Number.isInteger(top) || top < 1 || top > MOST) {
    throw new DomainError(
      'invalid',
      'directory.invalid',
      `Invalid page size specified: $top must be a number from 1 to ${MOST}.`,
    );
  }
  const items = await list({ last: query.get('$skiptoken') ?? undefined, limit: top + 1 });
  // What was deleted between the list and its items is not shown.
  const value = (await Promise.all(items.slice(0, top).map(show))).filter((item) => item !== undefined);
  const last = items.length > top ? items[top - 1] : undefined;
  if (last === undefined) return x.sendJson(200, {}, { value });
  const next = new URLSearchParams(query);
  next.set('$skiptoken', key(last));
  x.sendJson(200, {}, { '@odata.nextLink': `${x.facts.scheme}://${x.facts.host}${path}?${next}`, value });
}

export function unknownObject(kind: string, id: string): DomainError {
  return new DomainError(
    'not-found',
    'directory.unknown',
    `Resource '${id.slice(0, 100)}' does not exist or one of its queried reference-property objects are not present: there is no such ${kind}. Check the id, or list what is there.`,
  );
}
