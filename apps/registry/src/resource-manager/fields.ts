import { DomainError } from '../platform/domain-error.ts';

/**
 * Reads the body of a request property by property; what is not of its type is refused by its path. Unknown properties
 * pass: every version of the API has its own, and clients send back what they once read.
 */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #path: string;

  constructor(values: Readonly<Record<string, unknown>>, path = '') {
    this.#values = values;
    this.#path = path;
  }

  has(name: string): boolean {
    return this.#get(name) !== undefined;
  }

  text(name: string): string | undefined {
    const value = this.#get(name);
    if (value === undefined || typeof value === 'string') return value;
    throw this.wrong(name, 'a string');
  }

  boolean(name: string): boolean | undefined {
    const value = this.#get(name);
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.wrong(name, 'true or false');
  }

  integer(name: string, least: number, most: number): number | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    throw this.wrong(name, `a whole number from ${least} to ${most}`);
  }

  /** One of the words, whatever its case, as the list spells it. */
  word<T extends string>(name: string, words: readonly T[]): T | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const found = words.find((word) => word.toLowerCase() === value.toLowerCase());
    if (found) return found;
    throw this.wrong(name, `one of ${words.join(', ')}`);
  }

  texts(name: string): string[] | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value as string[];
    throw this.wrong(name, 'a list of strings');
  }

  /** An object of strings. */
  map(name: string): Record<string, string> | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (isObject(value) && Object.values(value).every((item) => typeof item === 'string')) {
      return value as Record<string, string>;
    }
    throw this.wrong(name, 'an object whose values are strings');
  }

  /** The object of that name; an empty one when it is not there. */
  within(name: string): Fields {
    const value = this.#get(name) ?? {};
    if (!isObject(value)) throw this.wrong(name, 'an object');
    return new Fields(value, `${this.#path}${name}.`);
  }

  list(name: string): Fields[] | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw this.wrong(name, 'a list');
    return value.map((item, i) => {
      if (!isObject(item)) throw this.wrong(`${name}[${i}]`, 'an object');
      return new Fields(item, `${this.#path}${name}[${i}].`);
    });
  }

  required(name: string): string {
    const value = this.text(name);
    if (value) return value;
    throw this.wrong(name, 'a string, and is required');
  }

  wrong(name: string, expected: string): DomainError {
    return new DomainError(
      'invalid',
      'resource.invalid',
      `The request content was invalid: '${this.#path}${name}' must be ${expected}. Correct it and send the request again.`,
    );
  }

  /** Clients send `null` for what they leave as it is. */
  #get(name: string): unknown {
    const exact = Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
    return exact === null ? undefined : exact;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
