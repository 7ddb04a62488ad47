import { beforeEach, describe, expect, it } from 'vitest';
import type { ScopeMapPrincipal } from '../access/principal.ts';
import type { RegistryTokenRow } from '../metadata/registry-tokens.ts';
import { systemIds } from '../platform/ids.ts';
import { RegistryTokens } from './registry-tokens.ts';
import {
  createRegistryToken,
  createTestSite,
  OTHER_REGISTRY,
  READER,
  REGISTRY,
  signedIn,
  type TestSite,
} from './test-site.ts';

let site: TestSite;
let tokens: RegistryTokens;
let password: string;
beforeEach(async () => {
  site = await createTestSite();
  tokens = new RegistryTokens({ read: site.store.read, clock: site.clock });
  password = await createRegistryToken(site);
});

const signIn = (username = 'robot', secret = password, registry = REGISTRY.name) =>
  tokens.verifyBasic({ registry, username, password: secret, source: '127.0.0.1' });
const who = async () => signedIn(await signIn()) as ScopeMapPrincipal & { credential: string };
const subject = async () => ({
  registry: REGISTRY.name,
  registryId: REGISTRY.id,
  subject: 'token:registry/robot',
  credential: (await who()).credential,
});
const change = async (how: Partial<RegistryTokenRow>) => {
  const row = await site.store.read.registryTokens.find(REGISTRY.id, 'robot');
  await site.store.transaction((tx) => tx.registryTokens.put({ ...(row as RegistryTokenRow), ...how }));
};

describe('a token of a registry', () => {
  it('signs in by its name in any case, with the rights of its scope map', async () => {
    for (const name of ['robot', 'ROBOT', 'rObOt']) {
      expect(await signIn(name)).toEqual({
        kind: 'scope-map-token',
        id: 'token:registry/robot',
        registry: REGISTRY.id,
        credential: expect.any(String),
        scopeMap: 'robot-map',
        allows: [{ repository: 'team/app', actions: ['pull'] }],
      });
    }
  });

  it('does not sign in at another registry, nor there as its namesake', async () => {
    await createRegistryToken(site, { registryId: OTHER_REGISTRY.id });
    expect(await signIn('robot', password, OTHER_REGISTRY.name)).toBeUndefined();
    expect(await signIn('robot', password, 'nowhere')).toBeUndefined();
  });

  it('signs in with one of its own passwords, byte by byte, and nothing near it', async () => {
    const wrong = [
      '',
      password.slice(0, -1),
      `${password}x`,
      `${password}\0`,
      password.toUpperCase(),
      'x'.repeat(1025),
    ];
    for (const text of wrong) expect(await signIn('robot', text), text).toBeUndefined();
    for (const name of [
      '',
      'robo',
      'robot ',
      'robot\0',
      'rob\u00f6t',
      '\u212aobot',
      'token:registry/robot',
      '../robot',
    ]) {
      expect(await signIn(name), name).toBeUndefined();
    }
  });

  it('has its second password beside the first, and none that was taken away', async () => {
    const second = { id: 'second', name: 'password2', createdAt: site.clock.now() } as const;
    const { createHash } = await import('node:crypto');
    const digest = createHash('sha256').update('the second').digest();
    await site.store.transaction((tx) => tx.registryTokens.putPassword(REGISTRY.id, 'robot', { ...second, digest }));
    expect(await signIn('robot', 'the second')).toMatchObject({ credential: 'second' });
    expect(await signIn()).toMatchObject({ kind: 'scope-map-token' });
    await site.store.transaction((tx) => tx.registryTokens.keepPasswords(REGISTRY.id, 'robot', ['password2']));
    expect(await signIn()).toBeUndefined();
    expect(await signIn('robot', 'the second')).toMatchObject({ credential: 'second' });
  });

  it('follows its scope map from the next request on, and one of the built-in ones, too', async () => {
    await who();
    const row = { registryId: REGISTRY.id, name: 'robot-map', createdAt: site.clock.now() };
    const actions = JSON.stringify([READER, 'repositories/*/metadata/read']);
    await site.store.transaction((tx) => tx.scopeMaps.put({ ...row, actions }));
    expect((await who()).allows).toContainEqual({ repository: '*', actions: ['metadata_read'] });
    await change({ scopeMap: '_repositories_push' });
    expect((await who()).allows).toEqual([{ repository: '*', actions: ['pull', 'push'] }]);
  });
});

describe('a token that is disabled', () => {
  it('says so to who has the password, and to nobody else', async () => {
    await change({ status: 'disabled' });
    expect(await signIn()).toEqual({ refused: 'token-disabled', who: 'token:registry/robot' });
    expect(await signIn('robot', 'guess')).toBeUndefined();
  });

  it('is nobody behind its issued tokens, until it is enabled again', async () => {
    const known = await subject();
    await change({ status: 'disabled' });
    expect(await tokens.resolve(known)).toBeUndefined();
    await change({ status: 'enabled' });
    expect(await tokens.resolve(known)).toMatchObject({ id: 'token:registry/robot' });
  });
});

describe('a password with an end', () => {
  beforeEach(async () => {
    const expiresAt = new Date(site.clock.now().getTime() + 1000);
    password = await createRegistryToken(site, { name: 'brief', expiresAt });
  });

  it('is good until then to the millisecond, and then refused with the time', async () => {
    const expiresAt = new Date(site.clock.now().getTime() + 1000);
    site.clock.advance(999);
    const principal = signedIn(await signIn('brief'));
    expect(principal).toMatchObject({ credentialExpiresAt: expiresAt });
    const known = { ...(await subjectOf('brief', principal.credential)) };
    expect(await tokens.resolve(known)).toBeDefined();
    site.clock.advance(1);
    const refused = { refused: 'credential-expired', since: expiresAt, who: 'token:registry/brief' };
    expect(await signIn('brief')).toEqual(refused);
    expect(await signIn('brief', 'guess')).toBeUndefined();
    expect(await tokens.resolve(known)).toBeUndefined();
  });

  const subjectOf = async (name: string, credential = '') => {
    return { registry: REGISTRY.name, registryId: REGISTRY.id, subject: `token:registry/${name}`, credential };
  };
});

describe('the subject of an issued token', () => {
  it('is whose password it was, at the very registry, and nobody for any other combination', async () => {
    const known = await subject();
    expect(await tokens.resolve(known)).toEqual(await who());
    const others = [
      { registry: OTHER_REGISTRY.name },
      { registryId: OTHER_REGISTRY.id },
      { credential: 'gone' },
      { subject: 'token:another/robot' },
      { subject: 'token:registry/other' },
      { subject: 'robot' },
      { subject: 'admin-user:registry' },
      { subject: 'token:registry/x/robot' },
    ];
    for (const other of others)
      expect(await tokens.resolve({ ...known, ...other }), JSON.stringify(other)).toBeUndefined();
  });

  it('is nobody once the password was made anew, or the token deleted and made again', async () => {
    const known = await subject();
    await createRegistryToken(site);
    expect(await tokens.resolve(known)).toBeUndefined();
    const again = await createRegistryToken(site);
    const current = { ...known, credential: signedIn(await signIn('robot', again)).credential ?? '' };
    await site.store.transaction((tx) => tx.registryTokens.delete(REGISTRY.id, 'robot'));
    expect(await tokens.resolve(current)).toBeUndefined();
    await createRegistryToken(site);
    expect(await tokens.resolve(current)).toBeUndefined();
  });

  it('is nobody once its registry was deleted and made again', async () => {
    const known = await subject();
    const row = await site.store.read.registries.byId(REGISTRY.id);
    if (!row) throw new Error('no registry');
    await site.store.transaction(async (tx) => {
      await tx.registries.delete(REGISTRY.id, site.clock.now());
      await tx.registries.create({ ...row, id: systemIds.uuid() });
    });
    expect(await tokens.resolve(known)).toBeUndefined();
    expect(await signIn()).toBeUndefined();
  });
});

it('asks the database nothing while the generation stands still', async () => {
  let asked = 0;
  const { read } = site.store;
  const registryTokens: typeof read.registryTokens = {
    find: (...key) => {
      asked++;
      return read.registryTokens.find(...key);
    },
    list: (...page) => read.registryTokens.list(...page),
  };
  tokens = new RegistryTokens({ read: { ...read, registryTokens }, clock: site.clock });
  await who();
  await who();
  expect(asked).toBe(1);
  await change({ status: 'enabled' });
  await who();
  expect(asked).toBe(2);
});
