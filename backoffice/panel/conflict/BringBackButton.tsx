import { useTranslation } from 'react-i18next';
import { Button } from '../controls/Button.tsx';
import styles from './bringBack.module.css';

/** Beside the news that a record was deleted: creates it again with what was typed, or asks first what that is to be. */
export function BringBackButton({ onClick }: { readonly onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={styles.place}>
      <Button look="default" small onClick={onClick}>
        {t('record.bringBack')}
      </Button>
    </div>
  );
}
