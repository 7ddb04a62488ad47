import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { type Exchange, type Headers, JSON_TYPE } from '../../http/exchange.ts';
import { nextLink, type PageQuery, parsePageQuery } from '../../http/link.ts';
import type { RouteHandler } from '../../http/route.ts';
import type { Referrer } from '../../metadata/metadata-store.ts';
import type { NamePage } from '../../metadata/name-page.ts';
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
    exchange.send(200, listHeaders(exchange, page, limit), `{"repositories":${page.json}}`);
  };
}

/** `GET /v2/<name>/tags/list` */
export function tagList(d: Distribution): RouteHandler {
  return async (exchange, params) => {
    const query = pageQuery(exchange);
    const page = await tagPage(d, callerOf(exchange, params), { last: query.last, limit: query.n });
    const name = JSON.stringify(params.repository);
    exchange.send(200, listHeaders(exchange, page, query.n), `{"name":${name},"tags":${page.json}}`);
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
      ...linkHeader(exchange, page, query.n),
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

function listHeaders(exchange: Exchange, page: NamePage, n: number | undefined): Headers {
  return { 'Content-Type': JSON_TYPE, ...linkHeader(exchange, page, n) };
}

function linkHeader(exchange: Exchange, page: { readonly next?: string | undefined }, n: number | undefined): Headers {
  if (page.next === undefined) return {};
  const { segments, query } = exchange.facts.target;
  const artifactType = query.get('artifactType');
  return { Link: nextLink(segments.join('/'), { last: page.next, n, artifactType: artifactType || undefined }) };
}
