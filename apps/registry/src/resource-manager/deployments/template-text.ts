import { DomainError } from '../../platform/domain-error.ts';
import type { Json } from './expressions/values.ts';

const MAX_DEPTH = 100;
const BARE = /[A-Za-z_$][A-Za-z0-9_$]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const PLAIN = /[^"\\]*/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/**
 * Reads the body of a deployment. `az deployment` puts the text of the template file into it as it stands, after a key
 * without quotes: `{"properties": {"mode": "Incremental", template:{ … }}}`. So bare keys, comments and strings over several
 * lines pass besides JSON. What is wrong is said by line and column.
 */
export function parseTemplateText(text: string): Json {
  const reader = new Reader(text.startsWith('\uFEFF') ? text.slice(1) : text);
  reader.blank();
  const value = reader.value(0);
  reader.blank();
  reader.end();
  return value;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): Json {
    if (depth > MAX_DEPTH) throw this.#problem(`it is nested deeper than ${MAX_DEPTH}`);
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#array(depth);
      case '"':
        return this.#string();
      default:
        return this.#word();
    }
  }

  /** Blanks and comments. */
  blank(): void {
    for (;;) {
      const char = this.#text[this.#at];
      if (char === ' ' || char === '\n' || char === '\r' || char === '\t') this.#at++;
      else if (char === '/' && this.#text[this.#at + 1] === '/') this.#skipTo('\n', 0, true);
      else if (char === '/' && this.#text[this.#at + 1] === '*') this.#skipTo('*/', 2, false);
      else return;
    }
  }

  end(): void {
    if (this.#at < this.#text.length) throw this.#problem('something follows its end');
  }

  #object(depth: number): Json {
    // An object that is made from its pairs has `__proto__` as a property like any other.
    const pairs: [string, Json][] = [];
    this.#items('}', () => {
      const key = this.#text[this.#at] === '"' ? this.#string() : this.#match(BARE);
      if (key === undefined) throw this.#problem("a property's name must stand here");
      this.blank();
      this.#take(':');
      this.blank();
      pairs.push([key, this.value(depth + 1)]);
    });
    return Object.fromEntries(pairs);
  }

  #array(depth: number): Json {
    const items: Json[] = [];
    this.#items(']', () => void items.push(this.value(depth + 1)));
    return items;
  }

  #items(close: '}' | ']', read: () => void): void {
    this.#at++;
    this.blank();
    while (this.#text[this.#at] !== close) {
      read();
      this.blank();
      if (this.#text[this.#at] !== ',') break;
      this.#at++;
      this.blank();
    }
    this.#take(close);
  }

  #string(): string {
    const start = this.#at++;
    let value = '';
    for (;;) {
      value += this.#match(PLAIN) ?? '';
      const char = this.#text[this.#at];
      if (char === undefined) {
        this.#at = start;
        throw this.#problem('the string that begins here has no end');
      }
      this.#at++;
      if (char === '"') return value;
      value += this.#escape();
    }
  }

  #escape(): string {
    const char = this.#text[this.#at++] ?? '';
    const simple = Object.hasOwn(ESCAPES, char) ? ESCAPES[char] : undefined;
    if (simple !== undefined) return simple;
    const digits = this.#text.slice(this.#at, this.#at + 4);
    if (char !== 'u' || !/^[0-9a-fA-F]{4}$/.test(digits)) {
      this.#at--;
      throw this.#problem('there is no such escape');
    }
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #word(): Json {
    const word = this.#match(BARE);
    if (word === 'true') return true;
    if (word === 'false') return false;
    if (word === 'null') return null;
    const digits = word === undefined ? this.#match(NUMBER) : undefined;
    if (digits !== undefined && Number.isFinite(Number(digits))) return Number(digits);
    throw this.#problem('a value must stand here');
  }

  #take(char: string): void {
    if (this.#text[this.#at] !== char) throw this.#problem(`'${char}' must stand here`);
    this.#at++;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #skipTo(mark: string, more: number, mayEnd: boolean): void {
    const found = this.#text.indexOf(mark, this.#at + more);
    if (found === -1 && !mayEnd) throw this.#problem('the comment that begins here has no end');
    this.#at = found === -1 ? this.#text.length : found + (more === 0 ? 0 : mark.length);
  }

  #problem(what: string): DomainError {
    const before = this.#text.slice(0, this.#at).split('\n');
    const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
    return new DomainError(
      'invalid',
      'template.invalid',
      `The request content was invalid and could not be deserialized: at ${place}, ${what}. Correct the template and send it again.`,
    );
  }
}
