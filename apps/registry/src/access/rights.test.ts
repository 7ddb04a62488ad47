import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { MetadataStore } from '../metadata/metadata-store.ts';
import type { RoleAssignmentRow } from '../metadata/rights.ts';
import { openMemoryMetadataStore } from '../metadata/sqlite/open.ts';
import { createAuthorizer } from './authorizer.ts';
import { BUILT_IN_ROLES } from './built-in-roles.ts';
import type { Action, DirectoryPrincipal } from './principal.ts';
import { createRights } from './rights.ts';
import { upwards } from './scope-path.ts';
import { testAuthorizer } from './test-authorizer.ts';

const SUBSCRIPTION = '/subscriptions/s1';
const GROUP = `${SUBSCRIPTION}/resourcegroups/g1`;
const REGISTRY = `${GROUP}/providers/microsoft.containerregistry/registries/r1`;
const NEIGHBOUR = `${GROUP}/providers/microsoft.containerregistry/registries/r11`;
const roleId = (name: string) => BUILT_IN_ROLES.find((role) => role.name === name)?.id ?? '';
const robot: DirectoryPrincipal = { kind: 'service-principal', id: 'robot', name: 'app-id', registry: 'row-1' };

let serial = 0;
function assignment(principalId: string, role: string, scope: string): RoleAssignmentRow {
  serial += 1;
  return {
    id: `assignment-${serial}`,
    scope,
    scopeKey: scope,
    roleId: roleId(role) || role,
    principalId,
    principalType: 'ServicePrincipal',
    createdAt: new Date(0),
    createdBy: 'test',
  };
}

const at = (id: string, repository?: string) =>
  repository === undefined ? { id, registry: 'row-1' } : { id, registry: 'row-1', repository };

describe('rights by assignment', () => {
  const scopes = [
    '/',
    SUBSCRIPTION,
    GROUP,
    REGISTRY,
    NEIGHBOUR,
    `${REGISTRY}/repositories/team`,
    `${REGISTRY}/repositories/team/app`,
    '/subscriptions/s2',
  ];
  const someAssignments = fc.array(
    fc.record({
      who: fc.constantFrom('robot', 'other', 'crowd'),
      role: fc.constantFrom(
        'Owner',
        'Reader',
        'AcrPull',
        'AcrPush',
        'AcrDelete',
        'AcrQuarantineReader',
        'AcrQuarantineWriter',
      ),
      scope: fc.constantFrom(...scopes),
    }),
    { maxLength: 6 },
  );
  const questions = fc.record({
    action: fc.constantFrom<Action>('pull', 'push', 'delete', 'metadata_read', 'metadata_write', 'quarantine_write'),
    registry: fc.constantFrom(REGISTRY, NEIGHBOUR),
    repository: fc.constantFrom('team', 'team/app', 'team/app/x', 'teamwork', 'team/apple', 'other'),
  });

  /** Told anew, without caches, patterns or maps: which role gives which word, and what lies below what. */
  const GIVES: Readonly<Record<string, readonly Action[]>> = {
    Owner: ['pull', 'push', 'delete', 'metadata_read', 'metadata_write'],
    Reader: ['pull', 'metadata_read'],
    AcrPull: ['pull', 'metadata_read'],
    AcrPush: ['pull', 'push', 'metadata_read', 'metadata_write'],
    AcrDelete: ['delete', 'metadata_read'],
    AcrQuarantineReader: ['pull', 'metadata_read'],
    AcrQuarantineWriter: ['pull', 'metadata_read', 'quarantine_write'],
  };

  it('are those of a naive oracle', async () => {
    await fc.assert(
      fc.asyncProperty(someAssignments, questions, async (list, { action, registry, repository }) => {
        const authorizer = testAuthorizer(list.map(({ who, role, scope }) => assignment(who, role, scope)));
        const place = `${registry}/repositories/${repository}`.split('/');
        const expected = list.some(({ who, role, scope }) => {
          const above = scope === '/' ? [''] : scope.split('/');
          return who === 'robot' && GIVES[role]?.includes(action) && above.every((part, i) => part === place[i]);
        });
        const decision = await authorizer.check({ principal: robot, action, resource: at(registry, repository) });
        expect(decision.allow).toBe(expected);
      }),
      { numRuns: 1500 },
    );
  });

  it('hold from a scope down, at borders of words only', async () => {
    expect([...upwards('/a/b/c')]).toEqual(['/a/b/c', '/a/b', '/a', '/']);
    const authorizer = testAuthorizer([assignment('robot', 'AcrPull', REGISTRY)]);
    const may = async (id: string) =>
      (await authorizer.check({ principal: robot, action: 'pull', resource: at(id, 'x') })).allow;
    expect(await may(REGISTRY)).toBe(true);
    expect(await may(NEIGHBOUR)).toBe(false); // `r1` is a prefix of `r11`
    expect(await may(GROUP)).toBe(false);
  });

  it('of a token for one registry open no other, whatever its bearer may there', async () => {
    const authorizer = testAuthorizer([assignment('robot', 'AcrPull', '/')]);
    const resource = { id: NEIGHBOUR, registry: 'row-2', repository: 'x' };
    expect((await authorizer.check({ principal: robot, action: 'pull', resource })).allow).toBe(false);
  });

  it('for a path of repositories show these in the catalog, and no other', async () => {
    const path = testAuthorizer([assignment('robot', 'AcrPull', `${REGISTRY}/repositories/team`)]);
    expect(await path.repositoriesVisible(robot, at(REGISTRY))).toEqual(['team', 'team/*']);
    expect((await path.check({ principal: robot, action: 'catalog', resource: at(REGISTRY) })).allow).toBe(true);
    expect((await path.check({ principal: robot, action: 'catalog', resource: at(NEIGHBOUR) })).allow).toBe(false);
    const whole = testAuthorizer([assignment('robot', 'AcrPull', GROUP)]);
    expect(await whole.repositoriesVisible(robot, at(REGISTRY))).toBe('all');
    expect(await testAuthorizer().repositoriesVisible(robot, at(REGISTRY))).toEqual([]);
  });

  it('do not come with AcrDelete to whoever lists the catalog', async () => {
    const authorizer = testAuthorizer([assignment('robot', 'AcrDelete', REGISTRY)]);
    expect((await authorizer.check({ principal: robot, action: 'catalog', resource: at(REGISTRY) })).allow).toBe(false);
    expect((await authorizer.check({ principal: robot, action: 'pull', resource: at(REGISTRY, 'x') })).allow).toBe(
      false,
    );
  });
});

describe('a change of rights', () => {
  let store: MetadataStore;
  let groups: Record<string, string[]>;
  let authorizer: ReturnType<typeof createAuthorizer>;
  beforeEach(async () => {
    store = openMemoryMetadataStore();
    await store.migrate();
    groups = {};
    authorizer = createAuthorizer({
      rights: createRights({ read: store.read, groupsOf: (id) => groups[id] ?? [] }),
      anonymousPull: () => false,
      deletedAt: () => undefined,
    });
  });
  const may = async (action: Action = 'pull') =>
    (await authorizer.check({ principal: robot, action, resource: at(REGISTRY, 'x') })).allow;
  const assign = (row: RoleAssignmentRow) => store.transaction((tx) => tx.roleAssignments.insert(row));

  it('counts at the very next question: given and taken away', async () => {
    expect(await may()).toBe(false);
    const row = assignment('robot', 'AcrPull', REGISTRY);
    await assign(row);
    expect(await may()).toBe(true);
    await store.transaction((tx) => tx.roleAssignments.delete(row.id));
    expect(await may()).toBe(false);
  });

  it('that is rolled back never counted', async () => {
    const failing = store.transaction(async (tx) => {
      await tx.roleAssignments.insert(assignment('robot', 'AcrPull', REGISTRY));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await may()).toBe(false);
  });

  it('of a custom role counts for whoever holds it', async () => {
    const now = new Date(0);
    const put = (actions: string[]) =>
      store.transaction((tx) =>
        tx.roleDefinitions.put({
          id: 'custom',
          name: 'Puller',
          description: '',
          permissions: JSON.stringify([{ actions, notActions: [], dataActions: [], notDataActions: [] }]),
          assignableScopes: '["/"]',
          createdAt: now,
          createdBy: 'test',
          updatedAt: now,
          updatedBy: 'test',
        }),
      );
    await put(['Microsoft.ContainerRegistry/registries/pull/*']);
    await assign(assignment('robot', 'custom', REGISTRY));
    expect([await may(), await may('push')]).toEqual([true, false]);
    await put(['Microsoft.ContainerRegistry/registries/push/write']);
    expect([await may(), await may('push')]).toEqual([false, true]);
    await store.transaction((tx) => tx.roleDefinitions.delete('custom'));
    expect([await may(), await may('push')]).toEqual([false, false]);
  });

  it('of a scope that ceased to exist takes what is below it along', async () => {
    await assign(assignment('robot', 'AcrPull', `${REGISTRY}/repositories/x`));
    expect(await may()).toBe(true);
    await store.transaction((tx) => tx.roleAssignments.deleteWithin(REGISTRY));
    expect(await may()).toBe(false);
  });

  it('comes through groups', async () => {
    await assign(assignment('crowd', 'AcrPull', REGISTRY));
    expect(await may()).toBe(false);
    groups.robot = ['crowd'];
    await assign(assignment('somebody', 'Reader', '/')); // as a change of members does, this raises the generation
    expect(await may()).toBe(true);
  });
});
