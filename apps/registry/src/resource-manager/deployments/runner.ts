import { principalId } from '../../access/principal.ts';
import { scopeKey } from '../../access/scope-path.ts';
import type { DeploymentRow, DeploymentState } from '../../metadata/deployments.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { armAudit } from '../audit.ts';
import { Fields } from '../fields.ts';
import { deleteUnnamed } from './complete-mode.ts';
import {
  type DeploymentDetails,
  deploymentId,
  type ErrorRecord,
  type OperationRecord,
  type Outputs,
  sealOutputs,
  withDetails,
} from './deployment-record.ts';
import { LookupNeeded } from './environment.ts';
import { type Json, type JsonObject, propertyOf } from './expressions/values.ts';
import { noteChange } from './foresight.ts';
import { serverEnded } from './interrupted.ts';
import { callerAt, forget, withLookups } from './lookups.ts';
import { parametersJson, typeName } from './parameters.ts';
import { DEPLOYMENTS } from './place.ts';
import type { PlannedResource } from './plan.ts';
import {
  bodyOf,
  type DeploymentOrder,
  nestedOrder,
  type Prepared,
  preflight,
  prepare,
  requireRight,
} from './prepare.ts';
import { resourceTypeOf } from './resource-types.ts';
import { type Run, shownError } from './run.ts';
import type { Right } from './secrets.ts';
import { withoutSecureValues } from './stored-template.ts';
import { invalidTemplate, isSecure, problemOfType } from './template.ts';

/** Deployments of one scope that are kept, as on Azure. */
const KEPT = 800;

/** Writes down that it runs, unless one of its name does. From here on it is known, whatever becomes of it. */
export async function beginDeployment(run: Run, { order, parameters, planned }: Prepared): Promise<DeploymentRow> {
  const { rm, caller } = run;
  const { place, name, mode, template } = order;
  const details: DeploymentDetails = {
    parameters: parametersJson(template.parameters, parameters),
    operations: [],
    outputResources: [],
    dependencies: dependenciesOf(planned),
  };
  const row: DeploymentRow = {
    id: rm.ids.uuid(),
    scope: place.scope,
    scopeKey: scopeKey(place.scope),
    name,
    state: 'Running',
    mode,
    correlationId: caller.correlationId,
    createdBy: principalId(caller.principal),
    startedAt: rm.clock.now(),
    template: JSON.stringify(withoutSecureValues(order.source)),
    details: JSON.stringify(details),
  };
  return rm.metadata.transaction(async (tx) => {
    const known = await tx.deployments.find(row.scopeKey, name);
    if (known?.state === 'Running') throw stillActive(known);
    const begun = { ...row, name: known?.name ?? name };
    await tx.deployments.put(begun);
    await tx.deployments.trim(row.scopeKey, KEPT);
    await tx.audit.append(armAudit(rm, callerAt(caller, deploymentId(begun)), `${DEPLOYMENTS}/write`));
    return begun;
  });
}

function dependenciesOf(planned: readonly PlannedResource[]) {
  const ids = new Map(planned.map((one) => [one.key, one.id]));
  return planned
    .map(({ id, after }) => ({ id, on: after.flatMap((key) => ids.get(key) ?? []) }))
    .filter(({ on }) => on.length > 0);
}

function stillActive(row: DeploymentRow): DomainError {
  return new DomainError(
    'conflict',
    'deployment.active',
    `Unable to edit or replace deployment '${row.name}': the one that was started at ${row.startedAt.toISOString()} is still active. Wait for its end, cancel it, or deploy under another name.`,
    { retryAfter: 5 },
  );
}

/** Makes the resources, one after another, then the outputs. Always ends the row; throws only what nobody foresaw. */
export async function runDeployment(run: Run, prepared: Prepared, row: DeploymentRow): Promise<DeploymentRow> {
  const operations: OperationRecord[] = [];
  try {
    await makeAll(run, prepared, operations);
    const failed = operations.filter(({ error }) => error);
    if (failed.length > 0)
      return await end(run, prepared, row, operations, { state: 'Failed', error: deploymentFailed(failed) });
    if (prepared.order.mode === 'Complete') await deleteUnnamed(run, prepared.order.place, prepared.planned);
    const outputs = await evaluateOutputs(run, prepared);
    return await end(run, prepared, row, operations, { state: 'Succeeded', outputs });
  } catch (error) {
    if (run.foreseen) throw error;
    if (run.signal.aborted) return await end(run, prepared, row, operations, interruption(run));
    const ended = await end(run, prepared, row, operations, { state: 'Failed', error: shownError(run, error) });
    if (error instanceof DomainError) return ended;
    throw error;
  }
}

async function makeAll(run: Run, prepared: Prepared, operations: OperationRecord[]): Promise<void> {
  const unmade = new Set<string>();
  for (const one of prepared.planned) {
    run.signal.throwIfAborted();
    // What needed it is not tried, everything else is.
    if (one.after.some((key) => unmade.has(key))) {
      unmade.add(one.key);
      continue;
    }
    const startedAt = run.rm.clock.now().toISOString();
    let error: ErrorRecord | undefined;
    try {
      await make(run, prepared, one);
    } catch (thrown) {
      if (!(thrown instanceof DomainError) || run.signal.aborted || run.foreseen) throw thrown;
      unmade.add(one.key);
      error = shownError(run, thrown);
    }
    operations.push({
      id: run.rm.ids.uuid().replaceAll('-', '').slice(0, 16).toUpperCase(),
      state: error ? 'Failed' : 'Succeeded',
      resourceId: one.id,
      type: one.type,
      name: one.name,
      startedAt,
      endedAt: run.rm.clock.now().toISOString(),
      ...(error ? { error } : {}),
    });
  }
}

/** By the operation that a request for it would run, with the right asked for at this moment. */
async function make(run: Run, prepared: Prepared, one: PlannedResource): Promise<void> {
  await requireRight(run, one);
  const type = resourceTypeOf(one.type);
  if (type) {
    const body = await withLookups(run, () => bodyOf(prepared, one));
    const put = () => type.put(run.rm, callerAt(run.caller, one.id), one, new Fields(body), one.apiVersion);
    await (run.foreseen ? noteChange(run, type, { environment: prepared.environment, one }, put) : put());
  } else {
    await makeNested(run, await orderWithLookups(run, prepared, one));
  }
  forget(run, one.id);
}

async function orderWithLookups(run: Run, prepared: Prepared, one: PlannedResource): Promise<DeploymentOrder> {
  for (;;) {
    try {
      return await nestedOrder(run, prepared, one);
    } catch (error) {
      if (!(error instanceof LookupNeeded)) throw error;
      await withLookups(run, () => prepared.environment.facts.lookUp(error.request));
    }
  }
}

async function makeNested(run: Run, order: DeploymentOrder): Promise<void> {
  const prepared = prepare(run, order);
  await preflight(run, prepared);
  const ended = await runDeployment(run, prepared, await beginDeployment(run, prepared));
  if (ended.state === 'Succeeded') return;
  throw new DomainError(
    'conflict',
    'deployment.interrupted',
    `The nested deployment '${ended.name}' ended as ${ended.state}. List its operations for the reason: az deployment operation group list -g ${order.place.group?.name ?? ''} -n ${ended.name}.`,
  );
}

async function evaluateOutputs(run: Run, { order, environment }: Prepared): Promise<Outputs> {
  const values: [string, Json][] = [];
  const secret: string[] = [];
  const rights = new Map<string, Right>();
  for (const { name, type, definition } of order.template.outputs) {
    const where = `${order.path}outputs.${name}`;
    const loops = order.outer?.loops ?? [];
    const { value: found, rights: needed } = await withLookups(run, () =>
      run.secrets.watch(() => outputOf(environment, definition, where, loops)),
    );
    if (found === undefined) continue;
    const problem = problemOfType(type, found);
    if (problem) throw invalidTemplate(`'${where}' ${problem}`);
    // What is declared to be secret is not even kept.
    values.push([name, { type: typeName(type), ...(isSecure(type) ? {} : { value: found }) }]);
    if (isSecure(type) || needed.length === 0) continue;
    secret.push(name);
    for (const right of needed) rights.set(`${right.action} ${right.scope}`, right);
  }
  return { values: Object.fromEntries(values), secret, rights: [...rights.values()] };
}

/** Undefined when its condition is false. */
function outputOf(
  environment: Prepared['environment'],
  definition: JsonObject,
  where: string,
  loops: Parameters<Prepared['environment']['value']>[2],
): Json | undefined {
  const condition = propertyOf(definition, 'condition');
  if (condition !== undefined && environment.value(condition, `${where}.condition`, loops) !== true) return undefined;
  const value = propertyOf(definition, 'value');
  if (value !== undefined) return environment.value(value, `${where}.value`, loops);
  const copy = propertyOf(definition, 'copy');
  if (copy === undefined) throw invalidTemplate(`'${where}' must have a value`);
  const made = environment.value({ copy: [{ ...(copy as JsonObject), name: 'value' }] }, where, loops);
  return (made as JsonObject).value ?? [];
}

interface End {
  readonly state: DeploymentState;
  readonly outputs?: Outputs;
  readonly error?: ErrorRecord;
}

async function end(
  run: Run,
  { order, parameters, planned }: Prepared,
  row: DeploymentRow,
  operations: OperationRecord[],
  { state, outputs, error }: End,
): Promise<DeploymentRow> {
  const ended: DeploymentRow = withDetails(
    {
      ...row,
      state,
      endedAt: run.rm.clock.now(),
      ...(outputs ? { sealedOutputs: sealOutputs(run.rm, row.id, outputs) } : {}),
    },
    {
      parameters: parametersJson(order.template.parameters, parameters),
      operations,
      outputResources: operations.filter(({ state: one }) => one === 'Succeeded').map(({ resourceId }) => resourceId),
      dependencies: dependenciesOf(planned),
      ...(error ? { error } : {}),
    },
  );
  await run.rm.metadata.transaction(async (tx) => {
    // With its group it may have been deleted meanwhile.
    if ((await tx.deployments.find(row.scopeKey, row.name))?.id === row.id) await tx.deployments.put(ended);
  });
  return ended;
}

/** Cancelled by somebody, or by the end of the server. What was made until then stays, as it does on Azure. */
function interruption(run: Run): End {
  const { reason } = run.signal;
  if (reason instanceof DomainError && reason.code === 'deployment.interrupted') {
    return { state: 'Canceled', error: shownError(run, reason) };
  }
  return { state: 'Failed', error: shownError(run, serverEnded()) };
}

function deploymentFailed(failed: readonly OperationRecord[]): ErrorRecord {
  return {
    code: 'DeploymentFailed',
    message:
      'At least one resource deployment operation failed. Please list deployment operations for details, for example with az deployment operation group list.',
    details: failed.flatMap(({ error }) => error ?? []),
  };
}
