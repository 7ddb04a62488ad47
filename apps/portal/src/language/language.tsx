import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { TEXTS, type TextKey } from './texts.ts';

export type Language = 'en' | 'zh-CN';
export type Translate = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;

interface Spoken {
  readonly language: Language;
  readonly t: Translate;
  speak(language: Language): void;
}

const KEY = 'holdfast.language';

/** The one chosen on this browser, else the first that the browser asks for. */
export function preferredLanguage(): Language {
  const kept = localStorage.getItem(KEY);
  if (kept === 'en' || kept === 'zh-CN') return kept;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

export function translate(
  language: Language,
  key: TextKey,
  values?: Readonly<Record<string, string | number>>,
): string {
  const text: string = TEXTS[key][language === 'en' ? 0 : 1];
  return values === undefined
    ? text
    : text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

const Context = createContext<Spoken | undefined>(undefined);

export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(preferredLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const speak = useCallback((next: Language) => {
    localStorage.setItem(KEY, next);
    setLanguage(next);
  }, []);
  const spoken = useMemo<Spoken>(
    () => ({ language, speak, t: (key, values) => translate(language, key, values) }),
    [language, speak],
  );
  return <Context.Provider value={spoken}>{children}</Context.Provider>;
}

export function useLanguage(): Spoken {
  const spoken = useContext(Context);
  if (!spoken) throw new Error('outside of the LanguageProvider');
  return spoken;
}
