import { readBody } from '../http/body.ts';
import type { Exchange } from '../http/exchange.ts';
import { plainHttp } from '../http/plain-http.ts';
import type { Route } from '../http/route.ts';
import { DomainError } from '../platform/domain-error.ts';
import { parseBasic } from './basic-sign-in.ts';
import type { TokenEndpoint } from './token-endpoint.ts';

const FORM_LIMIT = 64 * 1024;

/** `GET|POST /oauth2/token`: public, since it is where credentials are shown. */
export function tokenRoutes(endpoint: TokenEndpoint): readonly Route[] {
  const access = { kind: 'public', why: 'credentials are checked by the endpoint itself' } as const;
  const path = '/oauth2/token';
  return [
    { name: 'token-get', method: 'GET', path, access, handle: (x) => answer(endpoint, x, 'GET', x.facts.target.query) },
    {
      name: 'token-post',
      method: 'POST',
      path,
      access,
      handle: async (x) => answer(endpoint, x, 'POST', await form(x)),
    },
  ];
}

async function answer(endpoint: TokenEndpoint, x: Exchange, method: 'GET' | 'POST', parameters: URLSearchParams) {
  if (!x.facts.confidential) throw plainHttp(x.facts); // a form shows secrets without any Authorization header
  const authorization = /^basic +(.+)$/i.exec(x.header('authorization') ?? '');
  const basic = authorization?.[1] ? parseBasic(authorization[1]) : undefined;
  try {
    const { registry, facts } = x;
    const token = await endpoint.exchangeToken({
      method,
      registry: registry.name,
      host: facts.service,
      parameters,
      basic,
    });
    x.sendJson(200, { 'Cache-Control': 'no-store' }, token);
  } catch (error) {
    if (error instanceof DomainError && error.kind === 'unauthenticated') {
      error.headers = { 'WWW-Authenticate': `Basic realm="${x.facts.service}"` };
    }
    throw error;
  }
}

async function form(x: Exchange): Promise<URLSearchParams> {
  const bytes = await readBody(x, FORM_LIMIT, (limit) => {
    const message = `The form of this token request has more than ${limit} bytes, the most that is read. Ask for fewer scopes at a time.`;
    return new DomainError('too-large', 'token.invalid-request', message);
  });
  return new URLSearchParams(bytes.toString('utf8'));
}
