/**
 * The expressions of templates: `[concat(parameters('name'), '-', copyIndex())]`. Strings are in single quotes, a quote in
 * one is doubled; there are whole numbers, calls, `.property` and `[index]`, and nothing else.
 */
export type Expression =
  | { readonly kind: 'string'; readonly value: string; readonly at: number }
  | { readonly kind: 'integer'; readonly value: number; readonly at: number }
  | {
      readonly kind: 'call';
      /** Of a function that the template itself defines. */
      readonly namespace?: string;
      readonly name: string;
      readonly arguments: readonly Expression[];
      readonly at: number;
    }
  | { readonly kind: 'property'; readonly of: Expression; readonly name: string; readonly at: number }
  | { readonly kind: 'index'; readonly of: Expression; readonly index: Expression; readonly at: number };

/** What is wrong with an expression, and where: a count of characters from its beginning, the bracket being 0. */
export class ExpressionProblem extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.name = 'ExpressionProblem';
    this.at = at;
  }
}

/** What a string of a template stands for. */
export type TemplateString =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'expression'; readonly text: string };

/** A string is an expression when it begins with `[` and ends with `]`; `[[` is a bracket that begins plain text. */
export function readTemplateString(text: string): TemplateString {
  if (text.startsWith('[[')) return { kind: 'text', text: text.slice(1) };
  return text.startsWith('[') && text.endsWith(']') ? { kind: 'expression', text } : { kind: 'text', text };
}
