import { ExpressionProblem } from './syntax.ts';

export type Token =
  | { readonly kind: 'string'; readonly value: string; readonly at: number }
  | { readonly kind: 'integer'; readonly value: number; readonly at: number }
  | { readonly kind: 'name'; readonly value: string; readonly at: number }
  | { readonly kind: '(' | ')' | '[' | ']' | ',' | '.' | 'end'; readonly at: number };

const PUNCTUATION = new Set(['(', ')', '[', ']', ',', '.'] as const);
type Punctuation = '(' | ')' | '[' | ']' | ',' | '.';
const NAME = /[A-Za-z_$][A-Za-z0-9_$]*/y;
const INTEGER = /[+-]?\d+/y;
const BLANK = /\s+/y;

/** The words of an expression, with its brackets, then `end`. Throws `ExpressionProblem`. */
export function readTokens(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const blank = matchAt(BLANK, text, at);
    if (blank) {
      at += blank.length;
      continue;
    }
    const token = readToken(text, at);
    tokens.push(token.token);
    at = token.end;
  }
  tokens.push({ kind: 'end', at });
  return tokens;
}

function readToken(text: string, at: number): { token: Token; end: number } {
  const char = text.charAt(at);
  if (char === "'") return readString(text, at);
  if (PUNCTUATION.has(char as Punctuation)) return { token: { kind: char as Punctuation, at }, end: at + 1 };
  const name = matchAt(NAME, text, at);
  if (name) return { token: { kind: 'name', value: name, at }, end: at + name.length };
  const digits = matchAt(INTEGER, text, at);
  if (digits) {
    const value = Number(digits);
    if (!Number.isSafeInteger(value)) throw new ExpressionProblem('the number is too large', at);
    // `-0` is 0: there is one zero among whole numbers.
    return { token: { kind: 'integer', value: value === 0 ? 0 : value, at }, end: at + digits.length };
  }
  if (char === '"') throw new ExpressionProblem('strings are written in single quotes', at);
  throw new ExpressionProblem(
    `the character '${String.fromCodePoint(text.codePointAt(at) ?? 0)}' has no place here`,
    at,
  );
}

function readString(text: string, start: number): { token: Token; end: number } {
  let value = '';
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf("'", at);
    if (quote === -1) throw new ExpressionProblem('the string that begins here has no end', start);
    value += text.slice(at, quote);
    if (text.charAt(quote + 1) !== "'") return { token: { kind: 'string', value, at: start }, end: quote + 1 };
    value += "'";
    at = quote + 2;
  }
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
