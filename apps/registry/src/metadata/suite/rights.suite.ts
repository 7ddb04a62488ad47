import { expect, it } from 'vitest';
import type { RoleAssignmentRow } from '../rights.ts';
import { at, type Fixture, registry } from './fixture.ts';

/** Roles, their assignments, and the generation that they raise. */
export function rights(f: Fixture): void {
  const row = (id: string, scope: string, more: Partial<RoleAssignmentRow> = {}): RoleAssignmentRow => ({
    id,
    scope,
    scopeKey: scope.toLowerCase(),
    roleId: 'role',
    principalId: `of-${id}`,
    principalType: 'User',
    description: undefined,
    createdAt: at(1),
    createdBy: 'owner',
    ...more,
  });
  const insert = (assignment: RoleAssignmentRow) => f.store.transaction((tx) => tx.roleAssignments.insert(assignment));
  const ids = async (rows: Promise<RoleAssignmentRow[]> | RoleAssignmentRow[]) =>
    (await rows).map(({ id }) => id).sort();

  it('finds assignments by id, by principal, at scopes and below one', async () => {
    for (const [id, scope] of [
      ['1', '/'],
      ['2', '/S'],
      ['3', '/s/g'],
      ['4', '/sg'],
      ['5', '/s/g/r'],
    ] as const)
      await insert(row(id, scope));
    const { roleAssignments } = f.store.read;
    expect(await roleAssignments.find('2')).toEqual(row('2', '/S'));
    expect(await ids(roleAssignments.ofPrincipals(['of-1', 'of-3', 'nobody']))).toEqual(['1', '3']);
    const whole = await roleAssignments.ofPrincipals(['of-1', 'of-3', 'nobody']);
    const grants = await roleAssignments.grantsOf(['of-1', 'of-3', 'nobody']);
    expect(grants.map((grant) => ({ ...grant }))).toEqual(
      whole.map(({ id, scopeKey, roleId }) => ({ id, scopeKey, roleId })),
    );
    expect(await ids(roleAssignments.at(['/', '/s']))).toEqual(['1', '2']);
    expect(await ids(roleAssignments.within('/s', {}))).toEqual(['2', '3', '5']);
    expect(await ids(roleAssignments.within('/', {}))).toEqual(['1', '2', '3', '4', '5']);
    expect(await ids(roleAssignments.within('/s', { last: '2', limit: 1 }))).toEqual(['3']);
    expect(await ids(roleAssignments.ofRole('role', 2))).toEqual(['1', '2']);
  });

  it('assigns a role to somebody at a scope once, whatever the id, and no id twice', async () => {
    expect(await insert(row('1', '/s', { principalId: 'p' }))).toBe(true);
    expect(await insert(row('2', '/S', { principalId: 'p' }))).toBe(false);
    expect(await insert(row('3', '/s', { principalId: 'q' }))).toBe(true);
    await expect(insert(row('3', '/s/g'))).rejects.toMatchObject({ code: 'role-assignment.update-not-permitted' });
    expect(await ids(f.store.read.roleAssignments.within('/', {}))).toEqual(['1', '3']);
  });

  it('deletes by id, by principal, and with a scope', async () => {
    for (const [id, scope] of [
      ['1', '/s'],
      ['2', '/s/g'],
      ['3', '/sg'],
      ['4', '/t'],
    ] as const)
      await insert(row(id, scope));
    await f.store.transaction(async (tx) => {
      expect(await tx.roleAssignments.deleteWithin('/s')).toBe(2);
      expect(await tx.roleAssignments.delete('3')).toBe(true);
      expect(await tx.roleAssignments.delete('3')).toBe(false);
      expect(await tx.roleAssignments.deleteOfPrincipal('of-4')).toBe(1);
    });
    expect(await f.store.read.roleAssignments.within('/', {})).toEqual([]);
  });

  it('keeps custom roles by id, with names that are unique in any case', async () => {
    const role = {
      id: 'r1',
      name: 'Puller',
      description: 'd',
      permissions: '[]',
      assignableScopes: '["/"]',
      createdAt: at(0),
      createdBy: 'a',
      updatedAt: at(0),
      updatedBy: 'a',
    };
    const put = (more: Partial<typeof role>) =>
      f.store.transaction((tx) => tx.roleDefinitions.put({ ...role, ...more }));
    await put({});
    await put({ name: 'PULLER', createdBy: 'ignored', updatedBy: 'b', updatedAt: at(5) });
    expect(await f.store.read.roleDefinitions.byName('puller')).toEqual({
      ...role,
      name: 'PULLER',
      updatedBy: 'b',
      updatedAt: at(5),
    });
    await expect(put({ id: 'r2' })).rejects.toMatchObject({ code: 'role-definition.name-exists' });
    expect(await f.store.transaction((tx) => tx.roleDefinitions.delete('r1'))).toBe(true);
    expect(await f.store.read.roleDefinitions.all()).toEqual([]);
  });

  it('raises the generation with every change of them and of registries and passwords, and with nothing else', async () => {
    const generation = async () => f.store.read.generation.current();
    let before = await generation();
    const raises = async (expected: boolean, change: Parameters<typeof f.store.transaction>[0]) => {
      await f.store.transaction(change);
      const after = await generation();
      expect(after > before, String(change)).toBe(expected);
      before = after;
    };
    const definition = {
      id: 'd',
      name: 'D',
      description: '',
      permissions: '[]',
      assignableScopes: '[]',
      createdAt: at(0),
      createdBy: '',
      updatedAt: at(0),
      updatedBy: '',
    };
    const credential = {
      id: 'c',
      registryId: registry.id,
      name: 'password',
      sealed: new Uint8Array(1),
      createdAt: at(0),
    } as const;
    await raises(true, (tx) => tx.roleAssignments.insert(row('1', '/s')));
    await raises(false, (tx) => tx.roleAssignments.insert(row('2', '/s', { principalId: 'of-1' })));
    await raises(true, (tx) => tx.roleAssignments.delete('1'));
    await raises(false, (tx) => tx.roleAssignments.delete('1'));
    await raises(false, (tx) => tx.roleAssignments.deleteWithin('/s'));
    await raises(true, (tx) => tx.roleDefinitions.put(definition));
    await raises(true, (tx) => tx.roleDefinitions.delete('d'));
    await raises(true, (tx) => tx.credentials.put(credential));
    await raises(true, (tx) => tx.registries.update(registry));
    await raises(true, (tx) => tx.registries.create({ ...registry, id: 'r2', name: 'second' }));
    await raises(true, (tx) => tx.registries.delete('r2', at(1)));
    await raises(false, (tx) => tx.settings.put('a', 'b'));
    await raises(false, (tx) => tx.tags.delete(f.one, 'x' as never, at(1)));
  });
}
