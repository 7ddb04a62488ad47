import { readBody } from '../http/body.ts';
import type { Exchange } from '../http/exchange.ts';
import { plainHttp } from '../http/plain-http.ts';
import type { Route } from '../http/route.ts';
import { DomainError } from '../platform/domain-error.ts';
import { parseBasic } from './basic-sign-in.ts';
import type { ExchangeEndpoint } from './exchange-endpoint.ts';
import type { TokenEndpoint, TokenRequest } from './token-endpoint.ts';

const FORM_LIMIT = 64 * 1024;

/** `GET|POST /oauth2/token` and `POST /oauth2/exchange`: public, since they are where credentials are shown. */
export function tokenRoutes(endpoint: TokenEndpoint, exchange: ExchangeEndpoint) {
  const access = { kind: 'public', why: 'credentials are checked by the endpoint itself' } as const;
  const path = '/oauth2/token';
  const token: readonly Route[] = [
    { name: 'token-get', method: 'GET', path, access, handle: (x) => issue(endpoint, x, 'GET', x.facts.target.query) },
    {
      name: 'token-post',
      method: 'POST',
      path,
      access,
      handle: async (x) => issue(endpoint, x, 'POST', await form(x)),
    },
  ];
  const exchangeRoutes: readonly Route[] = [
    {
      name: 'token-exchange',
      method: 'POST',
      path: '/oauth2/exchange',
      access,
      handle: async (x) => {
        const parameters = await form(x);
        await answer(x, () => exchange.exchange({ registry: x.registry, parameters, caller: callerOf(x) }));
      },
    },
  ];
  return { token, exchange: exchangeRoutes };
}

async function issue(endpoint: TokenEndpoint, x: Exchange, method: 'GET' | 'POST', parameters: URLSearchParams) {
  const header = x.header('authorization');
  const value = /^basic +(.+)$/i.exec(header ?? '')?.[1];
  const basic: TokenRequest['basic'] =
    header === undefined ? undefined : ((value ? parseBasic(value) : undefined) ?? 'unreadable');
  const { registry, facts } = x;
  const request = { method, registry, host: facts.service, parameters, basic, caller: callerOf(x) };
  await answer(x, () => endpoint.exchangeToken(request));
}

async function answer(x: Exchange, work: () => Promise<object>): Promise<void> {
  if (!x.facts.confidential) throw plainHttp(x.facts); // a form shows secrets without any Authorization header
  try {
    x.sendJson(200, { 'Cache-Control': 'no-store' }, await work());
  } catch (error) {
    if (error instanceof DomainError && error.kind === 'unauthenticated') {
      error.headers = { 'WWW-Authenticate': `Basic realm="${x.facts.service}"` };
    }
    throw error;
  }
}

function callerOf({ facts }: Exchange) {
  return { client: facts.clientAddress, correlationId: facts.correlationId };
}

async function form(x: Exchange): Promise<URLSearchParams> {
  const bytes = await readBody(x, FORM_LIMIT, (limit) => {
    const message = `The form of this token request has more than ${limit} bytes, the most that is read. Ask for fewer scopes at a time.`;
    return new DomainError('too-large', 'token.invalid-request', message);
  });
  return new URLSearchParams(bytes.toString('utf8'));
}
