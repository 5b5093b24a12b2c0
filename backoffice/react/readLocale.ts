import type { Locale } from '../client/index.ts';

/** The language of the page, else of the browser, as far as there are words for it; English otherwise. */
export function readLocale(): Locale {
  const page = typeof document === 'undefined' ? '' : document.documentElement.lang;
  const browser = typeof navigator === 'undefined' ? '' : navigator.language;
  return (page || browser || 'en').toLowerCase().startsWith('fr') ? 'fr' : 'en';
}
