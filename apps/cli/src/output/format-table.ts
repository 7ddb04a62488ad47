type Row = Readonly<Record<string, unknown>>;

/** Keys that az leaves out of tables that it makes by itself. */
const SKIPPED = new Set(['id', 'type', 'etag']);

/**
 * The table that az prints: columns of the keys of all rows, a line of dashes, two spaces in between. Without rows of its
 * own, a command's result is shown by its simple values, its keys in their order or sorted.
 */
export function formatTable(rows: readonly unknown[], options: { readonly asGiven: boolean }): string {
  const shown = rows.map((row) => (options.asGiven ? (row as Row) : simpleValues(row)));
  const columns = [...new Set(shown.flatMap((row) => Object.keys(row)))];
  if (columns.length === 0) return '\n';
  const cells = shown.map((row) => columns.map((column) => text(row[column])));
  const widths = columns.map((column, index) =>
    Math.max(column.length + 2, ...cells.map((row) => (row[index] ?? '').length)),
  );
  const line = (parts: readonly string[]) =>
    parts
      .map((part, index) => part.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  // tabulate makes a column two wider than its title unless a value needs more.
  const dashes = widths.map((width) => '-'.repeat(width)).join('  ');
  return `${[line(columns), dashes, ...cells.map(line)].join('\n')}\n`;
}

function simpleValues(row: unknown): Row {
  if (Array.isArray(row)) return Object.fromEntries(row.map((value, index) => [`Column${index + 1}`, value]));
  if (typeof row !== 'object' || row === null) return { Result: row };
  const entries = Object.entries(row).filter(
    ([key, value]) => !SKIPPED.has(key) && value !== null && value !== undefined && typeof value !== 'object',
  );
  return Object.fromEntries(entries.map(([key, value]) => [key.charAt(0).toUpperCase() + key.slice(1), value]));
}

/** As Python writes them, since scripts cut columns out of what az prints. */
function text(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(quoted).join(', ')}]`;
  if (typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([key, one]) => `${quoted(key)}: ${quoted(one)}`)
      .join(', ')}}`;
  }
  return String(value);
}

const quoted = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : text(value));
