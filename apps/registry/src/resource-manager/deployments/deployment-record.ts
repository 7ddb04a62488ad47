import type { Principal } from '../../access/principal.ts';
import { scopeKey } from '../../access/scope-path.ts';
import type { DeploymentRow, DeploymentSummary } from '../../metadata/deployments.ts';
import { DomainError } from '../../platform/domain-error.ts';
import type { ResourceManager } from '../context.ts';
import { armTime } from '../registries/registry-json.ts';
import type { Json, JsonObject } from './expressions/values.ts';
import { DEPLOYMENTS } from './place.ts';
import type { Right } from './secrets.ts';

/** What became of one resource of a deployment. */
export interface OperationRecord {
  readonly id: string;
  readonly state: 'Succeeded' | 'Failed';
  readonly resourceId: string;
  readonly type: string;
  readonly name: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly error?: ErrorRecord;
}

export interface ErrorRecord {
  readonly code: string;
  readonly message: string;
  readonly details?: readonly ErrorRecord[];
}

/** Everything about a deployment that no query asks for, kept as JSON. */
export interface DeploymentDetails {
  readonly parameters: JsonObject;
  readonly operations: readonly OperationRecord[];
  readonly outputResources: readonly string[];
  readonly dependencies: readonly { readonly id: string; readonly on: readonly string[] }[];
  readonly error?: ErrorRecord;
}

export interface Outputs {
  /** `{name: {type, value}}` */
  readonly values: JsonObject;
  /** Names of those that came from secrets. */
  readonly secret: readonly string[];
  /** What somebody needs to see these. */
  readonly rights: readonly Right[];
}

/** A deployment's row in the making: what changes is put into a new one. */
export function withDetails(row: DeploymentRow, details: DeploymentDetails): DeploymentRow {
  return { ...row, details: JSON.stringify(details) };
}

export const detailsOf = (row: DeploymentRow): DeploymentDetails => JSON.parse(row.details) as DeploymentDetails;

/** Sealed as a whole: a template may put passwords into its outputs, and the database holds none that can be read. */
export function sealOutputs(rm: ResourceManager, id: string, outputs: Outputs): Uint8Array {
  return rm.box.seal(JSON.stringify(outputs), contextOf(id));
}

const contextOf = (id: string) => `deployment:${id}`;

/**
 * The outputs as somebody may see them. Those that came from secrets show their value to who may have the secrets
 * themselves, by the rights of now; to others their type only: else whoever reads deployments would read passwords.
 */
export async function outputsJson(
  rm: ResourceManager,
  row: DeploymentRow,
  principal: Principal,
): Promise<{ shown: JsonObject; rights: readonly Right[] }> {
  if (!row.sealedOutputs) return { shown: {}, rights: [] };
  const { values, secret, rights } = JSON.parse(rm.box.open(row.sealedOutputs, contextOf(row.id))) as Outputs;
  if (secret.length === 0) return { shown: values, rights: [] };
  for (const { action, scope } of rights) {
    const { allow } = await rm.authorizer.check({ principal, action, resource: { id: scope } });
    if (!allow) return { shown: withoutValues(values, secret), rights: [] };
  }
  return { shown: values, rights };
}

function withoutValues(values: JsonObject, secret: readonly string[]): JsonObject {
  return Object.fromEntries(
    Object.entries(values).map(([name, output]) => {
      return [name, secret.includes(name) ? { type: (output as JsonObject).type as Json } : output];
    }),
  );
}

export async function findDeployment(rm: ResourceManager, scope: string, name: string): Promise<DeploymentRow> {
  const row = await rm.metadata.read.deployments.find(scopeKey(scope), name);
  if (row) return row;
  throw new DomainError(
    'not-found',
    'deployment.unknown',
    `Deployment '${name.slice(0, 100)}' could not be found at '${scope.slice(0, 300)}'. List the deployments there; the oldest of more than 800 are forgotten.`,
  );
}

export const deploymentId = ({ scope, name }: Pick<DeploymentSummary, 'scope' | 'name'>): string =>
  `${scope}/providers/${DEPLOYMENTS}/${name}`;

/** A deployment as lists show it. */
export function summaryJson(row: DeploymentSummary, now: Date) {
  return {
    id: deploymentId(row),
    name: row.name,
    type: DEPLOYMENTS,
    properties: {
      provisioningState: row.state,
      mode: row.mode,
      correlationId: row.correlationId,
      timestamp: armTime(row.endedAt ?? row.startedAt),
      duration: durationOf(row.startedAt, row.endedAt ?? now),
    },
  };
}

/** A deployment with everything that it may tell that somebody; `seen` says which secrets it told. */
export async function deploymentJson(rm: ResourceManager, row: DeploymentRow, principal: Principal) {
  const summary = summaryJson(row, rm.clock.now());
  const { parameters, operations, outputResources, dependencies, error } = detailsOf(row);
  const { shown, rights: seen } = await outputsJson(rm, row, principal);
  const body = {
    ...summary,
    properties: {
      ...summary.properties,
      parameters,
      ...(row.state === 'Succeeded' ? { outputs: shown } : {}),
      outputResources: outputResources.map((id) => ({ id })),
      dependencies: dependencies.map(({ id, on }) => ({ id, dependsOn: on.map((other) => ({ id: other })) })),
      providers: providersOf(rm, operations),
      ...(error ? { error } : {}),
    },
  };
  return { body, seen };
}

function providersOf(rm: ResourceManager, operations: readonly OperationRecord[]) {
  const types = new Set(operations.map(({ type }) => type));
  const namespaces = new Set([...types].map((type) => type.split('/')[0] ?? ''));
  return [...namespaces].map((namespace) => ({
    namespace,
    resourceTypes: [...types]
      .filter((type) => type.startsWith(`${namespace}/`))
      .map((type) => ({ resourceType: type.slice(namespace.length + 1), locations: [rm.region] })),
  }));
}

export function operationJson(row: DeploymentRow, one: OperationRecord) {
  return {
    id: `${deploymentId(row)}/operations/${one.id}`,
    operationId: one.id,
    properties: {
      provisioningOperation: 'Create',
      provisioningState: one.state,
      timestamp: armTime(new Date(one.endedAt)),
      duration: durationOf(new Date(one.startedAt), new Date(one.endedAt)),
      trackingId: row.correlationId,
      statusCode: one.error ? 'Conflict' : 'OK',
      ...(one.error ? { statusMessage: { status: 'Failed', error: one.error } } : {}),
      targetResource: { id: one.resourceId, resourceType: one.type, resourceName: one.name },
    },
  };
}

function durationOf(from: Date, to: Date): string {
  return `PT${((to.getTime() - from.getTime()) / 1000).toFixed(3)}S`;
}
