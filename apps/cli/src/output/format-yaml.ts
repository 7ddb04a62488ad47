import { stringify } from 'yaml';

/** 1.1 is what az writes: readers of that version would take an unquoted time for a date. */
export const formatYaml = (value: unknown): string =>
  stringify(value, { version: '1.1', singleQuote: true, indentSeq: false, lineWidth: 0 });
