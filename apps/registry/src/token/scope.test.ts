import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessGrant, Action } from '../access/principal.ts';
import { formatScope, parseScope } from './scope.ts';

const ALL: Action[] = ['pull', 'push', 'delete', 'metadata_read', 'metadata_write'];
const repository = (name: string, ...actions: Action[]): AccessGrant => ({ type: 'repository', name, actions });
const CATALOG: AccessGrant = { type: 'registry', name: 'catalog', actions: ['catalog'] };

// The grammar of distribution's token scopes, https://distribution.github.io/distribution/spec/auth/scope/
const SPEC_NAME = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;

describe('parseScope', () => {
  it.each<[string, AccessGrant[]]>([
    ['repository:hello-world:pull', [repository('hello-world', 'pull')]],
    ['repository:team/app:pull,push', [repository('team/app', 'pull', 'push')]],
    ['repository:team/app:push,pull', [repository('team/app', 'pull', 'push')]],
    ['repository:a:*', [repository('a', ...ALL)]],
    ['repository(plugin):a:pull', [repository('a', 'pull')]],
    ['artifact-repository:a:pull', [repository('a', 'pull')]],
    ['artifact-repository:a:*', [repository('a', ...ALL)]],
    ['registry:catalog:*', [CATALOG]],
    ['repository:a:metadataRead,metadataWrite', [repository('a', 'metadata_read', 'metadata_write')]],
    ['repository:a:metadata_write,metadata_read', [repository('a', 'metadata_read', 'metadata_write')]],
    ['repository:a:delete,metadata_read', [repository('a', 'delete', 'metadata_read')]],
    ['repository:a:pull,deleted_read,deleted_restore', [repository('a', 'pull', 'deleted_read', 'deleted_restore')]],
    ['repository:a:pull,pull,fly', [repository('a', 'pull')]],
    ['repository:localhost:5000/team/app:pull', [repository('team/app', 'pull')]],
    ['repository:[::1]:5000/app:pull', [repository('app', 'pull')]],
    ['repository:contoso.azurecr.io/app:pull', [repository('contoso.azurecr.io/app', 'pull')]],
    ['  repository:a:pull \t repository:b:push ', [repository('a', 'pull'), repository('b', 'push')]],
    ['repository:a:pull registry:catalog:* repository:a:push', [repository('a', 'pull', 'push'), CATALOG]],
  ])('reads %s', (text, expected) => {
    expect(parseScope(text)).toEqual(expected);
  });

  it.each([
    '',
    '   ',
    'openid',
    'repository:a',
    'repository:a:',
    'repository::pull',
    'repository:a:fly',
    'repository:a:catalog',
    'repository:a:PULL',
    'repository:A:pull',
    'repository:*:pull',
    'repository:a/../b:pull',
    'repository:a:b:pull',
    'repository:localhost:5000/:pull',
    'repository():a:pull',
    'Repository:a:pull',
    'registry:catalog:pull',
    'registry:deleted_catalog:pull',
    'registry:*:*',
    'constructor:a:pull',
    'repository:a:constructor,__proto__',
  ])('leaves out what means nothing: %j', (text) => {
    expect(parseScope(text)).toEqual([]);
  });

  it('merges repeated parameters', () => {
    expect(parseScope(['repository:a:push', 'repository:a:pull repository:b:pull'])).toEqual([
      repository('a', 'pull', 'push'),
      repository('b', 'pull'),
    ]);
    expect(parseScope(undefined)).toEqual([]);
    expect(parseScope([])).toEqual([]);
  });

  it('looks at a hundred scopes and 64 Ki characters, no more', () => {
    const scope = (i: number) => `repository:r${i}:pull`;
    expect(parseScope(Array.from({ length: 100 }, (_, i) => scope(i)))).toHaveLength(100);
    expect(parseScope(Array.from({ length: 101 }, (_, i) => scope(i)).join(' '))).toBeUndefined();
    expect(parseScope(' '.repeat(65_536))).toEqual([]);
    expect(parseScope(' '.repeat(65_537))).toBeUndefined();
    expect(parseScope(['x'.repeat(40_000), 'x'.repeat(40_000)])).toBeUndefined();
    expect(parseScope('a:'.repeat(32_768))).toEqual([]);
    expect(parseScope(`repository:${'a.'.repeat(30_000)}:pull`)).toEqual([]);
  });

  it('never throws, and answers only names of the grammar', () => {
    const word = fc.constantFrom(
      'repository',
      'registry',
      'catalog',
      ':',
      ':',
      ',',
      '*',
      'pull',
      ' ',
      'a',
      '/',
      '(',
      ')',
      '5000',
    );
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(word, { maxLength: 30 }).map((words) => words.join('')),
    );
    fc.assert(
      fc.property(fc.oneof(hostile, fc.array(hostile)), (text) => {
        for (const { type, name, actions } of parseScope(text) ?? []) {
          expect(type === 'registry' ? name === 'catalog' : SPEC_NAME.test(name)).toBe(true);
          expect(actions.length).toBeGreaterThan(0);
          expect(actions).toEqual([...new Set(actions)]);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('parseScope and the plainest reading of the grammar', () => {
  const WORDS = ['pull', 'push', 'delete', 'metadata_read', 'metadata_write', 'metadataRead', 'fly', '*', ''];
  const NAMES = [
    'a',
    'team/app',
    'A',
    'a/',
    '/a',
    'a..b',
    'a__b',
    'a___b',
    'catalog',
    'blobs',
    '*',
    '',
    'h:5000/a',
    'h.x/a',
  ];
  const TYPES = ['repository', 'repository(plugin)', 'artifact-repository', 'registry', 'Repository', 'admin', ''];

  /** As the specification says it, one scope after the other, without any of the code's own tools. */
  function oracle(scopes: readonly { type: string; name: string; words: readonly string[] }[]): Set<string> {
    const rights = new Set<string>();
    for (const { type, name, words } of scopes) {
      for (const word of words) {
        if (type === 'registry') {
          if (name === 'catalog' && word === '*') rights.add('registry catalog catalog');
          continue;
        }
        if (!['repository', 'repository(plugin)', 'artifact-repository'].includes(type)) continue;
        const repository = name.startsWith('h:5000/') ? name.slice('h:5000/'.length) : name;
        if (!SPEC_NAME.test(repository)) continue;
        const actions = word === '*' ? ALL : word === 'metadataRead' ? ['metadata_read'] : [word];
        for (const one of actions) {
          if ((ALL as string[]).includes(one)) rights.add(`repository ${repository} ${one}`);
        }
      }
    }
    return rights;
  }

  it('agree on every list of scopes', () => {
    const one = fc.record({
      type: fc.constantFrom(...TYPES),
      name: fc.constantFrom(...NAMES),
      words: fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 4 }),
    });
    const blank = fc.constantFrom(' ', '  ', '\t', '\n');
    fc.assert(
      fc.property(fc.array(one, { maxLength: 6 }), blank, (scopes, gap) => {
        const text = scopes.map(({ type, name, words }) => `${type}:${name}:${words.join(',')}`).join(gap);
        const parsed = parseScope(text) ?? [];
        const rights = parsed.flatMap(({ type, name, actions }) =>
          actions.map((action) => `${type} ${name} ${action}`),
        );
        expect(new Set(rights)).toEqual(oracle(scopes));
        expect(rights).toHaveLength(new Set(rights).size);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('formatScope', () => {
  it('writes what a challenge carries', () => {
    expect(formatScope([repository('team/app', 'pull', 'push'), CATALOG])).toBe(
      'repository:team/app:pull,push registry:catalog:*',
    );
  });

  it('is undone by parseScope', () => {
    const grant = fc.oneof(
      fc.record({
        type: fc.constant('repository' as const),
        name: fc.stringMatching(SPEC_NAME).filter((name) => name.length <= 255),
        actions: fc.subarray(ALL, { minLength: 1 }),
      }),
      fc.constant(CATALOG),
    );
    const grants = fc.uniqueArray(grant, { selector: ({ type, name }) => `${type}:${name}` });
    fc.assert(
      fc.property(grants, (some) => {
        expect(parseScope(formatScope(some))).toEqual(some);
      }),
    );
  });

  it('keeps everything that parseScope read', () => {
    const read = parseScope('repository(plugin):h:1/a:metadataRead registry:catalog:* repository:b:*') ?? [];
    expect(parseScope(formatScope(read))).toEqual(read);
  });
});

describe('the scope for mounts without a source', () => {
  it('is registry:blobs:mount and nothing near it', () => {
    expect(parseScope('registry:blobs:mount')).toEqual([{ type: 'registry', name: 'blobs', actions: ['mount'] }]);
    for (const text of ['registry:blobs:*', 'registry:catalog:mount', 'repository:blobs:mount', 'registry:*:mount']) {
      expect(parseScope(text)).toEqual([]);
    }
    expect(formatScope(parseScope('registry:blobs:mount') ?? [])).toBe('registry:blobs:mount');
  });
});
