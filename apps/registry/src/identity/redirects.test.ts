import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRegistrable, matchesRedirect } from './redirects.ts';

const cli = [{ uri: 'http://localhost', kind: 'public' }] as const;
const web = [{ uri: 'https://app.test/back', kind: 'web' }] as const;

describe('where codes may be sent', () => {
  it.each(['http://localhost', 'http://localhost/', 'http://localhost:8400', 'http://127.0.0.1:65535/'])(
    'a program on the own machine listens at %s',
    (uri) => expect(matchesRedirect(cli, uri)).toBe(true),
  );

  it.each([
    'http://LOCALHOST:8400',
    'http://localhost:8400/x',
    'http://localhost:8400?x',
    'http://localhost:8400#x',
    'http://localhost:999999',
    'http://localhost:8400.evil.test',
    'http://localhost@evil.test',
    'http://localhost:8400@evil.test/',
    'http://localhost.evil.test',
    'http://localhost%2eevil.test',
    'http://localhost\\@evil.test',
    'http://[::1]:8400',
    'http://127.0.0.2:8400',
    'http://0x7f.1:8400',
    'https://localhost:8400',
    ' http://localhost:8400',
    'http://localhost:8400\r\nx: y',
    '//localhost:8400',
    'javascript:alert(1)',
    '',
  ])('and not at %j', (uri) => expect(matchesRedirect(cli, uri)).toBe(false));

  it('a web application has just its registered addresses, to the letter', () => {
    expect(matchesRedirect(web, 'https://app.test/back')).toBe(true);
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), fc.nat(21), (text, at) => {
        const uri = `${web[0].uri.slice(0, at)}${text}${web[0].uri.slice(at)}`;
        expect(matchesRedirect(web, uri)).toBe(text === '');
      }),
    );
  });

  it('a registered loopback address keeps its path, and gives its port free', () => {
    const registered = [{ uri: 'http://localhost:3000/cb', kind: 'public' }] as const;
    expect(matchesRedirect(registered, 'http://127.0.0.1:8400/cb')).toBe(true);
    expect(matchesRedirect(registered, 'http://localhost:8400/other')).toBe(false);
    expect(matchesRedirect(registered, 'http://localhost:8400')).toBe(false);
  });
});

describe('what may be registered', () => {
  it.each([
    'https://app.test',
    'https://app.test:8443/a?b=c',
    'http://localhost:1',
    'http://127.0.0.1/x',
    'msal00000000-0000-0000-0000-000000000000://auth',
    'com.contoso.app://back',
  ])('%s', (uri) => expect(isRegistrable(uri)).toBe(true));
  it.each([
    'http://app.test',
    'https://app.test/#x',
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc',
    '//app.test',
    'https://user@app.test',
    'https://',
    'x://y',
    "https://app.test/'",
    'https://app.test/ b',
    '',
  ])('but not %j', (uri) => expect(isRegistrable(uri)).toBe(false));
});
