import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUILT_IN_ROLES, builtInRole } from './built-in-roles.ts';
import type { ResourceAction } from './principal.ts';
import { compilePermission, type RolePermission } from './role-permissions.ts';

const REGISTRIES = 'Microsoft.ContainerRegistry/registries';
const permission = (actions: string[], notActions: string[] = []): RolePermission => ({
  actions,
  notActions,
  dataActions: [],
  notDataActions: [],
});
const permits = (actions: string[], action: string, notActions: string[] = []) =>
  compilePermission(permission(actions, notActions)).permits(action as ResourceAction);

/** The same by regular expressions, which is how the rule is usually told. */
function naive(patterns: readonly string[], action: string): boolean {
  return patterns.some((pattern) => {
    const source = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
    return new RegExp(`^${source.join('[^]*')}$`, 'i').test(action);
  });
}

describe('a permission', () => {
  const letters = fc.constantFrom('a', 'b', 'A', '/', '.', '*');
  const pattern = fc.array(letters, { maxLength: 8 }).map((parts) => parts.join(''));
  const action = fc.array(fc.constantFrom('a', 'b', 'B', '/', '.'), { maxLength: 10 }).map((parts) => parts.join(''));

  it('is what its actions match and its notActions do not, as regular expressions would say', () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 4 }), fc.array(pattern, { maxLength: 3 }), action, (yes, no, name) => {
        expect(permits(yes, name, no)).toBe(naive(yes, name) && !naive(no, name));
      }),
      { numRuns: 3000 },
    );
  });

  it('lets a star stand for slashes, too, and for nothing', () => {
    expect(permits(['*/read'], `${REGISTRIES}/pull/read`)).toBe(true);
    expect(permits([`${REGISTRIES}/*`], `${REGISTRIES}/pull/read`)).toBe(true);
    expect(permits([`${REGISTRIES}/pull/read*`], `${REGISTRIES}/pull/read`)).toBe(true);
    expect(permits([`${REGISTRIES}/pull`], `${REGISTRIES}/pull/read`)).toBe(false);
    expect(permits(['a*a'], 'a')).toBe(false); // the two ends may not overlap
  });

  it('takes no time to speak of for a pattern of many stars', () => {
    const started = process.hrtime.bigint();
    expect(permits([`${'*a'.repeat(100)}b`], `Microsoft.X/${'a'.repeat(20_000)}`)).toBe(false);
    expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(500);
  });
});

describe('rights over quarantine and signatures', () => {
  it.each(['quarantine/read', 'quarantine/write', 'sign/write'])('%s come only from a role that names them', (word) => {
    const action = `${REGISTRIES}/${word}`;
    for (const star of ['*', '*/read', '*/write', 'Microsoft.*', `${REGISTRIES}/*`, `${REGISTRIES}/*/write`]) {
      expect(permits([star], action), star).toBe(false);
    }
    const [first] = word.split('/');
    for (const named of [action, action.toUpperCase(), `${REGISTRIES}/${first}/*`, `*/${word}`]) {
      expect(permits([named], action), named).toBe(true);
    }
    expect(permits([action], action, ['*'])).toBe(false);
  });

  it('no built-in role but those made for it has them', () => {
    const holders = BUILT_IN_ROLES.filter((role) =>
      ['quarantine/read', 'quarantine/write', 'sign/write'].some((word) =>
        compilePermission(role).permits(`${REGISTRIES}/${word}` as ResourceAction),
      ),
    );
    expect(holders.map((role) => role.name)).toEqual(['AcrImageSigner', 'AcrQuarantineReader', 'AcrQuarantineWriter']);
  });
});

describe('the built-in roles', () => {
  const may = (name: string, action: string) => {
    const role = BUILT_IN_ROLES.find((r) => r.name === name);
    return role ? compilePermission(role).permits(action as ResourceAction) : undefined;
  };

  it('have the ids that scripts carry', () => {
    expect(builtInRole('7F951DDA-4ed3-4680-a7ca-43fe172d538d')?.name).toBe('AcrPull');
    expect(new Set(BUILT_IN_ROLES.map((role) => role.id)).size).toBe(BUILT_IN_ROLES.length);
  });

  it.each([
    ['Owner', 'Microsoft.Authorization/roleAssignments/write', true],
    ['Contributor', 'Microsoft.Authorization/roleAssignments/write', false],
    ['Contributor', 'Microsoft.Authorization/roleAssignments/read', true],
    ['Contributor', 'Microsoft.Authorization/locks/delete', false],
    ['Contributor', `${REGISTRIES}/listCredentials/action`, true],
    ['Reader', `${REGISTRIES}/listCredentials/action`, false],
    ['Reader', `${REGISTRIES}/pull/read`, true],
    ['Reader', `${REGISTRIES}/push/write`, false],
    ['User Access Administrator', 'Microsoft.Authorization/roleAssignments/write', true],
    ['User Access Administrator', `${REGISTRIES}/write`, false],
    ['AcrPull', `${REGISTRIES}/pull/read`, true],
    ['AcrPull', `${REGISTRIES}/read`, false],
    ['AcrPull', `${REGISTRIES}/push/write`, false],
    ['AcrPush', `${REGISTRIES}/push/write`, true],
    ['AcrPush', `${REGISTRIES}/artifacts/delete`, false],
    ['AcrPush', `${REGISTRIES}/importImage/action`, false],
    ['AcrDelete', `${REGISTRIES}/artifacts/delete`, true],
    ['AcrDelete', `${REGISTRIES}/pull/read`, false],
  ])('%s on %s: %s', (role, action, expected) => {
    expect(may(role, action)).toBe(expected);
  });
});
