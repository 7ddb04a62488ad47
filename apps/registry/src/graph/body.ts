import { invalid } from '../identity/directory.ts';

/** Reads what a request sent, property by property. Unknown ones pass: az sends back whole objects that it once read. */
export class Body {
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
    throw invalid(`${this.#path}${name}`, 'a string');
  }

  required(name: string): string {
    const value = this.text(name);
    if (value) return value;
    throw invalid(`${this.#path}${name}`, 'a string, and is required');
  }

  boolean(name: string): boolean | undefined {
    const value = this.#get(name);
    if (value === undefined || typeof value === 'boolean') return value;
    throw invalid(`${this.#path}${name}`, 'true or false');
  }

  date(name: string): Date | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const date = /^\d{4}-\d{2}-\d{2}/.test(text) ? new Date(text) : new Date(Number.NaN);
    const year = date.getUTCFullYear();
    if (year >= 2000 && year < 3000) return date;
    throw invalid(`${this.#path}${name}`, 'a date and time like 2027-01-31T00:00:00Z');
  }

  texts(name: string, most: number): string[] | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    const texts = Array.isArray(value) && value.length <= most && value.every((item) => typeof item === 'string');
    if (texts) return value as string[];
    throw invalid(`${this.#path}${name}`, `a list of at most ${most} strings`);
  }

  within(name: string): Body | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (!isObject(value)) throw invalid(`${this.#path}${name}`, 'an object');
    return new Body(value, `${this.#path}${name}.`);
  }

  list(name: string, most: number): Body[] | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || value.length > most || !value.every(isObject)) {
      throw invalid(`${this.#path}${name}`, `a list of at most ${most} objects`);
    }
    return value.map((item, i) => new Body(item, `${this.#path}${name}[${i}].`));
  }

  /** `null` is what clients send for what they leave out. Own properties only: `__proto__` is none. */
  #get(name: string): unknown {
    const value = Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
    return value === null ? undefined : value;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
