import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type ApplicationCredentialRow,
  type ApplicationRow,
  directoryKey,
  type GroupRow,
  MOST_GROUPS,
  type ServicePrincipalRow,
  type UserRow,
} from '../directory.ts';
import type { MetadataTx } from '../metadata-store.ts';
import { at, type Fixture } from './fixture.ts';

const user = (n: number, more: Partial<UserRow> = {}): UserRow => ({
  id: `u${n}`,
  upn: `User${n}@Site.test`,
  displayName: `User ${n}`,
  enabled: true,
  siteOperator: false,
  passwordId: `p${n}`,
  passwordHash: 'scrypt$…',
  passwordChangedAt: at(1),
  createdAt: at(0),
  ...more,
});
const group = (id: string, displayName = id): GroupRow => ({
  id,
  displayName,
  mailNickname: id,
  createdAt: at(0),
});
const application: ApplicationRow = {
  id: 'app1',
  appId: 'client1',
  displayName: 'Robot',
  redirectUris: '[]',
  publicClient: false,
  createdAt: at(0),
  createdBy: 'u1',
};
const principal: ServicePrincipalRow = {
  id: 'sp1',
  appId: 'client1',
  displayName: 'Robot',
  enabled: true,
  createdAt: at(0),
};
const secret = (id: string, ownerId: string): ApplicationCredentialRow => ({
  id,
  appId: 'client1',
  ownerId,
  kind: 'password',
  displayName: 'rbac',
  hint: 'abc',
  digest: new Uint8Array([1, 2, 3]),
  startsAt: at(0),
  endsAt: at(100),
});

/** People, groups, applications, and what is under way between a sign-in and its tokens. */
export function directory(fixture: Fixture): void {
  const write = <T>(work: (tx: MetadataTx) => T | Promise<T>) => fixture.store.transaction(work);
  const generation = async () => fixture.store.read.generation.current();
  const raises = async (work: (tx: MetadataTx) => unknown) => {
    const before = await generation();
    await write(work);
    return (await generation()) > before;
  };

  it('finds people by id and by name without case, and gives a name once', async () => {
    await write((tx) => tx.users.insert(user(1)));
    const { users } = fixture.store.read;
    expect(await users.find('u1')).toEqual(user(1));
    expect(await users.byUpn('USER1@SITE.TEST')).toEqual(user(1));
    expect(await users.byUpn('user2@site.test')).toBeUndefined();
    const again = write((tx) => tx.users.insert(user(2, { upn: 'user1@site.TEST' })));
    await expect(again).rejects.toMatchObject({
      code: 'directory.exists',
      message: expect.stringContaining('user1@site.TEST'),
    });
    await write((tx) => tx.users.insert(user(2)));
    const renamed = write((tx) => tx.users.update(user(2, { upn: 'user1@site.test' })));
    await expect(renamed).rejects.toMatchObject({ code: 'directory.exists' });
  });

  it('raises the generation with every change of an account, a group, an application, a credential', async () => {
    expect(await raises((tx) => tx.users.insert(user(1)))).toBe(true);
    expect(await raises((tx) => tx.users.update(user(1, { enabled: false })))).toBe(true);
    expect(await raises((tx) => tx.groups.insert(group('g')))).toBe(true);
    expect(await raises((tx) => tx.groups.update(group('g', 'other')))).toBe(true);
    const member = { groupId: 'g', memberId: 'u1', memberType: 'User' } as const;
    expect(await raises((tx) => tx.memberships.add(member))).toBe(true);
    expect(await raises((tx) => tx.memberships.add(member))).toBe(false);
    expect(await raises((tx) => tx.memberships.remove('g', 'u1'))).toBe(true);
    expect(await raises((tx) => tx.memberships.remove('g', 'u1'))).toBe(false);
    expect(await raises((tx) => tx.applications.insert(application))).toBe(true);
    expect(await raises((tx) => tx.applications.update({ ...application, publicClient: true }))).toBe(true);
    expect(await raises((tx) => tx.servicePrincipals.insert(principal))).toBe(true);
    expect(await raises((tx) => tx.servicePrincipals.update({ ...principal, enabled: false }))).toBe(true);
    expect(await raises((tx) => tx.applicationCredentials.insert(secret('c', 'sp1')))).toBe(true);
    expect(await raises((tx) => tx.applicationCredentials.delete('c'))).toBe(true);
    expect(await raises((tx) => tx.applicationCredentials.delete('c'))).toBe(false);
    expect(await raises((tx) => tx.servicePrincipals.delete('sp1'))).toBe(true);
    expect(await raises((tx) => tx.applications.delete('app1'))).toBe(true);
    expect(await raises((tx) => tx.groups.delete('g'))).toBe(true);
    expect(await raises((tx) => tx.users.delete('u1'))).toBe(true);
  });

  it('lists by display name, page by page, all or those that begin so or are called so', async () => {
    const names = ['b', 'B', 'a', 'Ä', 'ab', 'a b', 'zeta', '名', 'B'];
    await write(async (tx) => {
      for (const [n, displayName] of names.entries()) await tx.users.insert(user(n, { displayName }));
    });
    const { users } = fixture.store.read;
    const all = [];
    for (let last: string | undefined; ; ) {
      const page = await users.list({}, { last, limit: 2 });
      all.push(...page);
      const end = page.at(-1);
      if (!end) break;
      last = directoryKey(end);
    }
    const expected = [...(await users.list({}, {}))];
    expect(all).toEqual(expected);
    expect(all.map((row) => row.displayName.toLowerCase())).toEqual([
      'a',
      'a b',
      'ab',
      'b',
      'b',
      'b',
      'zeta',
      'ä',
      '名',
    ]);
    const found = async (filter: object) => (await users.list(filter, {})).map((row) => row.displayName).sort();
    expect(await found({ startsWith: 'A' })).toEqual(['a', 'a b', 'ab']);
    expect(await found({ equals: 'b' })).toEqual(['B', 'B', 'b']);
    expect(await found({ equals: 'a' })).toEqual(['a']);
    expect(await found({ startsWith: '名' })).toEqual(['名']);
    expect(await found({ equals: '' })).toEqual([]);
  });

  it('deletes a person with what was under way: refresh tokens, codes, devices, memberships', async () => {
    await write(async (tx) => {
      await tx.users.insert(user(1));
      await tx.groups.insert(group('g'));
      await tx.memberships.add({ groupId: 'g', memberId: 'u1', memberType: 'User' });
      await tx.refreshFamilies.insert(family('f'));
      await tx.authorizationCodes.insert(code('k'));
      await tx.deviceCodes.insert({ ...device('d'), state: 'approved', userId: 'u1', passwordId: 'p1' });
    });
    expect(await write((tx) => tx.users.delete('u1'))).toBe(true);
    const { read } = fixture.store;
    expect(await read.memberships.members('g', {})).toEqual([]);
    expect(await read.refreshFamilies.find('f')).toBeUndefined();
    expect(await read.deviceCodes.find('d')).toBeUndefined();
    expect(await write((tx) => tx.authorizationCodes.find('k'))).toBeUndefined();
    expect(await write((tx) => tx.users.delete('u1'))).toBe(false);
  });

  it('knows groups within groups, in circles, too, as a small model does', async () => {
    const place = fc.nat(7);
    const edges = fc.uniqueArray(fc.tuple(place, place), { maxLength: 20, selector: ([a, b]) => `${a} ${b}` });
    await write(async (tx) => {
      for (let n = 0; n < 8; n++) await tx.groups.insert(group(`g${n}`));
    });
    await fc.assert(
      fc.asyncProperty(edges, async (pairs) => {
        await write(async (tx) => {
          for (let n = 0; n < 8; n++) {
            for (const row of await tx.memberships.members(`g${n}`, {}))
              await tx.memberships.remove(`g${n}`, row.memberId);
          }
          for (const [inner, outer] of pairs) {
            await tx.memberships.add({ groupId: `g${outer}`, memberId: `g${inner}`, memberType: 'Group' });
          }
        });
        const reached = new Set<number>();
        const visit = (n: number): void => {
          for (const [inner, outer] of pairs) {
            if (inner !== n || reached.has(outer)) continue;
            reached.add(outer);
            visit(outer);
          }
        };
        visit(0);
        const found = await fixture.store.read.memberships.transitive('g0');
        expect([...found].sort()).toEqual([...reached].map((n) => `g${n}`).sort());
      }),
      { numRuns: 30 },
    );
  });

  it('stops at the most groups that anybody is in', async () => {
    const more = MOST_GROUPS + 20;
    await write(async (tx) => {
      for (let n = 0; n < more; n++) {
        await tx.groups.insert(group(`g${n}`));
        await tx.memberships.add({ groupId: `g${n}`, memberId: 'u1', memberType: 'User' });
      }
    });
    expect(await fixture.store.read.memberships.transitive('u1')).toHaveLength(MOST_GROUPS);
    expect(await fixture.store.read.memberships.direct('u1', { limit: 5000 })).toHaveLength(more);
  });

  it('keeps several credentials of an application, and loses those of what is deleted', async () => {
    await write(async (tx) => {
      await tx.applications.insert(application);
      await tx.servicePrincipals.insert(principal);
      for (const [id, owner] of [
        ['c1', 'app1'],
        ['c2', 'sp1'],
        ['c3', 'sp1'],
      ] as const) {
        await tx.applicationCredentials.insert(secret(id, owner));
      }
    });
    const { applicationCredentials } = fixture.store.read;
    const kept = async () => (await applicationCredentials.ofApplication('client1')).map((row) => row.id);
    expect(await applicationCredentials.ofApplication('client1')).toMatchObject([
      secret('c1', 'app1'),
      { id: 'c2' },
      { id: 'c3' },
    ]);
    await expect(write((tx) => tx.servicePrincipals.insert({ ...principal, id: 'sp2' }))).rejects.toMatchObject({
      code: 'directory.exists',
    });
    await write((tx) => tx.servicePrincipals.delete('sp1'));
    expect(await kept()).toEqual(['c1']);
    await write((tx) => tx.applications.delete('app1'));
    expect(await kept()).toEqual([]);
    const orphan = write((tx) => tx.applicationCredentials.insert(secret('c4', 'sp1')));
    await expect(orphan).rejects.toMatchObject({ code: 'directory.unknown' });
  });

  it('rotates a family from the newest number only, and ends it once', async () => {
    await write(async (tx) => {
      await tx.users.insert(user(1));
      await tx.refreshFamilies.insert(family('f'));
    });
    expect(await write((tx) => tx.refreshFamilies.rotate('f', 1, at(5), at(50)))).toBe(true);
    expect(await write((tx) => tx.refreshFamilies.rotate('f', 1, at(6), at(60)))).toBe(false);
    expect(await fixture.store.read.refreshFamilies.find('f')).toEqual({
      ...family('f'),
      counter: 2,
      rotatedAt: at(5),
      idleUntil: at(50),
    });
    expect(await raises((tx) => tx.refreshFamilies.end('f'))).toBe(true);
    expect(await write((tx) => tx.refreshFamilies.end('f'))).toBe(false);
  });

  it('redeems a code once, decides about a device once, takes an assertion once', async () => {
    await write(async (tx) => {
      await tx.users.insert(user(1));
      await tx.authorizationCodes.insert(code('k'));
      await tx.deviceCodes.insert(device('d'));
    });
    expect(await write((tx) => tx.authorizationCodes.redeem('k', 'f'))).toBe(true);
    expect(await write((tx) => tx.authorizationCodes.redeem('k', 'g'))).toBe(false);
    expect(await write((tx) => tx.authorizationCodes.find('k'))).toEqual({
      ...code('k'),
      redeemed: true,
      familyId: 'f',
    });
    const by = { userId: 'u1', passwordId: 'p1' };
    expect(await write((tx) => tx.deviceCodes.decide('d', by))).toBe(true);
    expect(await write((tx) => tx.deviceCodes.decide('d', undefined))).toBe(false);
    expect(await fixture.store.read.deviceCodes.byUserCode('CODE-d')).toEqual({
      ...device('d'),
      state: 'approved',
      ...by,
    });
    expect(await write((tx) => tx.clientAssertions.use('client1', 'j', at(9)))).toBe(true);
    expect(await write((tx) => tx.clientAssertions.use('client1', 'j', at(99)))).toBe(false);
    expect(await write((tx) => tx.clientAssertions.use('client2', 'j', at(9)))).toBe(true);
  });

  it('sweeps what has expired, a batch at a time, and nothing else', async () => {
    await write(async (tx) => {
      await tx.users.insert(user(1));
      for (let n = 1; n <= 4; n++) {
        await tx.refreshFamilies.insert({ ...family(`f${n}`), idleUntil: at(n) });
        await tx.authorizationCodes.insert({ ...code(`k${n}`), expiresAt: at(n) });
        await tx.deviceCodes.insert({ ...device(`d${n}`), expiresAt: at(n) });
        await tx.clientAssertions.use('client1', `j${n}`, at(n));
      }
    });
    for (const table of ['refreshFamilies', 'authorizationCodes', 'deviceCodes', 'clientAssertions'] as const) {
      const swept = (seconds: number) => write((tx) => tx[table].deleteExpired(at(seconds), 2));
      expect([await swept(3), await swept(3), await swept(3)], table).toEqual([2, 1, 0]);
      expect(await swept(4), table).toBe(1);
    }
  });

  it('keeps the keys of sign-in tokens apart from those of registries', async () => {
    const key = {
      kid: 'k1',
      publicJwk: '{}',
      sealedPrivateJwk: new Uint8Array([1]),
      createdAt: at(0),
      retiresAt: at(10),
      expiresAt: at(20),
    };
    await write((tx) => tx.signInKeys.insert(key));
    expect(await fixture.store.read.signInKeys.all()).toMatchObject([{ kid: 'k1' }]);
    expect(await fixture.store.read.keys.all()).toEqual([]);
    expect(await write((tx) => tx.signInKeys.deleteExpired(at(20)))).toBe(1);
  });
}

const family = (id: string) => ({
  id,
  userId: 'u1',
  passwordId: 'p1',
  clientId: 'client1',
  counter: 1,
  rotatedAt: at(1),
  idleUntil: at(10),
  endsAt: at(100),
});
const code = (digest: string) => ({
  digest,
  userId: 'u1',
  passwordId: 'p1',
  clientId: 'client1',
  redirectUri: 'http://localhost',
  codeChallenge: 'c',
  scope: 'openid',
  nonce: 'n',
  redeemed: false,
  expiresAt: at(10),
});
const device = (digest: string) => ({
  digest,
  userCode: `CODE-${digest}`,
  clientId: 'client1',
  scope: 'openid',
  state: 'pending' as const,
  expiresAt: at(10),
});
