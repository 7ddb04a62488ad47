import type { Route } from '../../apps/registry/src/http/route.ts';
import { BODIES } from './bodies.ts';
import { type Body, type Schema, STATUS, type Status, statusesOf } from './schemas.ts';

/** `<name>` and `{+scope}` of the table of routes are `{name}` and `{scope}` here. */
const templateOf = (path: string): string => path.replace(/<([^>]+)>/g, '{$1}').replace('{+', '{');
const planeOf = (path: string): string => {
  if (/^\/(?:v2|acr|holdfast|oauth2)(?:\/|$)/.test(path)) return 'registry';
  if (/^\/(?:subscriptions|tenants|providers|metadata|\{scope\})/.test(path)) return 'management';
  if (path.startsWith('/v1.0')) return 'directory';
  return path.startsWith('/portal') ? 'portal' : 'identity';
};

/** The API as OpenAPI 3.1: every route of the table, each with what its requests and answers hold. */
export function openApi(routes: readonly Route[]): Schema {
  const unknown = Object.keys(BODIES).filter((name) => !routes.some((route) => route.name === name));
  if (unknown.length > 0) throw new Error(`Bodies of routes that are not there: ${unknown.join(', ')}.`);
  const silent = routes.map(({ name }) => name).filter((name) => !BODIES[name]);
  if (silent.length > 0) throw new Error(`Routes of which tools/openapi says nothing: ${silent.join(', ')}.`);
  const paths: Record<string, Record<string, Schema>> = {};
  for (const route of routes) {
    const path = templateOf(route.path);
    paths[path] ??= {};
    paths[path][route.method.toLowerCase()] = operation(route, path);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Holdfast',
      version: '1',
      description:
        'Made by tools/docs.ts from the table of routes. The planes are hosts of the site; on localhost all of them are reached by path.',
    },
    paths,
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
  };
}

function operation(route: Route, path: string): Schema {
  const body: Body = BODIES[route.name] ?? {};
  const plane = planeOf(path);
  const version = plane === 'management' && route.access.kind !== 'public';
  const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) =>
    parameter(name ?? '', 'path', { type: 'string' }),
  );
  const inQuery = Object.entries(body.query ?? {}).map(([name, schema]) => parameter(name, 'query', schema));
  return {
    operationId: route.method === 'HEAD' ? `${route.name}-head` : route.name,
    tags: [plane],
    security: route.access.kind === 'public' ? [] : [{ bearer: [] }],
    parameters: [
      ...inPath,
      ...inQuery,
      ...(version ? [{ ...parameter('api-version', 'query', { type: 'string' }), required: true }] : []),
    ],
    ...(body.request
      ? {
          requestBody: {
            required: true,
            content: { [body.requestType ?? 'application/json']: { schema: body.request } },
          },
        }
      : {}),
    responses: { ...successes(body), default: { description: 'Refused; the text says why, and what to do next.' } },
  };
}

function successes(body: Body): Record<string, Schema> {
  const { response, responseType = 'application/json', empty = [] } = body;
  const content = Object.fromEntries([responseType].flat().map((type) => [type, { schema: response }]));
  const full = statusesOf(body).map((status): [Status, Schema] => [status, { description: STATUS[status], content }]);
  const bare = empty.map((status): [Status, Schema] => [status, { description: STATUS[status] }]);
  return Object.fromEntries([...full, ...bare]);
}

function parameter(name: string, place: 'path' | 'query', schema: Schema): Schema {
  return { name, in: place, ...(place === 'path' ? { required: true } : {}), schema };
}
