import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOwnService, parametersOf, RegistryAuthorization } from './authorization.ts';
import type { PullTransport } from './transport.ts';

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

describe('a token', () => {
  it('is asked for once by all that wait for it, and again by whoever is refused later or wants another', async () => {
    const asked: (string | null)[] = [];
    let fails = false;
    const transport: PullTransport = {
      send: async ({ url }) => {
        asked.push(url.searchParams.get('scope'));
        const token = JSON.stringify({ token: `token-${asked.length}` });
        await setTimeout(5);
        return { status: fails ? 503 : 200, headers: {}, url, body: Readable.from([Buffer.from(token)]) };
      },
    };
    const authorization = new RegistryAuthorization({ transport, base: new URL('https://x.example/') });
    const answer = (scope: string) => authorization.answer('Bearer realm="https://x.example/token"', [scope]);
    const same = await Promise.all([answer('a'), answer('a'), answer('b')]);
    expect(asked).toEqual(['a', 'b']);
    expect(same[0]).toEqual(same[1]);
    expect(same[2]).not.toEqual(same[0]);
    expect(await answer('a')).toEqual({ Authorization: 'Bearer token-3' });
    fails = true;
    await expect(Promise.all([answer('a'), answer('a')])).rejects.toThrow(/503/);
    fails = false;
    expect(await answer('a')).toEqual({ Authorization: 'Bearer token-5' });
  });
});
