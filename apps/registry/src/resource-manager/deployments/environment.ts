import type { SiteEndpoints } from '../context.ts';
import { type Budget, TooMuch } from './expressions/budget.ts';
import { evaluate, type Surroundings } from './expressions/evaluator.ts';
import { FunctionProblem, type FunctionTable, fn } from './expressions/functions.ts';
import { parseExpression } from './expressions/parser.ts';
import { type Expression, ExpressionProblem, readTemplateString } from './expressions/syntax.ts';
import { isObject, type Json, type JsonObject, keyOf, propertyOf } from './expressions/values.ts';
import type { Place } from './place.ts';
import { resourceIdFunctions } from './resource-id-functions.ts';
import type { Right, Secrets } from './secrets.ts';
import { invalidTemplate, problemOfType, type Template } from './template.ts';

/** A turn of a `copy`. */
export interface Loop {
  readonly name: string;
  readonly index: number;
  /** Of the resource, whose name need not be said. */
  readonly ofResource: boolean;
}

/** What is asked of resources while a deployment runs. */
export interface LookupRequest {
  readonly kind: 'reference' | 'list';
  /** `listcredentials`, in lower case; empty for a reference. */
  readonly list: string;
  /** An id, or the name of a resource of the template. */
  readonly resource: string;
  readonly apiVersion: string | undefined;
  readonly full: boolean;
}

/** Thrown when an evaluation needs what only the running deployment can tell. Evaluate again when it is known. */
export class LookupNeeded extends Error {
  readonly request: LookupRequest;

  constructor(request: LookupRequest) {
    super(`${request.kind} of ${request.resource} is known only while the deployment runs`);
    this.request = request;
  }
}

export interface LookedUp {
  readonly value: Json;
  /** What is needed to see it; none for what is no secret. */
  readonly rights: readonly Right[];
}

export interface BoundParameter {
  readonly value: Json;
  readonly rights: readonly Right[];
}

export interface EnvironmentFacts {
  readonly template: Template;
  /** By name in lower case. */
  readonly parameters: ReadonlyMap<string, BoundParameter>;
  readonly place: Place;
  readonly deployment: { readonly name: string; readonly mode: string };
  readonly site: { readonly region: string; readonly endpoints: SiteEndpoints };
  readonly budget: Budget;
  readonly secrets: Secrets;
  /** What is known so far; throws `LookupNeeded` for the rest. */
  readonly lookUp: (request: LookupRequest) => LookedUp;
  /** `utcNow` and `newGuid`, which only defaults of parameters may call. */
  readonly defaultsOnly?: FunctionTable;
}

/** As deep as variables may be made of one another. */
const MAX_VARIABLE_DEPTH = 50;
/** As in Azure. */
const MAX_COPIES = 800;

/** The meaning of a template's expressions: its parameters and variables, its place, and what is known of resources. */
export class Environment {
  readonly facts: EnvironmentFacts;
  readonly #variables = new Map<string, { value: Json; rights: readonly Right[] }>();
  readonly #underWay: string[] = [];
  readonly #definitions: ReadonlyMap<string, { value?: Json; copy?: JsonObject }>;
  readonly #parsed = new Map<string, Expression>();

  constructor(facts: EnvironmentFacts) {
    this.facts = facts;
    const plain = Object.entries(facts.template.variables).filter(([name]) => name.toLowerCase() !== 'copy');
    this.#definitions = new Map<string, { value?: Json; copy?: JsonObject }>([
      ...plain.map(([name, value]) => [name.toLowerCase(), { value }] as const),
      ...copiesOf(facts.template.variables, 'variables').map(
        (copy) => [copy.name.toLowerCase(), { copy: copy.given }] as const,
      ),
    ]);
  }

  /** What a value of the template says once its expressions are evaluated. `where` is its path, for texts. */
  value(given: Json, where: string, loops: readonly Loop[] = []): Json {
    this.#pay(where);
    if (typeof given === 'string') return this.#text(given, where, loops);
    if (Array.isArray(given)) return given.map((item, i) => this.value(item as Json, `${where}[${i}]`, loops));
    if (!isObject(given)) return given;
    const copies = copiesOf(given, where);
    const pairs = Object.entries(given)
      .filter(([name]) => copies.length === 0 || name.toLowerCase() !== 'copy')
      .map(([name, one]): [string, Json] => {
        const key = name.startsWith('[') ? this.#text(name, `${where}.${name}`, loops) : name;
        return [typeof key === 'string' ? key : name, this.value(one, `${where}.${name}`, loops)];
      });
    for (const copy of copies)
      pairs.push([copy.name, this.#copied(copy.given, `${where}.copy['${copy.name}']`, loops)]);
    return Object.fromEntries(pairs);
  }

  text(given: Json | undefined, where: string, loops: readonly Loop[] = []): string {
    const value = given === undefined ? undefined : this.value(given, where, loops);
    if (typeof value === 'string' && value !== '') return value;
    throw invalidTemplate(`'${where}' must be a string, and must not be empty`);
  }

  /** How often a `copy` goes round, and its name. */
  copyOf(copy: JsonObject, where: string, loops: readonly Loop[] = []): { name: string; count: number } {
    const count = this.value(propertyOf(copy, 'count') ?? null, `${where}.count`, loops);
    if (typeof count !== 'number' || !Number.isInteger(count) || count < 0 || count > MAX_COPIES) {
      throw invalidTemplate(`'${where}.count' must be an int from 0 to ${MAX_COPIES}`);
    }
    return { name: this.text(propertyOf(copy, 'name') ?? '-', `${where}.name`, loops), count };
  }

  /** The expression of a string, if it is one. Throws where it is wrong. */
  expression(text: string, where: string): Expression | undefined {
    const read = readTemplateString(text);
    if (read.kind === 'text') return undefined;
    const known = this.#parsed.get(text);
    if (known) return known;
    return this.#located(text, where, () => {
      const parsed = parseExpression(text);
      this.#parsed.set(text, parsed);
      return parsed;
    });
  }

  /** What an expression yields; throws `ExpressionProblem`, which has no place in the template yet. */
  evaluate(expression: Expression, loops: readonly Loop[] = []): Json {
    return evaluate(expression, this.#surroundings(loops));
  }

  #pay(where: string): void {
    try {
      this.facts.budget.node();
    } catch (error) {
      if (error instanceof TooMuch) throw invalidTemplate(`at '${where}', ${error.message}`);
      throw error;
    }
  }

  #text(text: string, where: string, loops: readonly Loop[]): Json {
    const expression = this.expression(text, where);
    if (!expression) {
      const read = readTemplateString(text);
      return read.text;
    }
    const { secrets } = this.facts;
    const { value, rights } = secrets.watch(() => this.#located(text, where, () => this.evaluate(expression, loops)));
    if (rights.length > 0) secrets.keep(value);
    return value;
  }

  #located<T>(text: string, where: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof ExpressionProblem)) throw error;
      const { secrets } = this.facts;
      const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
      // Texts of functions name what they are asked for, and that may be a secret, or made of one.
      const why = secrets.met ? 'it fails on something secret, of which no more is said' : error.message;
      throw invalidTemplate(
        `Unable to process template language expressions for '${where}': in "${secrets.blank(shown)}", at character ${error.at + 1}, ${why}`,
      );
    }
  }

  #copied(copy: JsonObject, where: string, loops: readonly Loop[]): Json {
    const { name, count } = this.copyOf(copy, where, loops);
    const input = propertyOf(copy, 'input');
    if (input === undefined) throw invalidTemplate(`'${where}' must have an input`);
    return Array.from({ length: count }, (_, index) =>
      this.value(input, `${where}.input`, [...loops, { name, index, ofResource: false }]),
    );
  }

  #surroundings(loops: readonly Loop[]): Surroundings {
    const { budget, place, secrets } = this.facts;
    const functions: FunctionTable = {
      ...placeFunctions(this.facts),
      ...resourceIdFunctions(place),
      ...this.facts.defaultsOnly,
      parameters: fn(1, ([name]) => this.#parameter(name as Json), 1),
      variables: fn(1, ([name]) => this.#variable(name as Json), 1),
      copyindex: fn(0, (args) => copyIndex(args, loops), 2),
      reference: fn(1, (args) => this.#lookUp('reference', '', args), 3),
      'list*': fn(2, ([list, ...args]) => this.#lookUp('list', list as string, args), 4),
    };
    return {
      budget,
      functions,
      callOwn: (namespace, name, args) => this.#callOwn(`${namespace}.${name}`, args),
      mayNameProperties: () => !secrets.met,
    };
  }

  #parameter(name: Json): Json {
    const found = typeof name === 'string' ? this.facts.parameters.get(name.toLowerCase()) : undefined;
    if (!found) throw new FunctionProblem(`the template parameter '${shown(name)}' is not found`);
    this.facts.secrets.meet(found.rights);
    return found.value;
  }

  #variable(name: Json): Json {
    const key = typeof name === 'string' ? name.toLowerCase() : '';
    const definition = this.#definitions.get(key);
    if (!definition) throw new FunctionProblem(`the template variable '${shown(name)}' is not found`);
    const known = this.#variables.get(key) ?? this.#makeVariable(key, definition);
    this.facts.secrets.meet(known.rights);
    return known.value;
  }

  #makeVariable(key: string, { value = null, copy }: { value?: Json; copy?: JsonObject }) {
    const where = `variables.${key}`;
    if (this.#underWay.includes(key)) throw new FunctionProblem(`the variable '${key}' is made of itself`);
    if (this.#underWay.length >= MAX_VARIABLE_DEPTH) {
      throw new FunctionProblem(`variables are made of one another more than ${MAX_VARIABLE_DEPTH} deep`);
    }
    this.#underWay.push(key);
    try {
      const made = this.facts.secrets.watch(() => (copy ? this.#copied(copy, where, []) : this.value(value, where)));
      this.#variables.set(key, made);
      return made;
    } finally {
      this.#underWay.pop();
    }
  }

  #lookUp(kind: LookupRequest['kind'], list: string, args: readonly Json[]): Json {
    if (this.#underWay.length > 0) {
      throw new FunctionProblem('variables are known before anything is deployed: use it in a resource or an output');
    }
    if (this.facts.defaultsOnly) {
      throw new FunctionProblem('defaults of parameters are known before anything is deployed');
    }
    const [resource, apiVersion, full] = args;
    if (typeof resource !== 'string') throw new FunctionProblem('argument 1 must be the name or the id of a resource');
    if (apiVersion !== undefined && typeof apiVersion !== 'string') {
      throw new FunctionProblem('argument 2 must be an api-version');
    }
    if (kind === 'list' && apiVersion === undefined)
      throw new FunctionProblem('argument 2, the api-version, is missing');
    const isFull = kind === 'reference' && typeof full === 'string' && full.toLowerCase() === 'full';
    const found = this.facts.lookUp({ kind, list, resource, apiVersion, full: isFull });
    this.facts.secrets.meet(found.rights);
    if (found.rights.length > 0) this.facts.secrets.keep(found.value);
    return found.value;
  }

  #callOwn(name: string, args: readonly Json[]): Json {
    const own = this.facts.template.functions.get(name.toLowerCase());
    if (!own) throw new FunctionProblem(`the template has no function '${name}'`);
    if (args.length !== own.parameters.length) {
      throw new FunctionProblem(`${args.length} arguments are given, and '${name}' takes ${own.parameters.length}`);
    }
    const parameters = new Map<string, BoundParameter>();
    own.parameters.forEach((parameter, i) => {
      const problem = problemOfType(parameter.type, args[i] as Json);
      if (problem) throw new FunctionProblem(`the argument '${parameter.name}' of '${name}' ${problem}`);
      parameters.set(parameter.name.toLowerCase(), { value: args[i] as Json, rights: [] });
    });
    // It sees its own parameters only, and calls no function of the template: so it ends.
    const template: Template = { ...this.facts.template, variables: {}, functions: new Map() };
    const lookUp = () => {
      throw new FunctionProblem('functions of a template know nothing of resources');
    };
    return new Environment({ ...this.facts, template, parameters, lookUp }).value(
      own.output,
      `functions.${name}.output`,
    );
  }
}

function shown(name: Json): string {
  return typeof name === 'string' ? name.slice(0, 100) : '(no string)';
}

/** `copyIndex()`, `copyIndex(offset)`, `copyIndex('name')`, `copyIndex('name', offset)`. */
function copyIndex(args: readonly Json[], loops: readonly Loop[]): Json {
  const [first, second] = args;
  const named = typeof first === 'string';
  const offset = named ? second : first;
  const loop = named
    ? loops.findLast(({ name }) => name.toLowerCase() === first.toLowerCase())
    : (loops.findLast(({ ofResource }) => ofResource) ?? loops.at(-1));
  if (!loop) throw new FunctionProblem(named ? `there is no copy '${shown(first)}' here` : 'there is no copy here');
  if (offset !== undefined && (typeof offset !== 'number' || !Number.isInteger(offset))) {
    throw new FunctionProblem('the offset must be an int');
  }
  return loop.index + (offset ?? 0);
}

/** The items of a `copy` in an object: each makes the property of its name. */
function copiesOf(object: JsonObject, where: string): { name: string; given: JsonObject }[] {
  const key = keyOf(object, 'copy');
  const given = key === undefined ? undefined : object[key];
  if (!Array.isArray(given)) return [];
  return (given as readonly Json[]).map((one, i) => {
    const name = isObject(one) ? propertyOf(one, 'name') : undefined;
    if (!isObject(one) || typeof name !== 'string' || name === '') {
      throw invalidTemplate(`'${where}.copy[${i}]' must be an object with name, count and input`);
    }
    return { name, given: one };
  });
}

/** What expressions may ask about the place and the site. */
function placeFunctions({ place, deployment, site }: EnvironmentFacts): FunctionTable {
  const { subscription, group } = place;
  const needGroup = () => {
    if (group) return group;
    throw new FunctionProblem('a deployment to a subscription has no resource group');
  };
  return {
    resourcegroup: fn(0, () => groupJson(place, needGroup()), 0),
    subscription: fn(
      0,
      () => ({
        id: `/subscriptions/${subscription.id}`,
        subscriptionId: subscription.id,
        tenantId: subscription.tenantId,
        displayName: subscription.displayName,
      }),
      0,
    ),
    tenant: fn(0, () => ({ tenantId: subscription.tenantId, displayName: 'Holdfast', countryCode: '' }), 0),
    deployment: fn(
      0,
      () => ({
        name: deployment.name,
        ...(group ? {} : { location: site.region }),
        properties: { mode: deployment.mode, provisioningState: 'Accepted' },
      }),
      0,
    ),
    environment: fn(0, () => environmentJson(site.endpoints), 0),
  };
}

function groupJson({ subscription }: Place, { name, location, tags }: NonNullable<Place['group']>): Json {
  return {
    id: `/subscriptions/${subscription.id}/resourceGroups/${name}`,
    name,
    type: 'Microsoft.Resources/resourceGroups',
    location,
    tags,
    properties: { provisioningState: 'Succeeded' },
  };
}

function environmentJson({ management, portal, graph, authority, loginServerSuffix }: SiteEndpoints): Json {
  return {
    name: 'Holdfast',
    resourceManager: management,
    portal,
    graph,
    authentication: { loginEndpoint: authority, audiences: [management], tenant: 'adfs', identityProvider: 'ADFS' },
    suffixes: { acrLoginServer: loginServerSuffix },
  };
}
