import { describe, expect, it } from 'vitest';
import { formatResult } from './format-result.ts';

const tags = [
  { name: 'v1', signed: false, size: 12, digest: 'sha256:a', attributes: { deleteEnabled: true }, tags: ['x', 'y'] },
  { name: 'second', signed: true, size: null, digest: 'sha256:b', attributes: {}, tags: [] },
];
const print = (result: unknown, format: string, query?: string) =>
  formatResult(result, { format, query, color: false });

describe('a result', () => {
  it('is JSON with sorted keys and two blanks', async () => {
    expect(await print({ b: 1, a: { d: [], c: 'é' } }, 'json')).toBe(
      '{\n  "a": {\n    "c": "é",\n    "d": []\n  },\n  "b": 1\n}\n',
    );
  });

  it('is a table of its simple values, without ids and types', async () => {
    const rows = tags.map((tag) => ({ ...tag, id: '/x', type: 't' }));
    expect(await print(rows, 'table')).toBe(
      [
        'Digest    Name    Signed    Size',
        '--------  ------  --------  ------',
        'sha256:a  v1      False     12',
        'sha256:b  second  True',
        '',
      ].join('\n'),
    );
    expect(await print(['a', 'b'], 'table')).toBe('Result\n--------\na\nb\n');
  });

  it('is a table of its own rows, unless there is a query', async () => {
    const table = () => [{ 'LOGIN SERVER': 'x', HEADERS: { 'X-A': '1' }, ACTIONS: ['push'] }];
    const options = { format: 'table', color: false, table };
    expect(await formatResult({}, options)).toContain("x               {'X-A': '1'}  ['push']");
    expect(await formatResult({ a: 1 }, { ...options, query: '{n: a}' })).toBe('N\n---\n1\n');
  });

  it('is lines of values with tabs, lists as their length', async () => {
    expect(await print(tags, 'tsv')).toBe('\tsha256:a\tv1\tFalse\t12\t2\n\tsha256:b\tsecond\tTrue\tNone\t0\n');
    expect(await print(['a', 'b'], 'tsv')).toBe('a\nb\n');
    expect(await print(true, 'tsv')).toBe('true\n');
    expect(await print([], 'tsv')).toBe('');
    expect(await print(tags, 'tsv', '[].{s: size, n: name}')).toBe('12\tv1\nNone\tsecond\n');
  });

  it('is YAML in which nothing turns into something else', async () => {
    expect(await print({ when: '2026-01-01T00:00:00Z', no: 'no', count: '1', list: ['a'] }, 'yaml')).toBe(
      "count: '1'\nlist:\n- a\n'no': 'no'\nwhen: '2026-01-01T00:00:00Z'\n",
    );
  });

  it('is what a query finds in it, and nothing when that is nothing', async () => {
    expect(await print(tags, 'tsv', '[?tags[0]==null].digest')).toBe('sha256:b\n');
    expect(await print(tags, 'json', '[0].missing')).toBe('');
    expect(await print(tags, 'none')).toBe('');
    await expect(print(tags, 'json', '[?')).rejects.toMatchObject({ exitCode: 2 });
  });

  it('is coloured on a terminal only', async () => {
    const colored = await formatResult({ a: 'b:"c"', n: 1, t: null }, { format: 'jsonc', color: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    expect(colored.replace(/\x1b\[\d*m/g, '')).toBe(await print({ a: 'b:"c"', n: 1, t: null }, 'json'));
    expect(colored).toContain('\x1b[34m"a"\x1b[0m');
    expect(await print({ a: 1 }, 'jsonc')).not.toContain('\x1b');
  });
});
