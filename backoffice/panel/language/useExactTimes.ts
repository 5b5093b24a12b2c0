/** Moments to the second and how long something took, in the language of the screen. */
import { useMemo } from 'react';
import { useFormats } from './useFormats.ts';

/** What `useExactTimes` gives. */
export interface ExactTimes {
  /** The time with its seconds for today, else day and time. */
  readonly exact: (value: string | number) => string;
  /** Milliseconds below a second, seconds from there on. */
  readonly duration: (ms: number) => string;
}

/** The formats of the language that is shown; they change with it. */
export function useExactTimes(): ExactTimes {
  const { language } = useFormats();
  return useMemo(() => {
    const locale = navigator.languages.find((tag) => tag.toLowerCase().startsWith(language)) ?? language;
    const time = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
    const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
    const inUnit = (unit: string) =>
      new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 });
    const milliseconds = inUnit('millisecond');
    const seconds = inUnit('second');
    return {
      exact: (value) => {
        const date = new Date(value);
        if (Number.isNaN(date.getTime())) return String(value);
        return (date.toDateString() === new Date().toDateString() ? time : dateTime).format(date);
      },
      duration: (ms) => (ms < 1000 ? milliseconds.format(Math.round(ms)) : seconds.format(ms / 1000)),
    };
  }, [language]);
}
