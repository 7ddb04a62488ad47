import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { fakeExchange } from '../http/test-exchange.ts';
import { tokenRoutes } from './routes.ts';
import type { TokenEndpoint } from './token-endpoint.ts';

const endpoint: TokenEndpoint = {
  exchangeToken: async ({ parameters }) => ({
    access_token: `for ${parameters.get('username')}`,
    token: '',
    expires_in: 1,
    issued_at: '',
  }),
};
const exchange = { exchange: async () => ({ refresh_token: 'r' }) };
const [get, post] = tokenRoutes(endpoint, exchange).token;
const params = { repository: '' as never, reference: '', values: {} };
const form = () => ({
  method: 'POST',
  body: Readable.from([Buffer.from('grant_type=password&username=u&password=p')]),
});

describe('/oauth2/token', () => {
  it('reads the form of a POST', async () => {
    const { exchange, answer } = fakeExchange(form());
    await post?.handle(exchange, params);
    expect(answer()).toMatchObject({ status: 200, body: expect.stringContaining('for u') });
  });

  it('takes no secret where others can read along, in a form or in a header', async () => {
    for (const [route, request] of [
      [post, form()],
      [get, { headers: { authorization: 'Basic dTpw' } }],
    ] as const) {
      const { exchange, answer } = fakeExchange({ ...request, facts: { confidential: false } });
      await expect(route?.handle(exchange, params)).rejects.toMatchObject({
        code: 'auth.plain-http',
        headers: { 'WWW-Authenticate': expect.stringContaining('Basic') },
      });
      expect(answer).toThrow('nothing was sent');
    }
  });
});
