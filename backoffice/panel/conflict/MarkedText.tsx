import { useTranslation } from 'react-i18next';
import styles from './conflict.module.css';
import { wordDiff, type DiffUnit } from './wordDiff.ts';

/** A text with the words, or the items, marked in which it differs from another one: seen, and heard with a screen reader. */
export function MarkedText(props: { readonly text: string; readonly before: string; readonly unit: DiffUnit }) {
  const { text, before, unit } = props;
  const { t } = useTranslation();
  return wordDiff(before, text, unit).map(({ kind, text: words }, index) => {
    if (kind === 'same') return <span key={index}>{words}</span>;
    const Mark = kind === 'added' ? 'ins' : 'del';
    return (
      <Mark key={index} className={styles[kind]}>
        <span aria-hidden="true">{words}</span>
        <span className="visually-hidden">{t(`conflict.${kind}`, { text: words })}</span>
      </Mark>
    );
  });
}
