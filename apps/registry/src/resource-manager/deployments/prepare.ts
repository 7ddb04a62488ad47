import { refuseLockedScope, requireResourceRight } from '../../access/resource-door.ts';
import { scopeKey } from '../../access/scope-path.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { requireGroup, requireSubscription } from '../require.ts';
import {
  type BoundParameter,
  Environment,
  type LookedUp,
  LookupNeeded,
  type LookupRequest,
  type Loop,
} from './environment.ts';
import { FunctionProblem } from './expressions/functions.ts';
import { isObject, type Json, type JsonObject, propertyOf } from './expressions/values.ts';
import { lookupKey } from './lookups.ts';
import { bindParameters, type GivenParameter } from './parameters.ts';
import { DEPLOYMENT_NAME, DEPLOYMENTS, type Place } from './place.ts';
import { type PlannedResource, planResources } from './plan.ts';
import { isInner } from './references.ts';
import { requireListedVersion, resourceTypeOf } from './resource-types.ts';
import { countPlanned, type Run } from './run.ts';
import { invalidTemplate, readTemplate, type Template } from './template.ts';

/** What is to be deployed where. */
export interface DeploymentOrder {
  readonly name: string;
  readonly place: Place;
  readonly mode: 'Incremental' | 'Complete';
  /** As it was sent. */
  readonly source: Json;
  readonly template: Template;
  /** By name in lower case. */
  readonly given: ReadonlyMap<string, GivenParameter>;
  /** Of a nested one that is evaluated in the scope of the outer one. */
  readonly outer?: { readonly environment: Environment; readonly loops: readonly Loop[] };
  /** What paths in texts begin with: where it is nested. */
  readonly path: string;
  readonly depth: number;
}

/** A deployment of which everything is known that can be known before it runs. */
export interface Prepared {
  readonly order: DeploymentOrder;
  readonly environment: Environment;
  readonly parameters: ReadonlyMap<string, BoundParameter>;
  readonly planned: readonly PlannedResource[];
}

const MAX_DEPTH = 5;

/** Binds parameters, finds out which resources there are and in which order. Throws `template.invalid`. */
export function prepare(run: Run, order: DeploymentOrder): Prepared {
  const { rm, budget, secrets } = run;
  const { template, place, outer } = order;
  let planned: readonly PlannedResource[] | undefined;
  const facts = {
    template,
    place,
    deployment: { name: order.name, mode: order.mode },
    site: { region: rm.region, endpoints: rm.endpoints() },
    budget,
    secrets,
    lookUp: (request: LookupRequest) => lookUp(run, planned, request, outer?.environment),
  };
  const secureRight = {
    action: `${DEPLOYMENTS}/write`,
    scope: scopeKey(`${place.scope}/providers/${DEPLOYMENTS}/${order.name}`),
  } as const;
  const parameters = outer
    ? new Map<string, BoundParameter>()
    : bindParameters(facts, order.given, { ...rm, secureRight });
  const environment = outer
    ? new Environment({ ...outer.environment.facts, lookUp: facts.lookUp })
    : new Environment({ ...facts, parameters });
  planned = planResources(environment, {
    resources: template.resources,
    path: order.path,
    loops: outer?.loops ?? [],
    scopeOf: (source, loops) => scopeOf(environment, place, source, loops),
  });
  countPlanned(run, planned.length);
  for (const one of planned) {
    resourceTypeOf(one.type);
    requireListedVersion(one.type, one.apiVersion, rm.region);
  }
  return { order, environment, parameters, planned };
}

/** Nested deployments may go to another group, and nothing else may. */
function scopeOf(environment: Environment, place: Place, source: JsonObject, loops: readonly Loop[]): string {
  const type = propertyOf(source, 'type');
  if (typeof type !== 'string' || type.toLowerCase() !== DEPLOYMENTS.toLowerCase()) return place.scope;
  const text = (name: string) => {
    const given = propertyOf(source, name);
    const value = given === undefined ? undefined : environment.text(given, name, loops);
    // It becomes a part of ids: what has a slash in it would be another place to those who read them.
    if (value === undefined || /^[^/?#%\\]+$/.test(value)) return value;
    throw invalidTemplate(`'${name}' of a nested deployment must be a name`);
  };
  const group = text('resourceGroup');
  const subscription = text('subscriptionId') ?? place.subscription.id;
  if (group !== undefined) return `/subscriptions/${subscription}/resourceGroups/${group}`;
  if (subscription.toLowerCase() === place.subscription.id.toLowerCase()) return place.scope;
  throw invalidTemplate('a nested deployment to another subscription must name its resourceGroup, too');
}

function lookUp(
  run: Run,
  planned: readonly PlannedResource[] | undefined,
  request: LookupRequest,
  outer?: Environment,
): LookedUp {
  // While resources are planned, nobody knows which there are.
  if (!planned) throw new LookupNeeded(request);
  const resolved = resolve(planned, request, outer === undefined);
  if (!resolved) return (outer as Environment).facts.lookUp(request);
  const known = run.known.get(lookupKey(resolved));
  if (known) return known;
  throw new LookupNeeded(resolved);
}

/** A name stands for the resource of the template that has it, whose version is taken when none is said. */
function resolve(
  planned: readonly PlannedResource[],
  request: LookupRequest,
  outermost: boolean,
): LookupRequest | undefined {
  const wanted = request.resource.toLowerCase();
  const byId = wanted.startsWith('/');
  const found = planned.find((one) => (byId ? one.key === wanted : one.name.toLowerCase() === wanted));
  if (!found && !outermost) return undefined;
  if (!found && !byId) {
    throw new FunctionProblem(
      `'${request.resource.slice(0, 200)}' is neither a resource of the template nor a resource id`,
    );
  }
  if (!found) return request;
  return { ...request, resource: found.id, apiVersion: request.apiVersion ?? found.apiVersion };
}

/**
 * Whether all of it can be made, nested deployments included, as far as that is known before anything is: the rights for
 * each resource, asked of the one authorizer as a request for it would, locks, and expressions. Throws what stands against it.
 */
export async function preflight(run: Run, prepared: Prepared): Promise<void> {
  const { environment, order } = prepared;
  for (const { name, definition } of order.template.outputs)
    requireReadable(environment, definition, `${order.path}outputs.${name}`);
  for (const one of prepared.planned) {
    await requireRight(run, one);
    if (one.type.toLowerCase() === DEPLOYMENTS.toLowerCase()) {
      const nested = await knownNested(run, prepared, one);
      if (nested) await preflight(run, prepare(run, nested));
    } else tryBody(prepared, one);
  }
}

/** What of a resource is about making it, and not part of it. */
const META = new Set([
  'apiversion',
  'comments',
  'condition',
  'copy',
  'dependson',
  'metadata',
  'name',
  'resourcegroup',
  'resources',
  'scope',
  'subscriptionid',
  'type',
]);

/** What a request for the resource would send. Throws `LookupNeeded` while it depends on what is not known yet. */
export function bodyOf({ environment }: Prepared, { source, path, loops }: PlannedResource): JsonObject {
  const own = Object.entries(source).filter(([name]) => !META.has(name.toLowerCase()));
  return environment.value(Object.fromEntries(own), path, loops) as JsonObject;
}

function tryBody(prepared: Prepared, one: PlannedResource): void {
  try {
    bodyOf(prepared, one);
  } catch (error) {
    if (!(error instanceof LookupNeeded)) throw error;
  }
}

/** Outputs are evaluated at last; that they cannot be read is said at first. */
function requireReadable(environment: Environment, value: Json, where: string): void {
  if (typeof value === 'string') environment.expression(value, where);
  else if (Array.isArray(value))
    value.forEach((item, i) => void requireReadable(environment, item as Json, `${where}[${i}]`));
  else if (isObject(value))
    for (const [name, one] of Object.entries(value)) requireReadable(environment, one, `${where}.${name}`);
}

/** As the door asks for a request: for what extends another resource, on that one. */
export async function requireRight(run: Run, { type, id, extended }: PlannedResource): Promise<void> {
  const action = resourceTypeOf(type)?.write ?? (`${DEPLOYMENTS}/write` as const);
  const scope = scopeKey(extended ?? id);
  await requireResourceRight(run.rm, run.caller, action, scope, id);
  await refuseLockedScope(run.rm.metadata.read, action, 'write', scope);
}

/** Undefined while its parameters or its group are not there yet: then its rights are asked for when it runs. */
async function knownNested(run: Run, prepared: Prepared, one: PlannedResource): Promise<DeploymentOrder | undefined> {
  try {
    return await nestedOrder(run, prepared, one);
  } catch (error) {
    if (error instanceof LookupNeeded) return undefined;
    const missing = error instanceof DomainError && error.code === 'resource-group.unknown';
    if (missing && prepared.planned.some(({ key }) => key === one.key.slice(0, one.key.lastIndexOf('/providers/'))))
      return undefined;
    throw error;
  }
}

/** The deployment that a resource of a template is. Throws `LookupNeeded` while it depends on what is not known yet. */
export async function nestedOrder(run: Run, prepared: Prepared, one: PlannedResource): Promise<DeploymentOrder> {
  const { environment, order } = prepared;
  if (order.depth >= MAX_DEPTH)
    throw invalidTemplate(`deployments are nested deeper than ${MAX_DEPTH}, at '${one.path}'`);
  if (!DEPLOYMENT_NAME.test(one.name)) {
    throw invalidTemplate(`'${one.path}.name' must have 1 to 64 letters, digits and -_.()`);
  }
  const properties = propertyOf(one.source, 'properties');
  if (!isObject(properties)) throw invalidTemplate(`'${one.path}.properties' must be an object with mode and template`);
  refuseLinks(properties, one.path);
  const where = `${one.path}.properties`;
  const mode = environment.text(propertyOf(properties, 'mode'), `${where}.mode`, one.loops);
  if (mode.toLowerCase() !== 'incremental') {
    throw invalidTemplate(`'${where}.mode' must be Incremental: a nested deployment deletes nothing`);
  }
  const source = propertyOf(properties, 'template') ?? null;
  const template = readTemplate(source);
  const inner = isInner(properties);
  const given = givenTo(environment, propertyOf(properties, 'parameters'), `${where}.parameters`, one.loops);
  const place = await placeOf(run, one.id.slice(0, one.key.lastIndexOf('/providers/')));
  return {
    name: one.name,
    place,
    mode: 'Incremental',
    source,
    template,
    given: inner ? given : new Map(),
    ...(inner ? {} : { outer: { environment, loops: one.loops } }),
    path: `${where}.template.`,
    depth: order.depth + 1,
  };
}

/** A site without a network has nowhere to fetch them from; the template of another place stands inline. */
function refuseLinks(properties: JsonObject, path: string): void {
  for (const name of ['templateLink', 'parametersLink']) {
    if (propertyOf(properties, name) === undefined) continue;
    throw invalidTemplate(
      `'${path}.properties.${name}' cannot be used: this site fetches no templates; put the template inline`,
    );
  }
}

export function refuseLinkedTemplate(properties: JsonObject): void {
  refuseLinks(properties, 'deployment');
}

function givenTo(
  environment: Environment,
  given: Json | undefined,
  where: string,
  loops: readonly Loop[],
): Map<string, GivenParameter> {
  const found = new Map<string, GivenParameter>();
  if (given === undefined) return found;
  if (!isObject(given)) throw invalidTemplate(`'${where}' must be an object`);
  for (const [name, one] of Object.entries(given)) {
    const value = isObject(one) ? propertyOf(one, 'value') : undefined;
    if (value === undefined) throw invalidTemplate(`'${where}.${name}' must be an object with a value`);
    const { secrets } = environment.facts;
    found.set(
      name.toLowerCase(),
      secrets.watch(() => environment.value(value, `${where}.${name}.value`, loops)),
    );
  }
  return found;
}

/** The group of that scope, which must be there. */
export async function placeOf(run: Pick<Run, 'rm' | 'tenantId'>, scope: string): Promise<Place> {
  const [, , subscriptionId = '', , group] = scope.split('/');
  const { rm, tenantId } = run;
  const subscription = await requireSubscription(rm, subscriptionId);
  const about = { id: subscription.id, displayName: subscription.displayName, tenantId };
  if (group === undefined) return { scope: `/subscriptions/${subscription.id}`, subscription: about };
  const row = await requireGroup(rm, subscriptionId, group);
  const tags = JSON.parse(row.tags) as JsonObject;
  return {
    scope: `/subscriptions/${subscription.id}/resourceGroups/${row.name}`,
    subscription: about,
    group: { name: row.name, location: row.location || rm.region, tags },
  };
}
