import type { Environment, Loop } from './environment.ts';
import type { Expression } from './expressions/syntax.ts';
import { isObject, type Json, type JsonObject, propertyOf } from './expressions/values.ts';
import { DEPLOYMENTS } from './place.ts';

interface Body {
  readonly path: string;
  readonly type: string;
  readonly source: JsonObject;
  readonly loops: readonly Loop[];
}

/**
 * What a resource asks about by `reference` or `list…`: ids or names, as they are written. Whatever it asks about has to be
 * there before it, without being said in `dependsOn`.
 */
export function referencedIn(environment: Environment, body: Body): string[] {
  const found: string[] = [];
  const visit = (value: Json, where: string): void => {
    if (typeof value === 'string') {
      const expression = environment.expression(value, where);
      if (expression) collect(expression, environment, body.loops, found);
    } else if (Array.isArray(value)) value.forEach((item, i) => void visit(item as Json, `${where}[${i}]`));
    else if (isObject(value)) for (const [name, one] of Object.entries(value)) visit(one, `${where}.${name}`);
  };
  visit(ownParts(body), body.path);
  return found;
}

/** Without children, which have references of their own, and without a nested template that is evaluated by itself. */
function ownParts({ type, source }: Body): JsonObject {
  const own = Object.entries(source).filter(([name]) => !['resources', 'dependson'].includes(name.toLowerCase()));
  if (type.toLowerCase() !== DEPLOYMENTS.toLowerCase()) return Object.fromEntries(own);
  return Object.fromEntries(
    own.map(([name, value]) => {
      if (name.toLowerCase() !== 'properties' || !isObject(value) || !isInner(value)) return [name, value];
      return [name, Object.fromEntries(Object.entries(value).filter(([key]) => key.toLowerCase() !== 'template'))];
    }),
  );
}

/** Whether a nested template is evaluated in a scope of its own, with its own parameters, and not in the outer one's. */
export function isInner(properties: JsonObject): boolean {
  const options = propertyOf(properties, 'expressionEvaluationOptions');
  const scope = isObject(options) ? propertyOf(options, 'scope') : undefined;
  return typeof scope === 'string' && scope.toLowerCase() === 'inner';
}

function collect(expression: Expression, environment: Environment, loops: readonly Loop[], found: string[]): void {
  switch (expression.kind) {
    case 'property':
      collect(expression.of, environment, loops, found);
      return;
    case 'index':
      collect(expression.of, environment, loops, found);
      collect(expression.index, environment, loops, found);
      return;
    case 'call': {
      for (const one of expression.arguments) collect(one, environment, loops, found);
      const name = expression.name.toLowerCase();
      const [resource] = expression.arguments;
      if (resource && (name === 'reference' || name.startsWith('list'))) {
        const asked = tryEvaluate(resource, environment, loops);
        if (typeof asked === 'string') found.push(asked);
      }
      return;
    }
    default:
      return;
  }
}

/** Undefined when it cannot be known yet, or is wrong: whoever evaluates it in earnest says so. */
function tryEvaluate(expression: Expression, environment: Environment, loops: readonly Loop[]): Json | undefined {
  try {
    return environment.evaluate(expression, loops);
  } catch {
    return undefined;
  }
}
