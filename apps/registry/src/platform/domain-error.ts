/** What went wrong in general; decides nothing by itself, but lets callers branch without knowing every code. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
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
  | 'tag.unknown'
  | 'digest.invalid'
  | 'manifest.invalid'
  | 'manifest.unknown'
  | 'manifest.reference-unknown'
  | 'manifest.too-large'
  | 'manifest.media-type-changed'
  | 'manifest.child-in-use'
  | 'manifest.damaged'
  | 'manifest.not-deleted'
  | 'restore.tag-exists'
  | 'restore.incomplete'
  | 'content.locked'
  | 'content.immutable'
  | 'content.quarantined'
  | 'blob.unknown'
  | 'blob.in-use'
  | 'blob.corrupt'
  | 'blob.damaged'
  | 'download.refused'
  | 'bundle.unknown'
  | 'bundle.invalid'
  | 'bundle.refused'
  | 'bundle.incomplete'
  | 'bundle.busy'
  | 'bundle.too-many'
  | 'signer.unknown'
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
  | 'registry.name-taken'
  | 'registry.name-invalid'
  | 'access.denied'
  | 'access.token-invalid'
  | 'firewall.denied'
  | 'api-version.missing'
  | 'api-version.invalid'
  | 'subscription.unknown'
  | 'resource-group.unknown'
  | 'resource-group.invalid'
  | 'resource-group.not-empty'
  | 'resource.unknown'
  | 'resource.invalid'
  | 'resource.location-changed'
  | 'resource.locked'
  | 'resource.in-use'
  | 'resource.not-supported'
  | 'provider.unknown'
  | 'quota.exceeded'
  | 'quota.storage-full'
  | 'quota.site-full'
  | 'quota.in-use'
  | 'admin-user.disabled'
  | 'role-assignment.exists'
  | 'role-assignment.update-not-permitted'
  | 'role-assignment.principal-unknown'
  | 'role-definition.unknown'
  | 'role-definition.name-exists'
  | 'role-definition.assigned'
  | 'oauth.invalid-request'
  | 'oauth.invalid-client'
  | 'oauth.invalid-grant'
  | 'oauth.invalid-scope'
  | 'oauth.invalid-tenant'
  | 'oauth.unauthorized-client'
  | 'oauth.unsupported-grant-type'
  | 'oauth.authorization-pending'
  | 'oauth.slow-down'
  | 'oauth.access-denied'
  | 'oauth.expired-token'
  | 'directory.unknown'
  | 'directory.invalid'
  | 'directory.exists'
  | 'directory.denied'
  | 'directory.query-unsupported'
  | 'password.refused'
  | 'webhook.name-invalid'
  | 'webhook.event-unknown'
  | 'backup.invalid'
  | 'backup.foreign'
  | 'backup.target-not-empty'
  | 'import.invalid'
  | 'import.tag-exists'
  | 'import.source-failed'
  | 'import.too-many'
  | 'operation.unknown'
  | 'template.invalid'
  | 'template.api-version'
  | 'deployment.unknown'
  | 'deployment.name-invalid'
  | 'deployment.active'
  | 'deployment.not-active'
  | 'deployment.interrupted'
  | 'outbound.refused'
  | 'outbound.failed'
  | 'request.invalid'
  | 'request.timeout'
  | 'request.too-large'
  | 'request.body-too-large'
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
