import type { OutboundAnswer } from '../outbound/outbound.ts';
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

/** In the words of the source, as far as they are those of a registry: anything else might be a page of an inner service. */
export function refusedBySource(what: string, answer: OutboundAnswer, body: string): DomainError {
  const said = ociErrors(body);
  const { status } = answer;
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

function ociErrors(body: string): string {
  try {
    const { errors } = JSON.parse(body) as { errors?: readonly { code?: unknown; message?: unknown }[] };
    const [first] = Array.isArray(errors) ? errors : [];
    if (!first || typeof first.code !== 'string') return '';
    const message = typeof first.message === 'string' ? ` (${printable(first.message)})` : '';
    return `${printable(first.code)}${message}`;
  } catch {
    return '';
  }
}

const printable = (text: string) => text.slice(0, 300).replace(/[^\x20-\x7e]/g, '?');
