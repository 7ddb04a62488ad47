import { describe, expect, it } from 'vitest';
import { ANONYMOUS, type Principal } from '../access/principal.ts';
import type { Identity } from '../identity/identity.ts';
import type { AccessTokens } from '../token/access-token.ts';
import { createAuthenticate } from './authenticate.ts';

const ADMIN: Principal = { kind: 'admin-user', id: 'admin-user:registry', registry: 'r' };
const asked: string[] = [];
const authenticate = createAuthenticate({
  identity: {
    verifyBasic: async ({ registry, username, password }: { registry: string; username: string; password: string }) => {
      asked.push(`basic ${registry} ${username} ${password}`);
      return password === 'right' ? ADMIN : undefined;
    },
  } as unknown as Identity,
  tokens: {
    verifyBearer: async (token: string, { registry }: { registry: string }) => {
      asked.push(`bearer ${registry} ${token}`);
      return token === 'good' ? ADMIN : undefined;
    },
  } as unknown as AccessTokens,
});
const registry = { id: 'r', name: 'registry', adminUserEnabled: true, createdAt: new Date(0) };
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('authenticate', () => {
  it('no header is anonymous; a header that says nothing valid is not', async () => {
    expect(await authenticate(undefined, registry)).toEqual(ANONYMOUS);
    for (const header of [
      '',
      ' ',
      'Basic',
      'Bearer',
      'Negotiate x',
      'Digest a="b"',
      'basicx',
      'Basic !!!',
      basic('nocolon'),
    ]) {
      expect(await authenticate(header, registry), header).toBeUndefined();
    }
  });

  it('reads the scheme without case and asks the registry of the host', async () => {
    asked.length = 0;
    expect(await authenticate(`bEARER  good `, registry)).toBe(ADMIN);
    expect(await authenticate(basic('u:right').replace('Basic', 'BASIC'), registry)).toBe(ADMIN);
    expect(await authenticate(basic('u:wrong'), registry)).toBeUndefined();
    expect(asked).toEqual(['bearer registry good', 'basic registry u right', 'basic registry u wrong']);
  });
});
