import { describe, expect, it } from 'vitest';
import { READ_QUARANTINED } from './actions.ts';
import { createAuthorizer } from './authorizer.ts';
import { ACTIONS, type Principal } from './principal.ts';

const scanner: Principal = { kind: 'scanner', id: 'scanner:team/app', registry: 'r1', repository: 'team/app' };
const authorizer = createAuthorizer({
  rights: { of: () => Promise.reject(new Error('a scanner has no roles')) },
  anonymousPull: () => true,
  deletedAt: () => undefined,
});
const allowed = async (
  action: (typeof ACTIONS)[number] | typeof READ_QUARANTINED,
  repository?: string,
  registry = 'r1',
) => {
  const resource = { id: '/x', registry, ...(repository === undefined ? {} : { repository }) };
  return (await authorizer.check({ principal: scanner, action, resource })).allow;
};

describe('the scanner, whatever its token says', () => {
  it('pulls from its repository, also what is in quarantine, and does nothing else anywhere', async () => {
    const may: string[] = [];
    for (const action of [...ACTIONS, READ_QUARANTINED]) {
      if (await allowed(action, 'team/app')) may.push(action);
      for (const other of ['team/app2', 'team', undefined]) expect(await allowed(action, other)).toBe(false);
      expect(await allowed(action, 'team/app', 'r2')).toBe(false);
    }
    expect(may).toEqual(['pull', READ_QUARANTINED]);
    expect(await authorizer.repositoriesVisible(scanner, { id: '/x', registry: 'r1' })).toEqual([]);
  });
});
