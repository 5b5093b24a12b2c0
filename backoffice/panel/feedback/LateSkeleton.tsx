import { useTranslation } from 'react-i18next';
import styles from './feedback.module.css';

/** The shape of what is being loaded; it only becomes visible after 200 ms, so that a fast answer does not flicker. */
export function LateSkeleton({ shape }: { readonly shape: 'form' | 'list' | 'page' }) {
  const { t } = useTranslation();
  const lines = shape === 'list' ? [40, 44, 44, 44, 44, 44] : [28, 36, 36, 36, 96];
  return (
    <div className={styles.skeleton} data-shape={shape}>
      <span role="status" className="visually-hidden">
        {t('common.loading')}
      </span>
      {lines.map((height, index) => (
        <div key={index} className={styles.line} style={{ height }} aria-hidden />
      ))}
    </div>
  );
}
