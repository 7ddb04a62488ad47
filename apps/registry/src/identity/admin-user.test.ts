import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RegistryRow } from '../metadata/metadata-store.ts';
import { systemIds } from '../platform/ids.ts';
import { AdminUsers } from './admin-user.ts';
import { createSecretBox } from './sealed-secrets.ts';
import { createTestSite, OTHER_REGISTRY, REGISTRY, signedIn, type TestSite } from './test-site.ts';

let site: TestSite;
let admins: AdminUsers;
beforeEach(async () => {
  site = await createTestSite();
  admins = site.admins;
});

const registryRow = async () => (await site.store.read.registries.byName(REGISTRY.name)) as RegistryRow;
const signIn = (username: string, password: string, registry = REGISTRY.name) =>
  admins.verifyBasic({ registry, username, password, source: '127.0.0.1' });

describe("the admin user's passwords", () => {
  it('are two random ones, and either signs in', async () => {
    const { password, password2 } = site.passwords;
    expect(password).not.toBe(password2);
    for (const value of [password, password2]) {
      expect(value).toMatch(/^[A-Za-z0-9_-]{43}$/);
      expect(await signIn('Registry', value)).toMatchObject({
        kind: 'admin-user',
        id: 'admin-user:registry',
        registry: REGISTRY.id,
      });
    }
  });

  it('stay the same when a start finds them', async () => {
    const row = await registryRow();
    const again = await site.store.transaction((tx) => admins.ensurePasswords(tx, row));
    expect(again.map((p) => p.value)).toEqual([site.passwords.password, site.passwords.password2]);
    expect(await site.store.read.credentials.byRegistry(REGISTRY.id)).toHaveLength(2);
  });

  it('are refused at start when the master key is another', async () => {
    const { store, clock } = site;
    const wrong = new AdminUsers({
      store,
      clock,
      ids: systemIds,
      box: createSecretBox(systemIds.bytes(32), systemIds),
    });
    const row = await registryRow();
    const start = store.transaction((tx) => wrong.ensurePasswords(tx, row));
    await expect(start).rejects.toThrow('master.key');
  });

  it('are listed in clear for listCredentials, and stored sealed', async () => {
    expect(await admins.list('registry')).toEqual({
      username: 'Registry',
      passwords: [
        { name: 'password', value: site.passwords.password },
        { name: 'password2', value: site.passwords.password2 },
      ],
    });
    for (const { sealed } of await site.store.read.credentials.byRegistry(REGISTRY.id)) {
      expect(Buffer.from(sealed).includes(site.passwords.password)).toBe(false);
    }
    await expect(admins.list('nowhere')).rejects.toThrow('no registry "nowhere"');
  });

  it('do not open another registry', async () => {
    expect(await signIn('another', site.passwords.password, OTHER_REGISTRY.name)).toBeUndefined();
    expect(await signIn('registry', site.passwords.password, OTHER_REGISTRY.name)).toBeUndefined();
    expect(await signIn('registry', site.passwords.password, 'nowhere')).toBeUndefined();
  });
});

describe('the user name', () => {
  it('is compared without case, in ASCII only', async () => {
    for (const name of ['registry', 'REGISTRY', 'rEgIsTrY']) {
      expect(await signIn(name, site.passwords.password)).toBeDefined();
    }
    // U+017F and U+0130 fold to ASCII letters in some alphabets; a blank or NUL is part of a name.
    for (const name of ['', 'regi\u017ftry', 'reg\u0130stry', ' registry', 'registry\0', 'registry\n', 'another']) {
      expect(await signIn(name, site.passwords.password)).toBeUndefined();
    }
  });
});

describe('a user name with the Kelvin sign', () => {
  it('is not that with a k, though String.toLowerCase says so', async () => {
    await site.store.changeRegistries((row) => ({ ...row, name: 'Kiosk' }));
    expect('\u212aiosk'.toLowerCase()).toBe('kiosk');
    expect(await signIn('\u212aiosk', site.passwords.password)).toBeUndefined();
    expect(await signIn('kiosk', site.passwords.password)).toBeDefined();
  });
});

describe('a password', () => {
  it('is compared byte by byte to its end: prefixes, suffixes, NUL and other normal forms fail', async () => {
    const { password } = site.passwords;
    const wrong = ['', password.slice(0, -1), `${password}x`, `${password}\0`, `\0${password}`, password.toUpperCase()];
    for (const text of [...wrong, password.normalize('NFKD').replace(/[A-Za-z]/, (c) => `${c}\u0301`)]) {
      expect(await signIn('registry', text)).toBeUndefined();
    }
  });

  it('of more than 1024 bytes is refused', async () => {
    expect(await signIn('registry', 'x'.repeat(1025))).toBeUndefined();
    expect(await signIn('registry', '\u20ac'.repeat(342))).toBeUndefined();
  });

  it('that is none of the two never signs in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary-ascii' }),
        fc.constantFrom('registry', 'another', 'x'),
        async (text, name) => {
          expect(await signIn(name, text)).toBeUndefined();
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('renewing a password', () => {
  it('refuses the old one at the next request and leaves the other', async () => {
    const generation = await admins.generation();
    await signIn('registry', site.passwords.password);
    const { value } = await admins.regenerate('registry', 'password');
    expect(await admins.generation()).toBeGreaterThan(generation);
    expect(await signIn('registry', site.passwords.password)).toBeUndefined();
    expect(await signIn('registry', value)).toBeDefined();
    expect(await signIn('registry', site.passwords.password2)).toBeDefined();
  });

  it('writes what goes with it in the same transaction, or nothing', async () => {
    const failing = admins.regenerate('registry', 'password', () => Promise.reject(new Error('audit is full')));
    await expect(failing).rejects.toThrow('audit is full');
    expect(await signIn('registry', site.passwords.password)).toBeDefined();
  });

  it('is not undone by a read of the store that began before it', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    site.store.slowly = promise;
    const before = signIn('registry', site.passwords.password2);
    await new Promise((done) => setImmediate(done));
    site.store.slowly = undefined;
    await admins.regenerate('registry', 'password');
    resolve();
    expect(await before).toBeDefined();
    expect(await signIn('registry', site.passwords.password)).toBeUndefined();
  });

  it('by another process is seen at the very next request, and raises the generation', async () => {
    await signIn('registry', site.passwords.password);
    const { store, box, clock } = site;
    const generation = await admins.generation();
    await new AdminUsers({ store, box, clock, ids: systemIds }).regenerate('registry', 'password');
    expect(await signIn('registry', site.passwords.password)).toBeUndefined();
    expect(await admins.generation()).toBeGreaterThan(generation);
    expect(await signIn('registry', site.passwords.password2)).toBeDefined();
  });
});

describe('a disabled admin user', () => {
  it('is refused with the right password, told why, and its tokens lose their subject', async () => {
    const { credential = '' } = signedIn(await signIn('registry', site.passwords.password));
    await site.store.changeRegistries((row) => ({ ...row, adminUserEnabled: false }));
    const refused = { refused: 'admin-user-disabled', who: 'admin-user:registry' };
    expect(await signIn('registry', site.passwords.password)).toEqual(refused);
    const subject = { registry: 'registry', registryId: REGISTRY.id, subject: 'admin-user:registry', credential };
    expect(await admins.resolve(subject)).toBeUndefined();
  });

  it('is a wrong password like any other to whoever does not know it', async () => {
    await site.store.changeRegistries((row) => ({ ...row, adminUserEnabled: false }));
    for (const [name, password] of [
      ['registry', 'guess'],
      ['registry', ''],
      ['another', site.passwords.password],
    ] as const) {
      expect(await signIn(name, password)).toBeUndefined();
    }
  });
});

describe('the subject of a token', () => {
  it('resolves only with the very registry, name and credential it was issued for', async () => {
    const principal = signedIn(await signIn('registry', site.passwords.password));
    const { credential = '' } = principal;
    const subject = { registry: 'registry', registryId: REGISTRY.id, subject: 'admin-user:registry', credential };
    expect(await admins.resolve(subject)).toEqual(principal);
    expect(await admins.resolve({ ...subject, registry: OTHER_REGISTRY.name })).toBeUndefined();
    expect(await admins.resolve({ ...subject, registryId: OTHER_REGISTRY.id })).toBeUndefined();
    expect(await admins.resolve({ ...subject, subject: 'admin-user:another' })).toBeUndefined();
    expect(await admins.resolve({ ...subject, credential: 'gone' })).toBeUndefined();
  });
});
