/** What a list was asked for: how many items at most, and after which one. */
export interface PageQuery {
  readonly n: number | undefined;
  readonly last: string | undefined;
}

export type PageQueryResult =
  | { readonly ok: true; readonly value: PageQuery }
  | { readonly ok: false; readonly reason: string };

const DEFAULT_MAXIMUM = 1000;
const MAX_LAST_LENGTH = 512;

/**
 * The value of a `Link` header to the next page (RFC 8288), relative to the server's root. `path` is decoded;
 * parameters that are undefined are left out.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
 */
export function nextLink(path: string, params: Readonly<Record<string, string | number | undefined>>): string {
  // One leading slash: `//host/path` would name another server.
  let target = `/${encodePath(path.replace(/^\/+/, ''))}`;
  let mark = '?';
  for (const name of Object.keys(params)) {
    const value = params[name];
    if (value === undefined) continue;
    target += `${mark}${encode(name)}=${encode(String(value))}`;
    mark = '&';
  }
  return `<${target}>; rel="next"`;
}

/** Names and digests as they are. A colon needs no escape inside a path (RFC 3986 section 3.3), and digests read better with it. */
const PLAIN_PATH = /^[\w.~/:-]*$/;

function encodePath(path: string): string {
  if (PLAIN_PATH.test(path)) return path;
  const segments = path.split('/').map((segment) => encode(segment).replaceAll('%3A', ':'));
  return segments.join('/');
}

/** A lone surrogate, which no query string can bring in, becomes U+FFFD rather than a URIError. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/**
 * `n` and `last` of a query, as parsed: a string, or an array when repeated. More than `maximum` is cut to `maximum`
 * (the answer then carries a Link); `reason` is a sentence without a full stop.
 */
export function parsePageQuery(
  query: { readonly n?: unknown; readonly last?: unknown },
  maximum = DEFAULT_MAXIMUM,
): PageQueryResult {
  const { n, last } = query;
  if (n !== undefined && (typeof n !== 'string' || !/^[0-9]+$/.test(n))) {
    return { ok: false, reason: `n must be one integer that is not negative, for example n=${Math.min(100, maximum)}` };
  }
  if (last !== undefined && (typeof last !== 'string' || last.length > MAX_LAST_LENGTH || last.includes('\0'))) {
    return { ok: false, reason: `last must be one item of the previous page, at most ${MAX_LAST_LENGTH} characters` };
  }
  const limit = n === undefined ? undefined : Math.min(Number(n), maximum);
  return { ok: true, value: { n: limit, last: last === '' ? undefined : last } };
}
