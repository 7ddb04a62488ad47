import { describe, expect, it } from 'vitest';
import { ACTIONS, ANONYMOUS, type Principal } from './principal.ts';
import { testAuthorizer } from './test-authorizer.ts';

const authorizer = testAuthorizer([], { anonymousPull: (registry) => registry === 'open' });
const check = (principal: Principal, action: (typeof ACTIONS)[number], registry: string, repository?: string) =>
  authorizer.check({ principal, action, resource: { id: '/x', registry, ...(repository ? { repository } : {}) } });
const bearer = (registry: string): Principal => ({
  ...ANONYMOUS,
  registry,
  grants: [{ type: 'repository', name: 'a', actions: ['pull', 'push', 'delete'] }],
});

describe('where one may pull without signing in', () => {
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
