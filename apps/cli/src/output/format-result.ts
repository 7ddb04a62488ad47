import type { Command } from '../command.ts';
import { formatTable } from './format-table.ts';

export interface OutputOptions {
  readonly format: string;
  readonly query?: string | undefined;
  readonly color: boolean;
  readonly table?: Command['table'];
}

/** A command's result as az prints it: keys are sorted; of nothing, nothing is printed. */
export async function formatResult(result: unknown, options: OutputOptions): Promise<string> {
  const { format, query } = options;
  // JSON has no undefined, and the query must see what will be printed.
  let value: unknown = JSON.parse(JSON.stringify(result)) as unknown;
  if (query !== undefined) value = (await import('./apply-query.ts')).applyQuery(value, query);
  if (value === null) return '';
  switch (format) {
    case 'none':
      return '';
    case 'tsv':
      return formatTsv(value, query === undefined);
    case 'table': {
      if (query === undefined && options.table) return formatTable(options.table(value), { asGiven: true });
      return formatTable(asList(query === undefined ? sorted(value) : value), { asGiven: false });
    }
    case 'yaml':
    case 'yamlc': {
      const { formatYaml } = await import('./format-yaml.ts');
      return formatYaml(sorted(value));
    }
    default: {
      const text = JSON.stringify(sorted(value), undefined, 2);
      return `${format === 'jsonc' && options.color ? colored(text) : text}\n`;
    }
  }
}

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, sorted(one)] as const);
  // By code point, as Python sorts; localeCompare would not.
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A line for each item; of objects the values, of values in them the length of lists and nothing of objects. */
function formatTsv(value: unknown, sortKeys: boolean): string {
  const cell = (one: unknown): string => {
    if (Array.isArray(one)) return String(one.length);
    if (one === null) return 'None';
    if (typeof one === 'boolean') return one ? 'True' : 'False';
    return typeof one === 'object' ? '' : String(one);
  };
  const line = (row: unknown): string => {
    if (typeof row === 'boolean') return String(row);
    if (typeof row !== 'object' || row === null) return cell(row);
    return Object.values(sortKeys && !Array.isArray(row) ? (sorted(row) as object) : row)
      .map(cell)
      .join('\t');
  };
  return asList(value)
    .map((row) => `${line(row)}\n`)
    .join('');
}

/** Keys blue, strings green, the rest cyan. */
function colored(json: string): string {
  return json.replace(
    /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g,
    (all, string?: string, colon?: string) => {
      if (string && colon) return `\x1b[34m${string}\x1b[0m${colon}`;
      return `${string ? '\x1b[32m' : '\x1b[36m'}${all}\x1b[0m`;
    },
  );
}
