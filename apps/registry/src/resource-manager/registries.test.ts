import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AzureSite, codeOf, REGISTRIES, startAzureSite } from '../../../../test/support/azure-site.ts';

let site: AzureSite;
beforeAll(async () => {
  site = await startAzureSite();
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

const path = (name: string) => `${site.group}/${REGISTRIES}/${name}`;
const BODY = { location: 'local', sku: { name: 'Premium' }, tags: { a: 'b' }, properties: { adminUserEnabled: true } };
const put = (name: string, body: unknown = BODY, version = '2019-05-01') =>
  site.arm('PUT', path(name), { body, version });
interface Shown {
  properties: { loginServer: string; adminUserEnabled: boolean; policies: Record<string, { status: string }> };
}

describe('a registry', () => {
  it('is made with its name as spelled and its login server in lower case', async () => {
    const made = await put('MyRegistry');
    expect([made.status, made.json()]).toMatchObject([
      201,
      {
        id: path('MyRegistry'),
        name: 'MyRegistry',
        type: 'Microsoft.ContainerRegistry/registries',
        location: 'local',
        tags: { a: 'b' },
        sku: { name: 'Premium', tier: 'Premium' },
        properties: {
          loginServer: expect.stringMatching(/^myregistry\.azsacr\.local\.holdfast\.internal:\d+$/),
          creationDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/),
          provisioningState: 'Succeeded',
          adminUserEnabled: true,
          networkRuleSet: { defaultAction: 'Allow', virtualNetworkRules: [], ipRules: [] },
          policies: { trustPolicy: { type: 'Notary', status: 'disabled' } },
        },
      },
    ]);
    expect((await site.arm('GET', path('MYREGISTRY').toUpperCase())).json()).toEqual(made.json());
  });

  it('shows what a Stack Hub has to clients of a Stack Hub, and more to newer ones', async () => {
    await put('versions');
    const keys = async (version: string) =>
      Object.keys((await site.arm('GET', path('versions'), { version })).json<Shown>().properties);
    expect(await keys('2019-05-01')).not.toContain('anonymousPullEnabled');
    expect(await keys('2025-11-01')).toEqual(expect.arrayContaining(['anonymousPullEnabled', 'publicNetworkAccess']));
  });

  it('is changed by PATCH in what it names, and by PUT as a whole', async () => {
    await put('changing');
    const patched = await site.arm('PATCH', path('changing'), { body: { properties: { adminUserEnabled: false } } });
    expect(patched.json()).toMatchObject({
      tags: { a: 'b' },
      sku: { name: 'Premium' },
      properties: { adminUserEnabled: false },
    });
    const again = await put('changing', { location: 'local', sku: { name: 'Basic' } });
    expect([again.status, again.json()]).toMatchObject([200, { name: 'changing', tags: {}, sku: { name: 'Basic' } }]);
  });

  it('has policies that are kept, but no content trust', async () => {
    await put('policies');
    const policies = { retentionPolicy: { days: 9, status: 'enabled' }, quarantinePolicy: { status: 'enabled' } };
    const body = { properties: { policies } };
    expect((await site.arm('PATCH', path('policies'), { body })).json()).toMatchObject({ properties: { policies } });
    const trust = { properties: { policies: { trustPolicy: { type: 'Notary', status: 'enabled' } } } };
    const refused = await site.arm('PATCH', path('policies'), { body: trust });
    expect([refused.status, codeOf(refused)]).toEqual([400, 'NotSupported']);
    const kept = (await site.arm('GET', path('policies'))).json<Shown>().properties.policies;
    expect(kept.quarantinePolicy).toEqual({ status: 'enabled' });
  });

  it('has a name that nobody else has, in whatever case and group', async () => {
    await put('taken1');
    await site.arm('PUT', `${site.subscription}/resourceGroups/other`, { body: { location: 'local' } });
    const elsewhere = `${site.subscription}/resourceGroups/other/${REGISTRIES}/TAKEN1`;
    const refused = await site.arm('PUT', elsewhere, { body: BODY });
    expect([refused.status, codeOf(refused)]).toEqual([409, 'AlreadyInUse']);
    expect((await site.arm('GET', elsewhere)).status).toBe(404);
    const check = async (name: string) =>
      (
        await site.arm('POST', `${site.subscription}/providers/Microsoft.ContainerRegistry/checkNameAvailability`, {
          body: { name, type: 'Microsoft.ContainerRegistry/registries' },
        })
      ).json();
    expect(await check('Taken1')).toMatchObject({ nameAvailable: false, reason: 'AlreadyExists' });
    expect(await check('no')).toMatchObject({ nameAvailable: false, reason: 'Invalid' });
    expect(await check('free12')).toEqual({ nameAvailable: true });
  });

  it.each([
    ['no location', 'broken1', { sku: { name: 'Basic' } }],
    ['an unknown SKU', 'broken1', { ...BODY, sku: { name: 'Classic' } }],
    ['a text for a flag', 'broken1', { ...BODY, properties: { adminUserEnabled: 'yes' } }],
    ['a dash in its name', 'bro-ken', BODY],
    ['a name of four', 'brok', BODY],
    [
      'rules that are no addresses',
      'broken1',
      { ...BODY, properties: { networkRuleSet: { ipRules: [{ value: 'x' }] } } },
    ],
    [
      'virtual networks',
      'broken1',
      { ...BODY, properties: { networkRuleSet: { virtualNetworkRules: [{ id: 'x' }] } } },
    ],
    ['a closed public network', 'broken1', { ...BODY, properties: { publicNetworkAccess: 'Disabled' } }],
  ])('with %s is refused, and nothing is there', async (_, name, body) => {
    expect((await put(name, body)).status).toBe(400);
    expect((await site.arm('GET', path(name))).status).toBe(404);
  });

  it('is deleted, and then again, and made anew: empty, with other passwords', async () => {
    await put('shortlived');
    const list = async () => (await site.arm('POST', `${path('shortlived')}/listCredentials`)).text;
    const before = await list();
    expect((await site.arm('DELETE', path('shortlived'))).status).toBe(200);
    expect((await site.arm('DELETE', path('shortlived'))).status).toBe(204);
    expect(codeOf(await site.arm('GET', path('shortlived')))).toBe('ResourceNotFound');
    await put('shortlived');
    expect(await list()).not.toBe(before);
  });

  it('is listed with paging, each to whoever may read it', async () => {
    for (const name of ['listed1', 'listed2', 'listed3']) await put(name);
    const reader = await site.robot('Reader', path('listed2'), path('listed3'));
    const names = async (target: string) => {
      const answer = await site.ask('GET', target, { as: reader.token });
      const { value, nextLink } = answer.json<{ value: { name: string }[]; nextLink?: string }>();
      return { names: value.map(({ name }) => name), next: nextLink?.slice(site.http.length) };
    };
    const first = await names(`${site.subscription}/${REGISTRIES}?api-version=2019-05-01&$top=1`);
    expect(first.names).toEqual(['listed2']);
    const second = await names(first.next ?? '');
    expect(second).toEqual({ names: ['listed3'], next: undefined });
    expect((await names(`${site.group}/${REGISTRIES}?api-version=2019-05-01`)).names).toEqual(['listed2', 'listed3']);
  });
});

describe("the admin user's passwords", () => {
  const basic = (name: string, password: string) => ({
    as: 'none',
    headers: {
      Authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
      Host: `${name}.azsacr.local.holdfast.internal`,
    },
  });
  interface Listed {
    username: string;
    passwords: { name: string; value: string }[];
  }

  it('are shown in order, renewed one by one, and count at the very next request', async () => {
    await put('passwords');
    const listed = (await site.arm('POST', `${path('passwords')}/listCredentials`)).json<Listed>();
    expect([listed.username, ...listed.passwords.map(({ name }) => name)]).toEqual([
      'passwords',
      'password',
      'password2',
    ]);
    const [one, two] = listed.passwords.map(({ value }) => value);
    const signIn = async (password = '') => (await site.ask('GET', '/v2/', basic('passwords', password))).status;
    expect([await signIn(one), await signIn(two)]).toEqual([200, 200]);
    const renewed = await site.arm('POST', `${path('passwords')}/regenerateCredential`, { body: { name: 'password' } });
    const after = renewed.json<Listed>().passwords.map(({ value }) => value);
    expect(after[1]).toBe(two);
    expect([await signIn(one), await signIn(two), await signIn(after[0])]).toEqual([401, 200, 200]);
  });

  it('are not to be had while the admin user is disabled, nor of use', async () => {
    await put('disabled1');
    const listed = (await site.arm('POST', `${path('disabled1')}/listCredentials`)).json<Listed>();
    await site.arm('PATCH', path('disabled1'), { body: { properties: { adminUserEnabled: false } } });
    for (const [operation, body] of [['listCredentials'], ['regenerateCredential', { name: 'password' }]] as const) {
      const refused = await site.arm('POST', `${path('disabled1')}/${operation}`, { body });
      expect([refused.status, codeOf(refused)]).toEqual([400, 'UnAuthorizedForCredentialOperations']);
    }
    expect((await site.ask('GET', '/v2/', basic('disabled1', listed.passwords[0]?.value ?? ''))).status).toBe(401);
  });

  it('are for whoever has the action, which a Reader has not', async () => {
    await put('secrets1');
    const reader = await site.robot('Reader', path('secrets1'));
    const refused = await site.arm('POST', `${path('secrets1')}/listCredentials`, { as: reader.token });
    expect(refused.status).toBe(403);
    expect(
      (await site.arm('POST', `${path('secrets1')}/regenerateCredential`, { body: { name: 'other' } })).status,
    ).toBe(400);
  });
});
