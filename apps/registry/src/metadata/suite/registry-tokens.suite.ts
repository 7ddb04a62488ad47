import { expect, it } from 'vitest';
import type { RegistryTokenRow, ScopeMapRow, TokenPasswordRow } from '../registry-tokens.ts';
import { registryRow } from '../test-rows.ts';
import { at, type Fixture, registry, walk } from './fixture.ts';

const scopeMap = (name: string, more: Partial<ScopeMapRow> = {}): ScopeMapRow => ({
  registryId: registry.id,
  name,
  description: 'what it is for',
  actions: '["repositories/a/content/read"]',
  createdAt: at(1),
  ...more,
});
const token = (name: string, more: Partial<RegistryTokenRow> = {}): Omit<RegistryTokenRow, 'passwords'> => ({
  id: `id of ${name.toLowerCase()}`,
  registryId: registry.id,
  name,
  scopeMap: 'readers',
  status: 'enabled',
  createdAt: at(2),
  ...more,
});
const password = (name: TokenPasswordRow['name'], more: Partial<TokenPasswordRow> = {}): TokenPasswordRow => ({
  id: `id of ${name}`,
  name,
  digest: Uint8Array.from([1, 2, 3]),
  createdAt: at(3),
  expiresAt: undefined,
  ...more,
});

/** Scope maps and tokens of registries: what hangs on what, and that every change raises the generation. */
export function registryTokens(f: Fixture): void {
  /** Runs the work and tells by how much it raised the generation. */
  const raises = async (work: Parameters<Fixture['store']['transaction']>[0]): Promise<number> => {
    const before = await f.store.read.generation.current();
    await f.store.transaction(work);
    return (await f.store.read.generation.current()) - before;
  };

  it('finds a scope map by its name without case, and keeps its first spelling and time when it is replaced', async () => {
    await f.store.transaction((tx) => tx.scopeMaps.put(scopeMap('Readers')));
    const changed = scopeMap('READERS', { actions: '[]', description: undefined, createdAt: at(9) });
    await f.store.transaction((tx) => tx.scopeMaps.put(changed));
    const expected = { ...changed, name: 'Readers', createdAt: at(1) };
    for (const name of ['readers', 'READERS']) {
      expect(await f.store.read.scopeMaps.find(registry.id, name)).toEqual(expected);
    }
    expect(await f.store.read.scopeMaps.find('another', 'readers')).toBeUndefined();
  });

  it('lists scope maps and tokens of one registry in pages, in the order of their lower-case names', async () => {
    const other = registryRow({ id: 'r2', name: 'Fabrikam' });
    const names = ['e', 'B', 'd', 'A', 'c', 'F', 'g'];
    await f.store.transaction(async (tx) => {
      await tx.registries.create(other);
      for (const name of names) {
        await tx.scopeMaps.put(scopeMap(name));
        await tx.registryTokens.put(token(name));
        await tx.registryTokens.putPassword(registry.id, name, password('password2', { id: `2 of ${name}` }));
        await tx.registryTokens.putPassword(registry.id, name, password('password1', { id: `1 of ${name}` }));
      }
      await tx.scopeMaps.put(scopeMap('bb', { registryId: other.id }));
      await tx.registryTokens.put(token('bb', { registryId: other.id }));
    });
    const { scopeMaps, registryTokens } = f.store.read;
    const sorted = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const key = ({ name }: { name: string }) => name.toLowerCase();
    expect(await walk(async (page) => (await scopeMaps.list(registry.id, page)).map(key))).toEqual(sorted);
    expect(await walk(async (page) => (await registryTokens.list(registry.id, page)).map(key))).toEqual(sorted);
    const page = await registryTokens.list(registry.id, { last: 'b', limit: 2 });
    expect(page.map((row) => row.passwords.map(({ id }) => id))).toEqual([
      ['1 of c', '2 of c'],
      ['1 of d', '2 of d'],
    ]);
  });

  it('does not delete a scope map while a token refers to it, in whatever case', async () => {
    await f.store.transaction(async (tx) => {
      await tx.scopeMaps.put(scopeMap('Readers'));
      await tx.registryTokens.put(token('robot', { scopeMap: 'READERS' }));
    });
    const remove = () => f.store.transaction((tx) => tx.scopeMaps.delete(registry.id, 'readers'));
    await expect(remove()).rejects.toMatchObject({ kind: 'conflict', code: 'resource.in-use' });
    await f.store.transaction((tx) => tx.registryTokens.delete(registry.id, 'ROBOT'));
    expect([await remove(), await remove()]).toEqual([true, false]);
  });

  it('keeps of a token what a replacement does not say: id, spelling, time and passwords', async () => {
    await f.store.transaction(async (tx) => {
      await tx.registryTokens.put(token('Robot'));
      await tx.registryTokens.putPassword(registry.id, 'robot', password('password1'));
      await tx.registryTokens.put(
        token('ROBOT', { id: 'new', status: 'disabled', scopeMap: 'Others', createdAt: at(9) }),
      );
    });
    expect(await f.store.read.registryTokens.find(registry.id, 'rObOt')).toEqual({
      ...token('Robot', { status: 'disabled', scopeMap: 'others' }),
      passwords: [password('password1')],
    });
  });

  it('replaces a password under its name, takes away those that are not kept, and all of them with the token', async () => {
    const passwords = async () => (await f.store.read.registryTokens.find(registry.id, 'robot'))?.passwords;
    await f.store.transaction(async (tx) => {
      await tx.registryTokens.put(token('robot'));
      await tx.registryTokens.putPassword(registry.id, 'robot', password('password1'));
      await tx.registryTokens.putPassword(registry.id, 'robot', password('password2'));
    });
    const renewed = password('password1', { id: 'renewed', expiresAt: at(99), digest: Uint8Array.from([9]) });
    await f.store.transaction((tx) => tx.registryTokens.putPassword(registry.id, 'Robot', renewed));
    expect(await passwords()).toEqual([renewed, password('password2')]);
    await f.store.transaction((tx) => tx.registryTokens.keepPasswords(registry.id, 'ROBOT', ['password2']));
    expect(await passwords()).toEqual([password('password2')]);
    await f.store.transaction(async (tx) => {
      expect(await tx.registryTokens.delete(registry.id, 'robot')).toBe(true);
      await tx.registryTokens.put(token('robot'));
    });
    expect(await passwords()).toEqual([]);
  });

  it('makes nothing for a registry or a token that does not exist', async () => {
    const refused = (work: Parameters<Fixture['store']['transaction']>[0], code: string) =>
      expect(f.store.transaction(work)).rejects.toMatchObject({ kind: 'not-found', code });
    await refused((tx) => tx.scopeMaps.put(scopeMap('x', { registryId: 'no' })), 'registry.unknown');
    await refused((tx) => tx.registryTokens.put(token('x', { registryId: 'no' })), 'registry.unknown');
    const orphan = password('password1');
    await refused((tx) => tx.registryTokens.putPassword(registry.id, 'no', orphan), 'resource.unknown');
  });

  it('raises the generation with every change, and not without one', async () => {
    expect(await raises((tx) => tx.scopeMaps.put(scopeMap('readers')))).toBe(1);
    expect(await raises((tx) => tx.scopeMaps.put(scopeMap('unused')))).toBe(1);
    expect(await raises((tx) => tx.scopeMaps.delete(registry.id, 'unused'))).toBe(1);
    expect(await raises((tx) => tx.scopeMaps.delete(registry.id, 'unused'))).toBe(0);
    expect(await raises((tx) => tx.registryTokens.put(token('robot')))).toBe(1);
    expect(await raises((tx) => tx.registryTokens.putPassword(registry.id, 'robot', password('password1')))).toBe(1);
    expect(await raises((tx) => tx.registryTokens.keepPasswords(registry.id, 'robot', []))).toBe(1);
    expect(await raises((tx) => tx.registryTokens.delete(registry.id, 'robot'))).toBe(1);
    expect(await raises((tx) => tx.registryTokens.delete(registry.id, 'robot'))).toBe(0);
  });

  it('deletes them with their registry', async () => {
    await f.store.transaction(async (tx) => {
      await tx.scopeMaps.put(scopeMap('readers'));
      await tx.registryTokens.put(token('robot'));
      await tx.registryTokens.putPassword(registry.id, 'robot', password('password1'));
      await tx.registries.delete(registry.id, at(10));
    });
    expect(await f.store.read.scopeMaps.list(registry.id, {})).toEqual([]);
    expect(await f.store.read.registryTokens.list(registry.id, {})).toEqual([]);
  });
}
