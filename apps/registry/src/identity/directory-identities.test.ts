import { hash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ApplicationCredentialRow } from '../metadata/directory.ts';
import { Clients } from './clients.ts';
import { createDirectoryIdentities } from './directory-identities.ts';
import type { IdentitySource } from './identities.ts';
import type { People } from './people.ts';
import { createTestSite, REGISTRY, signedIn, type TestSite } from './test-site.ts';

const APP = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
const OBJECT = '7d1b0c60-0000-4000-8000-00000000bbbb';
const HOUR = 3_600_000;

let site: TestSite;
let source: IdentitySource;
let endsAt: Date;
beforeEach(async () => {
  site = await createTestSite();
  const { store: metadata, clock } = site;
  const now = clock.now();
  endsAt = new Date(now.getTime() + HOUR);
  const clients = new Clients({
    metadata,
    clock,
    endpoints: () => {
      throw new Error('a secret is checked without them');
    },
  });
  source = createDirectoryIdentities({ read: metadata.read, clients, people: {} as People, clock });
  await metadata.transaction(async (tx) => {
    const application = { id: 'a', appId: APP, displayName: 'robot', redirectUris: '[]', publicClient: false };
    await tx.applications.insert({ ...application, createdAt: now, createdBy: 'owner' });
    await tx.servicePrincipals.insert({ id: OBJECT, appId: APP, displayName: 'robot', enabled: true, createdAt: now });
    await tx.applicationCredentials.insert(secret('one', 'the secret', now, endsAt));
  });
});

const secret = (id: string, text: string, startsAt: Date, end: Date): ApplicationCredentialRow => ({
  id,
  appId: APP,
  ownerId: 'a',
  kind: 'password',
  digest: hash('sha256', text, 'buffer'),
  startsAt,
  endsAt: end,
});
const signIn = (password = 'the secret', username = APP) =>
  source.verifyBasic({ registry: REGISTRY.name, username, password });
const setEnabled = async (enabled: boolean) => {
  const row = await site.store.read.servicePrincipals.find(OBJECT);
  if (!row) throw new Error('no service principal');
  await site.store.transaction((tx) => tx.servicePrincipals.update({ ...row, enabled }));
};
const subject = { registry: REGISTRY.name, registryId: REGISTRY.id, subject: OBJECT, credential: 'one' };

describe('a service principal at a registry', () => {
  it('signs in by its application id, and what it gets ends with its secret', async () => {
    const principal = signedIn(await signIn());
    const expected = { kind: 'service-principal', id: OBJECT, name: APP, credential: 'one', registry: REGISTRY.id };
    expect(principal).toEqual({ ...expected, credentialExpiresAt: endsAt });
    expect(await source.resolve(subject)).toEqual(principal);
    expect(await signIn('the secret', APP.toUpperCase())).toEqual(principal);
  });

  it('is told that its secret expired, and since when, if it is the right one', async () => {
    site.clock.advance(HOUR);
    expect(await signIn()).toEqual({ refused: 'credential-expired', since: endsAt, who: OBJECT });
    expect(await signIn('a guess')).toBeUndefined();
    expect(await source.resolve(subject)).toBeUndefined();
  });

  it('is told that it is disabled, if the secret is the right one', async () => {
    await setEnabled(false);
    expect(await signIn()).toEqual({ refused: 'account-disabled', who: OBJECT });
    expect(await signIn('a guess')).toBeUndefined();
    expect(await signIn('the secret', OBJECT)).toBeUndefined();
    expect(await source.resolve(subject)).toBeUndefined();
  });

  it('does not sign in with a secret of the future, and is told nothing of it', async () => {
    const later = new Date(endsAt.getTime() + HOUR);
    await site.store.transaction((tx) => tx.applicationCredentials.insert(secret('two', 'not yet', endsAt, later)));
    expect(await signIn('not yet')).toBeUndefined();
  });
});
