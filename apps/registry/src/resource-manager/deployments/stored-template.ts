import { isObject, type Json, type JsonObject, propertyOf } from './expressions/values.ts';
import { DEPLOYMENTS } from './place.ts';

/**
 * The template as it is kept and exported: without what is secret in it, the defaults of secure parameters and the values
 * that it gives to secure parameters of nested templates.
 */
export function withoutSecureValues(template: Json): Json {
  if (!isObject(template)) return template;
  const secure = secureNames(template);
  return mapObject(template, (name, value) => {
    if (name === 'parameters' && isObject(value))
      return mapObject(value, (key, one) => (secure.has(key) ? bare(one) : one));
    if (name === 'resources') return resources(value);
    return value;
  });
}

function resources(value: Json): Json {
  if (!Array.isArray(value)) return value;
  return (value as readonly Json[]).map((one) => {
    if (!isObject(one)) return one;
    const type = propertyOf(one, 'type');
    const nested = typeof type === 'string' && type.toLowerCase() === DEPLOYMENTS.toLowerCase();
    return mapObject(one, (name, part) => {
      if (name === 'resources') return resources(part);
      return nested && name === 'properties' && isObject(part) ? nestedProperties(part) : part;
    });
  });
}

function nestedProperties(properties: JsonObject): Json {
  const template = propertyOf(properties, 'template');
  const secure = isObject(template) ? secureNames(template) : new Set<string>();
  return mapObject(properties, (name, part) => {
    if (name === 'template') return withoutSecureValues(part);
    if (name !== 'parameters' || !isObject(part)) return part;
    return mapObject(part, (key, one) => (secure.has(key) ? {} : one));
  });
}

/** Names, in lower case, of the parameters whose type says that they are secrets. */
function secureNames(template: JsonObject): Set<string> {
  const parameters = propertyOf(template, 'parameters');
  const names = Object.entries(isObject(parameters) ? parameters : {}).filter(([, one]) => {
    const type = isObject(one) ? propertyOf(one, 'type') : undefined;
    return typeof type === 'string' && /^secure/i.test(type);
  });
  return new Set(names.map(([name]) => name.toLowerCase()));
}

function bare(parameter: Json): Json {
  if (!isObject(parameter)) return parameter;
  const kept = Object.entries(parameter).filter(
    ([name]) => !['defaultvalue', 'allowedvalues'].includes(name.toLowerCase()),
  );
  return Object.fromEntries(kept);
}

/** `change` gets names in lower case. */
function mapObject(object: JsonObject, change: (name: string, value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(name.toLowerCase(), value)]));
}
