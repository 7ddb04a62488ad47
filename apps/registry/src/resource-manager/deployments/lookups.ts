import { requireResourceRight } from '../../access/resource-door.ts';
import { scopeKey } from '../../access/scope-path.ts';
import { DomainError } from '../../platform/domain-error.ts';
import type { ArmCaller } from '../context.ts';
import { PROVIDERS } from '../providers.ts';
import { findDeployment, outputsJson } from './deployment-record.ts';
import { type LookedUp, LookupNeeded, type LookupRequest } from './environment.ts';
import { isObject, type Json, propertyOf } from './expressions/values.ts';
import { DEPLOYMENTS } from './place.ts';
import { type ResourceAddress, readAddress } from './resource-address.ts';
import { requireListedVersion, resourceTypeOf } from './resource-types.ts';
import type { Run } from './run.ts';
import { invalidTemplate } from './template.ts';

/** Evaluations of one deployment may ask about so many things. */
const MAX_LOOKUPS = 1_000;

export function lookupKey({ kind, list, resource, apiVersion, full }: LookupRequest): string {
  return [kind, list, resource.toLowerCase(), apiVersion ?? '', full].join(' ');
}

/** Evaluates, asks for what it turns out to need, and evaluates again until nothing is missing. */
export async function withLookups<T>(run: Run, work: () => T): Promise<T> {
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof LookupNeeded)) throw error;
      if (run.known.size >= MAX_LOOKUPS) throw invalidTemplate(`it asks about more than ${MAX_LOOKUPS} resources`);
      run.known.set(lookupKey(error.request), await lookUp(run, error.request));
    }
  }
}

/** What was known of a resource that has been changed meanwhile. */
export function forget(run: Run, id: string): void {
  const mark = ` ${id.toLowerCase()} `;
  for (const key of run.known.keys()) if (key.includes(mark)) run.known.delete(key);
}

export function callerAt(caller: ArmCaller, id: string): ArmCaller {
  return { ...caller, scope: scopeKey(id) };
}

async function lookUp(run: Run, request: LookupRequest): Promise<LookedUp> {
  const address = readAddress(request.resource);
  if (!address)
    throw invalidTemplate(
      `'${request.resource.slice(0, 300)}' is neither a resource of the template nor the id of one`,
    );
  const type = resourceTypeOf(address.type);
  const version = request.apiVersion ?? newestVersion(address.type);
  requireListedVersion(address.type, version, run.rm.region);
  if (request.kind === 'list') return list(run, request, address);
  if (!type) return deployment(run, address);
  await requireResourceRight(run.rm, run.caller, type.read, scopeKey(address.id), address.id);
  const found = await type.get(run.rm, address, version);
  const whole = isObject(found) ? { ...found, apiVersion: version, resourceId: address.id } : found;
  return { value: request.full ? whole : (isObject(found) && propertyOf(found, 'properties')) || {}, rights: [] };
}

async function list(run: Run, request: LookupRequest, address: ResourceAddress): Promise<LookedUp> {
  const found = resourceTypeOf(address.type)?.lists?.[request.list];
  if (!found) {
    throw new DomainError(
      'unsupported',
      'resource.not-supported',
      `The function '${request.list.slice(0, 100)}' is not offered for resources of type '${address.type}'. Templates can call listCredentials on registries.`,
    );
  }
  const right = { action: found.action, scope: scopeKey(address.id) };
  await requireResourceRight(run.rm, run.caller, right.action, right.scope, address.id);
  return { value: await found.run(run.rm, callerAt(run.caller, address.id), address), rights: [right] };
}

/** Another deployment's outputs, nested or not; the secret ones only for whoever may see what they came from. */
async function deployment(run: Run, address: ResourceAddress): Promise<LookedUp> {
  const action = `${DEPLOYMENTS}/read` as const;
  await requireResourceRight(run.rm, run.caller, action, scopeKey(address.id), address.id);
  const row = await findDeployment(
    run.rm,
    address.id.slice(0, address.id.toLowerCase().lastIndexOf('/providers/')),
    address.name,
  );
  const { shown, rights } = await outputsJson(run.rm, row, run.caller.principal);
  const value: Json = { provisioningState: row.state, mode: row.mode, outputs: shown };
  return { value, rights };
}

export function newestVersion(type: string): string {
  const [namespace = '', ...words] = type.toLowerCase().split('/');
  const provider = PROVIDERS.find((one) => one.namespace.toLowerCase() === namespace);
  return provider?.types.find((one) => one.resourceType.toLowerCase() === words.join('/'))?.apiVersions[0] ?? '';
}
