import { readBody } from '../../http/body.ts';
import type { Exchange } from '../../http/exchange.ts';
import { plainHttp } from '../../http/plain-http.ts';
import { DomainError } from '../../platform/domain-error.ts';

const FORM_LIMIT = 64 * 1024;

/** The form of a request that may show secrets: never over a connection that others can read. */
export async function readForm(x: Exchange): Promise<URLSearchParams> {
  if (!x.facts.confidential) throw plainHttp(x.facts);
  const bytes = await readBody(x, FORM_LIMIT, (limit) => {
    const message = `The form of the request has more than ${limit} bytes, the most that is read. Send a smaller one.`;
    return new DomainError('too-large', 'oauth.invalid-request', message);
  });
  return new URLSearchParams(bytes.toString('utf8'));
}
