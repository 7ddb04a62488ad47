import { describe, expect, it } from 'vitest';
import { pagesWanted } from './long-list.ts';

const query = {};
const pages = [
  { query, start: 0, length: 100 },
  { query, start: 100, length: 1000 },
  { query, start: 1100, length: 1000 },
  { query, start: 2100, length: undefined },
];

describe('of the pages of a long list', () => {
  it('those in sight are wanted, and no others', () => {
    expect(pagesWanted(pages, 0, 40)).toEqual([0]);
    expect(pagesWanted(pages, 90, 130)).toEqual([0, 1]);
    expect(pagesWanted(pages, 1100, 1140)).toEqual([2]);
  });

  it('the one behind what is known is, once its rows are near', () => {
    expect(pagesWanted(pages, 1400, 1440)).toEqual([2]);
    expect(pagesWanted(pages, 1500, 1540)).toEqual([2, 3]);
    expect(pagesWanted([{ query, start: 0, length: undefined }], 0, 0)).toEqual([0]);
  });
});
