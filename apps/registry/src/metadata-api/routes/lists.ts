import type { Distribution } from '../../distribution/context.ts';
import { listRepositories, orderRepositories } from '../../distribution/listings.ts';
import { requireDigest } from '../../distribution/reference.ts';
import type { Exchange, Headers } from '../../http/exchange.ts';
import { nextLink, parsePageQuery } from '../../http/link.ts';
import type { RouteHandler } from '../../http/route.ts';
import type { ListOrder } from '../../metadata/listings.ts';
import type { ListedRepository } from '../../metadata/repository-lists.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { listManifestAttributes } from '../manifests.ts';
import { type AcrPage, type OrderedPage, type Place, parseOrder } from '../pages.ts';
import { listedRepositoryShape } from '../shapes.ts';
import { listTagAttributes } from '../tags.ts';
import { callerOf } from './caller.ts';

/** ACR's default, and its largest page: a larger `n` is cut. */
const PAGE = 100;
const PAGE_LIMIT = 1000;

/**
 * `GET /acr/v1/_catalog`, by name unless one of the orders of tags is asked for, which ACR does not offer here. With `details=true`
 * each of the page is described, too, so that a list costs one request.
 */
export function catalog(d: Distribution): RouteHandler {
  return async (exchange) => {
    const { last, lastKey, limit, order } = pageOf(exchange);
    const detailed = one(exchange, 'details') === 'true';
    const more = detailed ? { details: 'true' } : {};
    if (order === 'name') {
      const { items, next } = await listRepositories(d, exchange, { last, limit });
      const rows = detailed ? await d.metadata.read.repositoryLists.named(exchange.registry.id, items) : [];
      const headers = next === undefined ? {} : link(exchange, limit, { last: next, ...more });
      return exchange.sendJson(200, headers, catalogBody(items, detailed ? rows : undefined));
    }
    const { items, next } = await orderRepositories(d, exchange, { order, last, lastKey, limit });
    const headers = next ? link(exchange, limit, { last: next.last, ...placeOf(order, next), ...more }) : {};
    const names = items.map(({ name }) => name);
    exchange.sendJson(200, headers, catalogBody(names, detailed ? items : undefined));
  };
}

function catalogBody(repositories: readonly string[], rows: readonly ListedRepository[] | undefined) {
  return { repositories, ...(rows ? { details: rows.map(listedRepositoryShape) } : {}) };
}

/** `GET /acr/v1/<name>/_tags`; `include=manifest` is ours: what a table of tags shows of their manifests comes with them. */
export function tagList(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const digestText = one(exchange, 'digest');
    const digest = digestText === undefined || digestText === '' ? undefined : requireDigest(digestText);
    const request = pageOf(exchange);
    const include = one(exchange, 'include');
    if (include !== undefined && include !== 'manifest') throw invalid('include can be manifest');
    const withManifests = include === 'manifest';
    const page = await listTagAttributes(d, callerOf(exchange, params), { ...request, digest, withManifests });
    sendPage(exchange, request, page, { imageName: params.repository, tags: page.items }, { digest, include });
  };
}

/** `GET /acr/v1/<name>/_manifests` */
export function manifestList(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const request = pageOf(exchange);
    const page = await listManifestAttributes(d, callerOf(exchange, params), request);
    sendPage(exchange, request, page, { imageName: params.repository, manifests: page.items }, {});
  };
}

function sendPage(
  exchange: Exchange,
  { order, limit }: OrderedPage,
  { next }: AcrPage<unknown>,
  body: Record<string, unknown>,
  more: Record<string, string | undefined>,
): void {
  // An item of which nobody knows any more when it was changed has no place in an order of time. The CLI of ACR that purges
  // asks for the page behind one that it has just deleted.
  const headers = next ? link(exchange, limit, { last: next.last, ...placeOf(order, next), ...more }) : {};
  exchange.sendJson(200, headers, { registry: exchange.facts.service, ...body });
}

function placeOf(order: ListOrder, { lastKey, lastDigest }: Place): Record<string, string | number | undefined> {
  if (order === 'name') return {};
  return order === 'newest' || order === 'oldest' ? { lastTime: lastKey } : { lastKey, lastDigest };
}

/** As ACR writes it: relative, with all that the next request needs, an empty `orderby` too. The CLI keeps nothing but the query. */
export function link(
  exchange: Exchange,
  n: number,
  { last, ...more }: Record<string, string | number | undefined>,
): Headers {
  const orderby = one(exchange, 'orderby') ?? '';
  return { Link: nextLink(exchange.facts.target.segments.join('/'), { last, n, orderby, ...more }) };
}

export function pageOf(exchange: Exchange): OrderedPage {
  const page = parsePageQuery({ n: one(exchange, 'n'), last: one(exchange, 'last') }, PAGE_LIMIT);
  if (!page.ok) throw invalid(page.reason);
  const order = parseOrder(one(exchange, 'orderby'));
  if (!order)
    throw invalid('orderby must be timedesc, timeasc or none; sizedesc, sizeasc, pulldesc and pullasc are our own');
  const ranked = order !== 'name' && order !== 'newest' && order !== 'oldest';
  const keyName = ranked ? 'lastKey' : 'lastTime';
  const keyText = one(exchange, keyName);
  // Sizes that manifests claim may be as large as a number is exact.
  if (keyText !== undefined && !(/^\d{1,16}$/.test(keyText) && Number.isSafeInteger(Number(keyText))))
    throw invalid(`${keyName} must be as the Link header gave it`);
  const digestText = ranked ? one(exchange, 'lastDigest') : undefined;
  return {
    order,
    last: page.value.last,
    lastKey: keyText === undefined ? undefined : Number(keyText),
    lastDigest: digestText === undefined ? undefined : requireDigest(digestText),
    limit: page.value.n ?? PAGE,
  };
}

/** A parameter that may come once. */
function one(exchange: Exchange, name: string): string | undefined {
  const values = exchange.facts.target.query.getAll(name);
  if (values.length > 1) throw invalid(`${name} must come once`);
  return values[0];
}

function invalid(reason: string): DomainError {
  return new DomainError('invalid', 'query.invalid', `The page asked for is not valid: ${reason}.`);
}
