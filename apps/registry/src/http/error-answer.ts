import type { ArmErrorBody } from '@holdfast/contracts/arm/errors';
import type { GraphErrorBody } from '@holdfast/contracts/graph-errors';
import type { OAuthErrorBody } from '@holdfast/contracts/oauth-errors';
import type { OciErrorBody } from '@holdfast/contracts/oci-errors';
import { DomainError, type ErrorCode } from '../platform/domain-error.ts';
import { storageFull } from '../platform/storage-full.ts';
import { ERROR_TABLE } from './error-table.ts';
import type { Exchange, Headers } from './exchange.ts';

/** Any throwable as the one error that domains throw; what was not foreseen says nothing of its inside. */
export function toDomainError(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT') return storageFull('the request', error);
  return new DomainError(
    'internal',
    'server.internal',
    'The request failed for a reason inside the registry. Try again; if it persists, give the correlation id to the operator.',
    { cause: error },
  );
}

/**
 * The OCI error envelope (distribution spec, "Error Codes"). Most clients show the text and no header: so the id that
 * leads to the log is in the text of every error.
 */
export function errorBody(
  error: Pick<DomainError, 'code' | 'message'> & { detail?: unknown },
  id: string,
): OciErrorBody {
  const message = `${error.message} (correlation id ${id})`;
  const detail = error.detail === undefined ? {} : { detail: error.detail };
  return { errors: [{ code: ERROR_TABLE[error.code].oci, message, ...detail }] };
}

/** The resource manager's envelope, with the OCI one's text. */
function armErrorBody(error: Pick<DomainError, 'code' | 'message'> & { detail?: unknown }, id: string): ArmErrorBody {
  const { code, detail } = error;
  const details =
    detail === undefined ? {} : { details: [{ code: ERROR_TABLE[code].arm, message: JSON.stringify(detail) }] };
  return { error: { code: ERROR_TABLE[code].arm, message: `${error.message} (correlation id ${id})`, ...details } };
}

/** Codes of Microsoft Graph that are not the resource manager's. */
const GRAPH_CODES: Partial<Record<ErrorCode, string>> = {
  'auth.required': 'InvalidAuthenticationToken',
  'auth.plain-http': 'InvalidAuthenticationToken',
  'request.invalid': 'Request_BadRequest',
  'query.invalid': 'Request_BadRequest',
  'request.unsupported': 'Request_BadRequest',
  'route.unknown': 'Request_ResourceNotFound',
  'server.unavailable': 'ServiceNotAvailable',
  'server.internal': 'InternalServerError',
};

/** The envelope of Microsoft Graph; az shows the text, and breaks on anything that is not this. */
function graphErrorBody(error: Pick<DomainError, 'code' | 'message'>, id: string): GraphErrorBody {
  const code = GRAPH_CODES[error.code] ?? ERROR_TABLE[error.code].arm;
  return { error: { code, message: `${error.message} (correlation id ${id})`, innerError: { 'request-id': id } } };
}

/**
 * RFC 6749, section 5.2. Codes of our own that belong to OAuth are its words; the others become the nearest of them. The
 * number of an `AADSTS…` text stands in `error_codes`, too, where the SDKs of Azure look for it.
 */
function oauthErrorBody(error: Pick<DomainError, 'code' | 'message'>, id: string): OAuthErrorBody {
  const number = /^AADSTS(\d+):/.exec(error.message)?.[1];
  return {
    error: oauthWord(error.code),
    error_description: `${error.message} (correlation id ${id})`,
    ...(number === undefined ? {} : { error_codes: [Number(number)] }),
    correlation_id: id,
  };
}

function oauthWord(code: ErrorCode): string {
  if (code.startsWith('oauth.')) return code.slice('oauth.'.length).replaceAll('-', '_');
  const { status } = ERROR_TABLE[code];
  if (status === 401) return 'invalid_client';
  if (status === 429 || status === 503) return 'temporarily_unavailable';
  return status >= 500 ? 'server_error' : 'invalid_request';
}

const BODIES = {
  data: errorBody,
  management: armErrorBody,
  identity: oauthErrorBody,
  graph: graphErrorBody,
  portal: armErrorBody,
} as const;

/** Answers with an error: status from the table, headers from the error. That 429 and 503 say when to come again is seen to by `send`. */
export function sendError(exchange: Exchange, error: DomainError, extra: Headers = {}): void {
  const answer = ERROR_TABLE[error.code];
  const { retryAfter } = error;
  exchange.sendJson(
    answer.status,
    { ...(retryAfter === undefined ? {} : { 'Retry-After': retryAfter }), ...error.headers, ...extra },
    BODIES[exchange.plane](error, exchange.facts.correlationId),
  );
}
