import { beforeEach, describe, expect, it } from 'vitest';
import type { RefusalReason } from '../access/authorizer.ts';
import { type Action, ANONYMOUS, type Principal } from '../access/principal.ts';
import { testAuthorizer } from '../access/test-authorizer.ts';
import type { Refused } from '../identity/refused.ts';
import type { Awaitable } from '../platform/awaitable.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { RefusalLog } from '../token/refusal-log.ts';
import { type DoorDependencies, enter } from './door.ts';
import type { Route, RouteAccess, RouteMatch } from './route.ts';
import { type FakeRequest, fakeExchange } from './test-exchange.ts';

const ADMIN: Principal = { kind: 'admin-user', id: 'admin-user:registry', registry: 'r' };
const PULL: RouteAccess = { kind: 'repository', actions: ['pull'] };
const PUSH: RouteAccess = { kind: 'repository', actions: ['push'] };
const REVOKED: Refused = { refused: 'bearer-revoked' };
const USER: Principal = { kind: 'user', id: 'u', name: 'ann@example', registry: 'r' };

interface Knock extends FakeRequest {
  readonly allow?: readonly Action[];
  /** What the identity itself may, where it shows a token with a ceiling. */
  readonly own?: readonly Action[];
  readonly name?: string;
  readonly who?: Principal | Refused;
  readonly reason?: RefusalReason;
}

/** Whether whom the door asks answers at once, or later. */
let atOnce = false;

function answer<T>(value: T): Awaitable<T> {
  return atOnce ? value : Promise.resolve(value);
}

/** What is thrown, or is the reason of a rejection. */
async function thrownBy(work: () => unknown): Promise<DomainError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error as DomainError;
  }
}

/** Knocks at the door; tells what the route, the identity and the Authorizer were asked, in this order. */
async function knock(access: RouteAccess, options: Knock = {}) {
  const asked: string[] = [];
  const written: unknown[] = [];
  const refusals: RefusalLog = {
    signIn: async (registry, refused, caller) => void written.push(['sign-in', registry.id, refused, caller]),
    denied: async (registry, denied, caller) => void written.push(['denied', registry.id, denied, caller]),
  };
  const { exchange } = fakeExchange({ headers: { authorization: 'Bearer x' }, ...options });
  const route: Route = {
    name: 'r',
    method: options.method ?? 'GET',
    path: '/x',
    access,
    handle: () => {
      asked.push('handled');
      return answer(undefined);
    },
  };
  const match: RouteMatch = { routes: [route], repositoryText: options.name ?? 'team/app', reference: 'latest' };
  const { who = ADMIN } = options;
  const door: DoorDependencies = {
    authenticate: () => {
      asked.push('who');
      return answer(who);
    },
    authorizer: {
      ...testAuthorizer(),
      check: ({ principal, action, resource }) => {
        asked.push(`${action} ${resource.registry} ${resource.repository ?? ''}`.trim());
        const allowed = principal.grants || !options.own ? options.allow : options.own;
        if (allowed?.some((one) => one === action)) return answer({ allow: true, by: 'x' });
        const reason = principal.grants ? 'outside-token-scope' : (options.reason ?? 'no-assignment');
        return answer({ allow: false, reason });
      },
    },
    refusals,
  };
  const thrown = await thrownBy(() => enter(door, exchange, match));
  return { asked, thrown, exchange, written };
}
const challengeOf = (thrown: DomainError | undefined) => String(thrown?.headers['WWW-Authenticate']);

describe.each([['at once'], ['later']])('the door, where it is answered %s', (when) => {
  beforeEach(() => {
    atOnce = when === 'at once';
  });

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
    expect((await knock({ kind: 'signed-in' }, { who: REVOKED })).asked).toEqual(['who']);
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
    const invalid = await knock({ kind: 'registry', action: 'catalog' }, { who: REVOKED });
    expect(challengeOf(invalid.thrown)).toBe(`${realm},scope="registry:catalog:*",error="invalid_token"`);
    const wrong = await knock(PULL, { who: { refused: 'wrong-password' }, headers: { authorization: 'Basic x' } });
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
      authorizer: { ...testAuthorizer(), check: async () => ({ allow: true, by: 'x' }) as const },
      refusals: { signIn: async () => undefined, denied: async () => undefined },
    };
    const refused = await thrownBy(() => enter(door, exchange, { routes }));
    expect(refused).toBeInstanceOf(DomainError);
    expect(refused).toMatchObject({ code: 'request.unsupported', headers: { Allow: 'GET' } });
  });

  it('lets the bearer of a token for anonymous pulls through where any token will do, and nobody without one', async () => {
    const bearer = { ...ANONYMOUS, registry: 'r', grants: [] };
    expect((await knock({ kind: 'signed-in' }, { who: bearer })).asked).toContain('handled');
    expect((await knock({ kind: 'signed-in' }, { who: ANONYMOUS })).asked).not.toContain('handled');
  });

  it('tells who shows a narrow token whether another one would help', async () => {
    const narrow: Principal = { ...USER, grants: [{ type: 'repository', name: 'team/app', actions: ['pull'] }] };
    const wider = await knock(PUSH, { who: narrow, own: ['push'] });
    expect(wider.thrown?.message).toContain('Ask /oauth2/token for one with scope=repository:team/app:pull,push');
    const hopeless = await knock(PUSH, { who: narrow, own: ['pull'] });
    expect(hopeless.thrown?.message).toContain('"ann@example" has no role that allows push on "team/app"');
    expect(hopeless.thrown?.message).toContain('the role AcrPush');
  });

  it('writes down who changes what it may not, and not who reads, or only has to ask for a wider token', async () => {
    const narrow: Principal = { ...USER, grants: [] };
    const caller = { client: '127.0.0.1', correlationId: '0f8fad5b-d9cb-469f-a165-70867728950e' };
    const row = {
      principal: 'u',
      action: 'r',
      reason: 'no-assignment: push',
      repository: 'team/app',
      target: 'latest',
    };
    for (const who of [USER, narrow]) {
      expect((await knock(PUSH, { who, own: [] })).written).toEqual([['denied', 'r', row, caller]]);
    }
    expect((await knock(PUSH, { who: narrow, own: ['push'] })).written).toEqual([]);
    expect((await knock(PULL, { who: USER })).written).toEqual([]);
    expect((await knock(PUSH, { who: ANONYMOUS, reason: 'not-signed-in' })).written).toEqual([]);
  });

  it('hands over what credentials were refused', async () => {
    const refused: Refused = { refused: 'wrong-password', typed: 'x' };
    const { written } = await knock(PULL, { who: refused });
    expect(written).toEqual([['sign-in', 'r', refused, expect.objectContaining({ client: '127.0.0.1' })]]);
  });

  it('tells who wrote the host in capitals that clients keep credentials by the exact name', async () => {
    const facts = { host: 'MyRegistry.example', service: 'myregistry.example' };
    const { thrown } = await knock(PULL, { who: ANONYMOUS, headers: {}, facts });
    expect(thrown?.message).toContain('use the all-lower-case "myregistry.example"');
  });
});
