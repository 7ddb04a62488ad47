import { DomainError } from '../platform/domain-error.ts';
import type { ExchangeFacts } from './exchange.ts';

/** Thrown where somebody shows a secret, in a header or in a form, on a connection that others can read. */
export function plainHttp(facts: ExchangeFacts): DomainError {
  const error = new DomainError(
    'unauthenticated',
    'auth.plain-http',
    'Credentials are not accepted over plain HTTP from another machine, where others can read them. Use https:// with this ' +
      'site’s CA certificate, or have the operator name the proxy in front under "proxies".',
  );
  error.headers = { 'WWW-Authenticate': `Basic realm="${facts.service}"` }; // RFC 9110, 15.5.2: every 401 has one
  return error;
}
