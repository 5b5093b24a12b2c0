import { Button } from '../controls/Button.tsx';
import { useTranslation } from 'react-i18next';
import { Notice } from './Notice.tsx';
import styles from './feedback.module.css';

/** Shown instead of a blank page when a screen breaks, or when its file is gone because the panel was updated. */
export function RouteErrorScreen() {
  const { t } = useTranslation();
  return (
    <main className={styles.broken}>
      <h1>{t('broken.title')}</h1>
      <Notice tone="bad" urgent>
        {t('broken.lead')}
      </Notice>
      <Button onClick={() => location.reload()}>{t('broken.reload')}</Button>
    </main>
  );
}
