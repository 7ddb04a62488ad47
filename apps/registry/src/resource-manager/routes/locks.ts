import { scopeKey, upwards } from '../../access/scope-path.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { Route, RouteParams } from '../../http/route.ts';
import type { ResourceLockRow } from '../../metadata/resources.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { armAudit } from '../audit.ts';
import { lockJson, putLock } from '../authorization/resource-locks.ts';
import type { ResourceManager } from '../context.ts';
import { Fields } from '../fields.ts';
import { armCaller, readJsonBody } from './reply.ts';

const TYPE = 'Microsoft.Authorization/locks';
const LOCKS = `/{+scope}/providers/${TYPE}`;

/** `az lock`: resource locks, which protect a resource from being deleted or changed, whoever asks. */
export function lockRoutes(rm: ResourceManager): Route[] {
  const on = (what: 'read' | 'write' | 'delete') => ({ kind: 'resource', action: `${TYPE}/${what}` }) as const;
  const one = `${LOCKS}/{name}`;
  return [
    { name: 'locks', method: 'GET', path: LOCKS, access: on('read'), handle: (x, p) => list(rm, x, p) },
    {
      name: 'lock-get',
      method: 'GET',
      path: one,
      access: on('read'),
      handle: async (x, p) => x.sendJson(200, {}, lockJson(await find(rm, p))),
    },
    { name: 'lock-put', method: 'PUT', path: one, access: on('write'), handle: (x, p) => put(rm, x, p) },
    { name: 'lock-delete', method: 'DELETE', path: one, access: on('delete'), handle: (x, p) => remove(rm, x, p) },
  ];
}

/** With `atScope()`, those that hold at the scope; without, those below it besides. */
async function list(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const key = scopeKey(values.scope ?? '');
  const { resourceLocks } = rm.metadata.read;
  const above = await resourceLocks.at([...upwards(key)].filter((scope) => scope !== key));
  const atScope = /atscope\(\)/i.test(x.facts.target.query.get('$filter') ?? '');
  const here = atScope ? await resourceLocks.at([key]) : await resourceLocks.within(key);
  x.sendJson(200, {}, { value: [...above, ...here].map(lockJson) });
}

async function find(rm: ResourceManager, { values }: RouteParams): Promise<ResourceLockRow> {
  const { scope = '', name = '' } = values;
  const row = await rm.metadata.read.resourceLocks.find(scopeKey(scope), name);
  if (row) return row;
  throw new DomainError(
    'not-found',
    'resource.unknown',
    `The lock '${name.slice(0, 100)}' could not be found at '${scope.slice(0, 300)}'. List the locks at that scope.`,
  );
}

async function put(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const body = new Fields(await readJsonBody(x));
  const at = { scope: values.scope ?? '', name: values.name ?? '' };
  const { created, row } = await putLock(rm, armCaller(x), at, body);
  x.sendJson(created ? 201 : 200, {}, lockJson(row));
}

async function remove(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const { scope = '', name = '' } = values;
  const deleted = await rm.metadata.transaction(async (tx) => {
    const gone = await tx.resourceLocks.delete(scopeKey(scope), name);
    if (gone) await tx.audit.append(armAudit(rm, armCaller(x), `${TYPE}/delete`));
    return gone;
  });
  x.send(deleted ? 200 : 204);
}
