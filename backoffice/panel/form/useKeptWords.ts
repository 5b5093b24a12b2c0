import { useTranslation } from 'react-i18next';
import type { FieldDescription } from '../../../shared/resource.ts';
import { useFormats } from '../language/useFormats.ts';
import type { KeptChange } from './createMergeNews.ts';

/** Says whose changes of which fields a save has kept, one sentence for each person; undefined when there are none. */
export function useKeptWords(fields: readonly FieldDescription[], kept: readonly KeptChange[]): string | undefined {
  const { t } = useTranslation();
  const { words, language } = useFormats();
  if (kept.length === 0) return undefined;
  const list = new Intl.ListFormat(language, { type: 'conjunction' });
  const sentences = kept.map(({ by, names }) => {
    const labels = fields.filter(({ name }) => names.includes(name)).map(({ label }) => words(label));
    const said = { count: names.length, fields: list.format(labels) };
    return by === null ? t('save.keptUnknown', said) : t('save.kept', { ...said, name: by });
  });
  return sentences.join(' ');
}
