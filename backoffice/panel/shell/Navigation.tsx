import { useTranslation } from 'react-i18next';
import { NavLink } from 'react-router-dom';
import { usePanelServices } from '../data/usePanelServices.ts';
import { useWorkspace } from '../data/useWorkspace.ts';
import { useFormats } from '../language/useFormats.ts';
import styles from './shell.module.css';

/** The name of the panel, one link for each resource, and what only those who may `configure` see. */
export function Navigation({ onNavigate }: { readonly onNavigate?: () => void }) {
  const { t } = useTranslation();
  const { words } = useFormats();
  const { config } = usePanelServices();
  const { resources = [], canConfigure } = useWorkspace().data ?? {};
  const section = (title: string, links: readonly (readonly [path: string, label: string])[]) => (
    <div>
      <div className={styles.section}>{title}</div>
      <ul className={styles.links}>
        {links.map(([path, label]) => (
          <li key={path}>
            <NavLink to={`/${path}`} className={styles.navLink} onClick={onNavigate}>
              {label}
            </NavLink>
          </li>
        ))}
      </ul>
    </div>
  );
  return (
    <nav aria-label={t('shell.navigation')} className={styles.navigation}>
      <div className={styles.brand}>{config.title}</div>
      {section(
        t('shell.content'),
        resources.map(({ name, label }) => [name, words(label)]),
      )}
      {canConfigure === true &&
        section(t('shell.operations'), [
          ['webhooks', t('shell.webhooks')],
          ['sync/configuration', t('shell.configuration')],
        ])}
      {config.siteUrl !== null && (
        <a href={config.siteUrl} target="_blank" rel="noreferrer" className={styles.siteLink}>
          {t('record.openSite')}
          <span className="visually-hidden"> {t('common.newTab')}</span>
        </a>
      )}
    </nav>
  );
}
