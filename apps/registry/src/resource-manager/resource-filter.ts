import { DomainError } from '../platform/domain-error.ts';

/** What `$filter` can look at. Names without case, as in OData of the resource manager. */
export interface Filterable {
  readonly name: string;
  readonly resourceType: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}

type Condition = (item: Filterable) => boolean;

const TOKEN = /\s*(\(|\)|,|'(?:[^']|'')*'|[A-Za-z][A-Za-z0-9_./]*)/y;
const MAX_TOKENS = 200;

/**
 * `$filter` of `GET …/resources`: `eq`, `ne`, `substringof('x', name)`, `startswith(name, 'x')`, `and`, `or`, brackets, and
 * the pair `tagName eq 'a' and tagValue eq 'b'`
 * (https://learn.microsoft.com/rest/api/resources/resources/list#uri-parameters).
 */
export function parseResourceFilter(text: string): Condition {
  const parser = new Parser(tokens(text), text);
  const condition = parser.or();
  parser.end();
  return condition;
}

function tokens(text: string): string[] {
  const found: string[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined || found.length === MAX_TOKENS) throw invalid(text);
    found.push(token);
  }
  return found;
}

class Parser {
  readonly #tokens: readonly string[];
  readonly #text: string;
  #at = 0;

  constructor(tokens: readonly string[], text: string) {
    this.#tokens = tokens;
    this.#text = text;
  }

  or(): Condition {
    const parts = [this.#and()];
    while (this.#take('or')) parts.push(this.#and());
    return (item) => parts.some((part) => part(item));
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw invalid(this.#text);
  }

  #and(): Condition {
    const parts = [this.#one()];
    while (this.#take('and')) parts.push(this.#one());
    return (item) => parts.every((part) => part(item));
  }

  #one(): Condition {
    if (this.#take('(')) {
      const inner = this.or();
      this.#expect(')');
      return inner;
    }
    if (this.#take('substringof')) {
      const [part, property] = this.#pair(
        () => this.#literal(),
        () => this.#property(),
      );
      return (item) => property(item).includes(part);
    }
    if (this.#take('startswith')) {
      const [property, part] = this.#pair(
        () => this.#property(),
        () => this.#literal(),
      );
      return (item) => property(item).startsWith(part);
    }
    return this.#comparison();
  }

  #comparison(): Condition {
    const name = this.#next().toLowerCase();
    const equal = this.#operator();
    const value = this.#literal();
    if (name === 'tagname') return this.#tag(value, equal);
    const property = propertyOf(name, this.#text);
    return (item) => (property(item) === value) === equal;
  }

  /** A tag's name and value belong together: one tag must have both. */
  #tag(name: string, equal: boolean): Condition {
    const has = (item: Filterable, value?: string) =>
      Object.entries(item.tags).some(
        ([key, text]) => key.toLowerCase() === name && (value === undefined || text.toLowerCase() === value),
      );
    const paired =
      this.#tokens[this.#at]?.toLowerCase() === 'and' && this.#tokens[this.#at + 1]?.toLowerCase() === 'tagvalue';
    if (!paired) return (item) => has(item) === equal;
    this.#at += 2;
    const valueEqual = this.#operator();
    const value = this.#literal();
    return (item) => has(item) === equal && has(item, value) === valueEqual;
  }

  #operator(): boolean {
    if (this.#take('eq')) return true;
    this.#expect('ne');
    return false;
  }

  #pair<A, B>(first: () => A, second: () => B): [A, B] {
    this.#expect('(');
    const a = first();
    this.#expect(',');
    const b = second();
    this.#expect(')');
    return [a, b];
  }

  #property() {
    return propertyOf(this.#next().toLowerCase(), this.#text);
  }

  #literal(): string {
    const token = this.#next();
    if (!token.startsWith("'")) throw invalid(this.#text);
    return token.slice(1, -1).replaceAll("''", "'").toLowerCase();
  }

  #next(): string {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw invalid(this.#text);
    return token;
  }

  #take(word: string): boolean {
    if (this.#tokens[this.#at]?.toLowerCase() !== word) return false;
    this.#at += 1;
    return true;
  }

  #expect(word: string): void {
    if (!this.#take(word)) throw invalid(this.#text);
  }
}

function propertyOf(name: string, text: string): (item: Filterable) => string {
  switch (name) {
    case 'name':
      return (item) => item.name.toLowerCase();
    case 'resourcetype':
    case 'type':
      return (item) => item.resourceType.toLowerCase();
    case 'resourcegroup':
      return (item) => item.resourceGroup.toLowerCase();
    case 'location':
      return (item) => item.location.toLowerCase();
    default:
      throw invalid(text);
  }
}

function invalid(text: string): DomainError {
  return new DomainError(
    'invalid',
    'query.invalid',
    `Invalid $filter '${text.slice(0, 200)}': it may compare name, resourceType, resourceGroup, location and tagName/tagValue with eq and ne, or use substringof and startswith, joined by and, or and brackets.`,
  );
}
