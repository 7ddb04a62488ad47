import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { type Exchange, type Headers, JSON_TYPE } from '../../http/exchange.ts';
import { nextLink, type PageQuery, parsePageQuery } from '../../http/link.ts';
import type { RouteHandler } from '../../http/route.ts';
import type { Referrer } from '../../metadata/metadata-store.ts';
import { type NamePage, NO_NAMES } from '../../metadata/name-page.ts';
import { DomainError } from '../../platform/domain-error.ts';
import type { Distribution } from '../context.ts';
import { listReferrers, repositoryPage, tagPage } from '../listings.ts';
import { requireDigest } from '../reference.ts';
import { callerOf } from './caller.ts';

/** The largest page: a larger `n` gets this many and a Link to the rest. */
const PAGE_LIMIT = 1000;
/** What a catalog without `n` shows; ACR's default. Tags without `n` are listed whole, as the OCI spec asks. */
const CATALOG_PAGE = 100;

/** `GET /v2/_catalog` */
export function catalog(d: Distribution): RouteHandler {
  return async (exchange) => {
    const query = pageQuery(exchange);
    const limit = query.n ?? CATALOG_PAGE;
    const page = await repositoryPage(d, exchange, { last: query.last, limit });
    const { headers, body } = written(exchange, page, limit, () => `{"repositories":${page.json}}`);
    exchange.send(200, headers, body);
  };
}

/** `GET /v2/<name>/tags/list` */
export function tagList(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const query = pageQuery(exchange);
    const page = await tagPage(d, callerOf(exchange, params), { last: query.last, limit: query.n });
    const name = JSON.stringify(params.repository);
    const { headers, body } = written(exchange, page, query.n, () => `{"name":${name},"tags":${page.json}}`);
    exchange.send(200, headers, body);
  };
}

/** `GET /v2/<name>/referrers/<digest>`: an OCI index, its Content-Type exactly that, also when it is empty. */
export function referrers(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const subject = requireDigest(params.reference);
    const query = pageQuery(exchange);
    const artifactType = exchange.facts.target.query.get('artifactType') || undefined;
    const request = { last: query.last, limit: query.n, artifactType };
    const page = await listReferrers(d, callerOf(exchange, params), subject, request);
    const headers: Headers = {
      'Content-Type': MEDIA_TYPE.ociIndex,
      ...(page.next === undefined ? {} : { Link: linkTo(exchange, page.next, query.n, artifactType) }),
      ...(artifactType ? { 'OCI-Filters-Applied': 'artifactType' } : {}),
    };
    const manifests = page.items.map(descriptor).join(',');
    exchange.send(200, headers, `{"schemaVersion":2,"mediaType":"${MEDIA_TYPE.ociIndex}","manifests":[${manifests}]}`);
  };
}

/** Annotations are JSON already and may be megabytes: they are copied as text. */
function descriptor(row: Referrer): string {
  const { mediaType, digest, size, artifactType } = row;
  const head = JSON.stringify({ mediaType, digest, size, ...(artifactType ? { artifactType } : {}) });
  return row.annotations === undefined ? head : `${head.slice(0, -1)},"annotations":${row.annotations}}`;
}

function pageQuery(exchange: Exchange): PageQuery {
  const { query } = exchange.facts.target;
  const one = (name: string) => {
    const values = query.getAll(name);
    return values.length > 1 ? values : values[0];
  };
  const page = parsePageQuery({ n: one('n'), last: one('last') }, PAGE_LIMIT);
  if (page.ok) return page.value;
  throw new DomainError('invalid', 'query.invalid', `The page asked for is not valid: ${page.reason}.`);
}

interface WrittenPage {
  readonly headers: Headers;
  readonly body: string;
}

/** Clients walk through lists, and many walk through the same: a page is written out once, as long as its row is kept. */
const writtenPages = new WeakMap<NamePage, WrittenPage>();

/** A page is one of one list, so its answer depends on nothing else. */
function written(exchange: Exchange, page: NamePage, n: number | undefined, text: () => string): WrittenPage {
  const known = writtenPages.get(page);
  if (known) return known;
  const link = page.next === undefined ? {} : { Link: linkTo(exchange, page.next, n) };
  const answer = { headers: { 'Content-Type': JSON_TYPE, ...link }, body: text() };
  if (page !== NO_NAMES) writtenPages.set(page, answer);
  return answer;
}

/** To the page behind `last`, at the same path. */
function linkTo(exchange: Exchange, last: string, n: number | undefined, artifactType?: string): string {
  return nextLink(exchange.facts.target.segments.join('/'), { last, n, artifactType });
}
