import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AzureSite, codeOf, REGISTRIES, startAzureSite, valuesOf } from '../../../../test/support/azure-site.ts';

let site: AzureSite;
let registry: string;
let serial = 0;
beforeAll(async () => {
  site = await startAzureSite();
  registry = `${site.group}/${REGISTRIES}/registry`;
  const properties = { actions: ['repositories/team/*/content/read'] };
  await site.arm('PUT', `${registry}/scopeMaps/readers`, { version, body: { properties } });
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

const version = '2020-11-01-preview';
const fresh = () => `robot-${++serial}`;
const path = (name = '') => `${registry}/tokens${name && `/${name}`}`;
const map = (name: string) => `${registry}/scopeMaps/${name}`;
const call = (method: string, name: string, body?: unknown) =>
  site.arm(method, path(name), { version, ...(body === undefined ? {} : { body }) });
const put = (name: string, properties: object = {}) =>
  call('PUT', name, { properties: { scopeMapId: map('readers'), ...properties } });
const patch = (name: string, properties: object) => call('PATCH', name, { properties });
const generate = (body: object) => site.arm('POST', `${registry}/generateCredentials`, { version, body });
interface Made {
  username: string;
  passwords: { name: string; value: string; creationTime: string; expiry?: string }[];
}
const made = async (name: string, more: object = {}) => {
  const answer = await generate({ tokenId: path(name), ...more });
  expect(answer.status, answer.text).toBe(200);
  return answer.json<Made>();
};
interface Shown {
  properties: { status: string; scopeMapId: string; credentials: { certificates: []; passwords: { name: string }[] } };
}
const shown = async (name: string) => (await call('GET', name)).json<Shown>().properties;
const basic = (name: string, secret: string) => `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;
/** What `/v2/` says to these credentials. */
const pings = async (name: string, secret: string) =>
  (await site.ask('GET', '/v2/', { as: 'none', headers: { Authorization: basic(name, secret) } })).status;

describe('a token', () => {
  it('is made as az makes it, and shown with credentials even while there are none', async () => {
    const answer = await put('Token1', { status: 'enabled' });
    expect([answer.status, answer.json()]).toEqual([
      201,
      {
        id: path('Token1'),
        name: 'Token1',
        type: 'Microsoft.ContainerRegistry/registries/tokens',
        properties: {
          creationDate: expect.stringMatching(/\.\d{7}Z$/),
          provisioningState: 'Succeeded',
          objectId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          scopeMapId: map('readers'),
          status: 'enabled',
          credentials: { certificates: [], passwords: [] },
        },
      },
    ]);
    expect((await call('GET', 'TOKEN1')).json()).toEqual(answer.json());
    expect(valuesOf<{ name: string }>(await call('GET', '')).map(({ name }) => name)).toContain('Token1');
  });

  it('refers to a scope map of its own registry that is there, in whatever case', async () => {
    const name = fresh();
    expect((await put(name, { scopeMapId: map('READERS').toUpperCase() })).status).toBe(201);
    expect((await put(name, { scopeMapId: map('_repositories_pull') })).status).toBe(200);
    expect((await put(fresh(), { scopeMapId: map('nowhere') })).status).toBe(404);
    // A11: ids of other registries, groups and kinds.
    for (const scopeMapId of [
      map('readers').replace('/registry/', '/another/'),
      map('readers').replace('/default/', '/other/'),
      map('readers').replace('scopeMaps', 'tokens'),
      `${map('readers')}/`,
      `${map('readers')}/scopeMaps/readers`,
      'readers',
      '',
    ]) {
      const answer = await put(fresh(), { scopeMapId });
      expect([answer.status, codeOf(answer)], scopeMapId).toEqual([400, 'InvalidRequestContent']);
    }
    expect((await call('PUT', fresh(), { properties: {} })).status).toBe(400);
  });

  it('keeps its passwords when it is put or patched without a word about them', async () => {
    const name = fresh();
    await put(name);
    const { passwords } = await made(name);
    await put(name, { scopeMapId: map('_repositories_pull'), credentials: {} });
    await patch(name, { status: 'enabled' });
    expect(await pings(name, passwords[0]?.value ?? '')).toBe(200);
    expect(await shown(name)).toMatchObject({ scopeMapId: map('_repositories_pull'), status: 'enabled' });
  });

  it('is disabled and enabled by PATCH, which counts at the next request', async () => {
    const name = fresh();
    await put(name);
    const secret = (await made(name)).passwords[0]?.value ?? '';
    for (const [status, expected] of [
      ['disabled', 401],
      ['enabled', 200],
      ['Disabled', 401],
    ] as const) {
      await patch(name, { status });
      expect(await pings(name, secret), status).toBe(expected);
    }
    expect((await patch(name, { status: 'paused' })).status).toBe(400);
  });

  it('is deleted once, with its passwords', async () => {
    const name = fresh();
    await put(name);
    const secret = (await made(name)).passwords[0]?.value ?? '';
    expect([(await call('DELETE', name)).status, (await call('DELETE', name)).status]).toEqual([200, 204]);
    expect(await pings(name, secret)).toBe(401);
    await put(name);
    expect(await pings(name, secret)).toBe(401);
  });

  it('takes no certificate for a credential, and says so', async () => {
    const certificates = [{ name: 'certificate1', encodedPemCertificate: 'x' }];
    const answer = await put(fresh(), { credentials: { certificates } });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'NotSupported']);
    expect(answer.text).toContain('generateCredentials');
  });
});

describe('generateCredentials', () => {
  it('makes both passwords, shows them once, and a token signs in with either', async () => {
    const name = fresh();
    await put(name);
    const answer = await generate({ tokenId: path(name) });
    expect(answer.header('Cache-Control')).toBe('no-store');
    const { username, passwords } = answer.json<Made>();
    expect(username).toBe(name);
    expect(passwords.map((password) => password.name)).toEqual(['password1', 'password2']);
    for (const { value, creationTime } of passwords) {
      expect(value).toMatch(/^[A-Za-z0-9_-]{43}$/);
      expect(creationTime).toMatch(/\.\d{7}Z$/);
      expect(await pings(name, value)).toBe(200);
    }
    const later = await call('GET', name);
    expect(later.json<Shown>().properties.credentials.passwords).toEqual(
      passwords.map(({ name: which, creationTime }) => ({ name: which, creationTime })),
    );
    expect(later.text).not.toContain(passwords[0]?.value);
  });

  it('renews one password alone when one is named', async () => {
    const name = fresh();
    await put(name);
    const [one, two] = (await made(name)).passwords;
    const renewed = (await made(name, { name: 'password2' })).passwords;
    expect(renewed.map((password) => password.name)).toEqual(['password2']);
    expect([await pings(name, one?.value ?? ''), await pings(name, two?.value ?? '')]).toEqual([200, 401]);
    expect(await pings(name, renewed[0]?.value ?? '')).toBe(200);
  });

  it('takes an end in every spelling that clients have, and "never"', async () => {
    const name = fresh();
    await put(name);
    const end = async (expiry: string | null) => (await made(name, { expiry, name: 'password1' })).passwords[0]?.expiry;
    expect(await end('2099-01-31T12:00:00Z')).toBe('2099-01-31T12:00:00.0000000Z');
    expect(await end('2099-01-31T12:00:00.1234567+02:00')).toBe('2099-01-31T10:00:00.1230000Z');
    expect(await end('2099-01-31 12:00:00.123456')).toBe('2099-01-31T12:00:00.1230000Z');
    expect(await end('9999-12-31T15:59:59.9999999-08:00')).toBeUndefined();
    expect(await end('9999-12-31T23:59:59Z')).toBeUndefined();
    expect(await end(null)).toBeUndefined();
    for (const expiry of ['tomorrow', '2099-13-01T00:00:00Z', '2020-01-01T00:00:00Z', '2099', '', 7]) {
      expect((await generate({ tokenId: path(name), expiry })).status, String(expiry)).toBe(400);
    }
  });

  it('makes none for a token of another registry, or one that is not there (A11)', async () => {
    const name = fresh();
    await put(name);
    expect((await generate({ tokenId: path('nowhere1') })).status).toBe(404);
    for (const tokenId of [path(name).replace('/registry/', '/another/'), map('readers'), name, '', undefined]) {
      expect((await generate({ tokenId })).status, tokenId).toBe(400);
    }
    expect((await generate({ tokenId: path(name), name: 'password3' })).status).toBe(400);
  });

  it('is a right of its own, which neither reading nor writing tokens gives', async () => {
    const name = fresh();
    await put(name);
    const robot = await site.robot('Reader', registry);
    const body = { tokenId: path(name) };
    const answer = await site.arm('POST', `${registry}/generateCredentials`, { version, body, as: robot.token });
    expect([answer.status, codeOf(answer)]).toEqual([403, 'AuthorizationFailed']);
    expect((await site.arm('GET', path(name), { version, as: robot.token })).status).toBe(200);
  });
});

describe('PATCH of credentials, as az token credential delete sends it', () => {
  it('takes away the passwords that it does not name, and neither makes nor prolongs one', async () => {
    const name = fresh();
    await put(name);
    const expiry = '2099-01-31T12:00:00.0000000Z';
    const [one, two] = (await made(name, { expiry })).passwords;
    const kept = (await shown(name)).credentials.passwords.slice(1);
    const answer = await patch(name, { credentials: { passwords: kept } });
    expect(answer.json<Shown>().properties.credentials.passwords).toEqual(kept);
    expect([await pings(name, one?.value ?? ''), await pings(name, two?.value ?? '')]).toEqual([401, 200]);
    for (const password of [
      { name: 'password1' },
      { name: 'password3' },
      {},
      { name: 'password2', expiry: '2100-01-01T00:00:00Z' },
      { name: 'password2', expiry: '9999-12-31T23:59:59Z' },
    ]) {
      expect((await patch(name, { credentials: { passwords: [password] } })).status, JSON.stringify(password)).toBe(
        400,
      );
    }
    expect(await pings(name, two?.value ?? '')).toBe(200);
    await patch(name, { credentials: { passwords: [] } });
    expect(await pings(name, two?.value ?? '')).toBe(401);
  });
});

describe('names of tokens (A12)', () => {
  it.each([
    'abcd',
    'x'.repeat(51),
    '_token',
    '1token',
    '-token',
    'to_ken',
    'to%20ken',
    'token$',
    'tоken1',
    'token%0a',
    'token%00',
  ])('refuses %j', async (name) => {
    const answer = await put(encodeURI(name).replaceAll('%25', '%'));
    expect([answer.status, codeOf(answer)]).toEqual([400, 'InvalidRequestContent']);
  });
});

describe('the activity log', () => {
  it('has each change with its caller, and no password', async () => {
    const name = fresh();
    await put(name);
    const { passwords } = await made(name);
    await call('DELETE', name);
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const filter = encodeURIComponent(`eventTimestamp ge '${from}'`);
    const log = await site.arm(
      'GET',
      `${site.subscription}/providers/microsoft.insights/eventtypes/management/values?$filter=${filter}`,
      { version: '2015-04-01' },
    );
    expect(log.status).toBe(200);
    for (const action of ['tokens/write', 'generateCredentials/action', 'tokens/delete']) {
      expect(log.text).toContain(`registries/${action}`);
    }
    for (const { value } of passwords) expect(log.text).not.toContain(value);
  });
});
