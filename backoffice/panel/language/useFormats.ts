/** Dates, numbers and a resource's own words, in the language of the screen. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Words } from '../../../shared/resource.ts';
import type { Language } from './startLanguage.ts';

/** What `useFormats` gives. */
export interface Formats {
  readonly language: Language;
  /** The words of a resource or field. */
  readonly words: (words: Words) => string;
  readonly number: (value: number) => string;
  /** A calendar day: `2026-03-01` or a time. */
  readonly day: (value: string) => string;
  readonly dateTime: (value: string) => string;
  /** The time for today, else day and time. */
  readonly moment: (value: string) => string;
  readonly compare: (a: string, b: string) => number;
}

/** The formats of the language that is shown; they change with it. */
export function useFormats(): Formats {
  const { i18n } = useTranslation();
  const language: Language = i18n.language === 'fr' ? 'fr' : 'en';
  return useMemo(() => formatsOf(language), [language]);
}

function formatsOf(language: Language): Formats {
  // The browser's own variant of the language: British dates are not American ones.
  const locale = navigator.languages.find((tag) => tag.toLowerCase().startsWith(language)) ?? language;
  const number = new Intl.NumberFormat(locale);
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short' });
  const collator = new Intl.Collator(locale, { sensitivity: 'base', numeric: true });
  return {
    language,
    words: (words) => words[language],
    number: (value) => number.format(value),
    day: (value) => guarded(value.slice(0, 10), day),
    dateTime: (value) => guarded(value, dateTime),
    moment: (value) => guarded(value, isToday(value) ? time : dateTime),
    compare: (a, b) => collator.compare(a, b),
  };
}

/** A text that is no date is shown as it is rather than as "Invalid Date". */
function guarded(value: string, format: Intl.DateTimeFormat): string {
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? value : format.format(date);
}

function isToday(value: string): boolean {
  return new Date(value).toDateString() === new Date().toDateString();
}
