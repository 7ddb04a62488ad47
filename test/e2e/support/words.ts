import { TEXTS, type TextKey } from '../../../apps/portal/src/language/texts.ts';
import type { Language } from './portal.ts';

export interface Words {
  /** The text in the language, for the same text in English with its parameters filled in: `Delete nightly` is `删除 nightly`. */
  t(english: string, key?: TextKey): string;
  /** Matches it whatever stands for `…`, in a page of any length: `The manifest … was deleted.` */
  like(english: string, key?: TextKey): RegExp;
}

/**
 * What a page says in a language for what it says in English, so that one test reads in English and runs in both. The whole
 * text is named. One that the portal has not got in English, or has with two meanings and no key to tell them apart, is an
 * error; what a server says is English in both and needs no words.
 */
export function wordsOf(language: Language): Words {
  const t: Words['t'] = (english, key) => {
    const found = new Set(meanings(english, language, key));
    const [only] = found;
    if (only === undefined || found.size > 1) {
      throw new Error(`${found.size} texts of the portal say "${english}" in English: ${[...found].join(' | ')}`);
    }
    return only;
  };
  return {
    t,
    like: (english, key) => new RegExp(escaped(t(english, key)).replace(/^…/, '').replaceAll('…', '.{1,200}')),
  };
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** Of several templates that fit, those with the longest words of their own: `Delete the tag {tag}` before `Delete {what}`. */
function meanings(english: string, language: Language, key: TextKey | undefined): string[] {
  const texts: readonly (readonly [string, string])[] = key === undefined ? Object.values(TEXTS) : [TEXTS[key]];
  const fitting = texts.flatMap((text) => {
    const parts = text[0].split(/\{(\w+)\}/); // words and names in turn
    const said = parts.filter((_, i) => i % 2 === 0);
    const values = new RegExp(`^${said.map(escaped).join('(.+)')}$`, 's').exec(english)?.slice(1);
    if (values === undefined) return [];
    const named = new Map(values.map((value, i) => [parts[2 * i + 1] ?? '', value]));
    const means = text[language === 'en' ? 0 : 1].replace(/\{(\w+)\}/g, (_, name) => named.get(name) ?? '');
    return [{ own: said.join('').length, means }];
  });
  const most = Math.max(...fitting.map(({ own }) => own));
  return fitting.filter(({ own }) => own === most).map(({ means }) => means);
}
