import { expect, it } from 'vitest';
import { TEXT_FILES, TEXTS } from './texts.ts';

it('no two texts have the same key: the later one would stand in both places', () => {
  const keys = TEXT_FILES.flatMap((texts) => Object.keys(texts));
  expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
  expect(keys).toHaveLength(Object.keys(TEXTS).length);
});

it('a text has the same parameters in both languages', () => {
  const parameters = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).toSorted();
  const texts: readonly (readonly [string, readonly [string, string]])[] = Object.entries(TEXTS);
  for (const [key, [english, chinese]] of texts) expect(parameters(chinese), key).toEqual(parameters(english));
});
