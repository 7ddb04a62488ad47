import { describe, expect, it } from 'vitest';
import { createPathTable } from './path-table.ts';
import type { Route } from './route.ts';

const route = (path: string, method = 'GET'): Route => ({
  name: path,
  method,
  path,
  access: { kind: 'signed-in' },
  handle: async () => undefined,
});
const GROUP = '/subscriptions/{subscription}/resourceGroups/{group}';
const LOCKS = '/{+scope}/providers/Microsoft.Authorization/locks';
const table = createPathTable([
  route('/subscriptions'),
  route('/subscriptions/{subscription}'),
  route(GROUP),
  route(GROUP, 'PUT'),
  route('/subscriptions/{subscription}/providers/{namespace}'),
  route('/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry'),
  route(LOCKS),
  route(`${LOCKS}/{name}`),
]);
const match = (path: string) => {
  const found = table.match(path.slice(1).split('/'));
  return found && { path: found.routes[0]?.path, methods: found.routes.map((r) => r.method), values: found.values };
};

describe('a table of paths', () => {
  it('compares words without case and keeps names as they are written', () => {
    expect(match('/SUBSCRIPTIONS/Ab/resourcegroups/My-Group')).toEqual({
      path: GROUP,
      methods: ['GET', 'PUT'],
      values: { subscription: 'Ab', group: 'My-Group' },
    });
  });

  it('prefers the word to the name', () => {
    expect(match('/subscriptions/s/providers/microsoft.containerregistry')?.path).toContain(
      'Microsoft.ContainerRegistry',
    );
    expect(match('/subscriptions/s/providers/other')?.values).toEqual({ subscription: 's', namespace: 'other' });
  });

  it('takes a scope of any length in front, also none', () => {
    expect(match('/subscriptions/s/providers/Microsoft.Authorization/locks')?.values).toEqual({
      scope: '/subscriptions/s',
    });
    expect(match('/a/b/c/d/providers/microsoft.authorization/locks/x')?.values).toEqual({
      scope: '/a/b/c/d',
      name: 'x',
    });
    expect(match('/providers/Microsoft.Authorization/locks')?.values).toEqual({ scope: '/' });
  });

  it('knows no path that is too long, too short, or has an empty part', () => {
    for (const path of [
      '/',
      '/subscriptions/',
      '/subscriptions/s/resourceGroups/',
      '/subscriptions/s/resourceGroups/g/',
      '/x',
    ]) {
      expect(match(path), path).toBeUndefined();
    }
    expect(match('/subscriptions')?.path).toBe('/subscriptions');
  });
});
