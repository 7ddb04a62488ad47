/** What stands in a request line, taken apart without trusting it. */
export interface RequestTarget {
  /** Path segments behind the first slash, percent-decoded one by one: a decoded slash never makes a new segment. */
  readonly segments: readonly string[];
  /** The path as it was sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Of an absolute-form target (`GET http://host/path`), which replaces the Host header (RFC 9112 3.2.2). */
  readonly host?: string;
}

/** Most requests have none; nobody writes to it. */
const NO_QUERY = new URLSearchParams();

/** Undefined when the target is no path or has a malformed percent-encoding. */
export function parseTarget(raw: string): RequestTarget | undefined {
  const absolute = raw.startsWith('/') ? null : /^https?:\/\/([^/?#]*)([^#]*)/i.exec(raw);
  const local = absolute ? absolute[2] || '/' : raw;
  if (!local.startsWith('/')) return undefined;
  const mark = local.indexOf('?');
  const path = mark < 0 ? local : local.slice(0, mark);
  const query = mark < 0 ? NO_QUERY : new URLSearchParams(local.slice(mark + 1));
  try {
    const segments = path.slice(1).split('/');
    const target = { segments: path.includes('%') ? segments.map(decodeURIComponent) : segments, path, query };
    return absolute?.[1] ? { ...target, host: absolute[1] } : target;
  } catch {
    return undefined; // decodeURIComponent throws on `%zz` and on invalid UTF-8
  }
}
