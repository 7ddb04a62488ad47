import type { Exchange, Headers } from './exchange.ts';

/** What scripts of the portal read besides the body; a browser hides other headers from another origin's scripts. */
const EXPOSED =
  'Link, Docker-Content-Digest, WWW-Authenticate, Retry-After, ETag, Content-Length, Date, x-ms-correlation-request-id, ' +
  'Location, Content-Range, Content-Disposition, Repr-Digest, Holdfast-Upload-Offset';
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const REQUEST_HEADERS = 'Authorization, Content-Type, Accept, Range, Content-Range, x-ms-correlation-request-id';
const PREFLIGHT_SECONDS = 600;
/** Most clients are no browsers. */
const NO_HEADERS: Headers = {};

/**
 * Lets the site's own portal, and no other site's pages, read an answer (https://fetch.spec.whatwg.org/#http-cors-protocol).
 * Without `Access-Control-Allow-Credentials`: no cookie ever counts here.
 *
 * @param origin the `Origin` of the request
 * @param site knows the portal's own, `https://portal.<domain>[:port]`
 */
export function crossOriginHeaders(origin: string | undefined, site: { plane(name: string): string }): Headers {
  if (origin === undefined) return NO_HEADERS;
  const portal = site.plane('portal');
  if (origin !== portal) return NO_HEADERS;
  return { 'Access-Control-Allow-Origin': portal, 'Access-Control-Expose-Headers': EXPOSED, Vary: 'Origin' };
}

/**
 * For the name to which downloads are redirected: behind a redirect a browser names no origin any more, it sends `null`
 * (https://fetch.spec.whatwg.org/#http-redirect-fetch). Whoever has a signed address may read what is behind it anyway.
 */
export function downloadHeaders(origin: string | undefined): Headers {
  return origin === undefined
    ? NO_HEADERS
    : { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': EXPOSED };
}

/** Answers the question that a browser asks before it lets the portal send a request; true when it was one. */
export function answerPreflight(exchange: Exchange): boolean {
  if (exchange.method !== 'OPTIONS' || exchange.header('access-control-request-method') === undefined) return false;
  if (exchange.facts.crossOrigin['Access-Control-Allow-Origin'] === undefined) return false;
  exchange.routeName = 'preflight';
  exchange.send(204, {
    'Access-Control-Allow-Methods': METHODS,
    'Access-Control-Allow-Headers': REQUEST_HEADERS,
    'Access-Control-Max-Age': PREFLIGHT_SECONDS,
  });
  return true;
}
