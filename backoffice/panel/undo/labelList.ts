import i18next from 'i18next';
import type { FieldDescription } from '../../../shared/resource.ts';

/** The labels of these fields in the language of the screen, as a sentence lists them. */
export function labelList(fields: readonly FieldDescription[], names: readonly string[]): string {
  const language = i18next.language === 'fr' ? 'fr' : 'en';
  const labels = fields.filter(({ name }) => names.includes(name)).map(({ label }) => label[language]);
  return new Intl.ListFormat(language, { type: 'conjunction' }).format(labels);
}
