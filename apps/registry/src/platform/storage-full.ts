import { DomainError } from './domain-error.ts';

/** Thrown by whoever meets a full disk; `doing` names what was asked, for example "the request". */
export function storageFull(doing: string, cause?: unknown): DomainError {
  return new DomainError(
    'storage-full',
    'storage.full',
    `The registry's storage is full: ${doing} failed and nothing of it was kept; pulls go on. The operator must free or add space, then send it again.`,
    { cause },
  );
}
