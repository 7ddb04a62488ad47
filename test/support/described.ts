import Schema from 'typebox/schema';
import type { Route } from '../../apps/registry/src/http/route.ts';
import { BODIES } from '../../tools/openapi/bodies.ts';
import { type Body, type Status, statusesOf } from '../../tools/openapi/schemas.ts';
import type { Answer } from './http-client.ts';

// Every answer that a test gets from a registry in its process is held against the description of the API, so that what
// docs/reference/openapi.json says is true of all that any test asks, and nothing is left out of it.

interface Operation {
  readonly name: string;
  readonly method: string;
  readonly pattern: RegExp;
  /** Of several that match, the one is meant that says most: at its beginning, then in all. */
  readonly weight: readonly [beginning: number, all: number];
}

const tables = new WeakMap<readonly Route[], readonly Operation[]>();

function operationsOf(routes: readonly Route[]): readonly Operation[] {
  const known = tables.get(routes);
  if (known) return known;
  const made = routes.map(({ name, method, path }) => ({ name, method, ...patternOf(path) }));
  made.sort((a, b) => b.weight[0] - a.weight[0] || b.weight[1] - a.weight[1]);
  tables.set(routes, made);
  return made;
}

function patternOf(path: string): Pick<Operation, 'pattern' | 'weight'> {
  const literal = path.split(/<[^>]+>|\{[^}]+\}/);
  const parameters = path.match(/<[^>]+>|\{[^}]+\}/g) ?? [];
  const source = literal.map((part, i) => literally(part) + matchOf(parameters[i]));
  return {
    // Names of the resource manager are alike in whatever case.
    pattern: new RegExp(`^${source.join('')}$`, path.startsWith('/v2') ? '' : 'i'),
    weight: [literal[0]?.length ?? 0, literal.join('').length],
  };
}

const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function matchOf(parameter: string | undefined): string {
  if (parameter === undefined) return '';
  if (parameter === '{+scope}') return '.*';
  return ['<name>', '<page>'].includes(parameter) ? '.+' : '[^/]+';
}

/** What an object does not name, it must not have: the description is to be complete. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return 'properties' in schema ? { ...inner, additionalProperties: false } : inner;
}

const schemas = new Map<string, object>();

function schemaOf(name: string, response: object): object {
  const known = schemas.get(name) ?? (closed(response) as object);
  schemas.set(name, known);
  return known;
}

/** Names of the operations that succeeded in this process, and were as described. */
export const witnessed = new Set<string>();

/** Throws when a success is not as the description of its operation has it. Refusals are held to theirs by tests of their own. */
export function requireDescribed(routes: readonly Route[], method: string, target: string, answer: Answer): void {
  if (answer.status >= 400) return;
  const path = target.replace(/[?#].*$/s, '');
  const operation = operationsOf(routes).find((one) => one.method === method && one.pattern.test(path));
  const body = operation && BODIES[operation.name];
  if (!body) return; // no route: what watches over the server, such as /livez
  const problem = problemOf(operation.name, body, answer, method === 'HEAD');
  if (problem)
    throw new Error(`${method} ${target} answered ${answer.status}; ${operation.name} is described ${problem}`);
  witnessed.add(operation.name);
}

/** What is otherwise than described; undefined when nothing is. */
export function problemOf(name: string, body: Body, answer: Answer, head = false): string | undefined {
  const { response, responseType = 'application/json', empty = [] } = body;
  const statuses = statusesOf(body);
  const status = answer.status as Status;
  if (empty.includes(status) && answer.body.length === 0) return undefined;
  if (!statuses.includes(status)) return `with ${statuses} and, empty, ${empty}`;
  const type = (answer.header('Content-Type') ?? '').replace(/;.*$/, '');
  const types = [responseType].flat();
  if (!types.includes(type) && !types.includes('*/*')) return `as ${types}, and it is ${type || 'of no type'}`;
  if (head || !type.endsWith('json') || !response) return undefined;
  const value = answer.body.length === 0 ? undefined : answer.json();
  if (Schema.Check(schemaOf(name, response), value)) return undefined;
  return `otherwise than ${String(JSON.stringify(value)).slice(0, 2000)}`;
}
