import { expect, it } from 'vitest';
import { registryRow } from '../test-rows.ts';
import { at, type Fixture, registry, repositoryName, walk } from './fixture.ts';

const SUBSCRIPTION = registry.subscriptionId;
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourcegroups/default`;
const REGISTRIES = 'providers/microsoft.containerregistry/registries';

/** Subscriptions, groups, registries as resources, and resource locks. */
export function resources(f: Fixture): void {
  const group = (name: string, subscriptionId = SUBSCRIPTION) => ({
    subscriptionId,
    name,
    location: 'local',
    tags: '{}',
    createdAt: at(0),
    updatedAt: at(0),
  });
  const subscribe = (id = SUBSCRIPTION) =>
    f.store.transaction((tx) => tx.subscriptions.put({ id, displayName: 'One', createdAt: at(0) }));

  it('finds a subscription and a group in any case, and spells the group as its creator did', async () => {
    await subscribe('AAAA-B');
    expect(await f.store.read.subscriptions.find('aaaa-b')).toMatchObject({ displayName: 'One' });
    await f.store.transaction((tx) => tx.resourceGroups.put(group('My-Group', 'aaaa-b')));
    await f.store.transaction((tx) => tx.resourceGroups.put({ ...group('MY-GROUP', 'aaaa-b'), tags: '{"a":"b"}' }));
    const found = await f.store.read.resourceGroups.find('AAAA-B', 'my-group');
    expect(found).toMatchObject({ name: 'My-Group', tags: '{"a":"b"}' });
    expect(await f.store.read.resourceGroups.list('aaaa-b', {})).toHaveLength(1);
    const nowhere = f.store.transaction((tx) => tx.resourceGroups.put(group('x', 'nowhere')));
    await expect(nowhere).rejects.toMatchObject({ code: 'subscription.unknown' });
  });

  it('deletes no group that holds a registry', async () => {
    await subscribe();
    await f.store.transaction((tx) => tx.resourceGroups.put(group('default')));
    const remove = () => f.store.transaction((tx) => tx.resourceGroups.delete(SUBSCRIPTION, 'DEFAULT'));
    await expect(remove()).rejects.toMatchObject({ code: 'resource-group.not-empty' });
    await f.store.transaction((tx) => tx.registries.delete(registry.id, at(1)));
    expect(await remove()).toBe(true);
    expect(await remove()).toBe(false);
  });

  it('lists registries in pages, of everything, a subscription, a group, and what may be read', async () => {
    const names = ['beta1', 'Alpha', 'gamma', 'delta', 'Epsilon'];
    await f.store.transaction(async (tx) => {
      for (const name of names) {
        const resourceGroup = name === 'gamma' ? 'Other' : 'default';
        await tx.registries.create(registryRow({ id: name, name, resourceGroup }));
      }
      await tx.registries.create(registryRow({ id: 'far', name: 'faraway', subscriptionId: 's2' }));
    });
    const list = (filter: Parameters<typeof f.store.read.registries.list>[0]) =>
      walk(async (page) => (await f.store.read.registries.list(filter, page)).map((row) => row.name.toLowerCase()));
    const mine = ['alpha', 'beta1', 'contoso', 'delta', 'epsilon', 'gamma'];
    expect(await list({})).toEqual(['alpha', 'beta1', 'contoso', 'delta', 'epsilon', 'faraway', 'gamma']);
    expect(await list({ subscriptionId: SUBSCRIPTION })).toEqual(mine);
    expect(await list({ subscriptionId: SUBSCRIPTION, resourceGroup: 'OTHER' })).toEqual(['gamma']);
    const readable = (...scopes: string[]) => list({ subscriptionId: SUBSCRIPTION, readable: scopes });
    expect(await readable()).toEqual([]);
    expect(await readable('/')).toEqual(mine);
    expect(await readable(`/subscriptions/${SUBSCRIPTION}`)).toEqual(mine);
    expect(await readable(GROUP)).toEqual(mine.slice(0, 5));
    expect(await readable(`${GROUP}/${REGISTRIES}/alpha`, '/subscriptions/s2')).toEqual(['alpha']);
    expect(await list({ readable: [`${GROUP}/${REGISTRIES}/alpha`, '/subscriptions/s2'] })).toEqual([
      'alpha',
      'faraway',
    ]);
    expect(await list({ subscriptionId: SUBSCRIPTION, resourceGroup: 'other', readable: [GROUP] })).toEqual([]);
    expect(await f.store.read.registries.count(SUBSCRIPTION)).toBe(6);
  });

  it('changes a registry, but neither its name nor its place', async () => {
    const row = {
      ...registry,
      adminUserEnabled: false,
      policies: '{"a":1}',
      networkRules: '{}',
      sku: 'Premium',
    } as const;
    expect(await f.store.transaction((tx) => tx.registries.update({ ...row, name: 'other', updatedAt: at(9) }))).toBe(
      true,
    );
    expect(await f.store.read.registries.byId(registry.id)).toEqual({ ...row, updatedAt: at(9) });
    expect(await f.store.transaction((tx) => tx.registries.update({ ...row, id: 'nobody' }))).toBe(false);
  });

  it('frees the name of a deleted registry at once, and keeps its content apart from that of the next', async () => {
    const credential = {
      id: 'c',
      registryId: registry.id,
      name: 'password',
      sealed: new Uint8Array(1),
      createdAt: at(0),
    } as const;
    await f.store.transaction((tx) => tx.credentials.put(credential));
    expect(await f.store.transaction((tx) => tx.registries.delete(registry.id, at(1)))).toBe(true);
    expect(await f.store.transaction((tx) => tx.registries.delete(registry.id, at(1)))).toBe(false);
    expect(await f.store.read.registries.byName('contoso')).toBeUndefined();
    expect(await f.store.read.registries.byId(registry.id)).toBeUndefined();
    expect(await f.store.read.registries.byName(`deleted:${registry.id}`)).toBeUndefined();
    expect(await f.store.read.registries.list({}, {})).toEqual([]);
    expect(await f.store.read.credentials.byRegistry(registry.id)).toEqual([]);
    await f.store.transaction((tx) => tx.registries.create({ ...registry, id: 'r2' }));
    expect((await f.store.read.registries.byName('contoso'))?.id).toBe('r2');
    expect(await f.store.read.repositories.find('r2', repositoryName('team/one'))).toBeUndefined();
  });

  it('keeps locks by scope and name, finds those at a scope and those below it', async () => {
    const put = (scope: string, name: string) =>
      f.store.transaction((tx) =>
        tx.resourceLocks.put({
          scope,
          scopeKey: scope.toLowerCase(),
          name,
          level: 'CanNotDelete',
          createdAt: at(0),
          createdBy: 'me',
        }),
      );
    await put('/A', 'one');
    await put('/A/b', 'two');
    await put('/Ab', 'three');
    await put('/A', 'ONE');
    const { resourceLocks } = f.store.read;
    const names = async (found: Promise<{ name: string }[]> | { name: string }[]) =>
      (await found).map((lock) => lock.name).sort();
    expect(await names(resourceLocks.at(['/a', '/a/b']))).toEqual(['one', 'two']);
    expect(await names(resourceLocks.within('/a'))).toEqual(['one', 'two']);
    expect(await resourceLocks.find('/a', 'One')).toMatchObject({ scope: '/A', name: 'one' });
    expect(await f.store.transaction((tx) => tx.resourceLocks.delete('/a', 'oNe'))).toBe(true);
    expect(await f.store.transaction((tx) => tx.resourceLocks.deleteWithin('/a'))).toBe(1);
    expect(await names(resourceLocks.within('/ab'))).toEqual(['three']);
  });

  it('lists repositories of some names and below some paths, each once, in order', async () => {
    for (const name of ['a', 'a/b', 'a/b/c', 'a-b', 'ab', 'b', 'b/a', 'c']) await f.repository(name);
    for (const name of ['a', 'a/b', 'a/b/c', 'a-b', 'ab', 'b', 'b/a']) await f.listed(name);
    const among = (...items: string[]) => walk((page) => f.store.read.repositories.listAmong(registry.id, items, page));
    expect(await among()).toEqual([]);
    expect(await among('a', 'a/*')).toEqual(['a', 'a/b', 'a/b/c']);
    expect(await among('a/*', 'a/b', 'a/b/*', 'a')).toEqual(['a', 'a/b', 'a/b/c']);
    expect(await among('b', 'a*')).toEqual(['a', 'a-b', 'a/b', 'a/b/c', 'ab', 'b']);
    expect(await among('c', 'nowhere')).toEqual([]); // c holds no manifest
    expect(await among('*')).toEqual(['a', 'a-b', 'a/b', 'a/b/c', 'ab', 'b', 'b/a']);
  });
}
