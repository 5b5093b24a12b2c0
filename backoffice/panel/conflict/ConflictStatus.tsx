import { useTranslation } from 'react-i18next';
import type { JsonObject } from '../../../shared/json.ts';
import type { Conflict } from '../../../shared/receipt.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import styles from './conflict.module.css';
import type { ConflictNews } from './useConflictChoices.ts';
import { usePlaceLabel } from './usePlaceLabel.ts';

/** How many fields are still to be decided, and what has changed once more; read out whenever it becomes another. */
export function ConflictStatus(props: {
  readonly conflicts: readonly Conflict[];
  readonly fields: readonly FieldDescription[];
  readonly record: JsonObject;
  readonly open: number;
  readonly news: ReadonlyMap<string, ConflictNews>;
}) {
  const { conflicts, fields, record, open, news } = props;
  const { t } = useTranslation();
  const placeLabel = usePlaceLabel();
  return (
    <>
      <span role="status" className={styles.status} data-open={open > 0 || undefined}>
        {open > 0 ? t('conflict.open', { count: open }) : t('conflict.ready')}
      </span>
      <span role="status" className="visually-hidden">
        {conflicts.map(({ path, author, mine, base }) => {
          const told = news.get(path);
          if (told === undefined) return null;
          const name = author ?? t('conflict.somebody');
          return (
            <span key={path}>
              {t(`conflict.${told}`, { name, label: placeLabel(fields, record, path, mine ?? base) })}
            </span>
          );
        })}
      </span>
    </>
  );
}
