import { DomainError } from '../platform/domain-error.ts';

/** One condition of a `$filter`; several are joined by `and`. */
export interface FilterTerm {
  readonly property: string;
  readonly operator: 'eq' | 'startswith';
  readonly value: string | boolean;
}

const MAX_CHARACTERS = 2000;
const LITERAL = `'((?:[^']|'')*)'`;
const EQUALS = new RegExp(String.raw`^(\w+) +eq +(?:${LITERAL}|(true|false))(?= |$)`, 'i');
const STARTS = new RegExp(String.raw`^startswith\( *(\w+) *, *${LITERAL} *\)`, 'i');
const ANY = new RegExp(String.raw`^(\w+)/any\( *(\w+) *: *(\w+) +eq +${LITERAL} *\)`, 'i');
const AND = /^ +and +/i;

/**
 * The part of OData's filters that az, the portal and the SDKs use: `userPrincipalName eq '…'`,
 * `startswith(displayName,'…')`, `servicePrincipalNames/any(c:c eq '…')`, joined by `and`. Anything else is refused: a
 * filter that is not understood must not show everything.
 */
export function parseFilter(text: string): FilterTerm[] {
  if (text.length > MAX_CHARACTERS) throw unsupported(text);
  const terms: FilterTerm[] = [];
  let rest = text.trim();
  for (;;) {
    const { term, length } = readTerm(rest) ?? {};
    if (!term || length === undefined) throw unsupported(text);
    terms.push(term);
    rest = rest.slice(length);
    if (rest === '') return terms;
    const and = AND.exec(rest);
    if (!and) throw unsupported(text);
    rest = rest.slice(and[0].length);
  }
}

function readTerm(text: string): { term: FilterTerm; length: number } | undefined {
  const equals = EQUALS.exec(text);
  if (equals) {
    const [whole, property = '', literal, truth] = equals;
    const value = truth === undefined ? unquoted(literal) : truth.toLowerCase() === 'true';
    return { term: { property, operator: 'eq', value }, length: whole.length };
  }
  const starts = STARTS.exec(text);
  if (starts) {
    const [whole, property = '', literal] = starts;
    return { term: { property, operator: 'startswith', value: unquoted(literal) }, length: whole.length };
  }
  const any = ANY.exec(text);
  if (!any || any[2] !== any[3]) return undefined;
  return { term: { property: any[1] ?? '', operator: 'eq', value: unquoted(any[4]) }, length: any[0].length };
}

/** A quote within a literal is doubled. */
function unquoted(literal = ''): string {
  return literal.replaceAll("''", "'");
}

export function unsupported(filter: string): DomainError {
  return new DomainError(
    'invalid',
    'directory.query-unsupported',
    `Unsupported Query: the $filter "${filter.slice(0, 200)}" is not understood here. Use "property eq 'value'" or "startswith(displayName,'value')", joined by "and".`,
  );
}
