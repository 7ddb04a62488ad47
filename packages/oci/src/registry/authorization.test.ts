import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOwnService, parametersOf } from './authorization.ts';

describe('a token service', () => {
  const own = (realm: string, base: string) => isOwnService(new URL(realm), new URL(base));

  it.each([
    ['https://registry.corp.example/token', 'https://registry.corp.example/'],
    ['https://registry.corp.example:8443/token', 'https://registry.corp.example:5000/'],
    ['https://REGISTRY.corp.example/token', 'https://registry.corp.example/'],
    ['https://gitlab.corp.example/jwt/auth', 'https://registry.gitlab.corp.example/'],
    ['https://auth.docker.io/token', 'https://registry-1.docker.io/'],
    ['http://10.0.0.7:5000/token', 'http://10.0.0.7:5000/'],
    ['https://10.0.0.7/token', 'http://10.0.0.7:5000/'],
  ])('%s is that of %s', (realm, base) => {
    expect(own(realm, base)).toBe(true);
  });

  it.each([
    ['https://auth.corp.example/token', 'https://registry.corp.example/'],
    ['https://evil.co.uk/token', 'https://registry.co.uk/'],
    ['https://uk/token', 'https://registry.co.uk/'],
    ['https://registry.corp.example.evil.example/token', 'https://registry.corp.example/'],
    ['https://evilregistry.corp.example/token', 'https://registry.corp.example/'],
    ['https://y.corp.example/token', 'https://registry.corp.example/'],
    ['http://registry.corp.example/token', 'https://registry.corp.example/'],
    ['https://auth.docker.io.evil.example/token', 'https://registry-1.docker.io/'],
    ['https://10.0.0.8/token', 'https://10.0.0.7/'],
    ['https://0.0.7/token', 'https://10.0.0.7/'],
    ['ftp://registry.corp.example/token', 'https://registry.corp.example/'],
  ])('%s is not that of %s', (realm, base) => {
    expect(own(realm, base)).toBe(false);
  });
});

describe('a challenge', () => {
  it('is read with and without blanks and quotes', () => {
    const expected = { realm: 'https://x.example/token', service: 'x' };
    for (const text of [
      'Bearer realm="https://x.example/token",service="x"',
      'Bearer realm="https://x.example/token", service=x',
      'bearer  Realm = "https://x.example/token" , SERVICE="x"',
    ]) {
      expect({ ...parametersOf(text) }).toEqual(expected);
    }
  });

  it('has each parameter as it came first, and is harmless whatever it is called', () => {
    expect(parametersOf('Bearer realm="a",realm="b"').realm).toBe('a');
    expect(parametersOf('Bearer __proto__="a"').realm).toBeUndefined();
    fc.assert(
      fc.property(fc.string({ maxLength: 2000 }), (text) => {
        expect(typeof parametersOf(text)).toBe('object');
      }),
    );
  });
});
