import { type Environment, LookupNeeded, type Loop } from './environment.ts';
import { isObject, type Json, type JsonObject, propertyOf } from './expressions/values.ts';
import { orderOf } from './order.ts';
import { GROUPS } from './place.ts';
import { referencedIn } from './references.ts';
import { addressOf, type ResourceAddress } from './resource-address.ts';
import { invalidTemplate } from './template.ts';

/** A resource of a template, one for each turn of its `copy`, with everything known that is known before it is made. */
export interface PlannedResource extends ResourceAddress {
  /** `resources[2]`, for texts. */
  readonly path: string;
  /** The id in lower case. */
  readonly key: string;
  readonly apiVersion: string;
  readonly source: JsonObject;
  readonly loops: readonly Loop[];
  /** Keys of those that must be there before. */
  readonly after: readonly string[];
}

interface Draft extends Omit<PlannedResource, 'after'> {
  readonly condition: boolean;
  /** Names of the copies that it is a turn of. */
  readonly copies: readonly string[];
  readonly parent?: string;
}

/** As in Azure. */
const MAX_RESOURCES = 800;

/**
 * The resources in the order in which they can be made. Names, types, versions, conditions and dependencies must be known
 * before anything is; `reference` and `list…` have no place in them. Throws `template.invalid`.
 */
export function planResources(environment: Environment, around: PlanSurroundings): PlannedResource[] {
  const planner = new Planner(environment, around.scopeOf);
  around.resources.forEach((source, i) => {
    planner.add(source, `${around.path}resources[${i}]`, around.loops, undefined);
  });
  return orderOf(planner.finished());
}

export interface PlanSurroundings {
  readonly resources: readonly JsonObject[];
  /** What their paths begin with in texts. */
  readonly path: string;
  /** Turns of copies that they stand in already. */
  readonly loops: readonly Loop[];
  /** Where a resource is to be: `/subscriptions/…/resourceGroups/…`. */
  readonly scopeOf: ScopeOf;
}

type ScopeOf = (source: JsonObject, loops: readonly Loop[]) => string;

class Planner {
  readonly #environment: Environment;
  readonly #scopeOf: ScopeOf;
  readonly #drafts: Draft[] = [];
  readonly #named = new Map<string, readonly Draft[]>();

  constructor(environment: Environment, scopeOf: ScopeOf) {
    this.#environment = environment;
    this.#scopeOf = scopeOf;
  }

  add(source: JsonObject, path: string, loops: readonly Loop[], parent: Draft | undefined): void {
    const copy = propertyOf(source, 'copy');
    if (copy === undefined) {
      this.#addOne(source, path, loops, parent, []);
      return;
    }
    if (!isObject(copy)) throw invalidTemplate(`'${path}.copy' must be an object with name and count`);
    const { name, count } = this.#known(`${path}.copy`, () => this.#environment.copyOf(copy, `${path}.copy`, loops));
    for (let index = 0; index < count; index++) {
      this.#addOne(source, path, [...loops, { name, index, ofResource: true }], parent, [name]);
    }
  }

  #addOne(source: JsonObject, path: string, loops: readonly Loop[], parent: Draft | undefined, copies: string[]): void {
    const text = (name: string) => this.#text(source, name, path, loops);
    const own = { type: text('type'), name: text('name') };
    const type = parent ? `${parent.type}/${own.type}` : own.type;
    const name = parent ? `${parent.name}/${own.name}` : own.name;
    const scope = propertyOf(source, 'scope') === undefined ? undefined : text('scope');
    const place = this.#known(path, () => this.#scopeOf(source, loops));
    const address = addressOf(place, type, name, scope);
    const draft: Draft = {
      ...address,
      key: address.id.toLowerCase(),
      path,
      apiVersion: text('apiVersion'),
      condition: this.#condition(source, path, loops) && parent?.condition !== false,
      source,
      loops,
      copies,
      ...(parent ? { parent: parent.key } : {}),
    };
    const twin = this.#drafts.find(({ key }) => key === draft.key);
    // Both may be there as long as at most one of them is made.
    if (twin?.condition && draft.condition)
      throw invalidTemplate(`the resource '${draft.id}' is defined twice, at ${twin.path} and ${path}`);
    if (this.#drafts.length >= MAX_RESOURCES) {
      throw invalidTemplate(`there are more than ${MAX_RESOURCES} resources, the most that a template may make`);
    }
    this.#drafts.push(draft);
    const children = propertyOf(source, 'resources') ?? [];
    if (!Array.isArray(children) || !children.every(isObject))
      throw invalidTemplate(`'${path}.resources' must be an array of objects`);
    for (const [i, child] of (children as JsonObject[]).entries())
      this.add(child, `${path}.resources[${i}]`, loops, draft);
  }

  /** Those that are to be made. */
  finished(): PlannedResource[] {
    for (const draft of this.#drafts) {
      for (const name of namesOf(draft)) this.#named.set(name, [...(this.#named.get(name) ?? []), draft]);
    }
    return this.#drafts
      .map((draft) => ({ ...draft, after: [...this.#after(draft)] }))
      .filter(({ condition }) => condition);
  }

  #after(draft: Draft): Set<string> {
    const after = new Set<string>(draft.parent === undefined ? [] : [draft.parent]);
    const dependsOn = propertyOf(draft.source, 'dependsOn') ?? [];
    if (!Array.isArray(dependsOn)) throw invalidTemplate(`'${draft.path}.dependsOn' must be an array`);
    (dependsOn as readonly Json[]).forEach((given, i) => {
      const where = `${draft.path}.dependsOn[${i}]`;
      const wanted = this.#known(where, () => this.#environment.text(given, where, draft.loops));
      const found = this.#find(wanted);
      if (found.length === 0) {
        throw invalidTemplate(
          `'${where}' of the resource '${draft.id}' names '${wanted.slice(0, 300)}', which the template does not define`,
        );
      }
      for (const one of found) after.add(one.key);
    });
    for (const wanted of referencedIn(this.#environment, draft))
      for (const one of this.#find(wanted)) after.add(one.key);
    // What hangs on a resource of the template needs it.
    if (draft.extended !== undefined) for (const one of this.#find(draft.extended)) after.add(one.key);
    after.delete(draft.key);
    return after;
  }

  /** By id, name, `type/name`, or by the name of a copy, which stands for all its turns. */
  #find(wanted: string): readonly Draft[] {
    return this.#named.get(wanted.toLowerCase().replace(/\/+$/, '')) ?? [];
  }

  #text(source: JsonObject, name: string, path: string, loops: readonly Loop[]): string {
    const where = `${path}.${name}`;
    return this.#known(where, () => this.#environment.text(propertyOf(source, name), where, loops));
  }

  #condition(source: JsonObject, path: string, loops: readonly Loop[]): boolean {
    const given = propertyOf(source, 'condition');
    if (given === undefined) return true;
    const value = this.#known(`${path}.condition`, () => this.#environment.value(given, `${path}.condition`, loops));
    if (typeof value !== 'boolean') throw invalidTemplate(`'${path}.condition' must be true or false`);
    return value;
  }

  /** What decides which resources there are is shown to whoever sees the deployment: so no secret may be in it. */
  #known<T>(where: string, work: () => T): T {
    try {
      const { value, rights } = this.#environment.facts.secrets.watch(work);
      if (rights.length === 0) return value;
    } catch (error) {
      if (!(error instanceof LookupNeeded)) throw error;
      throw invalidTemplate(
        `'${where}' must be known before anything is made: reference and list functions cannot be used in it`,
      );
    }
    throw invalidTemplate(`'${where}' is shown to everybody who sees the deployment: nothing secret can be used in it`);
  }
}

function namesOf(draft: Draft): Set<string> {
  const { key, name, type, copies } = draft;
  const names = [
    key,
    name,
    `${type}/${name}`,
    key.slice(key.lastIndexOf('/providers/') + '/providers/'.length),
    ...copies,
    // As resourceId() writes the id of a group.
    ...(type.toLowerCase() === GROUPS.toLowerCase() ? [key.replace('/resourcegroups/', `/providers/${type}/`)] : []),
  ];
  return new Set(names.map((one) => one.toLowerCase()));
}
