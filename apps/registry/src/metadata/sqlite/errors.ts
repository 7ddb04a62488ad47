import { DomainError } from '../../platform/domain-error.ts';

const SQLITE_BUSY = 5;
const SQLITE_FULL = 13;
const SQLITE_CONSTRAINT_FOREIGNKEY = 787;
const SQLITE_CONSTRAINT_UNIQUE = 2067;
const SQLITE_CONSTRAINT_PRIMARYKEY = 1555;

/** SQLite's extended result code; undefined for every other error. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode : undefined;
}

const primaryCode = (error: unknown): number => (resultCode(error) ?? 0) & 0xff;

export const isFull = (error: unknown): boolean => primaryCode(error) === SQLITE_FULL;
export const isBusy = (error: unknown): boolean => primaryCode(error) === SQLITE_BUSY;
export const isForeignKeyViolation = (error: unknown): boolean => resultCode(error) === SQLITE_CONSTRAINT_FOREIGNKEY;
export const isDuplicate = (error: unknown): boolean =>
  resultCode(error) === SQLITE_CONSTRAINT_UNIQUE || resultCode(error) === SQLITE_CONSTRAINT_PRIMARYKEY;

/** What is left of SQLite's error when a thread has told it. */
export interface ToldError {
  readonly message: string;
  readonly errcode: unknown;
}

export const toldError = ({ message, errcode }: ToldError): Error => Object.assign(new Error(message), { errcode });

/** Runs `work`; a violation that `matches` recognises becomes the domain's error. */
export function translate<T>(work: () => T, matches: (error: unknown) => boolean, domainError: () => DomainError): T {
  try {
    return work();
  } catch (error) {
    if (matches(error)) throw new DomainError(...asArguments(domainError(), error));
    throw error;
  }
}

function asArguments(error: DomainError, cause: unknown): ConstructorParameters<typeof DomainError> {
  return [error.kind, error.code, error.message, { detail: error.detail, cause }];
}

export const repositoryGone = (): DomainError =>
  new DomainError(
    'not-found',
    'name.unknown',
    'The repository was removed meanwhile. Repeat the request from its start.',
  );

export const unavailable = (message: string, cause?: unknown): DomainError =>
  new DomainError('unavailable', 'server.unavailable', message, { cause });
