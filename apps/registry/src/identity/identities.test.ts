import { describe, expect, it } from 'vitest';
import type { Principal } from '../access/principal.ts';
import type { RegistryRow } from '../metadata/metadata-store.ts';
import { registryRow } from '../metadata/test-rows.ts';
import { combineIdentities, type IdentitySource } from './identities.ts';
import type { Refused } from './refused.ts';

const ADMIN: Principal = { kind: 'admin-user', id: 'admin-user:registry', registry: 'r' };
const PERSON: Principal = { kind: 'user', id: 'u', name: 'ann', credential: 'c' };
const DISABLED: Refused = { refused: 'token-disabled' };
const row = registryRow({ id: 'r', name: 'registry' });
const credentials = { registry: 'registry', username: 'registry', password: 'x', source: '127.0.0.1' };
const subject = { registry: 'registry', registryId: 'r', subject: 's', credential: 'c' };

const source = (answer: Principal | Refused | undefined): IdentitySource => ({
  verifyBasic: async () => answer,
  resolve: async () => (answer && !('refused' in answer) ? answer : undefined),
});
const combined = (sources: readonly IdentitySource[], registries: readonly RegistryRow[] = [row]) =>
  combineIdentities(
    {
      generation: { current: () => 7 },
      registries: {
        byName: (name) => registries.find((r) => r.name === name),
        byId: () => undefined,
        list: () => [],
        count: () => 0,
      },
    },
    sources,
  );

describe('several kinds of identity under one name', () => {
  it('sign in whose secret it is, in whatever order they are asked', async () => {
    for (const sources of [
      [source(undefined), source(ADMIN)],
      [source(ADMIN), source(undefined)],
      [source(DISABLED), source(ADMIN)],
      [source(ADMIN), source(DISABLED)],
    ]) {
      expect(await combined(sources).verifyBasic(credentials)).toEqual(ADMIN);
    }
  });

  it('tell why when nobody signs in but somebody knew the secret', async () => {
    expect(await combined([source(undefined), source(DISABLED)]).verifyBasic(credentials)).toEqual(DISABLED);
    expect(await combined([source(undefined), source(undefined)]).verifyBasic(credentials)).toBeUndefined();
  });
});

describe('whoever is known everywhere', () => {
  it('is at the registry that was asked, and so are the tokens it gets', async () => {
    const identity = combined([source(PERSON)]);
    expect(await identity.verifyBasic(credentials)).toEqual({ ...PERSON, registry: 'r' });
    expect(await identity.resolve(subject)).toEqual({ ...PERSON, registry: 'r' });
  });
});

describe('a token', () => {
  it('is for the very registry of its row, whatever its source says', async () => {
    const identity = combined([source(PERSON), source(ADMIN)]);
    expect(await identity.resolve({ ...subject, registryId: 'of before' })).toBeUndefined();
    expect(await identity.resolve({ ...subject, registry: 'another' })).toBeUndefined();
    expect(await combined([source(ADMIN)], []).verifyBasic(credentials)).toBeUndefined();
    expect(await identity.generation()).toBe(7);
  });
});
