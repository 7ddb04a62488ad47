import { isUtf8 } from 'node:buffer';

/** Why a document is not acceptable; the message goes to the client. Never leaves this package. */
export class Refusal extends Error {}

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * What the bytes say as JSON, or why they say nothing. RFC 8259 section 8.1: UTF-8 without a byte order mark.
 * Of duplicated keys the last one counts, as with `JSON.parse` and Go's `encoding/json`. `JSON.parse` is iterative in V8,
 * so depth is bounded by the document's length only; nothing here or in the callers recurses into a value.
 */
export function decodeJson(bytes: Uint8Array): { value: unknown } | { problem: string } {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    return { problem: 'it starts with a byte order mark' };
  if (!isUtf8(bytes)) return { problem: 'it is not UTF-8' };
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    // V8's message quotes the document; only the position is wanted.
    const where = error instanceof SyntaxError ? /at position \d+/.exec(error.message)?.[0] : undefined;
    return { problem: where === undefined ? 'it is not JSON' : `it is not JSON ${where}` };
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own member; undefined when absent or null, which Go's `encoding/json` does not tell apart either. */
export function member(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? (object[name] ?? undefined) : undefined;
}

/**
 * Go's `encoding/json` matches names ignoring case, so that `Layers` is `layers` to most clients and nothing to us.
 * A document must mean one thing to everybody.
 */
export function refuseLookalikes(object: JsonObject, names: ReadonlyMap<string, string>, path: string): void {
  for (const key of Object.keys(object)) {
    if (key.length > 16) continue;
    // Upper then lower: Go also folds U+017F to s and U+212A to k.
    const name = names.get(key.toUpperCase().toLowerCase());
    if (name !== undefined && name !== key) {
      throw new Refusal(
        `${at(path, key)} differs from ${at(path, name)} only in case, and clients read it differently`,
      );
    }
  }
}

/** Names by their folded spelling, for `refuseLookalikes`. */
export function foldedNames(...names: string[]): ReadonlyMap<string, string> {
  return new Map(names.map((name) => [name.toLowerCase(), name]));
}

export function at(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** A value for an error text: strings and numbers shortened, anything else by its kind only (it may be deep). */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length <= 80 ? value : `${value.slice(0, 80)}…`);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : 'an object';
}
