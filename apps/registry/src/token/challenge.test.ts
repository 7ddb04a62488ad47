import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildChallenge } from './challenge.ts';

const realm = 'https://registry.azsacr.local.holdfast.internal:5443/oauth2/token';
const service = 'registry.azsacr.local.holdfast.internal:5443';

/** How az takes it apart: azure-cli `_get_aad_token` splits at blanks, takes the second word, splits that at commas. */
function parseLikeAz(header: string): Record<string, string> {
  const pairs = (header.split(' ')[1] ?? '').split(',').map((pair) => pair.split('='));
  return Object.fromEntries(pairs.map(([key, value]) => [key, (value ?? '').replaceAll('"', '')]));
}

/** How the OCI conformance suite does (conformance/api.go, parseAuthHeader). */
function parseLikeConformance(header: string): Record<string, string> {
  const type = header.replace(/.*(bearer|basic).*/i, '$1').toLowerCase();
  return { type, ...Object.fromEntries([...header.matchAll(/([a-zA-Z]+)="(.+?)"/g)].map((m) => [m[1], m[2]])) };
}

describe('the challenge', () => {
  it('has no blank after a comma', () => {
    expect(buildChallenge({ realm, service, scopes: ['repository:x:pull'] })).toBe(
      `Bearer realm="${realm}",service="${service}",scope="repository:x:pull"`,
    );
    expect(buildChallenge({ realm, service })).toBe(`Bearer realm="${realm}",service="${service}"`);
  });

  it('separates the two scopes of a mount by a blank', () => {
    const scopes = ['repository:to/x:pull,push', 'repository:from/x:pull'];
    expect(buildChallenge({ realm, service, scopes })).toMatch(
      /,scope="repository:to\/x:pull,push repository:from\/x:pull"$/,
    );
  });

  it('says what was wrong with a presented token last', () => {
    expect(buildChallenge({ realm, service, scopes: ['registry:catalog:*'], error: 'insufficient_scope' })).toMatch(
      /,scope="registry:catalog:\*",error="insufficient_scope"$/,
    );
    expect(buildChallenge({ realm, service, error: 'invalid_token' })).toMatch(/",error="invalid_token"$/);
  });

  it('is read by az, which knows no quoting', () => {
    expect(parseLikeAz(buildChallenge({ realm, service }))).toEqual({ Bearer: undefined, realm, service });
  });

  it('is read by the conformance suite, with and without an error', () => {
    const scopes = ['repository:a/b:pull,push'];
    const scope = scopes[0];
    expect(parseLikeConformance(buildChallenge({ realm, service, scopes }))).toEqual({
      type: 'bearer',
      realm,
      service,
      scope,
    });
    expect(parseLikeConformance(buildChallenge({ realm, service, scopes, error: 'invalid_token' }))).toMatchObject({
      type: 'bearer',
      realm,
      service,
      scope,
    });
  });

  it('refuses a value that could end its quotes or the header', () => {
    for (const evil of ['a"b', 'a\\b', 'a b', 'a,b', 'a\r\nX: y', 'a\u00e9', 'a;b', '']) {
      expect(() => buildChallenge({ realm, service: evil })).toThrow('Check the address');
      expect(() => buildChallenge({ realm: `https://${evil}/oauth2/token`, service })).toThrow('Check the address');
      expect(() => buildChallenge({ realm, service, scopes: [`repository:${evil}:pull`] })).toThrow(
        'Check the address',
      );
    }
    for (const evil of ['javascript:alert(1)', '//host/oauth2/token', 'https://user@host/oauth2/token']) {
      expect(() => buildChallenge({ realm: evil, service })).toThrow('Check the address');
    }
  });

  it('holds exactly the quotes it wrote, whatever it is given', () => {
    // Mostly what is valid, so that many examples get through.
    const text = fc.string({ unit: fc.constantFrom(...'aaabbbccc123.:-/,"\\ \r\n\0\u00e9'), maxLength: 12 });
    fc.assert(
      fc.property(text, text, (host, scope) => {
        let header = '';
        try {
          header = buildChallenge({
            realm: `https://${host}/oauth2/token`,
            service: host,
            scopes: [`repository:${scope}:pull`],
          });
        } catch {
          return;
        }
        expect(header.split('"')).toHaveLength(7);
      }),
    );
  });
});
