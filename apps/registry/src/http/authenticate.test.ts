import { describe, expect, it } from 'vitest';
import { ANONYMOUS, type Principal } from '../access/principal.ts';
import type { BasicCredentials, Identity } from '../identity/identity.ts';
import type { RegistryRow } from '../metadata/metadata-store.ts';
import { registryRow } from '../metadata/test-rows.ts';
import type { AccessTokens } from '../token/access-token.ts';
import { createAuthenticate } from './authenticate.ts';

const ADMIN: Principal = { kind: 'admin-user', id: 'admin-user:registry', registry: 'r' };
const asked: string[] = [];
const doors = createAuthenticate({
  identity: {
    verifyBasic: async ({ registry, username, password, source = '' }: BasicCredentials) => {
      asked.push(`basic ${registry} ${username} ${password} from ${source}`);
      return password === 'right' ? ADMIN : undefined;
    },
  } as unknown as Identity,
  tokens: {
    verifyBearer: async (token: string, { registry }: { registry: string }) => {
      asked.push(`bearer ${registry} ${token}`);
      return token === 'good' ? ADMIN : undefined;
    },
    explainRefusal: async (_: string, { registryId }: { registryId: string }) => {
      asked.push(`why ${registryId}`);
      return { refused: 'bearer-expired' };
    },
  } as unknown as AccessTokens,
});
const registry = registryRow({ id: 'r', name: 'registry', createdAt: new Date(0) });
const CLIENT = '192.0.2.7';
const authenticate = (header: string | undefined, at: RegistryRow) => doors(header, at, CLIENT);
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('authenticate', () => {
  it('no header is anonymous; a header that says nothing valid is not', async () => {
    expect(await authenticate(undefined, registry)).toEqual(ANONYMOUS);
    for (const header of ['', ' ', 'Basic', 'Negotiate x', 'Digest a="b"', 'basicx', 'Basic !!!', basic('nocolon')]) {
      expect(await authenticate(header, registry), header).toEqual({ refused: 'malformed' });
    }
    expect(await authenticate('Bearer', registry)).toEqual({ refused: 'malformed' });
  });

  it('reads the scheme without case and asks the registry of the host', async () => {
    asked.length = 0;
    expect(await authenticate(`bEARER  good `, registry)).toBe(ADMIN);
    expect(await authenticate(basic('u:right').replace('Basic', 'BASIC'), registry)).toBe(ADMIN);
    expect(await authenticate(basic('u:wrong'), registry)).toEqual({ refused: 'wrong-password', typed: 'u' });
    expect(asked).toEqual([
      'bearer registry good',
      `basic registry u right from ${CLIENT}`,
      `basic registry u wrong from ${CLIENT}`,
    ]);
  });

  it('asks why a token is refused, and only then', async () => {
    asked.length = 0;
    expect(await authenticate('Bearer bad', registry)).toEqual({ refused: 'bearer-expired' });
    expect(asked).toEqual(['bearer registry bad', 'why r']);
  });
});
