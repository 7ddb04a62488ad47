import { createHash } from 'node:crypto';
import { array, integer, scalarText, text, wrong } from './arguments.ts';
import { formatText } from './format.ts';
import { type CallContext, FunctionProblem, type FunctionTable, fn } from './functions.ts';
import { uniqueString } from './unique-string.ts';
import { type Json, textOf } from './values.ts';

const NAME_SPACE = '11fb06fb712d4ddd98c7e71bbd588830';

export const stringFunctions: FunctionTable = {
  base64: fn(1, (a) => Buffer.from(text(a, 0), 'utf8').toString('base64'), 1),
  base64tostring: fn(1, (a) => decodeBase64(a), 1),
  base64tojson: fn(1, (a) => parseJson(decodeBase64(a)), 1),
  concat: fn(1, concat),
  datauri: fn(1, (a) => `data:text/plain;charset=utf-8;base64,${Buffer.from(text(a, 0)).toString('base64')}`, 1),
  datauritostring: fn(1, dataUriToString, 1),
  endswith: fn(2, (a) => text(a, 0).toLowerCase().endsWith(text(a, 1).toLowerCase()), 2),
  format: fn(1, (a, { budget }) => formatText(text(a, 0), a.slice(1), budget)),
  guid: fn(1, guid),
  indexof: fn(2, (a) => indexOf(a, 'indexOf'), 2),
  join: fn(2, join, 2),
  json: fn(1, (a) => parseJson(text(a, 0)), 1),
  lastindexof: fn(2, (a) => indexOf(a, 'lastIndexOf'), 2),
  padleft: fn(2, padLeft, 3),
  replace: fn(3, replace, 3),
  split: fn(2, split, 2),
  startswith: fn(2, (a) => text(a, 0).toLowerCase().startsWith(text(a, 1).toLowerCase()), 2),
  string: fn(1, (a) => textOf(a[0] as Json), 1),
  substring: fn(2, substring, 3),
  tolower: fn(1, (a) => text(a, 0).toLowerCase(), 1),
  toupper: fn(1, (a) => text(a, 0).toUpperCase(), 1),
  trim: fn(1, (a) => text(a, 0).trim(), 1),
  uniquestring: fn(1, (a) => uniqueString(a.map((_, i) => text(a, i)))),
  uri: fn(2, joinUri, 2),
  uricomponent: fn(1, (a) => encode(text(a, 0)), 1),
  uricomponenttostring: fn(1, decodeUri, 1),
};

/** Of strings, or of arrays: the first argument says which. */
function concat(args: readonly Json[], { budget }: CallContext): Json {
  if (Array.isArray(args[0])) {
    const parts = args.map((_, i) => array(args, i));
    budget.room(parts.reduce((sum, part) => sum + part.length, 0));
    return parts.flat();
  }
  const parts = args.map((_, i) => scalarText(args, i));
  budget.room(parts.reduce((sum, part) => sum + part.length, 0));
  return parts.join('');
}

function decodeBase64(args: readonly Json[]): string {
  const given = text(args, 0);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(given) || given.length % 4 !== 0) throw wrong(args, 0, 'text in base64');
  return Buffer.from(given, 'base64').toString('utf8');
}

function parseJson(given: string): Json {
  try {
    return JSON.parse(given) as Json;
  } catch {
    throw new FunctionProblem('the text is no valid JSON');
  }
}

function dataUriToString(args: readonly Json[]): string {
  const [, header, data] = /^data:([^,]*),(.*)$/s.exec(text(args, 0)) ?? [];
  if (header === undefined || data === undefined) throw wrong(args, 0, 'a data URI');
  return /;base64$/i.test(header) ? decodeBase64([data]) : decodeUri([data]);
}

/** A UUID by name (RFC 9562, section 5.5) in the name space that Azure's templates use: the same for the same arguments, there as here. */
function guid(args: readonly Json[], { budget }: CallContext): string {
  const name = args.map((_, i) => text(args, i)).join('-');
  budget.room(name.length);
  const space = Buffer.from(NAME_SPACE, 'hex');
  const hash = createHash('sha1').update(space).update(name, 'utf8').digest().subarray(0, 16);
  hash[6] = ((hash[6] as number) & 0x0f) | 0x50;
  hash[8] = ((hash[8] as number) & 0x3f) | 0x80;
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** In strings without case; in arrays by equality. */
function indexOf(args: readonly Json[], method: 'indexOf' | 'lastIndexOf'): number {
  const [where, what] = args as [Json, Json];
  if (Array.isArray(where)) return where[method](what);
  return text(args, 0).toLowerCase()[method](text(args, 1).toLowerCase());
}

function join(args: readonly Json[], { budget }: CallContext): string {
  const parts = array(args, 0).map((part) => scalarText([part], 0));
  const delimiter = text(args, 1);
  budget.room(parts.reduce((sum, part) => sum + part.length + delimiter.length, 0));
  return parts.join(delimiter);
}

function padLeft(args: readonly Json[], { budget }: CallContext): string {
  const padding = args[2] === undefined ? ' ' : text(args, 2);
  if (padding.length !== 1) throw wrong(args, 2, 'a single character');
  const width = integer(args, 1);
  budget.room(Math.max(width, 0));
  return scalarText(args, 0).padStart(width, padding);
}

function replace(args: readonly Json[], { budget }: CallContext): string {
  const [where, old, fresh] = [text(args, 0), text(args, 1), text(args, 2)];
  if (old === '') throw wrong(args, 1, 'a string with at least one character');
  const parts = where.split(old);
  budget.room(where.length + (parts.length - 1) * Math.max(fresh.length - old.length, 0));
  return parts.join(fresh);
}

function split(args: readonly Json[]): Json {
  const delimiters = Array.isArray(args[1]) ? array(args, 1).map((one) => text([one], 0)) : [text(args, 1)];
  const usable = delimiters.filter((one) => one !== '');
  if (usable.length > 20) throw wrong(args, 1, 'an array of at most 20 delimiters');
  return usable.reduce<string[]>((parts, one) => parts.flatMap((part) => part.split(one)), [text(args, 0)]);
}

function substring(args: readonly Json[]): string {
  const where = text(args, 0);
  const start = integer(args, 1);
  const length = args[2] === undefined ? where.length - start : integer(args, 2);
  if (start < 0 || length < 0 || start + length > where.length) {
    throw new FunctionProblem('start and length must lie within the string');
  }
  return where.slice(start, start + length);
}

/** As URL references are resolved (RFC 3986, section 5), what follows the base's last slash being replaced. */
function joinUri(args: readonly Json[]): string {
  const base = text(args, 0);
  if (!URL.canParse(text(args, 1), base)) throw wrong(args, 0, 'an absolute URI');
  return new URL(text(args, 1), base).href;
}

/** A lone half of a surrogate pair is no character: nothing encodes it. */
function encode(given: string): string {
  return encodeURIComponent(given.toWellFormed()).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decodeUri(args: readonly Json[]): string {
  try {
    return decodeURIComponent(text(args, 0));
  } catch (error) {
    if (error instanceof FunctionProblem) throw error;
    throw wrong(args, 0, 'text that is encoded for URIs');
  }
}
