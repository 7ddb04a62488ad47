import { describe, expect, it } from 'vitest';
import { type Description, matches, operationsOf, typeText } from './description.ts';

const text = { type: 'string' };
const texts = { content: { 'application/json': { schema: { type: 'array', items: text } } } };
const description: Description = {
  paths: {
    '/a/{name}': {
      get: {
        operationId: 'a-get',
        tags: ['registry'],
        security: [{}],
        parameters: [{ name: 'name', in: 'path', required: true, schema: text }],
        responses: { '200': texts, '201': texts, '204': {}, default: {} },
      },
      put: { operationId: 'a-put', tags: ['registry'], security: [], parameters: [], responses: { default: {} } },
    },
  },
};

describe('the reference of the API', () => {
  it('has each operation with its plane, whether it takes a sign-in, and its bodies', () => {
    const [get, put] = operationsOf(description);
    expect(get).toMatchObject({ id: 'a-get', method: 'GET', plane: 'registry', signedIn: true });
    expect(get?.answers).toEqual([
      { statuses: ['200', '201'], body: { mediaType: 'application/json', type: 'string[]' } },
      { statuses: ['204'], body: undefined },
    ]);
    expect(put).toMatchObject({ method: 'PUT', signedIn: false, request: undefined, answers: [] });
  });

  it('is searched by words, each of which stands somewhere', () => {
    const found = (words: string) => operationsOf(description).filter((one) => matches(one, words));
    expect(found('PUT /a').map(({ id }) => id)).toEqual(['a-put']);
    expect([found('').length, found('get nothing').length]).toEqual([2, 0]);
  });

  it('writes a schema as a type', () => {
    const inner = { type: 'object', properties: { b: text }, required: [] };
    const schema = { type: 'object', properties: { a: { type: 'array', items: inner } }, required: ['a'] };
    expect(typeText(schema)).toBe('{\n  a: {\n    b?: string\n  }[]\n}');
    expect(typeText({})).toBe('any');
    expect(typeText({ type: 'array', items: { anyOf: [text, { type: ['number', 'null'] }] } })).toBe(
      '(string | number | null)[]',
    );
    expect(typeText({ additionalProperties: text })).toBe('{ [name: string]: string }');
    expect(typeText({ type: 'object', properties: {} })).toBe('{}');
  });
});
