import { type NamePage, NO_NAMES, namePage } from '../name-page.ts';
import { NO_LIMIT } from './statements.ts';

/** What a statement for a page of names answers: they as a JSON array, and how many. */
export interface NamesRow {
  readonly names: string;
  readonly count: number;
}

/** Asks for one name more than the page has room for, so that the last page is known as such. */
export function askedPage(limit: number | undefined, ask: (most: number) => NamesRow | undefined): NamePage {
  if (limit === 0) return NO_NAMES;
  const row = ask(limit === undefined ? NO_LIMIT : limit + 1);
  return row ? namePage(row.names, row.count, limit ?? NO_LIMIT) : NO_NAMES;
}
