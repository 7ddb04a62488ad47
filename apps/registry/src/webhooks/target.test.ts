import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSecretBox } from '../identity/sealed-secrets.ts';
import { systemIds } from '../platform/ids.ts';
import { openTarget, problemOfHeaders, problemOfUri, sealTarget } from './target.ts';

describe('the address of a webhook', () => {
  it.each(['https://hooks.corp.example/a?b=c', 'http://10.0.0.7:8080', 'HTTPS://X/'])('may be %s', (uri) => {
    expect(problemOfUri(uri)).toBeUndefined();
  });

  it.each([
    '',
    'hooks.corp.example',
    'ftp://x/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    `https://x/${'a'.repeat(2048)}`,
  ])('may not be %s', (uri) => {
    expect(problemOfUri(uri)).toContain('http or https');
  });

  it('has no password in it, which would be shown wherever the address is', () => {
    expect(problemOfUri('https://user:secret@hooks.corp.example/')).toContain('customHeaders');
    expect(problemOfUri('https://user@hooks.corp.example/')).toContain('customHeaders');
  });
});

describe('the headers of a webhook', () => {
  it('may be any that a request has', () => {
    expect(problemOfHeaders({})).toBeUndefined();
    expect(problemOfHeaders({ Authorization: 'Basic eDp5', 'X-A': '', 'content-type': 'text/plain' })).toBeUndefined();
  });

  it.each([
    { 'X A': 'b' },
    { '': 'b' },
    { 'X-A': 'b\r\nX-B: c' },
    { 'X-A': 'b\nc' },
    { 'X-A': 'b\0' },
    { 'X-A': 'ключ' },
    { Host: 'other' },
    { 'content-length': '5' },
    { 'Transfer-Encoding': 'chunked' },
    { CONNECTION: 'upgrade' },
    { Upgrade: 'h2c' },
    { Expect: '100-continue' },
    { 'X-A': 'x'.repeat(9000) },
    Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`X-${i}`, 'a'])),
  ])('may not be %j', (headers) => {
    expect(problemOfHeaders(headers as Record<string, string>)).toBeTypeOf('string');
  });

  it('never let a line break through', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.constantFrom('\r', '\n', '\0'), (left, right, mark) => {
        expect(problemOfHeaders({ 'X-A': `${left}${mark}${right}` })).toBeTypeOf('string');
        expect(problemOfHeaders({ [`X${left}${mark}`]: 'a' })).toBeTypeOf('string');
      }),
    );
  });
});

describe('the sealed target', () => {
  const box = createSecretBox(systemIds.bytes(32), systemIds);
  const target = { serviceUri: 'https://hooks.corp.example/SECRET', customHeaders: { Authorization: 'SECRET' } };

  it('opens for its webhook only, and shows nothing before', () => {
    const sealedTarget = sealTarget(box, 'a', target);
    expect(Buffer.from(sealedTarget).toString('latin1')).not.toContain('SECRET');
    expect(openTarget(box, { id: 'a', sealedTarget })).toEqual(target);
    expect(() => openTarget(box, { id: 'b', sealedTarget })).toThrow('cannot be opened');
  });
});
