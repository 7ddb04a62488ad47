import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AzureSite, codeOf, REGISTRIES, startAzureSite, valuesOf } from '../../../../test/support/azure-site.ts';

let site: AzureSite;
let registry: string;
beforeAll(async () => {
  site = await startAzureSite();
  registry = `${site.group}/${REGISTRIES}/registry`;
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

const version = '2020-11-01-preview';
const path = (name = '') => `${registry}/scopeMaps${name && `/${name}`}`;
const call = (method: string, name: string, body?: unknown, more: { as?: string } = {}) =>
  site.arm(method, path(name), { version, ...(body === undefined ? {} : { body }), ...more });
const put = (name: string, actions: unknown, description?: string) =>
  call('PUT', name, { properties: { description, actions } });
const READ = 'repositories/hello-world/content/read';

describe('a scope map', () => {
  it('is made as az makes it, and shown with what Azure shows', async () => {
    const made = await put('Smap01', [READ, 'repositories/hello-world/metadata/read'], 'for the robots');
    expect([made.status, made.json()]).toEqual([
      201,
      {
        id: path('Smap01'),
        name: 'Smap01',
        type: 'Microsoft.ContainerRegistry/registries/scopeMaps',
        properties: {
          description: 'for the robots',
          type: 'UserDefined',
          creationDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/),
          provisioningState: 'Succeeded',
          actions: [READ, 'repositories/hello-world/metadata/read'],
        },
      },
    ]);
    expect((await call('GET', 'SMAP01')).json()).toEqual(made.json());
  });

  it('is replaced by PUT, and changed by PATCH in what it names', async () => {
    await put('changing', [READ], 'before');
    const patched = await call('PATCH', 'changing', { properties: { actions: ['repositories/*/content/write'] } });
    expect([patched.status, patched.json()]).toMatchObject([
      200,
      { properties: { description: 'before', actions: ['repositories/*/content/write'] } },
    ]);
    const replaced = await put('CHANGING', [READ, READ]);
    expect([replaced.status, replaced.json()]).toMatchObject([
      200,
      { name: 'changing', properties: { actions: [READ] } },
    ]);
    expect(replaced.json<{ properties: object }>().properties).not.toHaveProperty('description');
  });

  it('is deleted once, and not while a token refers to it', async () => {
    await put('doomed', [READ]);
    const token = { properties: { scopeMapId: path('DOOMED'), status: 'enabled' } };
    await site.arm('PUT', `${registry}/tokens/holder`, { version, body: token });
    const refused = await call('DELETE', 'doomed');
    expect([refused.status, codeOf(refused)]).toEqual([409, 'ResourceInUse']);
    expect(refused.text).toContain("the token 'holder' refers to it");
    await site.arm('DELETE', `${registry}/tokens/holder`, { version });
    expect([(await call('DELETE', 'Doomed')).status, (await call('DELETE', 'doomed')).status]).toEqual([200, 204]);
    expect(codeOf(await call('GET', 'doomed'))).toBe('ResourceNotFound');
    expect((await call('PATCH', 'doomed', {})).status).toBe(404);
  });
});

describe('the list', () => {
  it('has the built-in ones first, and goes on over pages', async () => {
    for (const name of ['zeta-map', 'Alpha-map']) await put(name, [READ]);
    const all = valuesOf<{ name: string; properties: { type: string } }>(await call('GET', ''));
    const builtIn = all.filter(({ properties }) => properties.type === 'BuiltIn').map(({ name }) => name);
    expect(builtIn).toEqual([
      '_repositories_admin',
      '_repositories_pull',
      '_repositories_pull_metadata_read',
      '_repositories_push',
      '_repositories_push_metadata_write',
    ]);
    const names = all.map(({ name }) => name);
    expect(names).toEqual([...names].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)));
    for (const top of [1, 3, 5, 6]) {
      const walked: string[] = [];
      let next: string | undefined = `${path()}?$top=${top}`;
      while (next !== undefined) {
        const page: { value: { name: string }[]; nextLink?: string } = (
          await site.arm('GET', next, { version })
        ).json();
        expect(page.value.length).toBeLessThanOrEqual(top);
        walked.push(...page.value.map(({ name }) => name));
        const link: URL | undefined = page.nextLink === undefined ? undefined : new URL(page.nextLink);
        link?.searchParams.delete('api-version');
        next = link && `${link.pathname}${link.search}`;
      }
      expect(walked, String(top)).toEqual(names);
    }
  });
});

describe('a built-in scope map', () => {
  it('is shown like the others, and neither changed nor deleted', async () => {
    const shown = await call('GET', '_Repositories_Pull');
    expect(shown.json()).toMatchObject({
      name: '_repositories_pull',
      properties: { type: 'BuiltIn', actions: ['repositories/*/content/read'] },
    });
    for (const [method, body] of [
      ['PUT', { properties: { actions: [READ] } }],
      ['PATCH', {}],
      ['DELETE', undefined],
    ] as const) {
      const refused = await call(method, '_repositories_pull', body);
      expect([refused.status, codeOf(refused)], method).toEqual([400, 'NotSupported']);
    }
  });
});

describe('what is no scope map', () => {
  // A12: no name can be taken for a built-in one, or be shown as another than it is.
  it.each([
    'abcd',
    'x'.repeat(51),
    '_repositories_all',
    '1abcd',
    '-abcd',
    'ab_cd',
    'ab cd',
    'abcd%0a',
    'аbcde',
    'abc$d',
    'abcd%E2%80%AE',
  ])('is refused by its name: %j', async (name) => {
    const answer = await put(encodeURI(name).replaceAll('%25', '%'), [READ]);
    expect([answer.status, codeOf(answer)]).toEqual([400, 'InvalidRequestContent']);
    expect(answer.text).toContain('5 to 50 letters, digits and hyphens');
  });

  it.each<[string, unknown]>([
    ['none at all', undefined],
    ['no list', 'repositories/a/content/read'],
    ['something else than strings', [1]],
    ['an unknown right', ['repositories/a/content/fly']],
    ['upper case', ['repositories/A/content/read']],
    ['a star inside', ['repositories/a*b/content/read']],
    ['a gateway', ['gateway/edge/config/read']],
    ['too many', Array.from({ length: 501 }, (_, i) => `repositories/r${i}/content/read`)],
  ])('is refused by its actions: %s', async (_, actions) => {
    const answer = await put('refused', actions);
    expect([answer.status, codeOf(answer)]).toEqual([400, 'InvalidRequestContent']);
    expect(answer.text).toContain("'properties.actions' must be");
    expect((await call('GET', 'refused')).status).toBe(404);
  });

  it('may have 500 actions and a description of 256 characters, and no more', async () => {
    const actions = Array.from({ length: 500 }, (_, i) => `repositories/r${i}/content/read`);
    expect((await put('largest', actions, 'x'.repeat(256))).status).toBe(201);
    expect((await put('largest', actions, 'x'.repeat(257))).status).toBe(400);
  });
});

describe('who may', () => {
  it('is whoever has the right, and others get the same answer whether it is there or not (A11)', async () => {
    const robot = await site.robot('AcrPush', registry);
    for (const name of ['Smap01', 'nowhere']) {
      for (const [method, body] of [
        ['GET', undefined],
        ['PUT', { properties: { actions: ['repositories/*/content/delete'] } }],
        ['PATCH', { properties: { actions: ['repositories/*/content/delete'] } }],
        ['DELETE', undefined],
      ] as const) {
        const answer = await call(method, name, body, { as: robot.token });
        expect([answer.status, codeOf(answer)], `${method} ${name}`).toEqual([403, 'AuthorizationFailed']);
      }
    }
  });
});
