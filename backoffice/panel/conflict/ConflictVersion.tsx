import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './conflict.module.css';

/** One version of a field to choose; the whole card is the target, and its name is that of the choice alone. */
export function ConflictVersion(props: {
  readonly group: string;
  readonly label: string;
  readonly who?: string | undefined;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly children?: ReactNode;
}) {
  const { group, label, who, isChosen, onChoose, children } = props;
  const { t } = useTranslation();
  const id = useId();
  const described = [who === undefined ? '' : `${id}-who`, children === undefined ? '' : `${id}-value`];
  const mark = isChosen && (
    <span className={styles.chosen} aria-hidden="true">
      ✓ {t('conflict.chosen')}
    </span>
  );
  return (
    <label className={styles.version} data-chosen={isChosen || undefined}>
      <span className={styles.choice}>
        <input
          type="radio"
          name={group}
          checked={isChosen}
          onChange={onChoose}
          aria-labelledby={`${id}-label`}
          aria-describedby={described.join(' ').trim() || undefined}
        />
        <span id={`${id}-label`}>{label}</span>
        {who === undefined && mark}
      </span>
      {who !== undefined && (
        <span className={styles.who}>
          <span id={`${id}-who`}>{who}</span>
          {mark}
        </span>
      )}
      {children !== undefined && (
        <span id={`${id}-value`} className={styles.value}>
          {children}
        </span>
      )}
    </label>
  );
}
