/** What stands under an input: help, how much of a text is used, and who changed it meanwhile. */
import { useTranslation } from 'react-i18next';
import type { FieldDescription } from '../../../shared/resource.ts';
import { useFormats } from '../language/useFormats.ts';
import { useFieldMark } from './FormContext.ts';
import styles from './form.module.css';

/** The notes of one field, or nothing. */
export function FieldNotes({
  field,
  name,
  text = '',
}: {
  readonly field: FieldDescription;
  readonly name: string;
  readonly text?: string;
}) {
  const { t } = useTranslation();
  const { words, number, moment } = useFormats();
  const mark = useFieldMark(name);
  const counted = field.kind === 'longText' && field.maxLength !== undefined ? field.maxLength : undefined;
  const secret = field.class === 'secret';
  if (!useHasNotes(field, name)) return null;
  return (
    <span className={styles.notes}>
      {field.help !== undefined && <span>{words(field.help)}</span>}
      {secret && <span>{t('form.secret')}</span>}
      {field.class === 'appendOnly' && <span>{t('form.appendOnly')}</span>}
      {counted !== undefined && (
        <span className={text.length > counted ? styles.over : undefined}>
          {t('form.characters', { used: number(text.length), limit: number(counted) })}
        </span>
      )}
      {mark !== undefined && (
        <span className={styles.mark}>
          {t(mark.kept ? 'form.changedKept' : 'form.changedBy', { name: mark.by, at: moment(mark.at) })}
        </span>
      )}
    </span>
  );
}

/** Whether a field has anything to say under its input. */
export function useHasNotes(field: FieldDescription, name: string): boolean {
  const isMarked = useFieldMark(name) !== undefined;
  const isCounted = field.kind === 'longText' && field.maxLength !== undefined;
  const hasClass = field.class === 'secret' || field.class === 'appendOnly';
  return field.help !== undefined || isMarked || isCounted || hasClass;
}
