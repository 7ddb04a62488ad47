import { type NamePage, NO_NAMES, namePage } from '../name-page.ts';
import { NO_LIMIT } from './statements.ts';

/** What a statement for a page of names answers: they as a JSON array, and how many. */
export interface NamesRow {
  readonly names: string;
  readonly count: number;
}

/** Rows that are kept (`SnapshotConnection`) give the same page each time, so that whoever writes it out need do it once. */
const pages = new WeakMap<NamesRow, NamePage>();

/** Asks for one name more than the page has room for, so that the last page is known as such. */
export function askedPage(limit: number | undefined, ask: (most: number) => NamesRow | undefined): NamePage {
  if (limit === 0) return NO_NAMES;
  const row = ask(limit === undefined ? NO_LIMIT : limit + 1);
  return row ? pageOf(row, limit ?? NO_LIMIT) : NO_NAMES;
}

/** A row answers one question, and so has one limit. */
function pageOf(row: NamesRow, limit: number): NamePage {
  const known = pages.get(row);
  if (known) return known;
  const page = namePage(row.names, row.count, limit);
  pages.set(row, page);
  return page;
}
