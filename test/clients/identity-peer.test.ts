import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
// @ts-expect-error: it comes without types.
import Provider from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpClient } from '../support/http-client.ts';
import { startRegistry, type TestRegistry } from '../support/start-registry.ts';

// What is wrong with a request is told in the same words as by oidc-provider, a certified implementation of OpenID Connect.
// Where the answers differ on purpose, the line says why.

const AZURE_CLI = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';
const SECRET = 'a-secret-of-the-peer';
let registry: TestRegistry;
let ours: HttpClient;
let peer: HttpClient;
let server: Server;
beforeAll(async () => {
  registry = await startRegistry();
  ours = new HttpClient(registry.http);
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(origin, {
    clients: [
      {
        client_id: registry.bootstrap.servicePrincipal.appId,
        client_secret: SECRET,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
      {
        client_id: AZURE_CLI,
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
        redirect_uris: ['http://localhost/'],
        response_types: ['code'],
      },
    ],
    features: {
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true },
      devInteractions: { enabled: false },
    },
    pkce: { required: () => true },
    routes: { token: '/adfs/oauth2/token', device_authorization: '/adfs/oauth2/devicecode' },
    cookies: { keys: ['a-key-for-tests-only'] },
    jwks: undefined,
  });
  server.on('request', provider.callback());
  peer = new HttpClient(origin);
});
afterAll(async () => {
  await ours.close();
  await peer.close();
  server.close();
  await registry.stop();
});

type Form = readonly (readonly [string, string])[];
async function both(path: string, formOf: (secret: string) => Form, authorization?: (secret: string) => string) {
  const ask = async (client: HttpClient, secret: string) => {
    const headers = {
      'Content-Type': 'application/x-www-form-urlencoded',
      ...(authorization ? { Authorization: authorization(secret) } : {}),
    };
    const answer = await client.request('POST', path, {
      headers,
      body: new URLSearchParams(formOf(secret).map(([name, value]): [string, string] => [name, value])).toString(),
    });
    const { error } = answer.json<{ error?: string }>();
    return { status: answer.status, error };
  };
  return {
    ours: await ask(ours, registry.bootstrap.servicePrincipal.password),
    peer: await ask(peer, SECRET),
  };
}
const app = () => registry.bootstrap.servicePrincipal.appId;
const robot = (secret: string): Form => [
  ['grant_type', 'client_credentials'],
  ['client_id', app()],
  ['client_secret', secret],
];
const basic = (name: string, secret: string) => `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;
const code: Form = [
  ['grant_type', 'authorization_code'],
  ['client_id', AZURE_CLI],
  ['code', 'x'],
  ['redirect_uri', 'http://localhost/'],
  ['code_verifier', 'v'.repeat(43)],
];
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';

describe('like oidc-provider', () => {
  it.each<[string, (secret: string) => Form, ((secret: string) => string)?]>([
    ['no grant_type', () => [['client_id', AZURE_CLI]]],
    [
      'an unknown grant_type',
      () => [
        ['grant_type', 'x'],
        ['client_id', AZURE_CLI],
      ],
    ],
    ['a wrong secret', () => robot('wrong')],
    ['an empty secret', () => robot('')],
    ['a wrong secret by Basic', () => [['grant_type', 'client_credentials']], () => basic(app(), 'wrong')],
    ['a parameter twice', (secret) => [...robot(secret), ['scope', 'a'], ['scope', 'a']]],
    ['the grant_type twice', (secret) => [...robot(secret), ['grant_type', 'client_credentials']]],
    ['a secret in the form and by Basic', (secret) => robot(secret), (secret) => basic(app(), secret)],
    ['an unknown code', () => code],
    ['no code', () => code.filter(([name]) => name !== 'code')],
    [
      'an unknown refresh token',
      () => [
        ['grant_type', 'refresh_token'],
        ['client_id', AZURE_CLI],
        ['refresh_token', 'x'],
      ],
    ],
    [
      'no refresh token',
      () => [
        ['grant_type', 'refresh_token'],
        ['client_id', AZURE_CLI],
      ],
    ],
    [
      'an unknown device code',
      () => [
        ['grant_type', DEVICE],
        ['client_id', AZURE_CLI],
        ['device_code', 'x'],
      ],
    ],
    [
      'no device code',
      () => [
        ['grant_type', DEVICE],
        ['client_id', AZURE_CLI],
      ],
    ],
    [
      'an assertion of another type',
      () => [
        ['grant_type', 'client_credentials'],
        ['client_id', app()],
        ['client_assertion', 'x'],
        ['client_assertion_type', 'y'],
      ],
    ],
  ])('%s', async (_, form, authorization) => {
    const answers = await both('/adfs/oauth2/token', form, authorization);
    expect(answers.ours).toEqual(answers.peer);
  });

  it('a device is told the same before anybody decided', async () => {
    const start = async (client: HttpClient) => {
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
      const started = await client.request('POST', '/adfs/oauth2/devicecode', {
        headers,
        body: `client_id=${AZURE_CLI}&scope=openid`,
      });
      const { device_code: device } = started.json<{ device_code: string }>();
      const body = new URLSearchParams({ grant_type: DEVICE, client_id: AZURE_CLI, device_code: device }).toString();
      const polled = await client.request('POST', '/adfs/oauth2/token', { headers, body });
      return [started.status, polled.status, polled.json<{ error: string }>().error];
    };
    expect(await start(ours)).toEqual(await start(peer));
  });

  it.each<[string, () => Form, string, string]>([
    // RFC 6749, section 5.2 has this word for a client that may not use the grant.
    [
      'a public client that asks for itself',
      () => [
        ['grant_type', 'client_credentials'],
        ['client_id', AZURE_CLI],
      ],
      'unauthorized_client',
      'invalid_request',
    ],
    // RFC 6749, section 4.1.3: the parameter is required; the peer looks for the code first.
    [
      'a code without an address',
      () => code.filter(([name]) => name !== 'redirect_uri'),
      'invalid_request',
      'invalid_grant',
    ],
  ])('but for %s, with a reason', async (_, form, own, others) => {
    expect(await both('/adfs/oauth2/token', form)).toEqual({
      ours: { status: 400, error: own },
      peer: { status: 400, error: others },
    });
  });
});
