import type { OciErrorBody } from '@holdfast/contracts/oci-errors';
import { DomainError } from '../platform/domain-error.ts';
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

/** Answers with an error: status from the table, headers from the error. That 429 and 503 say when to come again is seen to by `send`. */
export function sendError(exchange: Exchange, error: DomainError, extra: Headers = {}): void {
  const answer = ERROR_TABLE[error.code];
  const { retryAfter } = error;
  exchange.sendJson(
    answer.status,
    { ...(retryAfter === undefined ? {} : { 'Retry-After': retryAfter }), ...error.headers, ...extra },
    errorBody(error, exchange.facts.correlationId),
  );
}
