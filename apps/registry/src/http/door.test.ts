import { describe, expect, it } from 'vitest';
import { type Action, ANONYMOUS, type Principal } from '../access/principal.ts';
import { DomainError } from '../platform/domain-error.ts';
import { enter } from './door.ts';
import type { Route, RouteAccess, RouteMatch } from './route.ts';
import { type FakeRequest, fakeExchange } from './test-exchange.ts';

const ADMIN: Principal = { kind: 'admin-user', id: 'admin-user:registry', registry: 'r' };
const PULL: RouteAccess = { kind: 'repository', actions: ['pull'] };

/** Knocks at the door; tells what the route, the identity and the Authorizer were asked, in this order. */
async function knock(
  access: RouteAccess,
  options: FakeRequest & { allow?: readonly Action[]; name?: string; who?: Principal | undefined } = {},
) {
  const asked: string[] = [];
  const { exchange } = fakeExchange({ headers: { authorization: 'Bearer x' }, ...options });
  const route: Route = {
    name: 'r',
    method: options.method ?? 'GET',
    path: '/x',
    access,
    handle: async () => {
      asked.push('handled');
    },
  };
  const match: RouteMatch = { routes: [route], repositoryText: options.name ?? 'team/app', reference: 'latest' };
  const who = 'who' in options ? options.who : ADMIN;
  const thrown = await enter(
    {
      authenticate: async () => {
        asked.push('who');
        return who;
      },
      authorizer: {
        check: async ({ action, resource }) => {
          asked.push(`${action} ${resource.registry} ${resource.repository ?? ''}`.trim());
          return options.allow?.includes(action) ? { allow: true, by: 'x' } : { allow: false, reason: 'no-assignment' };
        },
      },
    },
    exchange,
    match,
  ).then(
    () => undefined,
    (error: unknown) => error as DomainError,
  );
  return { asked, thrown, exchange };
}
const challengeOf = (thrown: DomainError | undefined) => String(thrown?.headers['WWW-Authenticate']);

describe('the door', () => {
  it('asks who, then whether, and only then lets the route run', async () => {
    const { asked, thrown, exchange } = await knock(PULL, { allow: ['pull'] });
    expect(thrown).toBeUndefined();
    expect(asked).toEqual(['who', 'pull r team/app', 'handled']);
    expect([exchange.principal, exchange.routeName]).toEqual([ADMIN, 'r']);
  });

  it('never lets the route run after a no', async () => {
    for (const access of [
      PULL,
      { kind: 'registry', action: 'catalog' },
      { kind: 'repository', actions: ['push', 'delete'] },
    ] satisfies RouteAccess[]) {
      const { asked, thrown } = await knock(access);
      expect(asked).not.toContain('handled');
      expect(thrown).toMatchObject({ code: 'auth.required' });
    }
    expect((await knock({ kind: 'signed-in' }, { who: ANONYMOUS })).asked).toEqual(['who']);
    expect((await knock({ kind: 'signed-in' }, { who: undefined })).asked).toEqual(['who']);
  });

  it('is content with one of the actions', async () => {
    const { asked } = await knock(
      { kind: 'repository', actions: ['pull', 'metadata_read'] },
      { allow: ['metadata_read'] },
    );
    expect(asked).toEqual(['who', 'pull r team/app', 'metadata_read r team/app', 'handled']);
  });

  it('asks nobody for a public route', async () => {
    expect((await knock({ kind: 'public', why: 'x' })).asked).toEqual(['handled']);
  });

  it('names the token that would do, and why the one that was shown does not', async () => {
    const realm = 'Bearer realm="http://localhost:5000/oauth2/token",service="localhost:5000"';
    const anonymous = await knock(PULL, { headers: {}, who: ANONYMOUS });
    expect(challengeOf(anonymous.thrown)).toBe(`${realm},scope="repository:team/app:pull"`);
    const narrow = await knock({ kind: 'repository', actions: ['push'] });
    expect(challengeOf(narrow.thrown)).toBe(
      `${realm},scope="repository:team/app:pull,push",error="insufficient_scope"`,
    );
    const invalid = await knock({ kind: 'registry', action: 'catalog' }, { who: undefined });
    expect(challengeOf(invalid.thrown)).toBe(`${realm},scope="registry:catalog:*",error="invalid_token"`);
    const wrong = await knock(PULL, { who: undefined, headers: { authorization: 'Basic x' } });
    expect(challengeOf(wrong.thrown)).not.toContain('error=');
  });

  it('refuses a malformed name before anybody is asked, and a method that the path does not have', async () => {
    for (const name of ['Team', '../x', 'a//b', 'a/', '/a', 'a%2fb', 'ä', '', 'a\0']) {
      const { asked, thrown } = await knock(PULL, { name });
      expect([asked, thrown?.code], name).toEqual([[], 'name.invalid']);
    }
    const { exchange } = fakeExchange({ method: 'PUT' });
    const routes: Route[] = [{ name: 'r', method: 'GET', path: '/x', access: PULL, handle: async () => undefined }];
    const door = {
      authenticate: async () => ADMIN,
      authorizer: { check: async () => ({ allow: true, by: 'x' }) as const },
    };
    const refused = await enter(door, exchange, { routes }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(DomainError);
    expect(refused).toMatchObject({ code: 'request.unsupported', headers: { Allow: 'GET' } });
  });

  it('tells who wrote the host in capitals that clients keep credentials by the exact name', async () => {
    const facts = { host: 'MyRegistry.example', service: 'myregistry.example' };
    const { thrown } = await knock(PULL, { who: ANONYMOUS, headers: {}, facts });
    expect(thrown?.message).toContain('use the all-lower-case "myregistry.example"');
  });
});
