import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../support/http-client.ts';
import { startRegistry, type TestRegistry } from '../support/start-registry.ts';
import { AZURE_CLI, type SignInClient, signInClient } from './support/sign-in.ts';

// A34 and A36 as they concern signing in: the pages on which people type passwords, and where they lead.

let registry: TestRegistry;
let site: SignInClient;
beforeAll(async () => {
  registry = await startRegistry();
  site = signInClient(registry);
});
afterAll(async () => {
  expect(registry.problems).toEqual([]);
  await registry.stop();
});

const VERIFIER = 'v'.repeat(43);
const REDIRECT = 'http://localhost:8400';
const parameters = (more: Record<string, string | undefined> = {}) => {
  const all: Record<string, string | undefined> = {
    client_id: AZURE_CLI,
    response_type: 'code',
    redirect_uri: REDIRECT,
    scope: `${site.audience}/.default offline_access openid profile`,
    state: 'st&<"\'',
    code_challenge: hash('sha256', VERIFIER, 'base64url'),
    code_challenge_method: 'S256',
    nonce: 'n',
    prompt: 'select_account', // az sends it
    ...more,
  };
  return new URLSearchParams(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined));
};
const get = (target: string, headers: Record<string, string> = {}) =>
  registry.ask('GET', target, { as: 'none', headers });
const open = (more: Record<string, string | undefined> = {}, headers: Record<string, string> = {}) =>
  get(`/adfs/oauth2/authorize?${parameters(more)}`, headers);
const cookieOf = (answer: Answer) => (answer.header('Set-Cookie') ?? '').split(';')[0] ?? '';
const formOf = (answer: Answer) => /name="form" value="([^"]+)"/.exec(answer.text)?.[1] ?? '';
const submit = (
  page: Answer,
  fields: Record<string, string>,
  more: { cookie?: string; path?: string; form?: string } = {},
) =>
  site.post(
    more.path ?? '/adfs/oauth2/authorize',
    { form: more.form ?? formOf(page), answer: 'yes', ...fields },
    {
      Cookie: more.cookie ?? cookieOf(page),
    },
  );
const owner = () => ({ username: site.owner.username, password: site.owner.password });
const backOf = (answer: Answer) => new URL(answer.header('Location') ?? 'x:');

describe('the sign-in page', () => {
  it('loads nothing, is framed by nobody, keeps its cookie from scripts, and says what asks', async () => {
    const page = await open();
    expect(page.status).toBe(200);
    const policy = page.header('Content-Security-Policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("base-uri 'none'");
    expect(policy).toContain("form-action 'self' http://localhost:8400");
    expect(policy).not.toMatch(/unsafe|script-src|\*/);
    const style = /<style>([^<]*)<\/style>/.exec(page.text)?.[1] ?? '';
    expect(policy).toContain(`style-src 'sha256-${hash('sha256', style, 'base64')}'`);
    expect(page.header('X-Frame-Options')).toBe('DENY');
    expect(page.header('Referrer-Policy')).toBe('no-referrer');
    expect(page.header('Cache-Control')).toBe('no-store');
    expect(page.header('Set-Cookie')).toMatch(/^holdfast-form=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(page.text).toContain('Microsoft Azure CLI');
    expect(page.text).not.toMatch(/https?:\/\/(?!localhost)/);
  });

  it('speaks Chinese to who prefers it', async () => {
    const page = await open({}, { 'Accept-Language': 'zh-CN,zh;q=0.9,en;q=0.5' });
    expect(page.header('Content-Language')).toBe('zh-CN');
    expect(page.text).toContain('登录');
    expect((await open({}, { 'Accept-Language': 'de' })).header('Content-Language')).toBe('en');
  });

  it('leads with the right password, and only then, to a code that is redeemed for tokens', async () => {
    const page = await open();
    const wrong = await submit(page, { ...owner(), password: 'wrong' });
    expect([wrong.status, wrong.header('Location')]).toEqual([200, undefined]);
    expect(wrong.text).toContain('role="alert"');
    expect(wrong.text).not.toContain('value="wrong"');
    const answer = await submit(wrong, owner(), { cookie: cookieOf(page) });
    expect(answer.status).toBe(303);
    const back = backOf(answer);
    expect(back.origin).toBe(REDIRECT);
    expect(back.searchParams.get('state')).toBe('st&<"\'');
    const tokens = await site.granted({
      grant_type: 'authorization_code',
      client_id: AZURE_CLI,
      code: back.searchParams.get('code') ?? '',
      redirect_uri: REDIRECT,
      code_verifier: VERIFIER,
    });
    expect((await site.management(tokens.access_token)).status).toBe(200);
  });

  it('gives nobody a code without a password: there is no session that another page could use', async () => {
    const page = await open();
    await submit(page, owner());
    const again = await open({}, { Cookie: cookieOf(page) });
    expect(again.status).toBe(200);
    expect(again.text).toContain('type="password"');
    const silent = backOf(await open({ prompt: 'none' }, { Cookie: cookieOf(page) }));
    expect(silent.searchParams.get('error')).toBe('login_required');
  });

  it('answers in a form that posts itself, where the client asks so', async () => {
    const page = await open({ response_mode: 'form_post' });
    const answer = await submit(page, owner());
    expect(answer.status).toBe(200);
    const policy = answer.header('Content-Security-Policy') ?? '';
    expect(policy).toContain("form-action 'self' http://localhost:8400");
    const script = /<script>([^<]*)<\/script>/.exec(answer.text)?.[1] ?? '';
    expect(policy).toContain(`script-src 'sha256-${hash('sha256', script, 'base64')}'`);
    expect(answer.text).toContain('action="http://localhost:8400"');
    expect(answer.text).toContain('name="state" value="st&amp;&lt;&quot;&#39;"');
    expect(answer.text).toMatch(/name="code" value="[\w-]{43}"/);
  });

  it('takes No for an answer', async () => {
    const answer = await submit(await open(), { answer: 'no' });
    expect(backOf(answer).searchParams.get('error')).toBe('access_denied');
  });
});

describe('A34: nobody is sent where they should not go', () => {
  it.each([
    ['an unknown client', { client_id: '11111111-1111-4111-8111-111111111111' }],
    ['no client', { client_id: undefined }],
    ['a client with markup in its id', { client_id: '"><script>' }],
    ...[
      'https://evil.test',
      '//evil.test',
      '/\\evil.test',
      'https:evil.test',
      'http://localhost:8400@evil.test',
      'http://LOCALHOST:8400',
      'http://localhost:8400/\r\nSet-Cookie: a=b',
      'javascript:alert(1)',
      '',
    ].map((redirect_uri): [string, Record<string, string>] => [
      `the address ${JSON.stringify(redirect_uri)}`,
      { redirect_uri },
    ]),
  ])('%s gets a page, never a redirect', async (_, more) => {
    const answer = await open(more);
    expect([answer.status, answer.header('Location')]).toEqual([400, undefined]);
    expect(answer.header('Content-Type')).toContain('text/html');
    expect(answer.text).not.toContain('evil.test');
    expect(answer.text).not.toContain('<script>');
  });

  it.each([
    ['no PKCE', { code_challenge: undefined }, 'invalid_request'],
    ['plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a challenge that is none', { code_challenge: 'x' }, 'invalid_request'],
    ['the implicit flow', { response_type: 'token' }, 'unsupported_response_type'],
    ['the hybrid flow', { response_type: 'code id_token' }, 'unsupported_response_type'],
    ['another response mode', { response_mode: 'fragment' }, 'invalid_request'],
    ['a request object', { request: 'ey' }, 'request_not_supported'],
    ['another service', { scope: 'https://evil.test/.default' }, 'invalid_scope'],
  ])('%s is told to the client, with its state', async (_, more, error) => {
    const answer = await open(more);
    const back = backOf(answer);
    expect([answer.status, back.origin, back.searchParams.get('error'), back.searchParams.get('state')]).toEqual([
      303,
      REDIRECT,
      error,
      'st&<"\'',
    ]);
  });

  it('a parameter twice is a page', async () => {
    const answer = await get(`/adfs/oauth2/authorize?${parameters()}&redirect_uri=https://evil.test`);
    expect([answer.status, answer.header('Location')]).toEqual([400, undefined]);
  });

  it('the form of a page goes to this site, whatever slashes the address began with', async () => {
    for (const path of ['//adfs/oauth2/authorize', '///adfs/oauth2/authorize']) {
      const answer = await get(`${path}?${parameters()}`);
      expect([answer.status, /action="([^"]*)"/.exec(answer.text)?.[1]]).toEqual([200, '/adfs/oauth2/authorize']);
    }
    const device = await get('//common/oauth2/deviceauth');
    expect(device.text).toContain('action="/common/oauth2/deviceauth"');
  });

  it('signing out leads back to a registered address only', async () => {
    const portal = 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c';
    const back = `${registry.bootstrap.endpoints.portal}/`;
    const out = (uri: string, client = portal) =>
      get(
        `/adfs/oauth2/logout?${new URLSearchParams({ post_logout_redirect_uri: uri, client_id: client, state: 's' })}`,
      );
    expect((await out(back)).header('Location')).toBe(`${back}?state=s`);
    for (const uri of ['https://evil.test', '//evil.test', `${back}x`, back.replace('portal', 'PORTAL'), `${back}#x`]) {
      const answer = await out(uri);
      expect([answer.status, answer.header('Location')], uri).toEqual([200, undefined]);
    }
  });
});

describe('A36: another site', () => {
  it('cannot send the form: not without the cookie, not with its own, not with the form of another browser', async () => {
    const page = await open();
    const other = await open();
    for (const more of [
      { cookie: '' },
      { cookie: 'holdfast-form=x' },
      { cookie: cookieOf(other) },
      { cookie: `${cookieOf(page)}; ${cookieOf(other)}` },
      { form: '' },
      { form: formOf(other) },
      { form: formOf(page).slice(0, -4) },
      { form: 'AAAA' },
    ]) {
      const answer = await submit(page, owner(), more);
      expect([answer.status, answer.header('Location')], JSON.stringify(more)).toEqual([400, undefined]);
    }
    expect((await submit(page, owner())).status).toBe(303);
  });

  it('cannot change what the page was opened for: fields beside the sealed ones do nothing', async () => {
    const answer = await submit(await open(), {
      ...owner(),
      redirect_uri: 'https://evil.test',
      client_id: 'x',
      state: 'y',
    });
    expect(backOf(answer).origin).toBe(REDIRECT);
    expect(backOf(answer).searchParams.get('state')).toBe('st&<"\'');
  });

  it('cannot use the form of one page at another', async () => {
    const page = await open();
    const path = '/adfs/oauth2/deviceauth';
    expect((await submit(page, { ...owner(), user_code: 'x' }, { path })).status).toBe(400);
  });
});

describe('the device page', () => {
  const device = async () => {
    const answer = await site.post('/adfs/oauth2/devicecode', {
      client_id: AZURE_CLI,
      scope: `${site.audience}/.default`,
    });
    expect(answer.status).toBe(200);
    return answer.json<{
      device_code: string;
      user_code: string;
      message: string;
      interval: number;
      verification_uri: string;
    }>();
  };
  const path = '/adfs/oauth2/deviceauth';
  const poll = (device_code: string) => site.token({ grant_type: 'device_code', client_id: AZURE_CLI, device_code });

  it('names the application and the account, warns, and signs in after Yes', async () => {
    const { device_code, user_code, message, interval, verification_uri } = await device();
    expect(message).toContain(user_code);
    expect(message).toContain(verification_uri);
    expect(interval).toBe(5);
    const page = await get(new URL(verification_uri).pathname);
    const confirm = await submit(page, { ...owner(), user_code }, { path });
    expect(confirm.text).toContain('Microsoft Azure CLI');
    expect(confirm.text).toContain(site.owner.username);
    expect(confirm.text).toContain('If somebody sent you this code, press No');
    expect((await poll(device_code)).json()).toMatchObject({ error: 'authorization_pending' });
    const done = await submit(confirm, {}, { path });
    expect(done.text).toContain('The device is signed in');
  });

  it('refuses after No, and cannot be answered twice', async () => {
    const { device_code, user_code } = await device();
    const confirm = await submit(await get(path), { ...owner(), user_code }, { path });
    expect((await submit(confirm, { answer: 'no' }, { path })).text).toContain('The device was refused');
    expect((await submit(confirm, { answer: 'yes' }, { path })).status).toBe(400);
    expect((await poll(device_code)).json()).toMatchObject({ error: 'access_denied' });
  });

  it('says nothing of codes to who has no account', async () => {
    const { user_code } = await device();
    const texts = await Promise.all(
      [user_code, 'BBBB-BBBB'].map(async (code) => {
        const answer = await submit(
          await get(path),
          { username: 'x@y.test', password: 'z', user_code: code },
          { path },
        );
        return /role="alert">([^<]*)/.exec(answer.text)?.[1];
      }),
    );
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toContain('password is wrong');
  });

  it('shows what was typed as text, whatever it is', async () => {
    const page = await get(`${path}?user_code=${encodeURIComponent('"><script>alert(1)')}`);
    expect(page.text).not.toContain('<script>');
    const typed = await submit(page, { username: '"><img src=x>', password: 'x', user_code: 'x' }, { path });
    expect(typed.text).not.toContain('<img');
    expect(typed.text).toContain('&quot;&gt;&lt;img src=x&gt;');
  });
});

describe('the Entra shape', () => {
  const at = (path: string, host = 'login.local.holdfast.internal') => get(path, { Host: host });

  it('has one issuer, the tenant, whatever name of it is asked for', async () => {
    const { tenantId, domain } = registry.bootstrap;
    for (const tenant of [tenantId, domain, 'organizations', 'common', tenantId.toUpperCase()]) {
      const answer = await at(`/${tenant}/v2.0/.well-known/openid-configuration`);
      expect(answer.status, tenant).toBe(200);
      const { issuer, token_endpoint: endpoint } = answer.json<{ issuer: string; token_endpoint: string }>();
      expect(issuer.split('/')[3], tenant).toBe(tenantId);
      expect(endpoint).toContain(`/${tenant}/oauth2/v2.0/token`);
    }
    const other = await at('/contoso.test/v2.0/.well-known/openid-configuration');
    expect([other.status, other.json()]).toEqual([400, expect.objectContaining({ error: 'invalid_tenant' })]);
  });

  it('is believed by MSAL: instance discovery names this host', async () => {
    const answer = await at('/common/discovery/instance?api-version=1.1&authorization_endpoint=x');
    const told = answer.json<{ tenant_discovery_endpoint: string; metadata: { aliases: string[] }[] }>();
    expect(told.tenant_discovery_endpoint).toContain(registry.bootstrap.tenantId);
    expect(told.metadata[0]?.aliases).toContain('login.local.holdfast.internal');
  });

  it('answers az for a tenant that is no GUID in the AD FS shape, too', async () => {
    const answer = await get('/adfs/contoso.test/.well-known/openid-configuration');
    expect(answer.json<{ issuer: string }>().issuer.split('/')[3]).toBe('adfs');
  });
});
