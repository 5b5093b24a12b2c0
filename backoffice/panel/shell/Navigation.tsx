import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink } from 'react-router-dom';
import { usePanelServices } from '../data/usePanelServices.ts';
import { useWorkspace } from '../data/useWorkspace.ts';
import { lazyPart } from '../feedback/lazyPart.ts';
import { useFormats } from '../language/useFormats.ts';
import type { DrawSection } from './OperationsSection.tsx';
import styles from './shell.module.css';

const OperationsSection = lazyPart(async () => (await import('./openOperations.ts')).openOperations());

/** The name of the panel, one link for each resource, and what only those who may `configure` see. */
export function Navigation({ onNavigate }: { readonly onNavigate?: () => void }) {
  const { t } = useTranslation();
  const { words } = useFormats();
  const { config } = usePanelServices();
  const { resources = [], canConfigure } = useWorkspace().data ?? {};
  const section: DrawSection = (title, links) => (
    <div>
      <div className={styles.section}>{title}</div>
      <ul className={styles.links}>
        {links.map(([path, label, mark]) => (
          <li key={path}>
            <NavLink to={`/${path}`} className={styles.navLink} onClick={onNavigate}>
              {label}
              {mark}
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
      {canConfigure === true && (
        <Suspense>
          <OperationsSection draw={section} />
        </Suspense>
      )}
      {config.siteUrl !== null && (
        <a href={config.siteUrl} target="_blank" rel="noreferrer" className={styles.siteLink}>
          {t('record.openSite')}
          <span className="visually-hidden"> {t('common.newTab')}</span>
        </a>
      )}
    </nav>
  );
}
