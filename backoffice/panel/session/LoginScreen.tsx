import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { usePanelServices } from '../data/usePanelServices.ts';
import { LanguageSelect } from '../language/LanguageSelect.tsx';
import { PageHeading } from '../shell/PageHeading.tsx';
import { LoginForm } from './LoginForm.tsx';
import styles from './session.module.css';

/** Shown at any address to somebody who is not signed in; afterwards that address is shown. */
export function LoginScreen() {
  const { t } = useTranslation();
  const { config } = usePanelServices();
  const queries = useQueryClient();
  return (
    <main className={styles.screen}>
      <div className={styles.box}>
        <p className={styles.brand}>{config.title}</p>
        <PageHeading title={t('login.title')} />
        <LoginForm
          onSignedIn={() => void queries.resetQueries({ predicate: (query) => query.queryKey[0] !== 'session' })}
        />
      </div>
      <div className={styles.language}>
        <LanguageSelect />
      </div>
    </main>
  );
}
