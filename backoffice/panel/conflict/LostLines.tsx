import { useTranslation } from 'react-i18next';
import styles from './conflict.module.css';

/** So many lines are shown; the whole text stands beside them in the other version. */
const shownLines = 5;

/** Says, before somebody chooses a version, which lines of the other side it leaves out; nothing when there are none. */
export function LostLines({ heading, lines }: { readonly heading: string; readonly lines: readonly string[] }) {
  const { t } = useTranslation();
  if (lines.length === 0) return null;
  const more = lines.length - shownLines;
  const shown = lines.slice(0, shownLines).map((line) => `– ${line}`);
  return (
    <span className={styles.lost}>
      {[heading, ...shown, ...(more > 0 ? [t('conflict.moreLines', { count: more })] : [])].join('\n')}
    </span>
  );
}
