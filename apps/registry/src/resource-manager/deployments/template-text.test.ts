import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../platform/domain-error.ts';
import { parseTemplateText } from './template-text.ts';

describe('the body of a deployment', () => {
  it('is read as az sends it: the file as it stands, behind a key without quotes', () => {
    const file = `{
  // what is made
  "resources": [ /* none yet */ ],
  "outputs": {},
}`;
    const body = `{"properties": {"parameters": {"name": {"value": "x"}}, "mode": "Incremental", template:${file}}}`;
    expect(parseTemplateText(body)).toEqual({
      properties: {
        parameters: { name: { value: 'x' } },
        mode: 'Incremental',
        template: { resources: [], outputs: {} },
      },
    });
  });

  it('is read like any other JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseTemplateText(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('may have strings over several lines, a mark at its beginning, comment signs within strings', () => {
    expect(parseTemplateText('\uFEFF{"a": "one\ntwo", b: "//no /*comment*/"}// end')).toEqual({
      a: 'one\ntwo',
      b: '//no /*comment*/',
    });
  });

  it('keeps `__proto__` as a property like any other', () => {
    const read = parseTemplateText('{"__proto__": {"polluted": 1}, "a": {__proto__: 2}}') as Record<string, unknown>;
    expect(Object.keys(read)).toEqual(['__proto__', 'a']);
    expect({}).not.toHaveProperty('polluted');
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  });

  it.each([
    ['', 'line 1, column 1'],
    ['{"a": 1', "line 1, column 8, '}' must stand here"],
    ['{\n  "a": nope\n}', 'line 2, column 12, a value'],
    ['{"a" 1}', "line 1, column 6, ':' must stand here"],
    ['{"a": "b', 'line 1, column 7, the string'],
    ['{"a": "\\x"}', 'escape'],
    ['{"a": 01}', "line 1, column 8, '}' must stand here"],
    ['[1,,2]', 'column 4, a value'],
    ['{} {}', 'something follows'],
    ['/* a', 'comment'],
    ['NaN', 'a value'],
    ['1e999', 'a value'],
    [`${'['.repeat(200)}${']'.repeat(200)}`, 'nested deeper'],
  ])('%s is refused by line and column', (text, why) => {
    expect(() => parseTemplateText(text)).toThrow(why);
  });

  it('never makes the reader fall, whatever it is', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"',
      'a',
      '1',
      '-',
      '/',
      '*',
      '\\',
      'u',
      ' ',
      '\n',
      'true',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(pieces).map((all) => all.join('')),
        ),
        (text) => {
          try {
            parseTemplateText(text);
          } catch (error) {
            expect(error).toBeInstanceOf(DomainError);
          }
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('of four megabytes is read in a moment', () => {
    const text = JSON.stringify({
      a: Array.from({ length: 100_000 }, (_, i) => ({ name: `n${i}`, value: 'v'.repeat(10) })),
    });
    const start = performance.now();
    expect(text.length).toBeGreaterThan(3_500_000);
    parseTemplateText(text);
    expect(performance.now() - start).toBeLessThan(3000);
  });
});
