import { createContext, useContext, useEffect, useMemo, useState, type ReactElement, type ReactNode } from 'react';
import { pageWords, type PageWords } from './pageWords.tsx';

type Language = keyof typeof pageWords;

/** The language of the page: its words, and how to take the other one. */
export interface UsedLanguage {
  readonly language: Language;
  readonly words: PageWords;
  readonly change: () => void;
}

const Context = createContext<UsedLanguage>({ language: 'en', words: pageWords.en, change: () => {} });
const place = 'workspace-language';

/** Speaks the language of the browser, or the one that was chosen here before. */
export function PageLanguage(props: { readonly children: ReactNode }): ReactElement {
  const [language, setLanguage] = useState<Language>(firstLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = pageWords[language].title;
  }, [language]);
  const value = useMemo(
    () => ({
      language,
      words: pageWords[language],
      change: () => {
        const next = language === 'fr' ? 'en' : 'fr';
        setLanguage(next);
        remember(next);
      },
    }),
    [language],
  );
  return <Context.Provider value={value}>{props.children}</Context.Provider>;
}

/** The words of the page. */
export function usePageLanguage(): UsedLanguage {
  return useContext(Context);
}

function firstLanguage(): Language {
  const chosen = remembered();
  if (chosen === 'fr' || chosen === 'en') return chosen;
  return navigator.language.toLowerCase().startsWith('fr') ? 'fr' : 'en';
}

function remembered(): string | null {
  try {
    return localStorage.getItem(place);
  } catch {
    return null; // A browser that keeps nothing asks again.
  }
}

function remember(language: Language): void {
  try {
    localStorage.setItem(place, language);
  } catch {
    // As above.
  }
}
