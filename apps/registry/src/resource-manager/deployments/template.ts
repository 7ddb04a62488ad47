import { DomainError } from '../../platform/domain-error.ts';
import { isObject, type Json, type JsonObject, propertyOf, typeOf } from './expressions/values.ts';

/** As in Azure. */
const LIMITS = { parameters: 256, variables: 256, outputs: 64, resources: 800 } as const;

/** A template as it was sent, cut into its parts; nothing in it is evaluated yet. */
export interface Template {
  /** By name in lower case. */
  readonly parameters: ReadonlyMap<string, ParameterDefinition>;
  readonly variables: JsonObject;
  /** By `namespace.name` in lower case. */
  readonly functions: ReadonlyMap<string, OwnFunction>;
  readonly resources: readonly JsonObject[];
  readonly outputs: readonly OutputDefinition[];
}

const TYPES = ['string', 'securestring', 'int', 'bool', 'object', 'secureobject', 'array'] as const;
export type ParameterType = (typeof TYPES)[number];

export interface ParameterDefinition {
  /** As the template spells it. */
  readonly name: string;
  readonly type: ParameterType;
  readonly defaultValue?: Json | undefined;
  readonly allowedValues?: readonly Json[] | undefined;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly minValue?: number | undefined;
  readonly maxValue?: number | undefined;
}

export interface OwnFunction {
  readonly parameters: readonly { readonly name: string; readonly type: ParameterType }[];
  readonly output: Json;
}

export interface OutputDefinition {
  readonly name: string;
  readonly type: ParameterType;
  readonly definition: JsonObject;
}

export const isSecure = (type: ParameterType): boolean => type === 'securestring' || type === 'secureobject';

/** Throws `template.invalid` and says which part is not what it should be. */
export function readTemplate(given: Json | undefined): Template {
  if (!isObject(given)) throw invalidTemplate('The template must be a JSON object');
  for (const name of ['$schema', 'contentVersion']) {
    if (typeof propertyOf(given, name) !== 'string')
      throw invalidTemplate(`The template must have the string '${name}'`);
  }
  if ((propertyOf(given, 'languageVersion') ?? '1.0') !== '1.0') {
    throw invalidTemplate(
      "'languageVersion' 2.0 (symbolic names, user-defined types) is not offered; leave it out and write resources as an array",
    );
  }
  const resources = propertyOf(given, 'resources') ?? [];
  if (!Array.isArray(resources) || !resources.every(isObject)) {
    throw invalidTemplate("'resources' must be an array of objects (resources by symbolic names are not offered)");
  }
  if (resources.length > LIMITS.resources) throw tooMany('resources');
  const variables = section(given, 'variables');
  return {
    parameters: new Map(
      Object.entries(section(given, 'parameters')).map(([name, one]) => [name.toLowerCase(), readParameter(name, one)]),
    ),
    variables,
    functions: readFunctions(propertyOf(given, 'functions')),
    resources: resources as JsonObject[],
    outputs: Object.entries(section(given, 'outputs')).map(([name, one]) => readOutput(name, one)),
  };
}

export function invalidTemplate(what: string): DomainError {
  return new DomainError(
    'invalid',
    'template.invalid',
    `Deployment template validation failed: ${what}. Correct the template or its parameters and deploy again.`,
  );
}

function tooMany(what: keyof typeof LIMITS): DomainError {
  return invalidTemplate(`there are more than ${LIMITS[what]} ${what}, the most that a template may have`);
}

function section(template: JsonObject, name: 'parameters' | 'variables' | 'outputs'): JsonObject {
  const found = propertyOf(template, name) ?? {};
  if (!isObject(found)) throw invalidTemplate(`'${name}' must be an object`);
  if (Object.keys(found).length > LIMITS[name]) throw tooMany(name);
  return found;
}

function readType(where: string, given: Json | undefined): ParameterType {
  const type = TYPES.find((one) => typeof given === 'string' && one === given.toLowerCase());
  if (type) return type;
  throw invalidTemplate(
    `the type of ${where} must be one of string, secureString, int, bool, object, secureObject, array`,
  );
}

function readParameter(name: string, given: Json): ParameterDefinition {
  if (!isObject(given)) throw invalidTemplate(`the parameter '${name}' must be an object with a type`);
  const where = `the template parameter '${name}'`;
  const bound = (key: string) => {
    const value = propertyOf(given, key);
    if (value === undefined || (typeof value === 'number' && Number.isInteger(value))) return value;
    throw invalidTemplate(`'${key}' of ${where} must be an int`);
  };
  const allowedValues = propertyOf(given, 'allowedValues');
  if (allowedValues !== undefined && !Array.isArray(allowedValues)) {
    throw invalidTemplate(`'allowedValues' of ${where} must be an array`);
  }
  return {
    name,
    type: readType(where, propertyOf(given, 'type')),
    defaultValue: propertyOf(given, 'defaultValue'),
    allowedValues,
    minLength: bound('minLength'),
    maxLength: bound('maxLength'),
    minValue: bound('minValue'),
    maxValue: bound('maxValue'),
  };
}

function readOutput(name: string, given: Json): OutputDefinition {
  if (!isObject(given)) throw invalidTemplate(`the output '${name}' must be an object with type and value`);
  return { name, type: readType(`the output '${name}'`, propertyOf(given, 'type')), definition: given };
}

function readFunctions(given: Json | undefined): Map<string, OwnFunction> {
  const found = new Map<string, OwnFunction>();
  if (given === undefined) return found;
  if (!Array.isArray(given)) throw invalidTemplate("'functions' must be an array of namespaces");
  for (const one of given as readonly Json[]) {
    const namespace = isObject(one) ? propertyOf(one, 'namespace') : undefined;
    const members = isObject(one) ? propertyOf(one, 'members') : undefined;
    if (typeof namespace !== 'string' || !isObject(members)) {
      throw invalidTemplate('each of the functions must have a namespace and members');
    }
    for (const [name, member] of Object.entries(members as JsonObject)) {
      found.set(`${namespace}.${name}`.toLowerCase(), readFunction(`${namespace}.${name}`, member));
    }
  }
  return found;
}

function readFunction(name: string, given: Json): OwnFunction {
  const output = isObject(given) ? propertyOf(given, 'output') : undefined;
  const value = isObject(output) ? propertyOf(output as JsonObject, 'value') : undefined;
  if (value === undefined) throw invalidTemplate(`the function '${name}' must have an output with a value`);
  const parameters = propertyOf(given as JsonObject, 'parameters') ?? [];
  if (!Array.isArray(parameters)) throw invalidTemplate(`the parameters of the function '${name}' must be an array`);
  return {
    output: value,
    parameters: (parameters as readonly Json[]).map((one) => {
      const called = isObject(one) ? propertyOf(one, 'name') : undefined;
      if (!isObject(one) || typeof called !== 'string') {
        throw invalidTemplate(`each parameter of the function '${name}' must have a name`);
      }
      return { name: called, type: readType(`the parameter '${called}' of '${name}'`, propertyOf(one, 'type')) };
    }),
  };
}

/** Whether a value is of that type; the text says what it is instead. */
export function problemOfType(type: ParameterType, value: Json): string | undefined {
  const actual = typeOf(value);
  const wanted = type.replace('secure', '');
  if (actual === wanted) return undefined;
  return `must be of type ${wanted} and is of type ${actual}`;
}
