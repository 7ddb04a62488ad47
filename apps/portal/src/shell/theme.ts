import { webDarkTheme, webLightTheme } from '@fluentui/react-components';
import { createContext, useContext, useEffect, useState } from 'react';

const KEY = 'holdfast.theme';
type ThemeName = 'light' | 'dark';

interface Theme {
  readonly theme: ThemeName;
  change(): void;
}

export const ThemeContext = createContext<Theme>({ theme: 'light', change: () => undefined });
export const useThemeSwitch = (): Theme => useContext(ThemeContext);

function preferredTheme(): ThemeName {
  const kept = localStorage.getItem(KEY);
  if (kept === 'light' || kept === 'dark') return kept;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

export const THEMES = { light: webLightTheme, dark: webDarkTheme } as const;

export function useTheme(): Theme {
  const [theme, setTheme] = useState(preferredTheme);
  useEffect(() => {
    document.documentElement.style.colorScheme = theme;
  }, [theme]);
  return {
    theme,
    change: () => {
      const next = theme === 'light' ? 'dark' : 'light';
      localStorage.setItem(KEY, next);
      setTheme(next);
    },
  };
}
