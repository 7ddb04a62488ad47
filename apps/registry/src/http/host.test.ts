import { describe, expect, it } from 'vitest';
import { createHostReader, hostName, isPlainHost, routeHost } from './host.ts';

const DOMAIN = 'local.holdfast.internal';

describe('routeHost', () => {
  it.each([
    `registry.azsacr.${DOMAIN}`,
    `registry.azsacr.${DOMAIN}:5443`,
    `Registry.AZSACR.Local.Holdfast.Internal:443`,
    `registry.azsacr.${DOMAIN}.`,
    `registry.azsacr.${DOMAIN}.:5443`,
  ])('%s is the registry "registry"', (host) => {
    expect(routeHost(host, DOMAIN)).toEqual({ kind: 'registry', name: 'registry' });
    expect(routeHost(host, DOMAIN.toUpperCase())).toEqual({ kind: 'registry', name: 'registry' });
  });

  it.each(['management', 'adminmanagement', 'adfs', 'login', 'graph', 'portal', 'data'])('%s is its plane', (plane) => {
    expect(routeHost(`${plane}.${DOMAIN}:5443`, DOMAIN)).toEqual({ kind: 'plane', plane });
  });

  it.each([
    undefined,
    '',
    'localhost',
    'localhost:5000',
    '127.0.0.1:5000',
    '[::1]:5000',
    'somehost.example',
    DOMAIN,
    `azsacr.${DOMAIN}`,
    `other.${DOMAIN}`,
    `a.b.azsacr.${DOMAIN}`,
    `.azsacr.${DOMAIN}`,
    `registry.azsacr.${DOMAIN}.evil.test`,
    `registry.azsacr.evil-${DOMAIN}`,
    `portal.x.${DOMAIN}`,
  ])('%s is any name: all planes by path', (host) => {
    expect(routeHost(host, DOMAIN)).toEqual({ kind: 'any' });
  });
});

describe('hostName', () => {
  it.each([
    ['Localhost:5000', 'localhost'],
    ['[::1]:5000', '::1'],
    ['[fe80::1]', 'fe80::1'],
    ['a.test.', 'a.test'],
    ['a.test.:80', 'a.test'],
    ['a', 'a'],
  ])('of %s is %s', (host, name) => {
    expect(hostName(host)).toBe(name);
  });
});

describe('isPlainHost', () => {
  it.each(['localhost', 'localhost:5000', '127.0.0.1', '[::1]:5000', 'My_Registry.test:1', 'a-b.c'])('%s', (host) => {
    expect(isPlainHost(host)).toBe(true);
  });

  it.each([
    '',
    'a b',
    'a"b',
    'a\\b',
    'a,b',
    'a/b',
    'user@a',
    'a:b',
    'a:123456',
    'a\r\nX: y',
    'ä',
    '::1',
    '[x]',
    'a'.repeat(301),
  ])('not %s', (host) => {
    expect(isPlainHost(host)).toBe(false);
  });
});

describe('createHostReader', () => {
  const hosts = [`registry.azsacr.${DOMAIN}:5443`, `portal.${DOMAIN}`, 'localhost:5000', 'a b', `x y.azsacr.${DOMAIN}`];

  it('says the same of a host again and again, whatever else was asked meanwhile', () => {
    const read = createHostReader(DOMAIN);
    const made = Array.from({ length: 1000 }, (_, n) => `made-up-${n}.azsacr.${DOMAIN}`);
    for (const host of [...hosts, ...hosts, ...made, ...hosts])
      expect(read(host)).toEqual({ route: routeHost(host, DOMAIN), plain: isPlainHost(host) });
  });

  it('keeps the plain ones, and nothing that may be as long as a head', () => {
    const read = createHostReader(DOMAIN);
    for (const host of hosts) {
      const first = read(host);
      expect(read(host) === first, host).toBe(isPlainHost(host));
    }
  });
});
