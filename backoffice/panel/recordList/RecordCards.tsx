import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import { useFieldText } from '../form/useFieldText.ts';
import { useFormats } from '../language/useFormats.ts';
import { PublicationBadge } from '../record/PublicationBadge.tsx';
import { recordTitle } from '../record/recordTitle.ts';
import type { RecordListProps } from './RecordTable.tsx';
import styles from './recordList.module.css';

/** The list on a phone: one card a record, the whole of which leads to it. */
export function RecordCards({ resource, columns, records }: RecordListProps) {
  const { t } = useTranslation();
  const { words } = useFormats();
  const fieldText = useFieldText();
  return (
    <ul className={styles.cards}>
      {records.map((record) => (
        <li key={String(record.id)} className={styles.card}>
          <Link to={`/${resource.name}/${encodeURIComponent(String(record.id))}`} className={styles.cardLink}>
            {recordTitle(resource, record) || t('record.untitled')}
          </Link>
          {resource.drafts && <PublicationBadge record={record} />}
          <dl>
            {columns.slice(1).map((field) => {
              const text = fieldText(field, record[field.name]);
              if (text === '') return null;
              return (
                <div key={field.name}>
                  <dt>{words(field.label)}</dt>
                  <dd>{text}</dd>
                </div>
              );
            })}
          </dl>
        </li>
      ))}
    </ul>
  );
}
