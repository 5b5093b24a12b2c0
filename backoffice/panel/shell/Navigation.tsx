import { useTranslation } from 'react-i18next';
import { NavLink } from 'react-router-dom';
import { usePanelServices } from '../data/usePanelServices.ts';
import { useWorkspace } from '../data/useWorkspace.ts';
import { useFormats } from '../language/useFormats.ts';
import styles from './shell.module.css';

/** The name of the panel and one link for each resource. */
export function Navigation({ onNavigate }: { readonly onNavigate?: () => void }) {
  const { t } = useTranslation();
  const { words } = useFormats();
  const { config } = usePanelServices();
  const resources = useWorkspace().data?.resources ?? [];
  return (
    <nav aria-label={t('shell.navigation')} className={styles.navigation}>
      <div className={styles.brand}>{config.title}</div>
      <div>
        <div className={styles.section}>{t('shell.content')}</div>
        <ul className={styles.links}>
          {resources.map((resource) => (
            <li key={resource.name}>
              <NavLink to={`/${resource.name}`} className={styles.navLink} onClick={onNavigate}>
                {words(resource.label)}
              </NavLink>
            </li>
          ))}
        </ul>
      </div>
      {config.siteUrl !== null && (
        <a href={config.siteUrl} target="_blank" rel="noreferrer" className={styles.siteLink}>
          {t('record.openSite')}
          <span className="visually-hidden"> {t('common.newTab')}</span>
        </a>
      )}
    </nav>
  );
}
