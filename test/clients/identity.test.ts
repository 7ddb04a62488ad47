import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, globalAgent, request as tlsRequest } from 'node:https';
import { join } from 'node:path';
import {
  ClientCertificateCredential,
  ClientSecretCredential,
  DeviceCodeCredential,
  UsernamePasswordCredential,
} from '@azure/identity';
import {
  ConfidentialClientApplication,
  type INetworkModule,
  PublicClientApplication,
  ResponseMode,
} from '@azure/msal-node';
import * as oauth from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpClient } from '../support/http-client.ts';
import { startRegistry, type TestRegistry } from '../support/start-registry.ts';

// The libraries that programs sign in with, unmodified: each way of signing in, in both shapes.

const AZURE_CLI = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';
let registry: TestRegistry;
let ca: string;
let https: HttpClient;
/** `https://127.0.0.1:<port>`: the planes by path, as on a machine without DNS. */
let base: string;
let audience: string;
beforeAll(async () => {
  registry = await startRegistry({ https: true });
  base = registry.https ?? '';
  ca = readFileSync(join(registry.dataDir, 'tls/ca.pem'), 'utf8');
  globalAgent.options.ca = ca;
  https = new HttpClient(base, { ca });
  audience = `${registry.bootstrap.endpoints.management}/audience`;
});
afterAll(async () => {
  delete globalAgent.options.ca;
  await https.close();
  expect(registry.problems).toEqual([]);
  await registry.stop();
});

const subscriptions = async (token: string | undefined) =>
  (
    await https.request('GET', '/subscriptions?api-version=2022-12-01', {
      headers: { Authorization: `Bearer ${token}` },
    })
  ).status;
const scope = () => `${audience}/.default`;
const sp = () => registry.bootstrap.servicePrincipal;
const owner = () => registry.bootstrap.owner;

/** What a browser does: opens a page, types into its form, and says where it was sent. */
async function signInAt(
  address: string,
  fields: Record<string, string> = {},
): Promise<{ location: string; text: string }> {
  const url = new URL(address);
  const page = await https.request('GET', url.pathname + url.search);
  return answerForm(page, { username: owner().username, password: owner().password, ...fields });
}

async function answerForm(page: Awaited<ReturnType<HttpClient['request']>>, fields: Record<string, string>) {
  const form = /name="form" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
  const action = /action="([^"]+)"/.exec(page.text)?.[1] ?? '';
  const cookie = (page.header('Set-Cookie') ?? '').split(';')[0] ?? '';
  const answer = await https.request('POST', action, {
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Cookie: cookie },
    body: new URLSearchParams({ form, answer: 'yes', ...fields }).toString(),
  });
  return { location: answer.header('Location') ?? '', text: answer.text, answer };
}

/** A device's code typed and approved. */
async function approve(userCode: string, page: string): Promise<void> {
  const confirm = await signInAt(page, { user_code: userCode });
  if (!('answer' in confirm)) throw new Error('no page');
  await answerForm(confirm.answer as Awaited<ReturnType<HttpClient['request']>>, {});
}

/** A certificate of one's own, registered at the service principal through Graph. */
async function registerCertificate(): Promise<{ path: string; pem: string; key: string; sha256: string }> {
  const path = join(registry.dataDir, '..', 'client.pem');
  const [key, cert] = [`${path}.key`, `${path}.crt`];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=x', '-keyout', key, '-out', cert],
    { stdio: 'ignore' },
  );
  const [keyPem, pem] = [readFileSync(key, 'utf8'), readFileSync(cert, 'utf8')];
  writeFileSync(path, keyPem + pem);
  const graph = registry.bootstrap.endpoints.management.replace('management.', 'graph.');
  const token = await new ClientSecretCredential('adfs', sp().appId, sp().password, azure()).getToken(
    `${graph}/.default`,
  );
  const headers = { Authorization: `Bearer ${token.token}`, 'Content-Type': 'application/json' };
  const filter = encodeURIComponent(`appId eq '${sp().appId}'`);
  const found = await https.request('GET', `/v1.0/servicePrincipals?$filter=${filter}`, { headers });
  const [principal] = found.json<{ value: { id: string }[] }>().value;
  const der = pem.replace(/-----[^-]+-----|\s/g, '');
  const body = JSON.stringify({ keyCredentials: [{ type: 'AsymmetricX509Cert', usage: 'Verify', key: der }] });
  const patched = await https.request('PATCH', `/v1.0/servicePrincipals/${principal?.id}`, { headers, body });
  expect(patched.status).toBe(204);
  return { path, pem, key: keyPem, sha256: hash('sha256', Buffer.from(der, 'base64'), 'hex') };
}

const azure = () => ({ authorityHost: base, disableInstanceDiscovery: true, tlsOptions: { ca } });

describe('@azure/identity', () => {
  it('signs in with a secret, a password, and a certificate (PS256)', async () => {
    const secret = await new ClientSecretCredential('adfs', sp().appId, sp().password, azure()).getToken(scope());
    expect(await subscriptions(secret.token)).toBe(200);
    const { username, password } = owner();
    const person = await new UsernamePasswordCredential('adfs', AZURE_CLI, username, password, azure()).getToken(
      scope(),
    );
    expect(await subscriptions(person?.token)).toBe(200);
    const { path } = await registerCertificate();
    const certificate = await new ClientCertificateCredential('adfs', sp().appId, path, azure()).getToken(scope());
    expect(await subscriptions(certificate.token)).toBe(200);
  });

  it('signs in a device, which polls with the short name of the grant', async () => {
    const credential = new DeviceCodeCredential({
      ...azure(),
      tenantId: 'adfs',
      clientId: AZURE_CLI,
      userPromptCallback: ({ userCode, verificationUri }) => void approve(userCode, verificationUri),
    });
    const { token } = await credential.getToken(scope());
    expect(await subscriptions(token)).toBe(200);
  }, 30_000);

  it('is told in words why a secret is not accepted', async () => {
    const wrong = new ClientSecretCredential('adfs', sp().appId, 'wrong', azure()).getToken(scope());
    await expect(wrong).rejects.toThrow(/7000215/);
  });
});

/** MSAL in the Entra shape goes to `login.<domain>`, which this machine's DNS does not know. */
function byAddress(): INetworkModule {
  const port = new URL(base).port;
  const agent = new Agent({ ca, keepAlive: false });
  const send = <T>(method: string, address: string, options?: { headers?: Record<string, string>; body?: string }) =>
    new Promise<{ headers: Record<string, string>; body: T; status: number }>((resolve, reject) => {
      const url = new URL(address);
      const headers = { ...options?.headers, Host: url.host };
      const request = tlsRequest({
        agent,
        host: '127.0.0.1',
        port,
        servername: url.hostname,
        method,
        path: url.pathname + url.search,
        headers,
      });
      request.on('error', reject).on('response', (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        response.on('end', () =>
          resolve({ headers: {}, body: JSON.parse(text) as T, status: response.statusCode ?? 0 }),
        );
      });
      request.end(options?.body);
    });
  return {
    sendGetRequestAsync: (url, options) => send('GET', url, options),
    sendPostRequestAsync: (url, options) => send('POST', url, options),
  };
}

describe('@azure/msal-node, Entra shape', () => {
  const authority = () =>
    `${registry.bootstrap.endpoints.management.replace('management.', 'login.')}/${registry.bootstrap.tenantId}`;
  const auth = (more: object) => ({
    auth: { authority: authority(), knownAuthorities: [new URL(authority()).host], ...more },
    system: { networkClient: byAddress() },
  });

  it('signs in by secret, by password, and by code with form_post; then silently for another audience', async () => {
    const robot = new ConfidentialClientApplication(
      auth({ clientId: sp().appId, clientSecret: sp().password }) as never,
    );
    const token = await robot.acquireTokenByClientCredential({ scopes: [scope()] });
    expect(await subscriptions(token?.accessToken)).toBe(200);

    const cli = new PublicClientApplication(auth({ clientId: AZURE_CLI }) as never);
    const person = await cli.acquireTokenByUsernamePassword({ scopes: [scope()], ...owner() });
    expect(person?.account?.tenantId).toBe(registry.bootstrap.tenantId);

    const verifier = 'w'.repeat(43);
    const redirectUri = 'http://localhost:8400';
    const address = await cli.getAuthCodeUrl({
      scopes: [scope()],
      redirectUri,
      codeChallenge: hash('sha256', verifier, 'base64url'),
      codeChallengeMethod: 'S256',
      responseMode: ResponseMode.FORM_POST,
    });
    // The host of the page is not known to this machine; its path is the same by address, in the AD FS shape.
    const { text } = await signInAt(`${base}/adfs/oauth2/authorize${new URL(address).search}`);
    const code = /name="code" value="([^"]+)"/.exec(text)?.[1] ?? '';
    const signedIn = await cli.acquireTokenByCode({ scopes: [scope()], redirectUri, code, codeVerifier: verifier });
    expect(await subscriptions(signedIn.accessToken)).toBe(200);
    const graph = registry.bootstrap.endpoints.management.replace('management.', 'graph.');
    const account = signedIn.account;
    if (!account) throw new Error('no account');
    const silent = await cli.acquireTokenSilent({ scopes: [`${graph}//.default`], account });
    const me = await https.request('GET', '/v1.0/me', { headers: { Authorization: `Bearer ${silent.accessToken}` } });
    expect(me.json()).toMatchObject({ userPrincipalName: owner().username });
  });
});

describe('openid-client', () => {
  const fetchByAgent: oauth.CustomFetch = async (address, options) => {
    const url = new URL(address);
    const body = options.body === undefined || options.body === null ? undefined : String(options.body);
    const headers = Object.fromEntries(new Headers(options.headers as Record<string, string>));
    const answer = await https.request(options.method, url.pathname + url.search, {
      headers,
      ...(body === undefined ? {} : { body }),
    });
    return new Response(answer.text, {
      status: answer.status,
      headers: { 'Content-Type': answer.header('Content-Type') ?? '' },
    });
  };
  const discover = (clientId: string, authentication?: oauth.ClientAuth) =>
    oauth.discovery(new URL(`${base}/adfs`), clientId, { id_token_signed_response_alg: 'ES256' }, authentication, {
      [oauth.customFetch]: fetchByAgent,
    });

  it('finds everything by discovery, and verifies the id token of a code with PKCE, nonce and state', async () => {
    const config = await discover(AZURE_CLI, oauth.None());
    const [verifier, state, nonce] = [oauth.randomPKCECodeVerifier(), oauth.randomState(), oauth.randomNonce()];
    const address = oauth.buildAuthorizationUrl(config, {
      redirect_uri: 'http://localhost:8400/', // the library writes it with its slash when it redeems the code
      scope: `${scope()} openid offline_access`,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    const { location } = await signInAt(address.href);
    oauth.enableNonRepudiationChecks(config); // verifies signatures by the published keys, too
    const tokens = await oauth.authorizationCodeGrant(config, new URL(location), {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
    });
    expect(tokens.claims()).toMatchObject({ preferred_username: owner().username });
    expect(await subscriptions(tokens.access_token)).toBe(200);
    const refreshed = await oauth.refreshTokenGrant(config, tokens.refresh_token ?? '', { scope: scope() });
    expect(await subscriptions(refreshed.access_token)).toBe(200);
  });

  it('shows its secret by Basic, and a certificate without a thumbprint', async () => {
    const config = await discover(sp().appId, oauth.ClientSecretBasic(sp().password));
    const basic = await oauth.clientCredentialsGrant(config, { scope: scope() });
    expect(await subscriptions(basic.access_token)).toBe(200);
    const { key } = await registerCertificate();
    const imported = await crypto.subtle.importKey(
      'pkcs8',
      Buffer.from(key.replace(/-----[^-]+-----|\s/g, ''), 'base64'),
      { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
      false,
      ['sign'],
    );
    const signed = await discover(sp().appId, oauth.PrivateKeyJwt(imported));
    const token = await oauth.clientCredentialsGrant(signed, { scope: scope() });
    expect(await subscriptions(token.access_token)).toBe(200);
  });

  it('polls for a device until it is approved', async () => {
    const config = await discover(AZURE_CLI, oauth.None());
    const started = await oauth.initiateDeviceAuthorization(config, { scope: `${scope()} openid` });
    await approve(started.user_code, started.verification_uri);
    const tokens = await oauth.pollDeviceAuthorizationGrant(config, started);
    expect(await subscriptions(tokens.access_token)).toBe(200);
  }, 30_000);
});
