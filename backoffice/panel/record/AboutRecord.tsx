import { useTranslation } from 'react-i18next';
import type { JsonObject } from '../../../shared/json.ts';
import type { ResourceDescription } from '../../../shared/resource.ts';
import { fieldAccess } from '../form/fieldAccess.ts';
import formStyles from '../form/form.module.css';
import { useFieldText } from '../form/useFieldText.ts';
import { useFormats } from '../language/useFormats.ts';

/** What the server writes at each save, below the form. */
export function AboutRecord({
  resource,
  record,
}: {
  readonly resource: ResourceDescription;
  readonly record: JsonObject;
}) {
  const { t } = useTranslation();
  const { words } = useFormats();
  const fieldText = useFieldText();
  const fields = resource.fields.filter(
    (field) => fieldAccess(field, 'update', resource.permissions).shown === 'about',
  );
  if (fields.length === 0) return null;
  return (
    <section className={formStyles.about} aria-labelledby="about-record">
      <h2 id="about-record">{t('record.about')}</h2>
      <p className={formStyles.notes}>{t('form.readOnly.server')}</p>
      <dl>
        {fields.map((field) => (
          <div key={field.name} style={{ display: 'contents' }}>
            <dt>{words(field.label)}</dt>
            <dd>{fieldText(field, record[field.name]) || t('form.empty')}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
