import { principalId } from '../../access/principal.ts';
import { scopeKey } from '../../access/scope-path.ts';
import { toDomainError } from '../../http/error-answer.ts';
import { ERROR_TABLE } from '../../http/error-table.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { Route, RouteParams } from '../../http/route.ts';
import type { DeploymentRow } from '../../metadata/deployments.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { armAudit } from '../audit.ts';
import type { ResourceManager } from '../context.ts';
import { requireDeletable } from '../deployments/complete-mode.ts';
import {
  deploymentId,
  deploymentJson,
  detailsOf,
  findDeployment,
  operationJson,
  summaryJson,
} from '../deployments/deployment-record.ts';
import { isObject, type Json, type JsonObject, propertyOf } from '../deployments/expressions/values.ts';
import { cancelled } from '../deployments/interrupted.ts';
import { parametersJson, readGivenParameters } from '../deployments/parameters.ts';
import { DEPLOYMENT_NAME, DEPLOYMENTS } from '../deployments/place.ts';
import {
  type DeploymentOrder,
  type Prepared,
  placeOf,
  preflight,
  prepare,
  refuseLinkedTemplate,
} from '../deployments/prepare.ts';
import type { ResourceChange } from '../deployments/resource-change.ts';
import { type Run, type ShownError, startRun } from '../deployments/run.ts';
import { beginDeployment, runDeployment } from '../deployments/runner.ts';
import { invalidTemplate, readTemplate } from '../deployments/template.ts';
import { parseTemplateText } from '../deployments/template-text.ts';
import { whatIf } from '../deployments/what-if.ts';
import { Fields } from '../fields.ts';
import { armTime } from '../registries/registry-json.ts';
import { apiVersion, armCaller, listPage, readTextBody, sendList } from './reply.ts';

const GROUP = '/subscriptions/{subscription}/resourceGroups/{group}';
/** Most deployments are done by then; clients wait longer than that for an answer. */
const WAIT_MS = 25_000;
const POLL_SECONDS = 1;
/** Outputs may be passwords. */
const NO_STORE = { 'Cache-Control': 'no-store' };

/** Deployments that this process runs, by scope and name: whoever cancels one stops it here. */
type Running = Map<string, AbortController>;

/** Templates: deploy, validate, show, cancel, and what became of each resource. */
export function deploymentRoutes(rm: ResourceManager): Route[] {
  const running: Running = new Map();
  return [
    ...routesAt(rm, running, 'group', GROUP),
    ...routesAt(rm, running, 'subscription', '/subscriptions/{subscription}'),
    // The specification has this one path without the provider.
    ...operationRoutes(rm, 'group-deployment-plain', `${GROUP}/deployments/{deployment}`),
  ];
}

const on = (action: string) => ({ kind: 'resource', action: `${DEPLOYMENTS}/${action}` }) as const;

function routesAt(rm: ResourceManager, running: Running, level: string, base: string): Route[] {
  const all = `${base}/providers/${DEPLOYMENTS}`;
  const path = `${all}/{deployment}`;
  const find = (p: RouteParams) => findDeployment(rm, scopeOf(p), p.values.deployment ?? '');
  const route = (name: string, method: string, at: string, action: string, handle: Route['handle']): Route => ({
    name: `${level}-deployment${name}`,
    method,
    path: at,
    access: on(action),
    handle,
  });
  return [
    route('s', 'GET', all, 'read', (x, p) => list(rm, x, p)),
    route('-put', 'PUT', path, 'write', (x, p) => put(rm, running, x, p)),
    route('-get', 'GET', path, 'read', async (x, p) => x.sendJson(200, NO_STORE, await show(rm, x, await find(p)))),
    route('-exists', 'HEAD', path, 'read', async (x, p) => {
      await find(p);
      x.send(204);
    }),
    route('-delete', 'DELETE', path, 'delete', (x, p) => remove(rm, x, p)),
    route('-validate', 'POST', `${path}/validate`, 'validate/action', (x, p) => validate(rm, x, p)),
    route('-what-if', 'POST', `${path}/whatIf`, 'whatIf/action', (x, p) => foresee(rm, x, p)),
    route('-cancel', 'POST', `${path}/cancel`, 'cancel/action', (x, p) => cancel(rm, running, x, p)),
    route('-export', 'POST', `${path}/exportTemplate`, 'exportTemplate/action', async (x, p) =>
      x.sendJson(200, {}, { template: JSON.parse((await find(p)).template) }),
    ),
    route('-status', 'GET', `${path}/operationStatuses/{status}`, 'operationstatuses/read', async (x, p) =>
      status(x, await find(p), p.values.status ?? ''),
    ),
    ...operationRoutes(rm, `${level}-deployment`, path),
  ];
}

function operationRoutes(rm: ResourceManager, name: string, path: string): Route[] {
  const find = (p: RouteParams) => findDeployment(rm, scopeOf(p), p.values.deployment ?? '');
  const access = on('operations/read');
  return [
    {
      name: `${name}-operations`,
      method: 'GET',
      path: `${path}/operations`,
      access,
      handle: async (x, p) => {
        const row = await find(p);
        x.sendJson(200, {}, { value: detailsOf(row).operations.map((one) => operationJson(row, one)) });
      },
    },
    {
      name: `${name}-operation`,
      method: 'GET',
      path: `${path}/operations/{operation}`,
      access,
      handle: async (x, p) => {
        const row = await find(p);
        const wanted = p.values.operation ?? '';
        const one = detailsOf(row).operations.find(({ id }) => id.toLowerCase() === wanted.toLowerCase());
        if (!one) throw unknownOperation(wanted);
        x.sendJson(200, {}, operationJson(row, one));
      },
    },
  ];
}

function scopeOf({ values }: RouteParams): string {
  const subscription = `/subscriptions/${values.subscription ?? ''}`;
  return values.group === undefined ? subscription : `${subscription}/resourceGroups/${values.group}`;
}

async function list(rm: ResourceManager, x: Exchange, p: RouteParams): Promise<void> {
  const { scope } = await placeOf({ rm, tenantId: '' }, scopeOf(p));
  const page = await listPage(
    x,
    async (request) => rm.metadata.read.deployments.list(scopeKey(scope), request),
    (row) => row.name.toLowerCase(),
  );
  sendList(x, page, (row) => summaryJson(row, rm.clock.now()));
}

/** Who reads passwords in outputs may use them ever after: that is worth a row, as it is at their source. */
async function show(rm: ResourceManager, x: Exchange, row: DeploymentRow) {
  const { body, seen } = await deploymentJson(rm, row, x.principal);
  const asked = seen.filter(({ action }) => action.endsWith('/action'));
  if (asked.length > 0) {
    await rm.metadata.transaction(async (tx) => {
      for (const { action, scope } of asked) await tx.audit.append(armAudit(rm, { ...armCaller(x), scope }, action));
    });
  }
  return body;
}

async function put(rm: ResourceManager, running: Running, x: Exchange, p: RouteParams): Promise<void> {
  const stop = new AbortController();
  const { run, prepared } = await readDeployment(rm, x, p, stop.signal);
  const { place, name } = prepared.order;
  const known = await rm.metadata.read.deployments.find(scopeKey(place.scope), name);
  const operation = rm.operations.start(principalId(x.principal), async (ending) => {
    const key = runningKey(place.scope, name);
    const row = await beginDeployment(run, prepared);
    running.set(key, stop);
    ending.addEventListener('abort', () => stop.abort(ending.reason), { once: true });
    await runDeployment(run, prepared, row).finally(() => running.delete(key));
  });
  const waited = new AbortController();
  await Promise.race([operation.done, rm.clock.sleep(WAIT_MS, waited.signal).catch(() => undefined)]);
  waited.abort();
  const { error } = operation.state();
  if (error !== undefined) throw error;
  const row = await findDeployment(rm, place.scope, name);
  // az shows why a deployment failed when it asks for the state itself, and not when the first answer says it.
  const headers = row.state === 'Succeeded' ? NO_STORE : { ...NO_STORE, ...pollHeaders(x, row) };
  x.sendJson(known ? 200 : 201, headers, await show(rm, x, row));
}

const runningKey = (scope: string, name: string): string => scopeKey(`${scope}/${name}`);

function pollHeaders(x: Exchange, row: DeploymentRow) {
  const { scheme, host } = x.facts;
  const version = encodeURIComponent(apiVersion(x));
  const path = `${deploymentId(row)}/operationStatuses/${row.id}`;
  return {
    'Azure-AsyncOperation': `${scheme}://${host}${encodeURI(path)}?api-version=${version}`,
    'Retry-After': POLL_SECONDS,
  };
}

/** With `Retry-After` on each poll: without it clients come back after half a minute. */
function status(x: Exchange, row: DeploymentRow, id: string): void {
  if (row.id !== id.toLowerCase()) throw unknownOperation(id);
  const { error } = detailsOf(row);
  x.sendJson(200, { 'Retry-After': POLL_SECONDS }, { status: row.state, ...(error ? { error } : {}) });
}

function unknownOperation(id: string): DomainError {
  return new DomainError(
    'not-found',
    'operation.unknown',
    `The deployment has no operation '${id.slice(0, 100)}'. It may have been deployed again since; list its operations.`,
  );
}

/** The deployment that a request asks for, with everything checked that can be before anything is made. */
async function readDeployment(
  rm: ResourceManager,
  x: Exchange,
  p: RouteParams,
  signal: AbortSignal,
): Promise<{ run: Run; prepared: Prepared; body: JsonObject }> {
  const name = p.values.deployment ?? '';
  if (!DEPLOYMENT_NAME.test(name)) throw badName(name);
  const tenantId = (await rm.metadata.read.settings.get('tenantId')) ?? '';
  const place = await placeOf({ rm, tenantId }, scopeOf(p));
  const body = parseTemplateText(await readTextBody(x));
  const order = readOrder(body, name, place);
  const run = startRun(rm, armCaller(x), { signal, tenantId, describe });
  const prepared = prepare(run, order);
  await preflight(run, prepared);
  if (order.mode === 'Complete') await requireDeletable(run, place, prepared.planned);
  return { run, prepared, body: isObject(body) ? body : {} };
}

function readOrder(body: Json, name: string, place: DeploymentOrder['place']): DeploymentOrder {
  const properties = isObject(body) ? propertyOf(body, 'properties') : undefined;
  if (!isObject(properties)) throw invalidTemplate("the request must have 'properties' with mode and template");
  refuseLinkedTemplate(properties);
  if (propertyOf(properties, 'onErrorDeployment'))
    throw invalidTemplate("'onErrorDeployment' is not offered: deploy the former template again by hand");
  const source = propertyOf(properties, 'template') ?? null;
  const given = [...readGivenParameters(propertyOf(properties, 'parameters'))];
  const mode = readMode(properties);
  if (mode === 'Complete' && !place.group) throw invalidTemplate('a deployment to a subscription is Incremental');
  return {
    name,
    place,
    mode,
    source,
    template: readTemplate(source),
    given: new Map(given.map(([key, value]) => [key, { value, rights: [] }])),
    path: '',
    depth: 0,
  };
}

function readMode(properties: JsonObject): 'Incremental' | 'Complete' {
  const given = propertyOf(properties, 'mode');
  const mode = (['Incremental', 'Complete'] as const).find(
    (one) => typeof given === 'string' && one.toLowerCase() === given.toLowerCase(),
  );
  if (mode) return mode;
  throw invalidTemplate("'properties.mode' must be Incremental or Complete");
}

/** As the answer to a request would say it. */
function describe(error: unknown): ShownError {
  const { code, message } = toDomainError(error);
  return { code: ERROR_TABLE[code].arm, message };
}

function badName(name: string): DomainError {
  return new DomainError(
    'invalid',
    'deployment.name-invalid',
    `The deployment name '${name.slice(0, 100)}' is invalid: it has 1 to 64 letters, digits and -_.(). Choose another one.`,
  );
}

async function validate(rm: ResourceManager, x: Exchange, p: RouteParams): Promise<void> {
  const { prepared } = await readDeployment(rm, x, p, new AbortController().signal);
  const { order, parameters, planned } = prepared;
  const { correlationId } = x.facts;
  x.sendJson(
    200,
    {},
    {
      id: deploymentId({ scope: order.place.scope, name: order.name }),
      name: order.name,
      type: DEPLOYMENTS,
      properties: {
        provisioningState: 'Succeeded',
        mode: order.mode,
        correlationId,
        timestamp: armTime(rm.clock.now()),
        duration: 'PT0S',
        parameters: parametersJson(order.template.parameters, parameters),
        validatedResources: planned.map(({ id }) => ({ id })),
      },
    },
  );
}

async function foresee(rm: ResourceManager, x: Exchange, p: RouteParams): Promise<void> {
  const { run, prepared, body } = await readDeployment(rm, x, p, new AbortController().signal);
  const settings = new Fields(body).within('properties').within('whatIfSettings');
  const format = settings.word('resultFormat', ['FullResourcePayloads', 'ResourceIdOnly']);
  const changes = await whatIf(run, prepared);
  // Without payloads nothing is compared: what is there is deployed again, whether that changes it or not.
  const told = format === 'ResourceIdOnly' ? changes.map(withoutPayload) : changes;
  x.sendJson(200, {}, { status: 'Succeeded', properties: { changes: told } });
}

function withoutPayload({ resourceId, changeType }: ResourceChange) {
  const compared = changeType === 'Modify' || changeType === 'NoChange';
  return { resourceId, changeType: compared ? 'Deploy' : changeType };
}

async function cancel(rm: ResourceManager, running: Running, x: Exchange, p: RouteParams): Promise<void> {
  const row = await findDeployment(rm, scopeOf(p), p.values.deployment ?? '');
  const controller = running.get(runningKey(row.scope, row.name));
  if (!controller) {
    throw new DomainError(
      'conflict',
      'deployment.not-active',
      `The deployment '${row.name}' cannot be cancelled: it ended as ${row.state}. Deploy again if something else is to be there.`,
    );
  }
  await rm.metadata.transaction((tx) => tx.audit.append(armAudit(rm, armCaller(x), `${DEPLOYMENTS}/cancel/action`)));
  controller.abort(cancelled(principalId(x.principal)));
  x.send(204);
}

/** Of the history only: what was deployed stays. */
async function remove(rm: ResourceManager, x: Exchange, p: RouteParams): Promise<void> {
  const key = scopeKey(scopeOf(p));
  const name = p.values.deployment ?? '';
  await rm.metadata.transaction(async (tx) => {
    const row = await tx.deployments.find(key, name);
    if (row?.state === 'Running') {
      throw new DomainError(
        'conflict',
        'deployment.active',
        `The deployment '${row.name}' is active and cannot be deleted. Wait for its end, or cancel it.`,
        { retryAfter: 5 },
      );
    }
    if (!row) return;
    await tx.deployments.delete(key, name);
    await tx.audit.append(armAudit(rm, armCaller(x), `${DEPLOYMENTS}/delete`));
  });
  x.send(204);
}
