/** Who is signed in, how the panel looks and speaks, and the way out. */
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import { SelectField } from '../controls/SelectField.tsx';
import type { SessionUser } from '../data/useSession.ts';
import { LanguageSelect } from '../language/LanguageSelect.tsx';
import { colorScheme, type ColorScheme } from '../look/colorScheme.ts';
import { useColorScheme } from '../look/useColorScheme.ts';
import { Disclosure } from './Disclosure.tsx';
import styles from './shell.module.css';

/** Opened by the name of the person. */
export function UserMenu({ user }: { readonly user: SessionUser }) {
  const { t } = useTranslation();
  const { chosen } = useColorScheme();
  return (
    <Disclosure
      name={t('user.menu')}
      label={
        <span className={styles.user}>
          <span className={styles.initial} aria-hidden>
            {user.name.slice(0, 1).toLocaleUpperCase()}
          </span>
          <span className={styles.userName}>{user.name}</span>
        </span>
      }
    >
      <p className={styles.panelText}>{t('user.signedInAs', { name: user.name, role: user.role })}</p>
      <LanguageSelect />
      <SelectField
        label={t('user.theme')}
        value={chosen}
        onChange={(event) => colorScheme.choose(event.target.value as ColorScheme)}
        options={[
          { value: 'auto', label: t('user.themeAuto') },
          { value: 'light', label: t('user.themeLight') },
          { value: 'dark', label: t('user.themeDark') },
        ]}
      />
      {/* A navigation, so that unsaved work is asked about as everywhere. */}
      <Link to="/sign-out" className={styles.signOut}>
        {t('user.signOut')}
      </Link>
    </Disclosure>
  );
}
