import { DomainError } from '../platform/domain-error.ts';

/** `what` is the image or blob with its registry; `why` a clause. */
export function sourceFailed(what: string, why: string, cause?: unknown): DomainError {
  return new DomainError(
    'invalid',
    'import.source-failed',
    `The import of ${what.slice(0, 400)} failed: ${why}. Nothing of it is visible here; correct it at the source, or import again.`,
    { cause },
  );
}

/** `said` in the words of the source, as its client read them. */
export function refusedBySource(what: string, status: number, said: string): DomainError {
  const next =
    status === 401 || status === 403
      ? 'Give the user name and the password of somebody who may pull it'
      : status === 404
        ? 'Check the name of the registry, the repository, and the tag or the digest'
        : status === 429
          ? 'The source limits how often it is asked; import again later, or with credentials'
          : 'Import again later, or ask whoever runs the source';
  return new DomainError(
    'invalid',
    'import.source-failed',
    `The source answered ${status} for ${what.slice(0, 400)}${said === '' ? '' : `: ${said}`}. Nothing was imported. ${next}.`,
  );
}
