import { beforeAll, describe, expect, it } from 'vitest';
import { ACTIONS, ANONYMOUS, type Principal } from './principal.ts';
import { testAuthorizer } from './test-authorizer.ts';

const isOpen = (registry: string) => registry === 'open';
let authorizer = testAuthorizer([], { anonymousPull: isOpen });
const check = (principal: Principal, action: (typeof ACTIONS)[number], registry: string, repository?: string) =>
  authorizer.check({ principal, action, resource: { id: '/x', registry, ...(repository ? { repository } : {}) } });
const bearer = (registry: string): Principal => ({
  ...ANONYMOUS,
  registry,
  grants: [{ type: 'repository', name: 'a', actions: ['pull', 'push', 'delete'] }],
});

describe.each([['at once'], ['later']])('where one may pull without signing in, as is known %s', (when) => {
  beforeAll(() => {
    const anonymousPull = when === 'at once' ? isOpen : async (registry: string) => isOpen(registry);
    authorizer = testAuthorizer([], { anonymousPull });
  });

  it('one may pull and look, and nothing else', async () => {
    for (const action of ACTIONS) {
      const { allow } = await check(ANONYMOUS, action, 'open', 'a');
      expect(allow, action).toBe(action === 'pull' || action === 'metadata_read');
      expect((await check(ANONYMOUS, action, 'open')).allow, `${action} on the registry`).toBe(false);
      expect((await check(ANONYMOUS, action, 'closed', 'a')).allow, `${action} elsewhere`).toBe(false);
    }
  });

  it('a token for it is a ceiling like any other, and gives nothing that nobody may', async () => {
    expect((await check(bearer('open'), 'pull', 'open', 'a')).allow).toBe(true);
    expect(await check(bearer('open'), 'pull', 'open', 'b')).toEqual({ allow: false, reason: 'outside-token-scope' });
    expect(await check(bearer('open'), 'push', 'open', 'a')).toEqual({ allow: false, reason: 'not-signed-in' });
    expect(await check(bearer('open'), 'metadata_read', 'open', 'a')).toMatchObject({ allow: false });
  });

  it('a token of another registry opens nothing here', async () => {
    expect(await check(bearer('closed'), 'pull', 'open', 'a')).toEqual({ allow: false, reason: 'no-assignment' });
  });
});

describe('a repository that was deleted', () => {
  const at = (ms: number) => new Date(1000 + ms);
  const pulls = async (deletedAt: () => unknown) => {
    const anonymousPull = () => true;
    const of = testAuthorizer([], { anonymousPull, deletedAt: deletedAt as () => undefined });
    const principal: Principal = { ...bearer('open'), grantedAt: at(0) };
    return of.check({ principal, action: 'pull', resource: { id: '/x', registry: 'open', repository: 'a' } });
  };

  it.each([[(time?: Date) => () => time], [(time?: Date) => async () => time]])(
    'is opened by a token of later only, whether that is known at once or later',
    async (known) => {
      expect(await pulls(known())).toMatchObject({ allow: true });
      expect(await pulls(known(at(-1)))).toMatchObject({ allow: true });
      for (const time of [at(0), at(1)])
        expect(await pulls(known(time))).toMatchObject({ reason: 'repository-replaced' });
    },
  );

  it('opens to nobody by what is neither an answer nor a promise of the language', async () => {
    const stranger = { later: true };
    expect(await pulls(() => stranger)).toMatchObject({ reason: 'repository-replaced' });
    const of = testAuthorizer([], { anonymousPull: () => stranger as never });
    const resource = { id: '/x', registry: 'open', repository: 'a' };
    expect(await of.check({ principal: ANONYMOUS, action: 'pull', resource })).toMatchObject({ allow: false });
  });
});
