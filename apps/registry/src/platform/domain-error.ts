/** What went wrong in general; decides nothing by itself, but lets callers branch without knowing every code. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'not-found'
  | 'conflict'
  | 'disallowed'
  | 'too-large'
  | 'out-of-range'
  | 'too-many'
  | 'unsupported'
  | 'storage-full'
  | 'unavailable'
  | 'internal';

/** Stable dotted codes. The edge's table answers each on every plane and does not compile without one. */
export type ErrorCode =
  | 'name.invalid'
  | 'name.unknown'
  | 'tag.invalid'
  | 'digest.invalid'
  | 'manifest.invalid'
  | 'manifest.unknown'
  | 'manifest.reference-unknown'
  | 'manifest.too-large'
  | 'manifest.media-type-changed'
  | 'manifest.child-in-use'
  | 'manifest.damaged'
  | 'blob.unknown'
  | 'blob.in-use'
  | 'blob.corrupt'
  | 'blob.damaged'
  | 'upload.unknown'
  | 'upload.invalid'
  | 'upload.range'
  | 'upload.size'
  | 'upload.too-many'
  | 'upload.busy'
  | 'range.unsatisfiable'
  | 'query.invalid'
  | 'auth.required'
  | 'auth.plain-http'
  | 'token.invalid-request'
  | 'registry.unknown'
  | 'request.invalid'
  | 'request.timeout'
  | 'request.too-large'
  | 'request.too-many-tags'
  | 'request.expectation'
  | 'request.unsupported'
  | 'route.unknown'
  | 'storage.full'
  | 'server.unavailable'
  | 'server.internal';

/**
 * The one error that domains throw. `message` is safe to show: it names what was asked, why it was refused and what
 * to do next. `detail` goes to the client as JSON; `cause` only to the log.
 */
export class DomainError extends Error {
  readonly kind: ErrorKind;
  readonly code: ErrorCode;
  readonly detail: unknown;
  /** Seconds after which a repeated request may succeed. */
  readonly retryAfter: number | undefined;
  /** Headers that the answer carries besides, for example where an upload stands. */
  headers: Readonly<Record<string, string | number>> = {};

  constructor(
    kind: ErrorKind,
    code: ErrorCode,
    message: string,
    options: { detail?: unknown; cause?: unknown; retryAfter?: number } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'DomainError';
    this.kind = kind;
    this.code = code;
    this.detail = options.detail;
    this.retryAfter = options.retryAfter;
  }
}
