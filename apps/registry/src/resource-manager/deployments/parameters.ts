import type { Clock } from '../../platform/clock.ts';
import type { Ids } from '../../platform/ids.ts';
import { type BoundParameter, Environment, type EnvironmentFacts } from './environment.ts';
import { formatTime } from './expressions/dates.ts';
import { type FunctionTable, fn } from './expressions/functions.ts';
import { isObject, type Json, type JsonObject, propertyOf, sameValue, textOf } from './expressions/values.ts';
import { LEAST_GIVEN, type Right } from './secrets.ts';
import { invalidTemplate, isSecure, type ParameterDefinition, problemOfType } from './template.ts';

/** A value that whoever deploys gave, with what is needed to see it when it came from a secret. */
export interface GivenParameter {
  readonly value: Json;
  readonly rights: readonly Right[];
}

/** Reads `{name: {value}}`. References to vaults are refused: the site has none. */
export function readGivenParameters(given: Json | undefined): Map<string, Json> {
  if (given !== undefined && given !== null && !isObject(given))
    throw invalidTemplate("'parameters' must be an object");
  const found = new Map<string, Json>();
  for (const [name, one] of Object.entries(given ?? {})) {
    const value = isObject(one) ? propertyOf(one, 'value') : undefined;
    if (value === undefined && isObject(one) && propertyOf(one, 'reference') !== undefined) {
      throw invalidTemplate(`the parameter '${name}' refers to a key vault, and this site has none: give its value`);
    }
    if (value === undefined) throw invalidTemplate(`the parameter '${name}' must be an object with a value`);
    found.set(name.toLowerCase(), value);
  }
  return found;
}

/**
 * The template's parameters with what was given, or with their defaults, each checked against its definition. Texts name
 * the parameter and never the value of a secure one.
 */
export function bindParameters(
  facts: Omit<EnvironmentFacts, 'parameters' | 'defaultsOnly'>,
  given: ReadonlyMap<string, GivenParameter>,
  d: { readonly clock: Clock; readonly ids: Ids; readonly secureRight: Right },
): Map<string, BoundParameter> {
  const definitions = facts.template.parameters;
  for (const name of given.keys()) {
    if (definitions.has(name)) continue;
    const there = [...definitions.values()].map((one) => one.name).join(', ');
    throw invalidTemplate(
      `the parameter '${name.slice(0, 100)}' is given, and the template has ${there === '' ? 'no parameters' : `only ${there}`}`,
    );
  }
  const bound = new Map<string, BoundParameter>();
  const defaults = new Environment({ ...facts, parameters: bound, defaultsOnly: defaultFunctions(d) });
  // A default may use parameters that stand before it.
  for (const [key, definition] of definitions) {
    const value = given.get(key) ?? defaultOf(definition, defaults);
    const rights = isSecure(definition.type) ? [...value.rights, d.secureRight] : value.rights;
    if (rights.length > 0) facts.secrets.keep(value.value, LEAST_GIVEN);
    requireFit(definition, value.value, rights.length > 0);
    bound.set(key, { value: value.value, rights });
  }
  return bound;
}

function defaultFunctions({ clock, ids }: { clock: Clock; ids: Ids }): FunctionTable {
  return {
    utcnow: fn(0, ([format]) => formatTime(clock.now(), [format ?? 'yyyyMMddTHHmmssZ'], 0), 1),
    newguid: fn(0, () => ids.uuid(), 0),
  };
}

function defaultOf({ name, defaultValue }: ParameterDefinition, defaults: Environment): GivenParameter {
  if (defaultValue === undefined) {
    throw invalidTemplate(`The value for the template parameter '${name}' is not provided, and it has no default`);
  }
  return defaults.facts.secrets.watch(() => defaults.value(defaultValue, `parameters.${name}.defaultValue`));
}

function requireFit(definition: ParameterDefinition, value: Json, secret: boolean): void {
  const where = `the value of the template parameter '${definition.name}'`;
  const type = problemOfType(definition.type, value);
  if (type) throw invalidTemplate(`${where} ${type}`);
  const { allowedValues, minLength, maxLength, minValue, maxValue } = definition;
  if (allowedValues && !allowedValues.some((one) => sameValue(one, value))) {
    const allowed = allowedValues.map(textOf).join(', ').slice(0, 500);
    throw invalidTemplate(secret ? `${where} is none of the allowed ones` : `${where} must be one of ${allowed}`);
  }
  const length = lengthOf(value);
  if (length !== undefined && minLength !== undefined && length < minLength) {
    throw invalidTemplate(`Length of ${where} should be greater than or equal to '${minLength}'`);
  }
  if (length !== undefined && maxLength !== undefined && length > maxLength) {
    throw invalidTemplate(`Length of ${where} should be less than or equal to '${maxLength}'`);
  }
  if (typeof value !== 'number') return;
  if (minValue !== undefined && value < minValue) throw invalidTemplate(`${where} must be at least ${minValue}`);
  if (maxValue !== undefined && value > maxValue) throw invalidTemplate(`${where} must be at most ${maxValue}`);
}

function lengthOf(value: Json): number | undefined {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : undefined;
}

/** As a deployment shows its parameters: secure ones, and what came from secrets, without their value. */
export function parametersJson(
  definitions: ReadonlyMap<string, ParameterDefinition>,
  bound: ReadonlyMap<string, BoundParameter>,
): JsonObject {
  return Object.fromEntries(
    [...definitions].map(([key, { name, type }]) => {
      const one = bound.get(key);
      return [name, { type: typeName(type), ...(one && one.rights.length === 0 ? { value: one.value } : {}) }];
    }),
  );
}

/** As answers spell types. */
export function typeName(type: ParameterDefinition['type']): string {
  const name = type.replace('secure', '');
  return `${isSecure(type) ? 'Secure' : ''}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
