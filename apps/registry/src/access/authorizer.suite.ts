import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Authorizer } from './authorizer.ts';
import {
  ACTIONS,
  type AccessGrant,
  type Action,
  ANONYMOUS,
  type Principal,
  principalId,
  type ResourceScope,
} from './principal.ts';

const admin = (grants?: readonly AccessGrant[]): Principal => ({
  kind: 'admin-user',
  id: 'admin-user:registry',
  registry: 'r1',
  ...(grants ? { grants } : {}),
});
const pullA = admin([{ type: 'repository', name: 'a', actions: ['pull'] }]);

const action = fc.constantFrom(...ACTIONS);
const name = fc.constantFrom('a', 'b', 'a/b', 'ab', 'catalog', 'blobs', '*', 'A');
const grant = fc.record<AccessGrant>({
  type: fc.constantFrom('repository', 'registry'),
  name,
  actions: fc.uniqueArray(action),
});
const resource: fc.Arbitrary<ResourceScope> = fc.record(
  { id: fc.constant('/x'), registry: fc.constantFrom('r1', 'r2'), repository: name },
  { requiredKeys: ['id', 'registry'] },
);

/**
 * What every Authorizer keeps to, whatever rights it knows of: anonymous gets nothing, an admin user its own registry, and
 * a token never more than it names.
 */
export function authorizerSuite(name: string, authorizer: Authorizer): void {
  describe(name, () => {
    const allows = async (principal: Principal, action: Action, resource: ResourceScope) =>
      (await authorizer.check({ principal, action, resource })).allow;

    describe('anonymous', () => {
      it('is allowed nothing anywhere', async () => {
        await fc.assert(
          fc.asyncProperty(action, resource, async (a, r) => {
            const decision = await authorizer.check({ principal: ANONYMOUS, action: a, resource: r });
            expect(decision).toEqual({ allow: false, reason: 'not-signed-in' });
          }),
        );
        expect(principalId(ANONYMOUS)).toBe('anonymous');
      });

      it('is allowed nothing by a token for anonymous pulls either, while the registry has none', async () => {
        const bearer: Principal = {
          ...ANONYMOUS,
          registry: 'r1',
          grants: [{ type: 'repository', name: 'a', actions: ['pull'] }],
        };
        expect(await allows(bearer, 'pull', { id: '/x', registry: 'r1', repository: 'a' })).toBe(false);
      });
    });

    describe('the admin user', () => {
      it('is allowed everything in its registry but to judge what is in quarantine and to say who is trusted, and nothing in another', async () => {
        await fc.assert(
          fc.asyncProperty(action, resource, async (a, r) => {
            expect(await allows(admin(), a, r)).toBe(
              r.registry === 'r1' && a !== 'quarantine_write' && a !== 'bundle_trust',
            );
          }),
        );
      });
    });

    describe('a token', () => {
      it('allows what it names and its bearer may, and nothing else', async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(grant), action, resource, async (grants, a, r) => {
            const named = grants.some((g) =>
              r.repository === undefined
                ? g.type === 'registry' &&
                  g.name === { catalog: 'catalog', deleted_catalog: 'deleted_catalog', mount: 'blobs' }[a as string] &&
                  g.actions.includes(a)
                : g.type === 'repository' && g.name === r.repository && g.actions.includes(a),
            );
            const own = await allows(admin(), a, r);
            expect(await allows(admin(grants), a, r)).toBe(named && own);
          }),
        );
      });

      it('without a grant allows nothing', async () => {
        for (const a of ACTIONS) {
          expect(await allows(admin([]), a, { id: '/x', registry: 'r1', repository: 'a' })).toBe(false);
          expect(await allows(admin([]), a, { id: '/x', registry: 'r1' })).toBe(false);
        }
      });

      // A08
      it.each(['A', 'a/b', 'b/a', 'a/', '/a', './a', 'a/../b', 'b/../a', 'a%2fb', 'aa', '', 'а', 'a ', 'a\0', '*'])(
        'for "a" does not open %j',
        async (repository) => {
          expect(await allows(pullA, 'pull', { id: '/x', registry: 'r1', repository })).toBe(false);
        },
      );

      it('for one action does not allow another, nor the catalog, nor the same name in another registry', async () => {
        expect(await allows(pullA, 'pull', { id: '/x', registry: 'r1', repository: 'a' })).toBe(true);
        for (const a of ACTIONS) {
          if (a !== 'pull') expect(await allows(pullA, a, { id: '/x', registry: 'r1', repository: 'a' })).toBe(false);
          expect(await allows(pullA, a, { id: '/x', registry: 'r1' })).toBe(false);
          expect(await allows(pullA, a, { id: '/x', registry: 'r2', repository: 'a' })).toBe(false);
        }
      });

      it('for the catalog opens no repository of that name', async () => {
        const catalog = admin([{ type: 'registry', name: 'catalog', actions: ['catalog'] }]);
        expect(await allows(catalog, 'catalog', { id: '/x', registry: 'r1' })).toBe(true);
        expect(await allows(catalog, 'catalog', { id: '/x', registry: 'r1', repository: 'catalog' })).toBe(false);
        expect(await allows(catalog, 'pull', { id: '/x', registry: 'r1', repository: 'catalog' })).toBe(false);
      });

      it('tells why it is refused', async () => {
        const check = (principal: Principal, registry: string) =>
          authorizer.check({ principal, action: 'push', resource: { id: '/x', registry, repository: 'a' } });
        expect(await check(pullA, 'r1')).toEqual({ allow: false, reason: 'outside-token-scope' });
        expect(await check(pullA, 'r2')).toEqual({ allow: false, reason: 'no-assignment' });
        expect(await check(admin(), 'r1')).toEqual({ allow: true, by: 'admin-user:registry' });
      });
    });
  });
}
