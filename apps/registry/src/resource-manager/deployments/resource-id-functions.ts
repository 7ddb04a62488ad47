import { PROVIDERS } from '../providers.ts';
import { FunctionProblem, type FunctionTable, fn } from './expressions/functions.ts';
import type { Json } from './expressions/values.ts';
import type { Place } from './place.ts';

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Functions that put resource ids together. */
export function resourceIdFunctions(place: Place): FunctionTable {
  const { subscription, group } = place;
  return {
    resourceid: fn(2, (args) => {
      const { before, type, names } = cut(args);
      const [subscriptionId = subscription.id, groupName = group?.name] =
        before.length === 2 ? before : GUID.test(before[0] ?? '') && !group ? before : [undefined, before[0]];
      const within = groupName === undefined ? '' : `/resourceGroups/${groupName}`;
      return `/subscriptions/${subscriptionId}${within}/providers/${idPath(type, names)}`;
    }),
    subscriptionresourceid: fn(2, (args) => {
      const { before, type, names } = cut(args);
      return `/subscriptions/${before[0] ?? subscription.id}/providers/${idPath(type, names)}`;
    }),
    tenantresourceid: fn(2, (args) => {
      const { type, names } = cut(args);
      return `/providers/${idPath(type, names)}`;
    }),
    extensionresourceid: fn(3, (args) => {
      const { before, type, names } = cut(args);
      return `${(before[0] ?? '').replace(/\/+$/, '')}/providers/${idPath(type, names)}`;
    }),
    providers: fn(1, (args) => providers(args.map(asText)), 2),
  };
}

function asText(value: Json, i: number): string {
  if (typeof value === 'string') return value;
  throw new FunctionProblem(`argument ${i + 1} must be a string`);
}

/** The type is the first argument that has a namespace; ids of a scope begin with a slash. */
function cut(args: readonly Json[]): { before: string[]; type: string; names: string[] } {
  const texts = args.map(asText);
  const at = texts.findIndex((text) => !text.startsWith('/') && text.includes('/') && text.includes('.'));
  if (at === -1 || at > 2)
    throw new FunctionProblem("a type, such as 'Microsoft.ContainerRegistry/registries', must be among the arguments");
  return { before: texts.slice(0, at), type: texts[at] as string, names: texts.slice(at + 1) };
}

/** `namespace/type/name/type/name`. Throws unless there is a name for each word of the type. */
function idPath(type: string, names: readonly string[]): string {
  const [namespace = '', ...types] = type.replace(/\/$/, '').split('/');
  if (types.length !== names.length) {
    throw new FunctionProblem(
      `the type '${type.slice(0, 100)}' takes ${types.length} names, and ${names.length} are given`,
    );
  }
  return [namespace, ...types.flatMap((word, i) => [word, names[i] as string])].join('/');
}

/** What the site offers: the resource types of a namespace, or one of them. */
function providers([namespace = '', type]: readonly string[]): Json {
  const found = PROVIDERS.find((one) => one.namespace.toLowerCase() === namespace.toLowerCase());
  if (!found) throw new FunctionProblem(`this site has no resource namespace '${namespace.slice(0, 100)}'`);
  const types = found.types.map(({ resourceType, apiVersions }) => ({ resourceType, locations: [], apiVersions }));
  if (type === undefined) return { namespace: found.namespace, resourceTypes: types };
  const one = types.find(({ resourceType }) => resourceType.toLowerCase() === type.toLowerCase());
  if (!one) throw new FunctionProblem(`this site has no resource type '${namespace}/${type.slice(0, 100)}'`);
  return one;
}
