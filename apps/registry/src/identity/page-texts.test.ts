import { describe, expect, it } from 'vitest';
import { pageTexts } from './page-texts.ts';

describe('the language of a page', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh-CN'],
    ['zh', 'zh-CN'],
    ['en-US,en;q=0.9,zh;q=0.5', 'en'],
    ['de-DE,de;q=0.9', 'en'],
    ['de,zh;q=0.4,en;q=0.3', 'zh-CN'],
    ['en;q=0,zh-TW', 'zh-CN'],
    ['zhx, english', 'en'],
    [';;;,q=1,'.repeat(1000), 'en'],
  ])('for %j is %s', (header, language) => expect(pageTexts(header).language).toBe(language));
});
