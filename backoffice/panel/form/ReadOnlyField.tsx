/** A field that is shown and not edited, with the reason in words. */
import { useTranslation } from 'react-i18next';
import { isJsonObject, type JsonValue } from '../../../shared/json.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import { useFormats } from '../language/useFormats.ts';
import type { ReadOnlyReason } from './fieldAccess.ts';
import { useFieldText } from './useFieldText.ts';
import styles from './form.module.css';

/** Label, value and reason, in the place where the input would be. */
export function ReadOnlyField({
  field,
  value,
  reason,
}: {
  readonly field: FieldDescription;
  readonly value: JsonValue | undefined;
  readonly reason: ReadOnlyReason;
}) {
  const { t } = useTranslation();
  const { words } = useFormats();
  const fieldText = useFieldText();
  const structured = Array.isArray(value) ? field.kind !== 'texts' : isJsonObject(value);
  return (
    <div className={styles.readOnly}>
      <div className={styles.readOnlyLabel}>{words(field.label)}</div>
      {structured ? (
        <pre className={styles.json} tabIndex={0} role="region" aria-label={words(field.label)}>
          {JSON.stringify(value, null, 2)}
        </pre>
      ) : (
        <div className={styles.readOnlyValue}>{fieldText(field, value) || t('form.empty')}</div>
      )}
      <div className={styles.notes}>{t(`form.readOnly.${reason}`)}</div>
    </div>
  );
}
