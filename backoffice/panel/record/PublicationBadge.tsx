import { useTranslation } from 'react-i18next';
import type { JsonObject } from '../../../shared/json.ts';
import { publication } from './publication.ts';
import styles from './record.module.css';

/** Says in words whether the public sees this record. */
export function PublicationBadge({ record }: { readonly record: JsonObject }) {
  const { t } = useTranslation();
  const state = publication(record);
  return (
    <span className={styles.badge} data-publication={state}>
      {t(`publication.${state}`)}
    </span>
  );
}
