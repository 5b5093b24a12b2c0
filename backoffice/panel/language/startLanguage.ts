/** The panel's two languages: one is loaded before the first screen, the other when somebody asks for it. */
import i18next, { type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { loadUntilThere } from '../feedback/lazyPart.ts';
import type { Dictionary, FirstWords } from './en.ts';

/** A language that the panel speaks. */
export type Language = 'en' | 'fr';

/** Loads the words of one part of the panel. */
export type LaterWords = (language: Language) => Promise<object>;

const STORED_AS = 'backoffice-sync.language';

/**
 * Starts i18next in the language that was chosen here before, else in the browser's.
 *
 * Shape   resolves when the words are there; `<html lang>` follows the language from then on
 */
export async function startLanguage(): Promise<i18n> {
  const language = storedLanguage() ?? browserLanguage();
  const instance = i18next.use(initReactI18next);
  instance.on('languageChanged', (name) => {
    document.documentElement.lang = name;
  });
  await instance.init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: { translation: await loadWords(language) } },
    interpolation: { escapeValue: false },
    // What is on the screen is said again when more words have come.
    react: { bindI18nStore: 'added' },
  });
  void addLaterWords(language);
  return instance;
}

/** Loads the words of a language, shows them, and remembers the choice for this browser. */
export async function changeLanguage(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'translation'))
    i18next.addResourceBundle(language, 'translation', await loadWords(language));
  await addLaterWords(language);
  try {
    localStorage.setItem(STORED_AS, language);
  } catch {
    // Storage may be closed; the choice then lasts for this page.
  }
  await i18next.changeLanguage(language);
}

async function loadWords(language: Language): Promise<FirstWords> {
  return language === 'fr' ? (await import('./fr.ts')).fr : (await import('./en.ts')).en;
}

/** By a group of words that each brings. What the first ones say is opened, typed or asked once a screen stands. */
const later = new Map<keyof Dictionary, LaterWords>([
  [
    'conflict',
    async (language) => {
      if (language === 'fr') {
        const [{ frConflict }, { frDetails }, { frQuestions }] = await Promise.all([
          import('./frConflict.ts'),
          import('./frDetails.ts'),
          import('./frQuestions.ts'),
        ]);
        return { ...frDetails, ...frQuestions, conflict: frConflict };
      }
      const [{ enConflict }, { enDetails }, { enQuestions }] = await Promise.all([
        import('./enConflict.ts'),
        import('./enDetails.ts'),
        import('./enQuestions.ts'),
      ]);
      return { ...enDetails, ...enQuestions, conflict: enConflict };
    },
  ],
]);

/** Brings the words of a part that few people open, in the language of the screen and in any that is chosen later. */
export async function addWords(group: keyof Dictionary, load: LaterWords): Promise<void> {
  later.set(group, load);
  await addLaterWords(i18next.language as Language);
}

async function addLaterWords(language: Language): Promise<void> {
  const add = async ([group, load]: readonly [string, LaterWords]) => {
    if (i18next.getResource(language, 'translation', group) !== undefined) return;
    i18next.addResourceBundle(language, 'translation', await loadUntilThere(() => load(language)), true);
  };
  await Promise.all([...later].map(add));
}

function storedLanguage(): Language | undefined {
  try {
    const stored = localStorage.getItem(STORED_AS);
    return stored === 'fr' || stored === 'en' ? stored : undefined;
  } catch {
    return undefined;
  }
}

function browserLanguage(): Language {
  const wanted = navigator.languages.find((tag) => /^(fr|en)\b/i.test(tag));
  return wanted?.toLowerCase().startsWith('fr') === true ? 'fr' : 'en';
}
