import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REPOSITORY_ACTIONS, type ScopeMapPrincipal } from './principal.ts';
import { BUILT_IN_SCOPE_MAPS, builtInScopeMap, linesOf, parseScopeMapAction, rightOfScopeMap } from './scope-maps.ts';
import { testAuthorizer } from './test-authorizer.ts';

const RIGHT = {
  pull: 'content/read',
  push: 'content/write',
  delete: 'content/delete',
  metadata_read: 'metadata/read',
  metadata_write: 'metadata/write',
} as const;

const allows = async (actions: readonly string[], repository: string, action: (typeof REPOSITORY_ACTIONS)[number]) => {
  const principal: ScopeMapPrincipal = {
    kind: 'scope-map-token',
    id: 'token:r/t',
    registry: 'r',
    scopeMap: 'map',
    allows: linesOf(actions),
  };
  const resource = { id: '/x', registry: 'r', repository };
  return (await testAuthorizer().check({ principal, action, resource })).allow;
};

describe('an action of a scope map', () => {
  it.each([
    ['repositories/hello-world/content/read', 'hello-world', 'pull'],
    ['repositories/team/app/content/write', 'team/app', 'push'],
    ['repositories/team/*/content/delete', 'team/*', 'delete'],
    ['repositories/team*/metadata/read', 'team*', 'metadata_read'],
    ['repositories/*/metadata/write', '*', 'metadata_write'],
    ['repositories/content/read/content/read', 'content/read', 'pull'],
    ['repositories/a-*/content/read', 'a-*', 'pull'],
  ] as const)('is read: %s', (text, repository, action) => {
    expect(parseScopeMapAction(text)).toEqual({ repository, action });
  });

  it.each([
    '',
    'repositories',
    'repositories/content/read',
    'repositories//content/read',
    'repositories/a/content',
    'repositories/a/content/',
    'repositories/a/content/*',
    'repositories/a/*/read',
    'repositories/a/content/fly',
    'repositories/a/metadata/delete',
    'repositories/a/Content/Read',
    'Repositories/a/content/read',
    'repositories/A/content/read',
    'repositories/a/../b/content/read',
    'repositories/a*b/content/read',
    'repositories/**/content/read',
    'repositories/*a/content/read',
    'repositories/-*/content/read',
    'repositories/a//*/content/read',
    'repositories/a/content/read ',
    'repositories/a/content/read\n',
    'repositories/a\n/content/read',
    ' repositories/a/content/read',
    'repositories/а/content/read',
    'repositories/a%2fb/content/read',
    'gateway/edge/config/read',
    'repositories/constructor/__proto__/constructor',
    `repositories/${'a'.repeat(256)}/content/read`,
  ])('is refused, not guessed at: %j', (text) => {
    expect(parseScopeMapAction(text)).toBeUndefined();
  });

  it('is undone by its right for every word', () => {
    for (const action of REPOSITORY_ACTIONS) {
      expect(rightOfScopeMap(action)).toBe(RIGHT[action]);
      expect(parseScopeMapAction(`repositories/a/${rightOfScopeMap(action)}`)).toEqual({ repository: 'a', action });
    }
  });
});

describe('what a scope map allows', () => {
  const name = fc.constantFrom('team', 'teamx', 'team/a', 'team/a/b', 'teamx/a', 'a', 'ab', 'tea');
  const pattern = fc.constantFrom('team', 'team/a', 'a', 'team*', 'team/*', 'team/a*', 't*', '*', 'teamx/*');
  const action = fc.constantFrom(...REPOSITORY_ACTIONS);

  it('is what some line names, by the plainest reading of it', async () => {
    const lines = fc.array(fc.record({ pattern, action }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(lines, name, action, async (some, repository, asked) => {
        const actions = some.map((line) => `repositories/${line.pattern}/${RIGHT[line.action]}`);
        const expected = some.some(({ pattern: p, action: a }) => {
          // The oracle: letter by letter, a star stands for the rest.
          const letters = [...p];
          const star = letters.indexOf('*');
          const fits =
            star < 0 ? p === repository : letters.slice(0, star).every((letter, i) => repository[i] === letter);
          return fits && a === asked;
        });
        expect(await allows(actions, repository, asked)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  // A08: a prefix opens what begins with it, and a name opens nothing but itself.
  it.each([
    ['team/*', 'team/a', true],
    ['team/*', 'team', false],
    ['team/*', 'teamx', false],
    ['team/*', 'teamx/a', false],
    ['team*', 'teamx', true],
    ['team*', 'tea', false],
    ['team', 'teamx', false],
    ['team', 'team/a', false],
    ['team/a', 'team/ab', false],
    ['*', 'anything/at/all', true],
  ])('%s opens %s: %s', async (line, repository, expected) => {
    expect(await allows([`repositories/${line}/content/read`], repository, 'pull')).toBe(expected);
  });

  it('is nothing for lines that mean nothing', async () => {
    expect(linesOf(['repositories/A/content/read', 'gateway/x/config/read', ''])).toEqual([]);
  });

  it('is gathered by repository, each right once', () => {
    const actions = ['a/content/read', '*/content/read', 'a/content/write', 'a/content/read'];
    expect(linesOf(actions.map((one) => `repositories/${one}`))).toEqual([
      { repository: 'a', actions: ['pull', 'push'] },
      { repository: '*', actions: ['pull'] },
    ]);
  });
});

describe('the built-in scope maps', () => {
  it('are the five of Azure, in the order of their names, of actions that are valid', () => {
    const names = BUILT_IN_SCOPE_MAPS.map((map) => map.name);
    expect(names).toEqual([
      '_repositories_admin',
      '_repositories_pull',
      '_repositories_pull_metadata_read',
      '_repositories_push',
      '_repositories_push_metadata_write',
    ]);
    for (const { actions } of BUILT_IN_SCOPE_MAPS) {
      for (const action of actions) expect(parseScopeMapAction(action)).toBeDefined();
    }
    expect(builtInScopeMap('_Repositories_PULL')?.actions).toEqual(['repositories/*/content/read']);
    expect(builtInScopeMap('repositories_pull')).toBeUndefined();
  });

  it('give no more than their names say', async () => {
    const of = (name: string) => builtInScopeMap(name)?.actions ?? [];
    const given = async (name: string) => {
      const found: string[] = [];
      for (const one of REPOSITORY_ACTIONS) if (await allows(of(name), 'any/thing', one)) found.push(one);
      return found;
    };
    expect(await given('_repositories_pull')).toEqual(['pull']);
    expect(await given('_repositories_pull_metadata_read')).toEqual(['pull', 'metadata_read']);
    expect(await given('_repositories_push')).toEqual(['pull', 'push']);
    expect(await given('_repositories_push_metadata_write')).toEqual([
      'pull',
      'push',
      'metadata_read',
      'metadata_write',
    ]);
    expect(await given('_repositories_admin')).toEqual([...REPOSITORY_ACTIONS]);
  });
});
