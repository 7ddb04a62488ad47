import { describe, expect, it } from 'vitest';
import { ACTIONS, ANONYMOUS, type Principal } from '../access/principal.ts';
import type { RefusalCause } from '../identity/refused.ts';
import { deniedText, signInText, type Wanted } from './refusal-texts.ts';

const CAUSES: readonly RefusalCause[] = [
  'admin-user-disabled',
  'account-disabled',
  'token-disabled',
  'credential-expired',
  'bearer-expired',
  'bearer-revoked',
  'bearer-of-another-registry',
  'bearer-of-the-wrong-kind',
  'wrong-password',
  'wrong-token',
  'malformed',
];
const PUSH: Wanted = { action: 'push', repository: 'team/app', scope: 'repository:team/app:pull,push' };
const ROBOT: Principal = { kind: 'scope-map-token', id: 't', registry: 'r', scopeMap: 'readers', allows: [] };
const PERSON: Principal = { kind: 'user', id: 'u', name: 'ann@example' };

describe('why credentials are not accepted', () => {
  it('is another text for each cause, begins with the words that people search for, and says what to do', () => {
    const texts = CAUSES.map((refused) => signInText({ refused }));
    expect(new Set(texts).size).toBe(CAUSES.length);
    for (const text of texts) {
      expect(text).toMatch(/^authentication required: [a-zA-Z]/);
      expect(text.split(/[.;:] /).length).toBeGreaterThanOrEqual(2);
      expect(text).toMatch(/\.$/);
    }
  });

  it('says since when, and never what was typed', () => {
    const since = new Date(Date.UTC(2026, 4, 1));
    for (const refused of ['credential-expired', 'bearer-expired'] as const) {
      expect(signInText({ refused, since })).toContain('expired at 2026-05-01T00:00:00.000Z');
    }
    for (const refused of CAUSES)
      expect(signInText({ refused, typed: 'hunter2', who: 'robot' })).not.toMatch(/hunter2/);
  });
});

describe('why a request is denied', () => {
  it('names the action, on what, and the role that gives it', () => {
    expect(deniedText(PERSON, 'no-assignment', PUSH)).toBe(
      'authentication required: "ann@example" has no role that allows push on "team/app" (Microsoft.ContainerRegistry/registries/push/write). Ask an owner of the registry for the role AcrPush; it counts at once.',
    );
  });

  it('names the line that the scope map of a token lacks', () => {
    expect(deniedText(ROBOT, 'no-assignment', PUSH)).toContain(
      'the scope map "readers" of this token does not allow push on "team/app". Have an owner of the registry add repositories/team/app/content/write to it',
    );
    const catalog: Wanted = { action: 'catalog', repository: undefined, scope: 'registry:catalog:*' };
    expect(deniedText(ROBOT, 'no-assignment', catalog)).toContain('repositories/<repository>/metadata/read');
  });

  it('names the scope that a token lacks, and that a repository was deleted since', () => {
    expect(deniedText(PERSON, 'outside-token-scope', PUSH)).toContain('with scope=repository:team/app:pull,push');
    expect(deniedText(PERSON, 'repository-replaced', PUSH)).toContain(
      '"team/app" was deleted after this token was issued',
    );
  });

  it('tells an anonymous caller to sign in, and nothing of what there is', () => {
    for (const reason of ['not-signed-in', 'no-assignment', 'outside-token-scope', 'repository-replaced'] as const) {
      const text = 'authentication required: sign in to this registry, for example with docker login.';
      expect(deniedText(ANONYMOUS, reason, PUSH)).toBe(text);
      expect(deniedText(PERSON, reason, undefined)).toBe(text);
    }
    const bearer: Principal = { ...ANONYMOUS, registry: 'r', grants: [] };
    expect(deniedText(bearer, 'not-signed-in', PUSH)).toContain('without signing in, one may only pull here');
  });

  it('has words for every action and every kind of caller', () => {
    for (const action of ACTIONS) {
      const repository = action === 'catalog' || action === 'mount' ? undefined : 'a';
      for (const principal of [PERSON, ROBOT, { kind: 'admin-user', id: 'a', registry: 'r' }] as const) {
        expect(deniedText(principal, 'no-assignment', { action, repository, scope: 's' })).not.toMatch(
          /undefined|null/,
        );
      }
    }
  });
});
