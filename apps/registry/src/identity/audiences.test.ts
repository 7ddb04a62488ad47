import { describe, expect, it } from 'vitest';
import { requestedScope } from './audiences.ts';
import { ENDPOINTS } from './test-sign-in.ts';

const of = (scope?: string, resource?: string) => requestedScope(ENDPOINTS, { scope, resource });
const { management, graph } = ENDPOINTS;

describe('the audience of a token', () => {
  it.each([
    [`${management}/audience/.default`, 'management', `${management}/audience`],
    [`${management}/audience//.default`, 'management', `${management}/audience/`],
    [`${management}/.default`, 'management', management],
    [`${management}//.default openid offline_access profile`, 'management', `${management}/`],
    [`${management}:443/audience/user_impersonation`, 'management', `${management}:443/audience`],
    [`${management.toUpperCase()}/.default`, 'management', management.toUpperCase()],
    ['https://containerregistry.azure.net/.default', 'management', 'https://containerregistry.azure.net'],
    [`${graph}/.default`, 'graph', graph],
    [`${graph}//.default`, 'graph', `${graph}/`],
    [`${graph}/User.Read ${graph}/Group.Read.All`, 'graph', graph],
    ['openid profile', 'graph', `${graph}/`],
    ['User.Read openid', 'graph', `${graph}/`],
    ['00000003-0000-0000-c000-000000000000/.default', 'graph', '00000003-0000-0000-c000-000000000000'],
  ])('that asks for %j is one for %s', (scope, kind, audience) => {
    expect(of(scope).audience).toEqual({ kind, audience });
    expect(of(scope).text).toBe(scope);
  });

  it('of the first protocol is named by the resource, a name or a bare GUID', () => {
    expect(of(undefined, `${management}/audience`)).toMatchObject({ audience: { kind: 'management' }, offline: true });
    expect(of('openid', '797f4846-ba00-4fd7-ba43-dac1f8f63013').audience.kind).toBe('management');
  });

  it.each([
    'https://evil.test/.default',
    `${management}.evil.test/.default`,
    `${management}/audience/x/.default`,
    `https://management.site.test:444/.default`,
    'http://management.site.test/.default',
    `${graph}/audience/.default`,
  ])('of somebody else (%s) is refused with the number that SDKs know', (scope) => {
    expect(() => of(scope)).toThrow(
      expect.objectContaining({ code: 'oauth.invalid-scope', message: expect.stringMatching(/^AADSTS500011: /) }),
    );
  });

  it('is one: two services in one request are refused', () => {
    expect(() => of(`${management}/.default ${graph}/.default`)).toThrow(/^AADSTS28000: /);
  });

  it('never repeats control characters', () => {
    expect(() => of('https://a\u001b[31m/.default')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('\u001b') }),
    );
  });

  it('says what else is wanted', () => {
    expect(of(`${management}/.default openid offline_access`)).toMatchObject({ openid: true, offline: true });
    expect(of(`${management}/.default`)).toMatchObject({ openid: false, offline: false });
  });
});
