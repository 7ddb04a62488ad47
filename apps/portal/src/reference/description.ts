/** What the page draws of an OpenAPI 3.1 description. https://spec.openapis.org/oas/v3.1.0 */
export interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
}

interface DescribedOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly security: readonly unknown[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

export interface Schema {
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
}

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** On which of the site's hosts. */
  readonly plane: string;
  readonly signedIn: boolean;
  readonly parameters: readonly Parameter[];
  readonly request: Body | undefined;
  /** Of successes; without any, the operation always refuses. */
  readonly answers: readonly Answer[];
}

/** Answers that hold the same. */
export interface Answer {
  readonly statuses: readonly string[];
  /** Undefined when nothing is in them. */
  readonly body: Body | undefined;
}

export interface Body {
  readonly mediaType: string;
  readonly type: string;
}

/** In the order of the description. */
export function operationsOf({ paths }: Description): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => ({
      id: one.operationId,
      method: method.toUpperCase(),
      path,
      plane: one.tags[0] ?? '',
      signedIn: one.security.length > 0,
      parameters: one.parameters,
      request: bodyOf(one.requestBody?.content),
      answers: answersOf(one.responses),
    })),
  );
}

/** Whether each word stands in the method, the path or the name. */
export function matches({ id, method, path }: Operation, words: string): boolean {
  const text = `${method} ${path} ${id}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function answersOf(responses: DescribedOperation['responses']): Answer[] {
  const found = new Map<string, { statuses: string[]; body: Body | undefined }>();
  for (const [status, { content }] of Object.entries(responses)) {
    if (status === 'default') continue;
    const body = bodyOf(content);
    const key = JSON.stringify(body ?? null);
    const same = found.get(key) ?? { statuses: [], body };
    same.statuses.push(status);
    found.set(key, same);
  }
  return [...found.values()];
}

function bodyOf(content: Content | undefined): Body | undefined {
  const [first] = Object.values(content ?? {});
  return first && { mediaType: Object.keys(content ?? {}).join(', '), type: typeText(first.schema) };
}

/** A schema as TypeScript would write it, which is short and known to many. */
export function typeText(schema: Schema, indent = ''): string {
  const { type, anyOf, properties, required = [], items, additionalProperties } = schema;
  if (anyOf) return anyOf.map((one) => typeText(one, indent)).join(' | ');
  if (items) return items.anyOf ? `(${typeText(items, indent)})[]` : `${typeText(items, indent)}[]`;
  if (additionalProperties) return `{ [name: string]: ${typeText(additionalProperties, indent)} }`;
  if (!properties) return [type ?? 'any'].flat().join(' | ');
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(
    ([name, one]) => `${inner}${name}${required.includes(name) ? '' : '?'}: ${typeText(one, inner)}\n`,
  );
  return lines.length === 0 ? '{}' : `{\n${lines.join('')}${indent}}`;
}
