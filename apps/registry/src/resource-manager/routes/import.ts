import { principalId } from '../../access/principal.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { Route, RouteParams } from '../../http/route.ts';
import { armAudit } from '../audit.ts';
import type { ResourceManager } from '../context.ts';
import { Fields } from '../fields.ts';
import type { Operation } from '../operations.ts';
import { readImportOrder } from '../registries/import-order.ts';
import { requireRegistry } from '../require.ts';
import { apiVersion, armCaller, readJsonBody } from './reply.ts';

const TYPE = 'Microsoft.ContainerRegistry/registries';
const OPERATIONS = 'providers/Microsoft.ContainerRegistry/locations/{location}/operationResults/{operation}';
/** Most imports are done by then; SDKs wait longer than that for an answer. */
const WAIT_MS = 25_000;
const POLL_SECONDS = 2;

/** importImage, and what becomes of one that takes longer than a request may. */
export function importRoutes(rm: ResourceManager): Route[] {
  return [
    {
      name: 'registry-import',
      method: 'POST',
      path: `/subscriptions/{subscription}/resourceGroups/{group}/providers/${TYPE}/{registry}/importImage`,
      access: { kind: 'resource', action: `${TYPE}/importImage/action` },
      handle: (x, p) => importImage(rm, x, p),
    },
    {
      name: 'operation-result',
      method: 'GET',
      path: `/subscriptions/{subscription}/${OPERATIONS}`,
      access: { kind: 'signed-in' },
      handle: async (x, { values }) =>
        answer(rm, x, values, rm.operations.find(values.operation ?? '', principalId(x.principal))),
    },
  ];
}

async function importImage(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const target = await requireRegistry(rm, values);
  const caller = armCaller(x);
  const body = new Fields(await readJsonBody(x));
  const order = await readImportOrder(rm, caller, target, body, x.header('user-agent'));
  const operation = rm.operations.start(principalId(x.principal), async (signal) => {
    await rm.imageImport.run(order, signal);
    await rm.metadata.transaction((tx) =>
      tx.audit.append(armAudit(rm, caller, `${TYPE}/importImage/action`, { registryId: target.id })),
    );
  });
  const waited = new AbortController();
  await Promise.race([operation.done, rm.clock.sleep(WAIT_MS, waited.signal).catch(() => undefined)]);
  waited.abort();
  answer(rm, x, values, operation);
}

/** 200 when it is done, its error when it failed, and where to ask again while it runs. */
function answer(rm: ResourceManager, x: Exchange, values: RouteParams['values'], operation: Operation): void {
  const { running, error } = operation.state();
  if (error !== undefined) throw error;
  if (!running) {
    x.send(200);
    return;
  }
  const path = OPERATIONS.replace('{location}', rm.region).replace('{operation}', operation.id);
  const { scheme, host } = x.facts;
  const version = encodeURIComponent(apiVersion(x));
  const location = `${scheme}://${host}/subscriptions/${values.subscription}/${path}?api-version=${version}`;
  x.send(202, { Location: location, 'Retry-After': POLL_SECONDS });
}
