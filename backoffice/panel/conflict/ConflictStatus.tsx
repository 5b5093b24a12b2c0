import { useTranslation } from 'react-i18next';
import type { JsonObject } from '../../../shared/json.ts';
import type { Conflict } from '../../../shared/receipt.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import styles from './conflict.module.css';
import { usePlaceLabel } from './usePlaceLabel.ts';

/** How many fields are still to be decided, and what has changed once more; read out whenever it becomes another. */
export function ConflictStatus(props: {
  readonly conflicts: readonly Conflict[];
  readonly fields: readonly FieldDescription[];
  readonly record: JsonObject;
  readonly open: number;
  readonly changedAgain: ReadonlySet<string>;
}) {
  const { conflicts, fields, record, open, changedAgain } = props;
  const { t } = useTranslation();
  const placeLabel = usePlaceLabel();
  const changed = conflicts.filter(({ path }) => changedAgain.has(path));
  return (
    <>
      <span role="status" className={styles.status} data-open={open > 0 || undefined}>
        {open > 0 ? t('conflict.open', { count: open }) : t('conflict.ready')}
      </span>
      <span role="status" className="visually-hidden">
        {changed.map(({ path, author, mine, base }) => (
          <span key={path}>
            {t('conflict.changedAgain', {
              name: author ?? t('conflict.somebody'),
              label: placeLabel(fields, record, path, mine ?? base),
            })}
          </span>
        ))}
      </span>
    </>
  );
}
