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
  readonly type?: string;
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
  readonly answer: Body | undefined;
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
      answer: bodyOf(one.responses['200']?.content),
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

function bodyOf(content: Content | undefined): Body | undefined {
  const [first] = Object.entries(content ?? {});
  return first && { mediaType: first[0], type: typeText(first[1].schema) };
}

/** A schema as TypeScript would write it, which is short and known to many. */
export function typeText(schema: Schema, indent = ''): string {
  const { type, properties, required = [], items, additionalProperties } = schema;
  if (items) return `${typeText(items, indent)}[]`;
  if (additionalProperties) return `{ [name: string]: ${typeText(additionalProperties, indent)} }`;
  if (!properties) return type ?? 'any';
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(
    ([name, one]) => `${inner}${name}${required.includes(name) ? '' : '?'}: ${typeText(one, inner)}\n`,
  );
  return lines.length === 0 ? '{}' : `{\n${lines.join('')}${indent}}`;
}
