import type { DomainError } from '../platform/domain-error.ts';

/** The members of a JSON object. Throws what `invalid` makes of a clause. */
export function objectIn(body: Uint8Array, invalid: (why: string) => DomainError): Record<string, unknown> {
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // told below
  }
  throw invalid('it must be a JSON object');
}
