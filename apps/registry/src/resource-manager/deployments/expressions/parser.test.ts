import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { environmentOf } from '../test-environment.ts';
import { Budget } from './budget.ts';
import { evaluate } from './evaluator.ts';
import { parseExpression } from './parser.ts';
import { printExpression } from './printer.ts';
import { type Expression, ExpressionProblem } from './syntax.ts';

/** Without positions, which depend on blanks. */
function bare(expression: Expression): unknown {
  return JSON.parse(JSON.stringify(expression, (key, value) => (key === 'at' ? undefined : value)));
}

const NAMES = [
  'concat',
  'parameters',
  'if',
  'createArray',
  'range',
  'format',
  'union',
  'split',
  'json',
  'string',
  'reference',
];
const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('string' as const), value: fc.string({ unit: 'binary' }), at: fc.constant(0) }),
    fc.record({
      kind: fc.constant('integer' as const),
      value: fc.maxSafeInteger().map((n) => n + 0),
      at: fc.constant(0),
    }),
    fc.record(
      {
        kind: fc.constant('call' as const),
        namespace: fc.constantFrom('contoso', 'ship'),
        name: fc.constantFrom(...NAMES),
        arguments: fc.array(tie('expression'), { maxLength: 3 }),
        at: fc.constant(0),
      },
      { requiredKeys: ['kind', 'name', 'arguments', 'at'] },
    ),
    fc.record({
      kind: fc.constant('property' as const),
      of: tie('expression'),
      name: fc.constantFrom('id', 'outputs', 'a_1', '$x'),
      at: fc.constant(0),
    }),
    fc.record({
      kind: fc.constant('index' as const),
      of: tie('expression'),
      index: tie('expression'),
      at: fc.constant(0),
    }),
  ),
}));

describe('an expression', () => {
  it('is read, written and read again as the same', () => {
    fc.assert(
      fc.property(expression, (given) => {
        const text = printExpression(given);
        const read = parseExpression(text);
        expect(bare(read)).toEqual(bare(given));
        expect(printExpression(read)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["[concat( 'a' ,'b')]", "[concat('a', 'b')]"],
    ['[ns.fn ( ) . a [ 0 ] ]', '[ns.fn().a[0]]'],
    ["['it''s']", "['it''s']"],
    ['[+07]', '[7]'],
  ])('%s is written %s', (text, written) => {
    expect(printExpression(parseExpression(text))).toBe(written);
  });

  it.each([
    ["[concat('a', §)]", 13],
    ["[concat('a' 'b')]", 12],
    ["[concat('a'", 11],
    ["[concat('abc]", 8],
    ['[a.b]', 3],
    ["[f('x')]]", 8],
    [`[${"f('x')"}.1]`, 8],
  ])('%s is wrong at character %i', (text, at) => {
    let problem: unknown;
    try {
      parseExpression(text);
    } catch (error) {
      problem = error;
    }
    expect(problem).toBeInstanceOf(ExpressionProblem);
    expect((problem as ExpressionProblem).at).toBe(at);
  });

  it('has a limit in length and in depth', () => {
    expect(() => parseExpression(`['${'a'.repeat(30_000)}']`)).toThrow('24576');
    expect(() => parseExpression(`[${'f('.repeat(70)}${')'.repeat(70)}]`)).toThrow('nested deeper');
    expect(() => parseExpression(`[f()${'.a'.repeat(100)}]`)).toThrow('follow one another');
    expect(parseExpression(`[${'f('.repeat(60)}${')'.repeat(60)}]`).kind).toBe('call');
  });

  it('never makes the reader fall, whatever it is', () => {
    const pieces = fc.constantFrom(
      '[',
      ']',
      '(',
      ')',
      ',',
      '.',
      "'",
      "''",
      'concat',
      'a',
      '0',
      '-',
      ' ',
      '"',
      '🚢',
      '\n',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((parts) => `[${parts.join('')}]`),
    );
    fc.assert(
      fc.property(text, (given) => {
        try {
          parseExpression(given);
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionProblem);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('never makes the evaluator fall, whatever it asks for', () => {
    const environment = environmentOf({ variables: { v: [1, { a: 'b' }] } }, { p: 'text', o: { a: [1] } });
    fc.assert(
      fc.property(expression, (given) => {
        const around = { budget: new Budget(50_000), functions: {} };
        for (const work of [() => environment.value(printExpression(given), 'here'), () => evaluate(given, around)]) {
          try {
            work();
          } catch (error) {
            expect(['ExpressionProblem', 'DomainError', 'Error'], String(error)).toContain((error as Error).name);
            expect(error).not.toBeInstanceOf(TypeError);
            expect(error).not.toBeInstanceOf(RangeError);
          }
        }
      }),
      { numRuns: 3000 },
    );
  });
});
