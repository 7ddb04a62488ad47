import { describe, expect, it } from 'vitest';
import { type Description, matches, operationsOf, typeText } from './description.ts';

const text = { type: 'string' };
const description: Description = {
  paths: {
    '/a/{name}': {
      get: {
        operationId: 'a-get',
        tags: ['registry'],
        security: [{}],
        parameters: [{ name: 'name', in: 'path', required: true, schema: text }],
        responses: { '200': { content: { 'application/json': { schema: { type: 'array', items: text } } } } },
      },
      put: { operationId: 'a-put', tags: ['registry'], security: [], parameters: [], responses: { '200': {} } },
    },
  },
};

describe('the reference of the API', () => {
  it('has each operation with its plane, whether it takes a sign-in, and its bodies', () => {
    const [get, put] = operationsOf(description);
    expect(get).toMatchObject({ id: 'a-get', method: 'GET', plane: 'registry', signedIn: true });
    expect(get?.answer).toEqual({ mediaType: 'application/json', type: 'string[]' });
    expect(put).toMatchObject({ method: 'PUT', signedIn: false, request: undefined, answer: undefined });
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
    expect(typeText({ additionalProperties: text })).toBe('{ [name: string]: string }');
    expect(typeText({ type: 'object', properties: {} })).toBe('{}');
  });
});
